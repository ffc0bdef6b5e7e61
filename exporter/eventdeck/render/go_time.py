"""Time patterns as Go writes them, for programs that read the log beside the exporter."""

import re

from eventdeck.catalogue.model import LineFormat
from eventdeck.catalogue.problem import whole

# Fractions of a second need no layout: Go reads them after a point or a comma by itself.
_RFC3339 = tuple(
    f"2006-01-02{between}15:04:05{zone}" for zone in ("Z07:00", "", "Z0700") for between in "T "
)
_DIRECTIVES = {
    "A": "Monday",
    "a": "Mon",
    "B": "January",
    "b": "Jan",
    "d": "02",
    "H": "15",
    "I": "03",
    "j": "002",
    "M": "04",
    "m": "01",
    "p": "PM",
    "S": "05",
    "Y": "2006",
    "y": "06",
    "Z": "MST",
    "z": "-0700",
    "%": "%",
}


def layouts(line: LineFormat, source: str) -> list[tuple[str, tuple[str, ...]]]:
    """Each time field with the Go layouts that its value may have, likeliest first.

    Raises `CatalogueError` for a pattern that Go cannot read.
    """
    return [
        (time.field, _RFC3339 if time.format == "rfc3339" else (_layout(time.format, source),))
        for time in line.time
    ]


def _layout(pattern: str, source: str) -> str:
    unread = re.sub(r"[.,]%f", "", pattern)
    for directive in re.findall(r"%(.)", unread):
        if directive not in _DIRECTIVES:
            raise whole(
                source,
                f'line.time: Promtail cannot read "%{directive}" of "{pattern}"; have the '
                "application write RFC 3339",
            )
    return re.sub(r"%(.)", lambda found: _DIRECTIVES[found[1]], unread)
