"""`eventdeck serve` as users run it, and a writer beside it: started, scraped, killed."""

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).with_name("catalogue.yaml")
ROOT = Path(__file__).parents[3]
PATIENCE = 60.0  # seconds until something that must happen has not happened
_ADDRESS = re.compile(r"http://([\d.]+):(\d+)")
_ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "exporter")))}


class Exporter:
    """One log's exporter, which may be ended and started again. Its own log is kept."""

    def __init__(self, folder: Path, *, pattern: str = "app.jsonl") -> None:
        """Choose the files in a folder."""
        self.pattern = folder / "logs" / pattern
        self.state = folder / "state" / "eventdeck.state"
        self.log = folder / "exporter.log"
        self.pid = 0
        self._address = ("", 0)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        arguments = {
            "--log.path": str(self.pattern),
            "--catalogue": str(CATALOGUE),
            "--web.listen-address": "127.0.0.1:0",
            "--state.path": str(self.state),
            "--log.format": "json",
        }
        flags = [word for pair in arguments.items() for word in pair]
        with self.log.open("ab") as log:
            begin = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "eventdeck", "serve", *flags],
                stdin=subprocess.DEVNULL,
                stderr=log,
                env=_ENVIRONMENT,
            )
        self.pid = self._process.pid
        wait_for(lambda: self._listens(begin), "the exporter to listen")

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; return the exit code."""
        return self._end(signal.SIGTERM)

    def scrape(self) -> bytes | None:
        """The body of /metrics; None while it is down or not ready."""
        connection = http.client.HTTPConnection(*self._address, timeout=PATIENCE)
        with contextlib.closing(connection):
            try:
                connection.request("GET", "/metrics", headers={"Accept": "text/plain"})
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException):
                return None  # it was killed meanwhile
            return body if answer.status == http.HTTPStatus.OK else None

    def errors(self) -> list[str]:
        """Sentences of its own log that are errors or not JSON, such as a traceback."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if not line.startswith("{") or '"ERROR"' in line]

    def _end(self, number: int) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(number)
        code = self._process.wait(PATIENCE)
        self._process = None
        return code

    def _listens(self, begin: int) -> bool:
        text = self.log.read_bytes()[begin:].decode()
        if found := _ADDRESS.search(text):
            self._address = (found[1], int(found[2]))
        elif self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"the exporter does not start: {text}")
        return bool(found)


class Writer:
    """The process that writes the log."""

    def __init__(self, log: Path, *, rate: float, rotate: str, every: float, seed: int) -> None:
        """Start it."""
        flags = {"--rate": rate, "--rotate": rotate, "--every": every, "--seed": seed}
        words = [str(word) for pair in flags.items() for word in pair]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.exporter.soak.writer", str(log), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )

    def stop(self) -> Any:  # noqa: ANN401  JSON
        """End it; return its account of what it wrote."""
        self._process.send_signal(signal.SIGTERM)
        said, _ = self._process.communicate(timeout=PATIENCE)
        return json.loads(said)


def wait_for(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Return when the condition holds. Raises TimeoutError that names what was waited for."""
    until = time.monotonic() + patience
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"waited {patience:.0f} s for {what}")
        time.sleep(0.01)
