"""The exporter behind TLS and a password, as scrapers and strangers meet it."""

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from tests.exporter.service import Service
from tests.exporter.test_serve_command import LINE
from tests.exporter.web.certificates import Authority
from tests.exporter.web.conftest import WriteConfig

TLS = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"
BOTH = TLS + "basic_auth_users: {ann: HASH}\n"
CLIENTS = "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"


@contextmanager
def secured(authority: Authority, config: Path, **environment: str) -> Iterator[Service]:
    """Run an exporter that has counted two lines, and give its users' password."""
    (authority.folder / "app.jsonl").write_bytes(LINE * 2)
    with Service(
        authority.folder, "--web.config.file", str(config), env=environment or None
    ) as service:
        service.verify, service.auth = str(authority.certificate), ("ann", "right")
        yield service


def connect(service: Service) -> socket.socket:
    """Reach the port, and say nothing yet."""
    host, _, port = service.address.partition("://")[2].partition(":")
    return socket.create_connection((host, int(port)), timeout=20)


def rest(connection: socket.socket) -> bytes:
    """Return what comes until the other side closes, in whatever way it does."""
    received = b""
    try:
        while data := connection.recv(65536):
            received += data
    except ConnectionResetError:
        pass
    return received


def test_metrics_and_page_are_served_over_tls(
    authority: Authority, write_config: WriteConfig
) -> None:
    """With the password all is as it is without; its own log names the address."""
    with secured(authority, write_config(BOTH)) as service:
        assert service.address.startswith("https://")
        assert service.ready().counts()["auth.login"] == 2
        for path in ("/", "/live.json", "/-/healthy"):
            assert service.get(path).ok


@pytest.mark.parametrize("path", ["/", "/metrics", "/live.json", "/-/healthy", "/-/ready", "/x"])
def test_without_the_password_no_path_answers(
    authority: Authority, write_config: WriteConfig, path: str
) -> None:
    """401 and how to ask, for nobody, for a wrong password and for an unknown name."""
    with secured(authority, write_config(BOTH)) as service:
        for auth in (None, ("ann", "wrong"), ("bob", "right")):
            service.auth = auth
            refused = service.get(path)
            assert refused.status_code == 401
            assert refused.headers["WWW-Authenticate"].startswith("Basic realm=")
            assert refused.text == "Name and password, please.\n"


def test_http_on_a_tls_port_is_told_so(authority: Authority, write_config: WriteConfig) -> None:
    """One sentence instead of a hang; it is what a container's health check meets."""
    with secured(authority, write_config(BOTH)) as service:
        answer = requests.get(service.address.replace("https", "http"), timeout=20)
        assert (answer.status_code, "ask with https://" in answer.text) == (400, True)
        assert service.ready().counts()["auth.login"] == 2


@pytest.mark.parametrize(
    "said", [b"", b"\x16", b"\x16\x03\x01\xff\xff" + b"a" * 300, b"\0\0\0", b"\x15\x03\x01\0\0"]
)
def test_a_greeting_that_is_none_is_closed(
    authority: Authority, write_config: WriteConfig, said: bytes
) -> None:
    """Nothing, a beginning, nonsense: the exporter lives on and says nothing about it."""
    with secured(authority, write_config(BOTH)) as service:
        with connect(service) as connection:
            connection.sendall(said)
            connection.shutdown(socket.SHUT_WR)
            assert b"Traceback" not in rest(connection)
        assert service.ready().counts()["auth.login"] == 2
        assert b"Traceback" not in service.said


def test_clients_that_stall_in_the_handshake_hold_up_nobody(
    authority: Authority, write_config: WriteConfig
) -> None:
    """Thirty of them: lines are counted and scrapes answered before any of them is let go."""
    with secured(authority, write_config(BOTH)) as service, ExitStack() as stack:
        service.ready()
        stalled = [stack.enter_context(connect(service)) for _ in range(30)]
        for connection in stalled:
            connection.sendall(b"\x16\x03\x01\x02\x00\x01")
        with (authority.folder / "app.jsonl").open("ab") as log:
            log.write(LINE)
        assert service.counts()["auth.login"] == 3
        for connection in stalled:
            connection.settimeout(0)
            with pytest.raises(BlockingIOError):
                connection.recv(1)


def test_the_connection_is_ended_as_tls_has_it(
    authority: Authority, write_config: WriteConfig
) -> None:
    """A client that looks for cut answers finds none: HTTP/1.0 ends with TLS's own goodbye."""
    context = ssl.create_default_context(cafile=authority.certificate)
    with (
        secured(authority, write_config(TLS)) as service,
        context.wrap_socket(
            connect(service.ready()), server_hostname="localhost", suppress_ragged_eofs=False
        ) as connection,
    ):
        connection.sendall(b"GET /-/healthy HTTP/1.0\r\n\r\n")
        assert rest(connection).endswith(b"Eventdeck is healthy.\n")


def test_versions_below_the_least_are_refused(
    authority: Authority, write_config: WriteConfig
) -> None:
    """`min_version: TLS13` turns away a client that knows 1.2 only."""
    context = ssl.create_default_context(cafile=authority.certificate)
    with secured(authority, write_config(TLS + "  min_version: TLS13\n")) as service:
        with context.wrap_socket(connect(service), server_hostname="localhost") as connection:
            assert connection.version() == "TLSv1.3"
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with connect(service) as plain, pytest.raises(ssl.SSLError):
            context.wrap_socket(plain, server_hostname="localhost")


def test_clients_are_verified_where_that_is_asked(
    authority: Authority, write_config: WriteConfig, tmp_path: Path
) -> None:
    """With a certificate of the authority one is served; with none or a foreign one, not."""
    certificate, key = authority.issue("client")
    (tmp_path / "foreign").mkdir()
    foreign = Authority(authority.openssl, tmp_path / "foreign").issue("client")
    shown = (str(foreign[0]), str(foreign[1]))
    with secured(authority, write_config(TLS + CLIENTS)) as service:
        for cert in (None, shown):
            with pytest.raises(requests.ConnectionError):
                requests.get(service.address, verify=service.verify, cert=cert, timeout=20)
        good = requests.get(
            f"{service.address}/-/healthy",
            verify=service.verify,
            cert=(str(certificate), str(key)),
            timeout=20,
        )
        assert good.ok


def test_a_password_alone_works_over_http(authority: Authority, write_config: WriteConfig) -> None:
    """As in every exporter; TLS may be a proxy's business."""
    with secured(authority, write_config("basic_auth_users: {ann: HASH}\n")) as service:
        assert service.address.startswith("http://")
        assert service.ready().counts()["auth.login"] == 2
        service.auth = None
        assert service.get("/metrics").status_code == 401


def test_headers_go_with_every_answer(authority: Authority, write_config: WriteConfig) -> None:
    """Also with a refusal; the page keeps its policy."""
    config = BOTH + "http_server_config: {headers: {Strict-Transport-Security: max-age=9}}\n"
    with secured(authority, write_config(config)) as service:
        page = service.get("/")
        assert page.headers["Strict-Transport-Security"] == "max-age=9"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        service.auth = None
        assert service.get("/").headers["Strict-Transport-Security"] == "max-age=9"


def test_memory_stays_within_what_is_promised(
    authority: Authority, write_config: WriteConfig
) -> None:
    """32 MB at most, with OpenSSL and bcrypt loaded and a hundred scrapes behind it."""
    with secured(authority, write_config(BOTH)) as service:
        service.ready()
        for _ in range(100):
            service.get("/metrics")
        status = Path(f"/proc/{service.process.pid}/status").read_text()
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert peak is not None
    assert int(peak[1]) < 32 * 1024
