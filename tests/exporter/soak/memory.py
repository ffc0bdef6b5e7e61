"""Memory and processor time of the exporter under a steady load, minute by minute."""

import os
import time
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.exporter.soak.counters import Watch
from tests.exporter.soak.kill import differences, settle
from tests.exporter.soak.process import Exporter, Writer

BETWEEN_SCRAPES = 5.0  # seconds
# Minutes until memory is what it will be: the page's history is full, and so is the memory of
# rotated files (some 260), for which the log is rotated so often at first (seconds).
WARM, OFTEN = 7, 1.0
FLAT = 1024  # kB that memory may grow after that


class Minute(Struct):
    """What one minute of the exporter's process took."""

    number: int
    resident: int  # kB at its end
    highest: int  # kB, ever
    share: float  # of one processor
    counted: int  # events, ever


class Result(Struct):
    """A soak's minutes. `wrong` holds a sentence for each claim that does not hold."""

    minutes: list[Minute]
    wrong: list[str]

    def __str__(self) -> str:
        """A table, then a line with growth and mean share."""
        lines = ["minute   VmRSS kB   VmHWM kB    CPU %      events"]
        lines += [
            f"{m.number:6} {m.resident:10} {m.highest:10} {m.share:8.2%} {m.counted:11}"
            for m in self.minutes
        ]
        share = sum(m.share for m in self.minutes) / len(self.minutes)
        verdict = "exact" if not self.wrong else "WRONG"
        lines.append(f"grown by {self.growth} kB after minute {WARM}, CPU {share:.2%}: {verdict}")
        return "\n".join([*lines, *self.wrong])

    @property
    def growth(self) -> int:
        """Difference in kB between the highest minute after the warm ones and the first of them."""
        after = [minute.resident for minute in self.minutes[WARM - 1 :]]
        return max(after) - after[0] if after else 0


def soak(folder: Path, *, minutes: int, rate: float = 2000, every: float = 30.0) -> Result:
    """Follow a writer of `rate` lines a second for some minutes, in an empty folder."""
    (folder / "logs").mkdir(parents=True)
    log = folder / "logs" / "app.jsonl"
    exporter, watch = Exporter(folder), Watch()
    exporter.start()
    writer = Writer(log, rate=rate, rotate="rename", every=OFTEN, seed=1)
    try:
        taken = [_minute(number, exporter, watch) for number in range(1, WARM + 1)]
        first = writer.stop()
        writer = Writer(log, rate=rate, rotate="rename", every=every, seed=2)
        taken += [_minute(number, exporter, watch) for number in range(WARM + 1, minutes + 1)]
        written = _added(first, writer.stop())
        exporter.stop()
        settle(exporter, watch)
    finally:
        exporter.kill()
    result = Result(taken, [*watch.backward, *differences(watch.values, written)])
    if result.growth > FLAT:
        result.wrong.append(f"memory grew by {result.growth} kB")
    return result


def _added(one: Any, other: Any) -> Any:  # noqa: ANN401  JSON
    """Two accounts of what was written as one."""
    if isinstance(one, dict):
        return {name: _added(part, other[name]) for name, part in one.items()}
    return one + other


def _minute(number: int, exporter: Exporter, watch: Watch) -> Minute:
    begun, before = time.monotonic(), _processor_seconds(exporter.pid)
    while time.monotonic() - begun < 60:
        time.sleep(BETWEEN_SCRAPES)
        watch.see(exporter.scrape() or b"")
    share = (_processor_seconds(exporter.pid) - before) / (time.monotonic() - begun)
    memory = _memory(exporter.pid)
    events = (n for series, n in watch.values.items() if series.startswith("soak_events_total"))
    return Minute(number, memory["VmRSS"], memory["VmHWM"], share, int(sum(events)))


def _memory(pid: int) -> dict[str, int]:
    """The Vm lines of /proc/PID/status, in kB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith("Vm")}


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
