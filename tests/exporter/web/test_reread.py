"""A web config that changes under a running exporter: what is right holds at once."""

import ssl
from collections.abc import Callable

import pytest
import requests

from tests.exporter.service import Service
from tests.exporter.web.certificates import Authority
from tests.exporter.web.conftest import WriteConfig
from tests.exporter.web.test_https import BOTH, CLIENTS, TLS, connect, secured

OTHER = "$2y$04$......................BfRWH/L3YnDcJk0MSqrPF4ZVC4ely9W"  # of "changed"


def serial(service: Service, authority: Authority) -> str:
    """Return the number of the certificate that a new connection is shown."""
    context = ssl.create_default_context(cafile=authority.certificate)
    with context.wrap_socket(connect(service), server_hostname="localhost") as connection:
        return str((connection.getpeercert() or {})["serialNumber"])


def status(service: Service, password: str) -> int:
    """Ask with a password on a connection of its own."""
    service.auth = ("ann", password)
    return service.get("/-/healthy").status_code


def test_a_renewed_certificate_is_shown_to_the_next_client(
    authority: Authority, write_config: WriteConfig
) -> None:
    """The same names, written anew, as certbot and its like do; nothing restarts."""
    with secured(authority, write_config(BOTH)) as service:
        before = serial(service, authority)
        authority.issue("server")
        assert serial(service, authority) != before
        assert status(service, "right") == 200
        assert b"was read again and holds" in service.said


def test_a_changed_password_holds_for_the_next_request(
    authority: Authority, write_config: WriteConfig
) -> None:
    """Also on a connection that is open: the old one is refused, the new one admitted."""
    with secured(authority, write_config(BOTH)) as service, requests.Session() as session:
        session.trust_env = False  # or REQUESTS_CA_BUNDLE would win
        session.verify, session.auth = str(service.verify), ("ann", "right")
        assert session.get(service.address, timeout=20).ok
        write_config(f"{TLS}basic_auth_users: {{ann: {OTHER}}}\n")
        assert session.get(service.address, timeout=20).status_code == 401
        session.auth = ("ann", "changed")
        assert session.get(service.address, timeout=20).ok


def half_renewed(authority: Authority, _: WriteConfig) -> None:
    """The key is still that of the certificate before."""
    key = authority.folder / "server.key"
    text = key.read_bytes()
    authority.issue("server")
    key.write_bytes(text)


def mistyped(_: Authority, write_config: WriteConfig) -> None:
    """A key that nobody knows."""
    write_config(BOTH.replace("cert_file", "cert_fil"))


def of_a_missing_file(_: Authority, write_config: WriteConfig) -> None:
    """It names a certificate that is issued only later."""
    write_config(BOTH.replace("server.", "other."))


def gone(authority: Authority, _: WriteConfig) -> None:
    """Removed by hand."""
    (authority.folder / "web.yml").unlink()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (half_renewed, b"web.yml:3: tls_server_config.key_file: "),
        (mistyped, b"web.yml:2: tls_server_config.cert_fil: is not known"),
        (of_a_missing_file, b"other.pem cannot be read: No such file"),
        (gone, b"web.yml: there is no such file"),
    ],
)
def test_what_cannot_be_used_is_said_once_and_the_one_before_holds(
    authority: Authority,
    write_config: WriteConfig,
    spoil: Callable[[Authority, WriteConfig], None],
    sentence: bytes,
) -> None:
    """And once mended, it holds: a new certificate and the same password."""
    with secured(authority, write_config(BOTH)) as service:
        before = serial(service, authority)
        spoil(authority, write_config)
        for _ in range(3):
            assert serial(service, authority) == before
            assert (status(service, "right"), status(service, "wrong")) == (200, 401)
        assert service.said.count(sentence) == 1
        assert b"what was read before holds until that is mended" in service.said
        authority.issue("server")
        authority.issue("other")
        if spoil is not of_a_missing_file:
            write_config(BOTH)
        assert serial(service, authority) != before
        assert status(service, "right") == 200


@pytest.mark.parametrize("text", ["", TLS, "basic_auth_users: {ann: HASH}\n"])
def test_nothing_is_laid_open_without_a_restart(
    authority: Authority, write_config: WriteConfig, text: str
) -> None:
    """A file that is emptied, or empty while it is written, takes away neither TLS nor password."""
    with secured(authority, write_config(BOTH.replace("basic", CLIENTS + "basic"))) as service:
        write_config(text)
        with pytest.raises(requests.ConnectionError):
            requests.get(service.address, verify=service.verify, timeout=20)
        assert b"web.yml: no longer asks for " in service.said
        assert service.said.count(b"that takes a restart") == 1
        with connect(service) as plain:
            plain.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            assert plain.recv(12) == b"HTTP/1.0 400"
