"""The exporter over HTTP: /metrics, the live page, and whether it is alive and ready.

A small HTTP/1.1 of its own on the standard library's socket server: `http.server` would bring in
the mail and TLS packages and with them 8 MB, a quarter of what the whole exporter may take.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, TypeAlias

from msgspec import Struct

from eventdeck import __version__, live, page
from eventdeck.app import Exporter
from eventdeck.expose import OPENMETRICS, TEXT, prefers_openmetrics
from eventdeck.web.door import Door

_IDLE = 120.0  # seconds that a connection may wait for its next request
_PROMPT = 10.0  # seconds within which each piece of a request must come
_MOST_CONNECTIONS = 64  # a scraper needs one; the limit keeps a flood from taking all memory
_LONGEST_LINE = 8192  # bytes of a request line or a header
_MOST_HEADERS = 100
_PLAIN = "text/plain; charset=utf-8"
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    503: "Service Unavailable",
}


Anything: TypeAlias = Any  # what socketserver hands on: a socket and its peer


class Request(Struct):
    """One request; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    lasting: bool  # whether the connection stays open for another


class Answer(Struct):
    """What goes back."""

    status: int
    kind: str
    body: bytes
    headers: dict[str, str] = {}


_UNAUTHORIZED = Answer(
    401,
    _PLAIN,
    b"Name and password, please.\n",
    {"WWW-Authenticate": 'Basic realm="Eventdeck", charset="UTF-8"'},
)


class BadRequestError(Exception):
    """Not HTTP, or more of it than a scraper or a browser sends."""


class Server(ThreadingTCPServer):
    """Answers for one exporter, each connection in a thread of its own."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    exporter: Exporter  # to be set before it serves

    def __init__(self, address: tuple[str, int], door: Door | None = None) -> None:
        """Bind the address. Raises OSError."""
        self.door = door or Door()
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._places = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        super().__init__(address, Connection)

    def hush(self) -> None:
        """Take no more connections, and wake who waits for one (Linux; elsewhere he looks up)."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: Anything, client_address: Anything) -> None:
        """Start a thread for a connection, unless there are too many."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Anything, client_address: Anything) -> None:
        """Serve a connection to its end, and free its place."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def finish_request(self, request: Anything, client_address: Anything) -> None:
        """Let a client in, in its own thread: one that is slow at that holds up nobody."""
        request.settimeout(_PROMPT)
        with self.door.receive(request) as connection:
            super().finish_request(connection, client_address)

    def handle_error(self, request: Anything, client_address: Anything) -> None:
        """Say nothing of a client that went away; that is its right."""


class Connection(StreamRequestHandler):
    """One connection's requests."""

    server: Server
    timeout = _PROMPT  # for the first request; whoever has made one may wait longer
    wbufsize = -1  # head and body leave together
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Answer one request after another until the client has enough."""
        lasting = True
        while lasting:
            try:
                request = self._read()
                if request is None:
                    return
                answer, lasting = self._answer(request), request.lasting
            except BadRequestError as error:
                request, lasting = Request("GET", "", {}, lasting=False), False
                answer = Answer(400, _PLAIN, f"{error}\n".encode())
            self._write(answer, body=request.method != "HEAD", lasting=lasting)
            self.connection.settimeout(_IDLE)

    def _read(self) -> Request | None:
        words = self._line().split()
        self.connection.settimeout(_PROMPT)
        if not words:
            return None
        if len(words) != 3 or not words[2].startswith("HTTP/1."):  # noqa: PLR2004  as HTTP has it
            raise BadRequestError("This is no HTTP/1 request.")
        headers: dict[str, str] = {}
        while line := self._line():
            name, colon, value = line.partition(":")
            if not colon or len(headers) == _MOST_HEADERS:
                raise BadRequestError("These headers cannot be read.")
            headers[name.strip().lower()] = value.strip()
        connection = headers.get("connection", "").lower()
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        lasting = connection != "close" and not has_body
        lasting = lasting and (words[2] != "HTTP/1.0" or connection == "keep-alive")
        return Request(words[0], words[1], headers, lasting)

    def _line(self) -> str:
        line: bytes = self.rfile.readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            raise BadRequestError("This request is too long.")
        return line.decode("latin-1").strip()

    def _answer(self, request: Request) -> Answer:
        if not self.server.door.admits(request.headers.get("authorization", "")):
            return _UNAUTHORIZED
        if request.method not in {"GET", "HEAD"}:
            return Answer(405, _PLAIN, b"Only GET and HEAD.\n", {"Allow": "GET, HEAD"})
        answer = _ANSWERS.get(request.path.partition("?")[0])
        if answer is None:
            return Answer(404, _PLAIN, b"There is /, /metrics, /-/healthy and /-/ready.\n")
        return answer(self.server.exporter, request)

    def _write(self, answer: Answer, *, body: bool, lasting: bool) -> None:
        headers = {
            "Server": f"eventdeck/{__version__}",
            "Date": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()),
            "Content-Type": answer.kind,
            "Content-Length": str(len(answer.body)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Connection": "keep-alive" if lasting else "close",
            **self.server.door.headers,
            **answer.headers,
        }
        head = f"HTTP/1.1 {answer.status} {_REASONS[answer.status]}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.wfile.write(head.encode("latin-1") + b"\r\n" + (answer.body if body else b""))
        self.wfile.flush()


def _metrics(exporter: Exporter, request: Request) -> Answer:
    openmetrics = prefers_openmetrics(request.headers.get("accept", ""))
    body = exporter.scrape(openmetrics=openmetrics)
    if body is None:
        return _not_ready(exporter)
    return Answer(200, OPENMETRICS if openmetrics else TEXT, body)


def _page(_exporter: Exporter, _request: Request) -> Answer:
    policy = {"Content-Security-Policy": page.policy()}
    return Answer(200, "text/html; charset=utf-8", page.html(), policy)


def _live(exporter: Exporter, _request: Request) -> Answer:
    return Answer(200, "application/json", live.figures(exporter))


def _healthy(_exporter: Exporter, _request: Request) -> Answer:
    return Answer(200, _PLAIN, b"Eventdeck is healthy.\n")


def _ready(exporter: Exporter, _request: Request) -> Answer:
    return Answer(200, _PLAIN, b"Eventdeck is ready.\n") if exporter.ready else _not_ready(exporter)


def _not_ready(exporter: Exporter) -> Answer:
    text = f"Not ready: {exporter.replayed} of {exporter.backlog} bytes of log counted.\n"
    return Answer(503, _PLAIN, text.encode(), {"Retry-After": "1"})


_ANSWERS: dict[str, Callable[[Exporter, Request], Answer]] = {
    "/": _page,
    "/metrics": _metrics,
    "/live.json": _live,
    "/-/healthy": _healthy,
    "/-/ready": _ready,
}
