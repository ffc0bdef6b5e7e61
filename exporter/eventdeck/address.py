"""Where to listen: HOST:PORT as Prometheus exporters take it."""

import socket


class AddressError(Exception):
    """A listen address that cannot be one; the sentence says what is wrong and how it should be."""


def parse(text: str) -> tuple[str, int]:
    """`127.0.0.1:9867`, `[::1]:9867`, `:9867` (every interface), `localhost:0` (a free port)."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004  the highest port
        raise AddressError(
            f"{text}: is no address to listen on; write HOST:PORT, as 127.0.0.1:9867"
        )
    host = host.removeprefix("[").removesuffix("]")
    try:
        socket.getaddrinfo(host or None, int(port), type=socket.SOCK_STREAM)
    except OSError as error:
        raise AddressError(
            f"{text}: {host} is not known as a host here: {error.strerror}"
        ) from error
    return host, int(port)


def printable(address: tuple[object, ...]) -> str:
    """An address that a browser takes."""
    host, port = str(address[0]), address[1]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  not bound here
    return f"[{host}]:{port}" if ":" in host and not host.startswith("[") else f"{host}:{port}"
