"""When a line says it happened: its own time as Unix seconds."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from eventdeck.catalogue.model import LineFormat, TimeField

# The shape of logging's asctime and of RFC 3339. `datetime.fromisoformat` reads both, comma
# included, ten times faster than strptime; any other pattern goes through strptime.
_ISO_PATTERNS = frozenset({"rfc3339", "%Y-%m-%d %H:%M:%S,%f", "%Y-%m-%dT%H:%M:%S.%f"})
# fromisoformat takes 1, 2, 4, 5, 7 … fraction digits for an error; a log may carry any number.
_FRACTION = re.compile(r"[.,](\d{1,9})")


class Clock:
    """Reads the time out of the first time field that a line carries."""

    def __init__(self, line: LineFormat) -> None:
        """Take fields, formats and the zone of times that carry none from `line`."""
        self.fields: tuple[TimeField, ...] = line.time
        self._zone = ZoneInfo(line.zone)

    def seconds(self, values: tuple[object, ...]) -> float | None:
        """Unix seconds of the first readable value, one value per field; None where none is."""
        for field, value in zip(self.fields, values, strict=True):
            if isinstance(value, str):
                moment = self._moment(value, field.format)
                if moment is not None:
                    return moment
        return None

    def _moment(self, text: str, pattern: str) -> float | None:
        try:
            if pattern in _ISO_PATTERNS:
                moment = datetime.fromisoformat(_FRACTION.sub(_six_digits, text, count=1))
            else:
                moment = datetime.strptime(text, pattern)  # noqa: DTZ007  the zone follows
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self._zone)
            seconds = moment.timestamp()
        except (ValueError, OverflowError):
            return None
        return seconds if seconds >= 0 else None


def _six_digits(fraction: re.Match[str]) -> str:
    return "." + fraction[1][:6].ljust(6, "0")
