"""Throughput: the bare limit, Eventdeck and mtail over the same log, in turns."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import msgspec
from eventdeck.catalogue.load import load
from msgspec import Struct

from tests.bench import catalogues, mtail
from tests.bench.child import FailedError, python, run
from tests.bench.log import Log, Logs
from tests.bench.read import Cost
from tests.bench.table import Quantity, Row

LIMIT = "bare limit"
COUNT = "Eventdeck, count by event"
FULL = "Eventdeck, full path"
MALFORMED = "Eventdeck, full path, 1 % malformed"
COMPRESSED = "Eventdeck, full path, from gzip"
MTAIL = "mtail, count by event"
MTAIL_FULL = "mtail, labels and histograms"


class Trial(Struct):
    """One run of one way."""

    reading: float  # CPU-seconds of the reading itself
    cpu: float  # of the whole process
    wall: float  # of the whole process
    memory: float | None
    limit: float = 0.0  # CPU-seconds of the bare limit, measured right before and after


Way = Callable[[], Trial]


def measure(logs: Logs, repetitions: int, folder: Path, say: Callable[[str], None]) -> list[Row]:
    """Read in every way, A B C A B C, each between two runs of the bare limit.

    A machine that drifts, or that others use, is unfair to neighbours alike: the share of the limit
    is taken from those, and its median from all turns.
    """
    ways = _ways(logs, folder)
    trials: dict[str, list[Trial]] = {name: [] for name in ways}
    limit = ways[LIMIT][0]
    before = limit()
    for turn in range(repetitions):
        for name, (way, _) in ways.items():
            say(f"reading, turn {turn + 1} of {repetitions}: {name}")
            trial, after = way(), limit()
            trial.limit = (before.reading + after.reading) / 2
            trials[name].append(trial)
            before = after
    lines = logs.plain.lines
    return [_row(name, lines, counted, trials[name]) for name, (_, counted) in ways.items()]


def quantities(rows: list[Row]) -> list[Quantity]:
    """Ratios within this run, against what was asked for."""
    by_name = {row.name: row for row in rows}
    found = [
        Quantity(name, by_name[name].share, "of the limit", "at least", target)
        for name, target in ((COUNT, 0.60), (FULL, 0.37), (MALFORMED, 0.35))
    ]
    times = None
    if MTAIL_FULL in by_name:
        times = by_name[FULL].per_cpu_second / by_name[MTAIL_FULL].per_cpu_second
    found.append(Quantity("full path against mtail", times, "times mtail", "at least", 5))
    peak = max(row.memory or 0 for row in rows if row.name.startswith("Eventdeck"))
    found.append(Quantity("peak memory while reading", peak, "MB", "at most", 32))
    return found


def _ways(logs: Logs, folder: Path) -> dict[str, tuple[Way, int]]:
    shipped, plain = catalogues.SHIPPED, logs.plain
    counting = catalogues.counting_only(folder)
    ways: dict[str, tuple[Way, int]] = {
        LIMIT: (partial(_python, "bare", plain, shipped), plain.counted),
        COUNT: (partial(_python, "eventdeck", plain, counting), plain.counted),
        FULL: (partial(_python, "eventdeck", plain, shipped), plain.counted),
        MALFORMED: (
            partial(_python, "eventdeck", logs.malformed, shipped),
            logs.malformed.counted,
        ),
        COMPRESSED: (partial(_python, "eventdeck", logs.compressed, shipped), plain.counted),
    }
    if mtail.path():
        program = mtail.full(load(shipped))
        ways[MTAIL] = (partial(_mtail, mtail.counting(), plain, folder), plain.counted)
        ways[MTAIL_FULL] = (partial(_mtail, program, plain, folder), plain.counted)
    return ways


def _python(mode: str, log: Log, catalogue: Path) -> Trial:
    ended = run(python("tests.bench.read", mode, str(catalogue), log.path))
    cost = msgspec.json.decode(ended.output, type=Cost)
    exact(mode, cost.events, log)
    return Trial(cost.cpu, ended.cpu, ended.wall, cost.memory)


def _mtail(program: str, log: Log, folder: Path) -> Trial:
    ended, events = mtail.count(program, log.path, folder)
    exact("mtail", events, log)
    return Trial(ended.cpu, ended.cpu, ended.wall, ended.memory)


def exact(who: str, events: dict[str, int], log: Log) -> None:
    """A fast figure for a wrong count is worth nothing. Raises FailedError."""
    found = {name: count for name, count in events.items() if count}
    if found != log.events:
        wrong = {name for name in found | log.events if found.get(name) != log.events.get(name)}
        raise FailedError(f"{who} counted wrong in {log.path}: {', '.join(sorted(wrong))}")


def _row(name: str, lines: int, counted: int, trials: list[Trial]) -> Row:
    memory = [trial.memory for trial in trials if trial.memory is not None]
    return Row(
        name=name,
        per_cpu_second=counted / median(trial.reading for trial in trials) / 1e6,
        share=counted / lines * median(trial.limit / trial.reading for trial in trials),
        whole=counted / median(trial.cpu for trial in trials) / 1e6,
        wall=median(trial.wall for trial in trials),
        memory=median(memory) if memory else None,
        counted=counted,
    )
