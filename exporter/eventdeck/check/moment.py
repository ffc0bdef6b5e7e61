"""The times of a log's lines: whether they are there, in order, and in the right zone."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter, le
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import UNSET

from eventdeck.catalogue.model import LineFormat
from eventdeck.check.finding import Findings, Topic
from eventdeck.instant import Clock

_ISO = frozenset({"rfc3339", "%Y-%m-%d %H:%M:%S,%f", "%Y-%m-%dT%H:%M:%S.%f"})
TOLERATED = 1.0  # seconds: threads that log at once may write in another order
_LATE = 10.0  # seconds between a line's time and its writing to the file
_QUARTER = 900.0  # seconds: zones differ by quarters of an hour
_WIDEST = 15 * 3600.0  # seconds: no zone is farther off


class Moments:
    """Follows the times of one log."""

    def __init__(self, line: LineFormat, findings: Findings) -> None:
        """Begin before the first line."""
        self.last: float | None = None  # Unix seconds: the time of the last line that has one
        self._findings = findings
        self._zone = ZoneInfo(line.zone)
        self._zone_name = line.zone
        self._clock = Clock(line)
        self._get = [attrgetter(f"t{i}") for i in range(len(line.time))]
        self._fields = [time.field for time in line.time]
        self._iso = [time.format in _ISO for time in line.time]
        self._newest: float | None = None

    def follow(self, records: list[Any], numbers: Sequence[int]) -> None:
        """Look at the times of consecutive lines."""
        if records and not self._all_in_order(records):
            for record, number in zip(records, numbers, strict=True):
                self._one(tuple(get(record) for get in self._get), number)

    def compare(self, modified: float) -> None:
        """Compare the last line's time with that of the file's last change (Unix seconds)."""
        if self.last is None:
            return
        seconds = self.last - modified
        quarters = round(seconds / _QUARTER) * _QUARTER
        off_by_a_zone = quarters and abs(seconds) <= _WIDEST and abs(seconds - quarters) <= _LATE
        if off_by_a_zone or seconds > _LATE:
            what = self._hint(quarters) if off_by_a_zone else self._ahead(seconds)
            self._findings.add(Topic("wrong_zone"), {what: 1}, tuple)

    def _all_in_order(self, records: list[Any]) -> bool:
        """Whether all times can be read and none is before another; at full speed."""
        columns = [list(map(get, records)) for get in self._get]
        for iso, column in zip(self._iso, columns, strict=True):
            if set(column) == {UNSET}:
                continue
            try:
                moments = list(map(datetime.fromisoformat, column)) if iso else []
                if not moments or not all(map(le, moments, moments[1:])):
                    return False
                return self._go_on(moments, records)
            except (TypeError, ValueError):  # not readable, or some with a zone and some without
                return False
        return False

    def _go_on(self, moments: list[datetime], records: list[Any]) -> bool:
        first = self._seconds(moments[0])
        if self._newest is not None and first < self._newest:
            return False
        self.last = self._newest = self._seconds(moments[-1])
        return bool(records)

    def _one(self, values: tuple[object, ...], number: int) -> None:
        seconds = self._clock.seconds(values)
        if seconds is None:
            self._unreadable(values, number)
            return
        self.last = seconds
        if self._newest is None or seconds > self._newest:
            self._newest = seconds
        elif seconds < self._newest - TOLERATED and not self._told_twice(seconds):
            self._findings.add(Topic("out_of_order"), {"": 1}, lambda: [number])

    def _unreadable(self, values: tuple[object, ...], number: int) -> None:
        for field, value in zip(self._fields, values, strict=True):
            if value is not UNSET:
                topic = Topic("unreadable_time", property=field)
                self._findings.add(topic, {"": 1}, lambda: [number])
                return
        self._findings.add(Topic("no_time"), {"": 1}, lambda: [number])

    def _told_twice(self, seconds: float) -> bool:
        """Whether a local time without zone is in the hour that comes twice in autumn."""
        moment = datetime.fromtimestamp(seconds, self._zone)
        return moment.utcoffset() != moment.replace(fold=1).utcoffset()

    def _seconds(self, moment: datetime) -> float:
        return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).timestamp()

    def _hint(self, quarters: float) -> str:
        offset = ZoneInfo(self._zone_name).utcoffset(datetime.fromtimestamp(self.last or 0, UTC))
        right = (offset or timedelta()).total_seconds() + quarters
        side = "ahead of" if quarters > 0 else "behind"
        return (
            f"the last line is {_duration(abs(quarters))} {side} its writing: the catalogue says "
            f"zone: {self._zone_name}, the application seems to write in UTC{_offset(right)}; "
            "change line.zone in the catalogue"
        )

    @staticmethod
    def _ahead(seconds: float) -> str:
        return (
            f"the last line is {_duration(seconds)} ahead of its writing: the clock was wrong, or "
            "the file's own time was not kept when it was copied"
        )


def _duration(seconds: float) -> str:
    if seconds < 60:  # noqa: PLR2004
        return f"{seconds:.0f} s"
    hours, minutes = divmod(int(seconds) // 60, 60)
    return " ".join(part for part in (hours and f"{hours} h", minutes and f"{minutes} min") if part)


def _offset(seconds: float) -> str:
    hours, minutes = divmod(int(abs(seconds)) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{minutes:02}"
