"""One process that reads a log to its end and says what that cost: `python -m tests.bench.read`.

`bare` is the limit that nothing in Python can beat: msgspec's decoder on a record of one field, in
chunks that stay in the processor's cache, into a Counter. It checks nothing: no undocumented name,
no malformed line, no truncation would be noticed. `eventdeck` is the exporter itself, everything
but its HTTP server.
"""

import gc
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from operator import attrgetter
from pathlib import Path

import msgspec
from msgspec import Struct

_CHUNK = 65536


class Cost(Struct):
    """What reading took, start and imports of the process not included but in `memory`."""

    events: dict[str, int]
    wall: float  # seconds
    cpu: float  # seconds, user and system
    memory: float  # peak of the whole process, MB


class _One(Struct, gc=False):
    event: str


def bare(path: str) -> dict[str, int]:
    """Count by event and check nothing."""
    gc.disable()
    counts: Counter[str] = Counter()
    decode = msgspec.json.Decoder(_One).decode_lines
    name = attrgetter("event")
    fd = os.open(path, os.O_RDONLY)
    offset = 0
    while data := os.pread(fd, _CHUNK, offset):
        end = data.rfind(b"\n") + 1
        counts.update(map(name, decode(memoryview(data)[:end])))
        offset += end
    os.close(fd)
    return dict(counts)


def main(mode: str, paths: list[str], catalogue: str) -> Cost:
    """Read in the given way and measure it."""
    if mode == "bare":
        wall, cpu = time.perf_counter(), _cpu()
        counts = bare(paths[0])
        return Cost(counts, time.perf_counter() - wall, _cpu() - cpu, _peak())
    # Imported here, so that the bare limit's memory is its own.
    from eventdeck.app import Exporter  # noqa: PLC0415
    from eventdeck.catalogue.load import load  # noqa: PLC0415
    from eventdeck.checkpoint import Checkpoint  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Checkpoint(str(Path(folder) / "state"))
        exporter = Exporter(load(catalogue), paths, checkpoint)
        gc.collect()
        gc.freeze()  # as `eventdeck serve` does
        wall, cpu = time.perf_counter(), _cpu()
        for _ in exporter.steps():
            pass
        wall, cpu = time.perf_counter() - wall, _cpu() - cpu
    counts = {name: event.total.value for name, event in exporter.tally.events.items()}
    return Cost({name: count for name, count in counts.items() if count}, wall, cpu, _peak())


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak() -> float:
    """Not ru_maxrss, which begins with what the parent had at the fork."""
    status = Path("/proc/self/status").read_text("ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    _, chosen, catalogue_path, *logs = sys.argv
    sys.stdout.buffer.write(msgspec.json.encode(main(chosen, logs, catalogue_path)))
