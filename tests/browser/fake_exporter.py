"""An exporter that answers whatever a test puts into it: the page and `/live.json`."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from eventdeck import page

NOW = 1_700_000_000.0
GROUPS = {
    "Authentication": {
        "auth.login": "User successfully logs in",
        "auth.logout": "User logs out",
        "auth.login_failed": "Failed login attempt",
    },
    "Projects": {
        "project.created": "New project is created",
        "project.updated": "Project is updated",
        "project.deleted": "Project is deleted",
        "project.archived": "Project is archived",
    },
    "Timers": {
        "timer.started": "Time tracking timer is started",
        "timer.stopped": "Time tracking timer is stopped",
        "timer.idle_detected": "Timer is automatically stopped due to idle detection",
    },
    "Tasks": {
        "task.created": "New task is created",
        "task.updated": "Task is updated",
        "task.status_changed": "Task status is changed (e.g., todo → in_progress → done)",
    },
    "Reports": {
        "report.generated": "Report is generated",
        "export.csv": "Data is exported to CSV",
        "export.pdf": "Report is exported to PDF",
    },
    "Invoices": {
        "invoice.created": "Invoice is created",
        "invoice.sent": "Invoice is marked as sent",
        "invoice.paid": "Invoice is marked as paid",
    },
    "Clients": {
        "client.created": "New client is created",
        "client.updated": "Client information is updated",
    },
    "Administration": {
        "admin.user_created": "Admin creates a new user",
        "admin.user_role_changed": "User role is changed by admin",
        "admin.settings_updated": "Application settings are updated",
    },
    "System": {
        "system.backup_created": "System backup is created",
        "system.error": "System error occurred",
    },
}
REASONS = {
    "not_json": "the line is not JSON",
    "not_object": "the line is JSON, but not an object",
    "no_event": "the line names no event",
    "too_long": "the line is longer than 256 KiB",
    "not_utf8": "the line is not UTF-8",
}


def event(name: str, group: str, description: str, count: int = 0) -> dict[str, Any]:
    """One event as `/live.json` lists it; with a count, it was last seen five seconds ago."""
    return {
        "name": name,
        "group": group,
        "description": description,
        "count": count,
        "last_seen": NOW - 5 if count else None,
        "per_minute": count / 5,
        "history": [0] * 60 + [count],
    }


def answer() -> dict[str, Any]:
    """A whole answer: the seed's 26 events, the first one seen three times."""
    events = [
        event(name, group, about) for group in GROUPS for name, about in GROUPS[group].items()
    ]
    events[0] = event("auth.login", "Authentication", "User successfully logs in", 3)
    file = {"path": "logs/app.jsonl", "state": "following", "size": 900, "offset": 900}
    return {
        "version": "0.1.0",
        "application": "TimeTracker",
        "catalogue": "exporter/events.yaml",
        "now": NOW,
        "started": NOW - 3600,
        "since": NOW - 3600,
        "ready": True,
        "replay": None,
        "files": [{**file, "lag_bytes": 0, "lag_seconds": 0.0, "note": ""}],
        "lines": {"counted": 3, "unknown": 0, "rejected": 0},
        "bytes_read": 900,
        "bytes_lost": 0,
        "rotations": 0,
        "truncations": 0,
        "events": events,
        "history_step": 5,
        "unknown": [],
        "rejected": [{"reason": r, "count": 0, "meaning": m} for r, m in REASONS.items()],
        "gauges": [{"name": "timers_running", "value": 3, "description": "Timers that run now"}],
        "checkpoint": {"path": "state.json", "age_seconds": 0.8, "failing": None},
        "skew_seconds": 0.0,
        "skew_note": "",
    }


class FakeExporter:
    """Serves `live`, which a test may change at any time; counts how often it was asked."""

    def __init__(self) -> None:
        self.live = answer()
        self.status = 200
        self.polls = 0
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        """The page's address; the same after a stop and a start."""
        return f"http://127.0.0.1:{self._port}/"

    def see(self, name: str, times: int = 1) -> None:
        """Count an event, now."""
        found = next(e for e in self.live["events"] if e["name"] == name)
        found["count"] += times
        found["per_minute"] += times / 5
        found["history"] = [*found["history"][:-1], found["history"][-1] + times]
        found["last_seen"] = self.live["now"]
        self.live["lines"]["counted"] += times

    def start(self) -> None:
        """Listen, on the port of the last time if there was one."""
        exporter = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                exporter.reply(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def stop(self) -> None:
        """Answer no more: the port is closed."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reply(self, request: BaseHTTPRequestHandler) -> None:
        """The page at `/`, under its policy; `live` as JSON at `/live.json`."""
        if request.path == "/live.json":
            self.polls += 1
            self._send(request, self.status, "application/json", json.dumps(self.live).encode())
        elif request.path == "/":
            self._send(request, 200, "text/html; charset=utf-8", page.html())
        else:
            self._send(request, 404, "text/plain", b"not here")

    def _send(self, request: BaseHTTPRequestHandler, status: int, kind: str, body: bytes) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("Content-Security-Policy", page.policy())
        request.end_headers()
        request.wfile.write(body)
