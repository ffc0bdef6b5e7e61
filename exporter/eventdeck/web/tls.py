"""TLS as a web config asks for it: the certificates, and the greeting of a client."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import MSG_PEEK, socket

from eventdeck.web.form import Tls

_VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
_CLIENTS = {
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
_HELLO = b"\x16"  # the first byte of whoever speaks TLS
_NO_TLS = (
    b"HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Connection: close\r\n\r\nThis is HTTP, and here HTTPS is spoken: ask with https://.\n"
)
_PLENTY = 65536  # bytes, more than a first request has


class TlsError(Exception):
    """A certificate or a key that cannot be used: which key of the section, and why."""

    def __init__(self, key: str, sentence: str) -> None:
        """`sentence` goes on after the key's name."""
        self.key, self.sentence = key, sentence
        super().__init__(f"{key}: {sentence}")


def context(tls: Tls) -> ssl.SSLContext:
    """Load all that the section names. Raises TlsError."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = _VERSIONS[tls.min_version]
    made.maximum_version = _VERSIONS[tls.max_version]
    made.set_alpn_protocols(["http/1.1"])
    _expect("cert_file", tls.cert_file, b"-----BEGIN CERTIFICATE-----")
    _expect("key_file", tls.key_file, b"PRIVATE KEY-----")
    try:
        made.load_cert_chain(tls.cert_file, tls.key_file, _no_passphrase)
    except ssl.SSLError as error:
        raise _misfit(tls, error.reason or str(error)) from None
    if tls.client_ca_file:
        _expect("client_ca_file", tls.client_ca_file, b"-----BEGIN CERTIFICATE-----")
        try:
            made.load_verify_locations(tls.client_ca_file)
        except ssl.SSLError as error:
            raise _garbled("client_ca_file", tls.client_ca_file, str(error.reason)) from None
    made.verify_mode = _CLIENTS[tls.client_auth_type]
    return made


def _expect(key: str, path: str, mark: bytes) -> None:
    """Refuse a file that cannot be read or is something else."""
    try:
        with open(path, "rb") as file:
            content = file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise TlsError(key, f"{path} cannot be read: {reason}") from None
    if mark not in content:
        what = "private key" if key == "key_file" else "certificate"
        raise TlsError(key, f"{path} holds no {what} in PEM")


def _no_passphrase() -> str:
    raise TlsError("key_file", "the key has a passphrase; store it without one, readable by few")


def _misfit(tls: Tls, reason: str) -> TlsError:
    if reason == "KEY_VALUES_MISMATCH":
        return TlsError("key_file", f"{tls.key_file} does not belong to {tls.cert_file}")
    if reason in {"EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL", "CA_MD_TOO_WEAK"}:
        return TlsError("cert_file", f"{tls.cert_file} is too weak for OpenSSL: {reason}")
    return _garbled("cert_file", f"{tls.cert_file} with {tls.key_file}", reason)


def _garbled(key: str, path: str, reason: str) -> TlsError:
    return TlsError(key, f"{path} cannot be used; OpenSSL says {reason}")


@contextmanager
def receive(connection: socket, made: ssl.SSLContext) -> Iterator[socket]:
    """Greet a client within the connection's timeout. Raises OSError when no TLS comes of it."""
    first = connection.recv(1, MSG_PEEK)
    if first != _HELLO:
        if first:
            connection.recv(_PLENTY)  # or the close would tear the answer away
            connection.sendall(_NO_TLS)
        raise ConnectionError("no TLS")
    with made.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as secured:
        secured.do_handshake()
        yield secured
        _part(secured)


def _part(secured: ssl.SSLSocket) -> None:
    """Say goodbye, without which a client may take an answer for cut; never wait for its own."""
    secured.settimeout(0)
    with suppress(OSError, ValueError):  # SSLWantRead: the client has not said goodbye yet
        secured.unwrap()
