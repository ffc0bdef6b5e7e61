"""The other end of a webhook: keeps what it was told, in order."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


class Inbox(ThreadingHTTPServer):
    """Takes every POST."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.letters: list[tuple[str, Json]] = []  # path and body

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def told(self, path: str, since: int = 0) -> list[Json]:
        """What came to a path."""
        return [body for where, body in self.letters[since:] if where == path]

    def alerts(self, status: str, since: int = 0) -> list[Json]:
        """Alerts that came to the webhook with this status."""
        return [
            alert
            for body in self.told("/webhook", since)
            for alert in body["alerts"]
            if alert["status"] == status
        ]


class _Handler(BaseHTTPRequestHandler):
    server: Inbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.letters.append((self.path, json.loads(body)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def inbox() -> Iterator[Inbox]:
    """Listen for as long as a test needs it."""
    server = Inbox()
    with listening(server):
        yield server


@contextmanager
def listening(server: ThreadingHTTPServer) -> Iterator[None]:
    """Let a server answer, and end it."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
