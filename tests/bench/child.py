"""A process measured from outside: what it cost from its start to its end, and what it said."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

_LOOK = 0.003  # seconds between two looks at a process that runs
ONE_CORE = min(os.sched_getaffinity(0))  # the one on which everything that is measured runs


class Ended(Struct):
    """A process that has ended."""

    wall: float  # seconds
    cpu: float  # seconds, user and system, start and imports included
    memory: float  # peak in MB, as seen every few milliseconds
    output: bytes


class FailedError(Exception):
    """A process that ended with an error; the message is the end of what it said."""


def run(command: list[str]) -> Ended:
    """Run to the end on one core. Raises FailedError."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        with one_core():
            process = subprocess.Popen(command, stdout=output, stderr=said)
        peak = 0.0
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, _peak(process.pid))
            time.sleep(_LOOK)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (output, said):
            file.seek(0)
        if process.returncode:
            words = said.read().decode("utf-8", "replace")[-2000:]
            raise FailedError(f"{' '.join(command)}: {words}")
        return Ended(wall, used.ru_utime + used.ru_stime, peak, output.read())


def _peak(pid: int) -> float:
    """Peak memory in MB so far. ru_maxrss would begin with what the parent had at the fork."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0.0
    found = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return next((int(line.split()[1]) * 1024 / 1e6 for line in found), 0.0)


def python(module: str, *arguments: str) -> list[str]:
    """The command of a module under this Python."""
    return [sys.executable, "-m", module, *arguments]


@contextmanager
def one_core() -> Iterator[None]:
    """Let what is started here inherit a single core."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {ONE_CORE})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
