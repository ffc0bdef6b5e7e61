"""How time runs: through a working week (the past), or evenly and in fast motion (live)."""

from datetime import UTC, datetime, timedelta, tzinfo
from math import log1p
from typing import Protocol

from eventdeck.sample.story import DAY

HOUR = 3600.0
# Activity by local hour of a weekday: morning, lunch, afternoon, a few who work late.
_WEEKDAY = (1, 1, 1, 1, 1, 2, 6, 25, 65, 95, 100, 95, 55, 70, 100, 95, 85, 60, 30, 18, 12, 8, 4, 2)
_SATURDAY, _SUNDAY = 0.2, 0.12
_MEAN = sum(_WEEKDAY) * (5 + _SATURDAY + _SUNDAY) / (7 * 24)


class Pace(Protocol):
    """Moments are Unix seconds."""

    patience: float  # seconds after which an event that did not occur takes its turn

    def after(self, now: float, seconds: float) -> float:
        """Return the moment that many seconds later."""

    def days(self, now: float, days: float) -> float:
        """Return the moment that much of mean days' activity later."""

    def arrival(self, now: float, gap: float) -> float:
        """Return the moment of the next arrival, `gap` seconds of mean activity later."""

    def daily(self, now: float, hour_minute: str) -> float:
        """Return the next moment of that local time of day."""


class Working:
    """A week of an office in `zone`: hours, lunch, quiet nights and weekends."""

    patience = DAY

    def __init__(self, zone: tzinfo) -> None:
        """Take local hours and weekdays in `zone`."""
        self._zone = zone
        self._hours: dict[float, float] = {}

    def after(self, now: float, seconds: float) -> float:
        """Return the moment that many seconds later."""
        return now + seconds

    def days(self, now: float, days: float) -> float:
        """Return the moment that much of mean days' activity later, so seldom one at night."""
        left = days * DAY
        while True:
            activity = self.activity(now)
            to_next_hour = HOUR - now % HOUR
            if left <= activity * to_next_hour:
                return now + left / activity
            left -= activity * to_next_hour
            now += to_next_hour

    def arrival(self, now: float, gap: float) -> float:
        """Return the moment of the next arrival, `gap` seconds of mean activity later."""
        return self.days(now, gap / DAY)

    def daily(self, now: float, hour_minute: str) -> float:
        """Return the next moment of that local time of day."""
        hour, minute = map(int, hour_minute.split(":"))
        local = datetime.fromtimestamp(now, self._zone)
        due = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if due.timestamp() <= now:
            due = (due + timedelta(days=1)).replace(hour=hour, minute=minute)
        return due.timestamp()

    def activity(self, moment: float) -> float:
        """How busy that hour is; 1 is the mean of a week."""
        hour = moment // HOUR
        if hour not in self._hours:
            local = datetime.fromtimestamp(hour * HOUR, self._zone)
            weekend = {5: _SATURDAY, 6: _SUNDAY}.get(local.weekday(), 1.0)
            self._hours[hour] = _WEEKDAY[local.hour] * weekend / _MEAN
        return self._hours[hour]


class Live:
    """Even at every hour, since a demo is watched at any. Waits are shortened, long ones more.

    Three seconds stay two, half an hour becomes 20 s, a day two minutes, two weeks 200 s.
    """

    patience = 75.0

    def after(self, now: float, seconds: float) -> float:
        """Return the moment to which that wait is shortened."""
        return now + min(seconds, 1 + 30 * log1p(seconds / 1800))

    def days(self, now: float, days: float) -> float:
        """Return the moment to which that wait is shortened."""
        return self.after(now, days * DAY)

    def arrival(self, now: float, gap: float) -> float:
        """Return the moment of the next arrival: a rate is promised, so nothing is shortened."""
        return now + gap

    def daily(self, now: float, hour_minute: str) -> float:  # noqa: ARG002  no time of day here
        """Return the moment to which a day is shortened."""
        return self.after(now, DAY)


def rfc3339(moment: float) -> str:
    """Return the moment in UTC, to the millisecond: `2026-11-23T08:30:00.125+00:00`."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
