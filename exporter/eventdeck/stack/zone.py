"""Whether the application's times are read in the right zone: seen from the end of its log.

Loki refuses lines from the future, and lines that seem hours old hide that events have stopped.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from eventdeck.catalogue.model import LineFormat
from eventdeck.instant import Clock
from eventdeck.stack.finding import Finding

_TAIL = 65536  # bytes at the end of a log that surely hold a whole line
_TOLERATED = 10.0  # seconds between a line's time and its writing
_QUARTER = 900.0  # seconds: zones differ by quarters of an hour
_WIDEST = 15 * 3600.0  # seconds: no zone is farther off


def look(path: Path, line: LineFormat) -> Iterator[Finding]:
    """Compare the last line's time with that of its writing."""
    try:
        written = path.stat().st_mtime
        moment = _last(path, line)
    except OSError:
        return  # said already
    if moment is None:
        return
    seconds = moment - written
    quarters = round(seconds / _QUARTER) * _QUARTER
    if not quarters or abs(seconds) > _WIDEST or abs(seconds - quarters) > _TOLERATED:
        return
    yield _finding(path, line.zone, quarters, written)


def _finding(path: Path, zone: str, quarters: float, written: float) -> Finding:
    offset = ZoneInfo(zone).utcoffset(datetime.fromtimestamp(written, UTC)) or timedelta()
    right = offset + timedelta(seconds=quarters)
    sign = "-" if right < timedelta() else "+"
    hours, minutes = divmod(abs(int(right.total_seconds())) // 60, 60)
    side = "ahead of" if quarters > 0 else "behind"
    return Finding(
        f"the last line of {path} is {abs(timedelta(seconds=quarters))} h {side} its writing: the "
        f"catalogue says zone: {zone}, the application seems to write in "
        f"UTC{sign}{hours:02}:{minutes:02}",
        "change line.zone in exporter/events.yaml, then `make render`",
        fatal=False,
    )


def _last(path: Path, line: LineFormat) -> float | None:
    """Return the time of the last line that has one, in Unix seconds."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        lines = file.read(_TAIL).splitlines()
    clock = Clock(line)
    for raw in reversed(lines):
        try:
            fields = json.loads(raw)
        except (ValueError, RecursionError):
            continue
        if isinstance(fields, dict):
            moment = clock.seconds(tuple(fields.get(time.field) for time in line.time))
            if moment is not None:
                return moment
    return None
