"""`eventdeck serve` as users run it, through several lives, with an eye on every scrape."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.exporter.service import CATALOGUE, PATIENCE, ROOT, eventually
from tests.exporter.soak.counters import Watch

_ADDRESS = re.compile(rb"http://([\d.]+):(\d+)")
_STARTING = 503
LOOKS = 3  # scrapes after a figure is reached: each looks at the files again, and must not add


class Scrape(dict[str, float]):
    """One answer of /metrics: series with its labels, and value."""

    def __init__(self, body: bytes) -> None:
        """Read the text format."""
        lines = [text for text in body.decode().splitlines() if not text.startswith("#")]
        super().__init__(
            (name, float(value)) for name, _, value in (t.rpartition(" ") for t in lines)
        )

    @property
    def counted(self) -> int:
        """Lines that are documented events."""
        return self.lines("counted")

    def lines(self, outcome: str) -> int:
        """Lines by what became of them."""
        return int(self[f'eventdeck_lines_total{{outcome="{outcome}"}}'])

    def own(self, name: str) -> float:
        """One of the exporter's series about itself."""
        return self[f"eventdeck_{name}"]


class ExporterProcess:
    """One exporter with its logs and its state."""

    def __init__(
        self,
        folder: Path,
        *logs: str | Path,
        catalogue: Path = CATALOGUE,
        state: Path | None = None,
        through: Sequence[str] = (),
    ) -> None:
        """Choose what it follows; `through` is a command that starts it, such as setpriv."""
        self.logs = logs or (folder / "app.jsonl",)
        self.catalogue = catalogue
        self.state = state or folder / "state" / "eventdeck.state"
        self.through = through
        self.watch = Watch()
        self._said = folder / "said"
        self._said_before = 0
        self._address = ("", 0)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "ExporterProcess":
        """Start it and wait until it listens."""
        with self._said.open("ab") as said:
            self._said_before = said.tell()
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stderr=said,
                env=os.environ | {"PYTHONPATH": str(ROOT / "exporter")},
            )
        eventually(self._listens, "the exporter listens")
        return self

    def refuses(self) -> str:
        """Start it where it must not; what it says."""
        ended = subprocess.run(
            self._command(),
            env=os.environ | {"PYTHONPATH": str(ROOT / "exporter")},
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert ended.returncode == 1
        return ended.stderr.decode()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def scrape(self) -> Scrape:
        """Scrape once, when it is ready: no counter may have stepped back."""
        body = eventually(self._metrics, "/metrics answers")
        assert body is not None
        self.watch.see(body)
        assert self.watch.backward == []
        return Scrape(body)

    def settles_at(self, lines: int) -> Scrape:
        """Wait until that many events are counted, and see that it stays there."""
        self.wait_for(lambda scrape: scrape.counted >= lines, f"{lines} events are counted")
        for _ in range(LOOKS):
            scrape = self.scrape()
            assert scrape.counted == lines
        return scrape

    def wait_for(self, condition: Callable[[Scrape], bool], what: str) -> Scrape:
        """Scrape until a condition holds; the scrape in which it does."""

        def ask() -> Scrape | None:
            scrape = self.scrape()
            return scrape if condition(scrape) else None

        found = eventually(ask, f"{what}; the log says {self.said}")
        assert found is not None
        return found

    @contextmanager
    def scraped(self) -> Iterator[None]:
        """Scrape all the time, whatever happens to it meanwhile: no counter may step back."""
        done, watch = threading.Event(), Watch()

        def scrape() -> None:
            while not done.wait(0.005):
                if body := self._metrics():
                    watch.see(body)

        thread = threading.Thread(target=scrape)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
        assert watch.backward == []

    @property
    def said(self) -> list[dict[str, Any]]:
        """Its own log since it was started."""
        text = self._said.read_bytes()[self._said_before :]
        return [json.loads(entry) for entry in text.splitlines()]

    def says(self, sentence: str) -> list[str]:
        """What it has said that contains a sentence."""
        return [entry["message"] for entry in self.said if sentence in entry["message"]]

    @property
    def address(self) -> str:
        """Host and port where it listens."""
        return f"{self._address[0]}:{self._address[1]}"

    @property
    def running(self) -> bool:
        """Whether it is there."""
        return self._process is not None and self._process.poll() is None

    def _command(self) -> list[str]:
        command = [
            *self.through,
            sys.executable,
            "-m",
            "eventdeck",
            "serve",
            "--log.format",
            "json",
        ]
        command += ["--web.listen-address", "127.0.0.1:0", "--catalogue", str(self.catalogue)]
        command += ["--state.path", str(self.state)]
        return command + [word for log in self.logs for word in ("--log.path", str(log))]

    def _end(self, number: int) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(timeout=PATIENCE)

    def _listens(self) -> bool:
        assert self.running, f"it ended: {self._said.read_text()}"
        if found := _ADDRESS.search(self._said.read_bytes(), self._said_before):
            self._address = (found[1].decode(), int(found[2]))
        return bool(found)

    def _metrics(self) -> bytes | None:
        """One scrape; None while it is down, or not ready."""
        connection = http.client.HTTPConnection(*self._address, timeout=PATIENCE)
        try:
            connection.request("GET", "/metrics")
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        if answer.status == _STARTING:
            return None
        assert answer.status == http.HTTPStatus.OK
        return body


def resident(scrape: Scrape) -> int:
    """Memory in use, bytes."""
    return int(scrape["process_resident_memory_bytes"])


def pause(seconds: float) -> None:
    """Let time pass where it is part of what happens, never to wait for something."""
    time.sleep(seconds)
