"""The exporter's HTTP, as clients use and misuse it."""

import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests

from tests.exporter.service import Service, eventually


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One exporter without a log for all."""
    with Service(tmp_path_factory.mktemp("serve")) as service:
        yield service.ready()


def raw(service: Service, request: bytes) -> bytes:
    """Send bytes and return all that comes back until the connection is closed."""
    host, _, port = service.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_one_connection_serves_many_requests(service: Service) -> None:
    """A scraper keeps its connection."""
    connection = HTTPConnection(service.address.removeprefix("http://"), timeout=10)
    sockets = set()
    for _ in range(3):
        connection.request("GET", "/metrics")
        sockets.add(connection.sock)
        assert b"timetracker_events_total" in connection.getresponse().read()
    assert len(sockets) == 1
    connection.close()


def test_head_answers_without_a_body(service: Service) -> None:
    """The same head as GET, with its length."""
    head = requests.head(f"{service.address}/-/healthy", timeout=10)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(service.get("/-/healthy").content))


def test_unknown_paths_and_methods_say_what_there_is(service: Service) -> None:
    """404 names the paths, 405 the methods."""
    assert service.get("/nothing").status_code == 404
    assert "/metrics" in service.get("/nothing").text
    refused = requests.post(f"{service.address}/metrics", data="x", timeout=10)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "request_",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/2\r\nHost: x\r\n\r\n".replace(b"HTTP/2", b"SPDY"),
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"h%d: x\r\n" % i for i in range(101)) + b"\r\n",
    ],
)
def test_what_is_not_http_is_refused_and_closed(service: Service, request_: bytes) -> None:
    """400, one sentence, and the exporter lives on."""
    assert raw(service, request_).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert service.get("/-/healthy").ok


def test_a_flood_of_connections_is_bounded_and_heals(service: Service) -> None:
    """Idle connections beyond the limit are closed; when they go, others are served again."""
    host, _, port = service.address.removeprefix("http://").partition(":")
    flood = [socket.create_connection((host, int(port)), timeout=10) for _ in range(80)]
    samples = {}
    for connection in flood:
        connection.close()

    def answers() -> bool:
        try:
            samples.update(service.samples())
        except requests.ConnectionError:
            return False
        return True

    eventually(answers, "the exporter answers again")
    assert samples["process_open_fds", ()] < 100


def test_the_page_comes_under_a_strict_policy(service: Service) -> None:
    """Nothing from elsewhere, and only the script that stands in the page."""
    answer = service.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_ipv6_is_served_as_well(tmp_path: Path) -> None:
    """`[::1]:0` is an address like any other."""
    with Service(tmp_path, "--web.listen-address", "[::1]:0") as service:
        assert service.address.startswith("http://[::1]:")
        assert service.get("/-/healthy").ok
