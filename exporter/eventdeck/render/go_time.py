"""Time patterns as Go writes them, for programs that read the log beside the exporter."""

import re

from eventdeck.catalogue.model import LineFormat
from eventdeck.catalogue.problem import whole
from eventdeck.render.fill import table

# Fractions of a second need no layout: Go reads them after a point or a comma by itself.
_RFC3339 = tuple(
    f"2006-01-02{between}15:04:05{zone}" for zone in ("Z07:00", "", "Z0700") for between in "T "
)


def layouts(line: LineFormat, source: str) -> list[tuple[str, tuple[str, ...]]]:
    """Each time field with the Go layouts that its value may have, likeliest first.

    Raises `CatalogueError` for a pattern that Go cannot read.
    """
    return [
        (time.field, _RFC3339 if time.format == "rfc3339" else (_layout(time.format, source),))
        for time in line.time
    ]


def _layout(pattern: str, source: str) -> str:
    directives: dict[str, str] = table("go_time.yaml")

    def in_go(found: re.Match[str]) -> str:
        if found[1] in directives:
            return directives[found[1]]
        raise whole(
            source,
            f'line.time: Promtail cannot read "{found[0]}" of "{pattern}"; have the application '
            "write RFC 3339",
        )

    return re.sub("%(.)", in_go, re.sub("[.,]%f", "", pattern))
