"""A running `eventdeck serve`, asked over HTTP and watched through /proc."""

import contextlib
import os
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.bench.child import FailedError, one_core, python

_PATIENCE = 120.0  # seconds until an answer that does not come is a failure
_COUNTED = re.compile(rb'^\w+_events_total\{event="([^"]+)"\} (\d+)', re.MULTILINE)


class Served:
    """The process. `began` is when it was started, in `time.perf_counter` seconds."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, began: float) -> None:
        self.began = began
        self._process = process
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        self._proc = Path(f"/proc/{process.pid}")

    def get(self, path: str) -> tuple[int, bytes]:
        """Ask once, over a connection that stays, as Prometheus does."""
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def scrape(self) -> tuple[float, dict[str, int]]:
        """Seconds that a scrape took, and the events it counted."""
        asked = time.perf_counter()
        _, body = self.get("/metrics")
        took = time.perf_counter() - asked
        return took, {name.decode(): int(count) for name, count in _COUNTED.findall(body)}

    def first_answer(self) -> float:
        """Seconds from the start of the process to the first 200 on /metrics."""
        pause = 0.001
        while True:
            with contextlib.suppress(OSError, HTTPException):
                if self.get("/metrics")[0] == 200:
                    return time.perf_counter() - self.began
            self._connection.close()
            if self._process.poll() is not None:
                raise FailedError("eventdeck serve ended before it answered")
            time.sleep(pause)
            pause = min(pause * 1.1, 0.01)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def cpu(self) -> float:
        """Seconds of CPU so far. Exact to the nanosecond, unlike the ticks of /proc/PID/stat."""
        tasks = self._proc.glob("task/*/schedstat")
        return sum(int(task.read_text("ascii").split()[0]) for task in tasks) / 1e9

    def share_of_core(self, seconds: float) -> float:
        """Percent of one core that the process takes while nobody asks."""
        before, began = self.cpu(), time.perf_counter()
        time.sleep(seconds)
        return 100 * (self.cpu() - before) / (time.perf_counter() - began)

    def peak(self) -> float:
        """Peak memory in MB."""
        return self._field("status", "VmHWM:") * 1024 / 1e6

    def bytes_read(self) -> int:
        """Bytes that the process has read, known without asking it."""
        return self._field("io", "rchar:")

    def _field(self, file: str, name: str) -> int:
        lines = (self._proc / file).read_text("ascii").splitlines()
        (line,) = (line for line in lines if line.startswith(name))
        return int(line.split()[1])


@contextlib.contextmanager
def served(catalogue: Path, *logs: str) -> Iterator[Served]:
    """Start the exporter with an empty state on one core; stop it at the end."""
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *python("eventdeck", "serve", "--catalogue", str(catalogue), "--log.level", "warning"),
            *("--web.listen-address", f"127.0.0.1:{port}", "--state.path", f"{folder}/state"),
        ]
        for log in logs:
            command += ["--log.path", log]
        began = time.perf_counter()
        with one_core():
            process = subprocess.Popen(command)
        exporter = Served(process, port, began)
        try:
            yield exporter
        finally:
            exporter.close()
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fill(path: Path, source: str, size: int) -> None:
    """Write the first bytes of another file into an empty one, as fast as can be."""
    with open(source, "rb") as given, path.open("r+b") as taken:
        offset = 0
        while offset < size:
            offset += os.sendfile(taken.fileno(), given.fileno(), offset, size - offset)
