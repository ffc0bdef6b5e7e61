"""Whether the ports are free that the stack is to open."""

import errno
import socket
from collections.abc import Iterator
from contextlib import suppress

from eventdeck.stack.container import containers
from eventdeck.stack.engine import Ask
from eventdeck.stack.finding import Finding
from eventdeck.stack.settings import PORTS, Settings

_HIGHEST = 65535


def look(settings: Settings, run: Ask) -> Iterator[Finding]:
    """Find ports that somebody else has, or that two services want. Our own containers may."""
    ours = {
        port
        for sample in (False, True)
        for container in containers(run, settings.project(sample=sample)).values()
        if container.state == "running"
        for _, port in container.ports
    }
    wanted: dict[int, str] = {}
    for name in PORTS:
        if not settings.values[name].isdecimal():
            continue  # said already
        port = int(settings.values[name])
        if port in wanted:
            yield _twice(name, wanted[port], port)
        elif port not in ours:
            yield from _look(settings, name, port, run)
        wanted[port] = name


def _look(settings: Settings, name: str, port: int, run: Ask) -> Iterator[Finding]:
    address = settings.bind(name)
    code = occupied(address, port)
    if code == errno.EADDRNOTAVAIL:
        bind = "GRAFANA_BIND" if name == "GRAFANA_PORT" else "BIND"
        yield Finding(
            f"{bind}: {address} is no address of this machine",
            f"set {bind}=127.0.0.1 in .env, or an address that `ip address` lists",
        )
    elif code == errno.EADDRINUSE:
        yield Finding(
            f"port {port} is taken{_holder(run, port)}",
            f"stop what holds it (sudo ss -ltnp 'sport = :{port}' shows it), or set "
            f"{name}={_next_free(address, port)} in .env",
        )


def occupied(address: str, port: int) -> int:
    """Return why nobody can listen there, as `errno` has it, or 0."""
    with suppress(ValueError), socket.socket(_family(address)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
            listener.listen()
        except OSError as error:
            return error.errno or 0
    return 0


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _holder(run: Ask, port: int) -> str:
    names = run(["docker", "ps", "--filter", f"publish={port}", "--format", "{{.Names}}"])
    return f" by the container {names.out.split()[0]}" if names.ok and names.out.strip() else ""


def _next_free(address: str, port: int) -> int:
    for other in range(port + 1, min(port + 100, _HIGHEST)):
        if not occupied(address, other):
            return other
    return _HIGHEST


def _twice(name: str, other: str, port: int) -> Finding:
    return Finding(f"{other} and {name} are both {port}", f"set another {name} in .env")
