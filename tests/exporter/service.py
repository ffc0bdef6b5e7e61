"""`eventdeck serve` as users run it: started, asked over HTTP, ended by a signal."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

import requests
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "exporter" / "events.yaml"
GENUINE = Path(__file__).parent / "fixtures" / "genuine.jsonl"
OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}
PATIENCE = 30.0  # seconds until a condition that must come true counts as a failure
_ADDRESS = re.compile(rb"https?://[\w.:\[\]]+:\d+")

T = TypeVar("T")
Labels = tuple[tuple[str, str], ...]


def eventually(ask: Callable[[], T], what: str) -> T:
    """Ask until the answer is true; the time that takes is no part of any claim."""
    end = time.monotonic() + PATIENCE
    while not (answer := ask()):
        assert time.monotonic() < end, f"not within {PATIENCE} s: {what}"
        time.sleep(0.02)
    return answer


class Service:
    """One running exporter."""

    verify: bool | str = True  # or the file that holds the authority, where it speaks TLS
    auth: tuple[str, str] | None = None

    def __init__(
        self, folder: Path, *flags: str, log: str = "", env: dict[str, str] | None = None
    ) -> None:
        self.said_path = folder / "said"
        self.state = folder / "state" / "eventdeck.state"
        command = [sys.executable, "-m", "eventdeck", "serve"]
        command += ["--web.listen-address", "127.0.0.1:0", "--catalogue", str(CATALOGUE)]
        command += ["--state.path", str(self.state), "--log.path", log or str(folder / "app.jsonl")]
        with self.said_path.open("ab") as said:
            self._said_before = said.tell()
            self.process = subprocess.Popen(
                [*command, *flags],
                stderr=said,
                env={**os.environ, "PYTHONPATH": str(ROOT / "exporter"), **(env or {})},
                cwd=folder,
            )
        self.address = eventually(self._find_address, "the exporter names its address")

    @property
    def said(self) -> bytes:
        """Return what it has written to standard error."""
        return self.said_path.read_bytes()[self._said_before :]

    def ready(self) -> "Service":
        """Wait until the log that was there is counted."""
        eventually(lambda: self.get("/-/ready").status_code == 200, "the exporter is ready")
        return self

    def get(self, path: str, headers: dict[str, str] | None = None) -> requests.Response:
        """Ask for a path."""
        return requests.get(
            f"{self.address}{path}",
            headers=headers,
            timeout=PATIENCE,
            verify=self.verify,
            auth=self.auth,
        )

    def samples(self) -> dict[tuple[str, Labels], float]:
        """Scrape all series; the text format as prometheus_client reads it."""
        families = text_string_to_metric_families(self.get("/metrics").text)
        return {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in families
            for sample in family.samples
        }

    def counts(self) -> dict[str, int]:
        """Scrape the counters of events, by name."""
        return {
            labels[0][1]: int(value)
            for (name, labels), value in self.samples().items()
            if name == "timetracker_events_total"
        }

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def _find_address(self) -> str:
        assert self.process.poll() is None, f"it ended: {self.said.decode()}"
        found = _ADDRESS.search(self.said)
        return found[0].decode() if found else ""
