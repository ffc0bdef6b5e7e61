"""Whether the times in the log are right: the last line is compared with the file's mtime.

A wrong zone is dear. Loki refuses what lies in the future, and a last-seen of an hour ago hides
that events have stopped. An application's asctime carries no zone, so it must be configured.
"""

import logging
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from eventdeck.tail.follow import Followed

TOLERATED = 120.0  # seconds between a line's time and its writing
_QUARTER = 900.0  # seconds: zones differ by quarters of an hour
_WIDEST = 15 * 3600.0  # seconds: no zone is farther off

log = logging.getLogger(__name__)


class Skew:
    """The difference between the lines' clock and the machine's."""

    def __init__(self, zone: str) -> None:
        """Take the zone that is configured for times without one."""
        self.zone = zone
        self.seconds = 0.0
        self.note = ""

    def compare(self, latest: float | None, files: list[Followed]) -> None:
        """Compare the last line counted with the time at which its file was last written."""
        live = [file.mark.modified for file in files if not file.mark.rotated]
        if latest is None or not live:
            return
        self.seconds = latest - max(live) / 1e9
        note = self._explain()
        if note and note != self.note:
            log.warning("%s", note)
        self.note = note

    def _explain(self) -> str:
        quarters = round(self.seconds / _QUARTER) * _QUARTER
        if not quarters or abs(self.seconds) > _WIDEST or abs(self.seconds - quarters) > TOLERATED:
            return ""
        now = datetime.now(UTC)
        offset = ZoneInfo(self.zone).utcoffset(now)
        right = (offset.total_seconds() if offset else 0.0) + quarters
        ahead = "ahead of" if quarters > 0 else "behind"
        return (
            f"the times in the log are {_duration(abs(quarters))} {ahead} the clock: the catalogue "
            f"says zone: {self.zone}, but the application seems to write in UTC{_offset(right)}; "
            "change line.zone in the catalogue"
        )


def _duration(seconds: float) -> str:
    hours, minutes = divmod(int(seconds) // 60, 60)
    return f"{hours} h" if not minutes else f"{hours} h {minutes} min"


def _offset(seconds: float) -> str:
    hours, minutes = divmod(int(abs(seconds)) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{minutes:02}"
