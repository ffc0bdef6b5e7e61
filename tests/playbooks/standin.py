#!/usr/bin/env python3
"""Stands in for Loki, Promtail or Grafana on a machine that has none of them.

It answers their health checks and takes what is sent, so that the plays have something to deploy.
What only the real programs can show is tested where they are.
"""

import http.server
import pathlib
import sys
import urllib.request

PORTS = {"loki": 3100, "promtail": 9080, "grafana": 3000}
METRICS = b"# HELP standin_up It stands in.\n# TYPE standin_up gauge\nstandin_up 1\n"


class Handler(http.server.BaseHTTPRequestHandler):
    """Says yes to everything."""

    def do_GET(self) -> None:
        """Answer a look at the metrics, or at the health."""
        body = METRICS if self.path == "/metrics" else b'{"data": {"result": [{"values": []}]}}'
        self.send_response(303 if (self.path, NAME) == ("/", "promtail") else 200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Take what is pushed."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Be quiet."""


NAME = pathlib.Path(sys.argv[0]).name.partition("-")[0]


def main() -> None:
    """Check a configuration, look at one's own health, or serve."""
    if "-check-syntax" in sys.argv or "-verify-config" in sys.argv:
        return
    if "-health" in sys.argv:
        urllib.request.urlopen(f"http://127.0.0.1:{PORTS[NAME]}/ready", timeout=3).close()
        return
    address = "127.0.0.1" if "-server.http-listen-address=127.0.0.1" in sys.argv else "0.0.0.0"  # noqa: S104  within a container
    http.server.ThreadingHTTPServer((address, PORTS[NAME]), Handler).serve_forever()


main()
