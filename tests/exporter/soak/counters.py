"""What scrapes saw: the latest value of each counter, and every one that stepped back."""

import re
from collections.abc import Iterator

# Counters and the parts of histograms. Those of the process itself begin again with it.
_SAMPLE = re.compile(
    r"^((?!process_)\w+_(?:total|bucket|count|sum)(?:\{[^}]*\})?) (\S+)", re.MULTILINE
)


def counters(body: bytes) -> Iterator[tuple[str, float]]:
    """Every counter of a scrape in the text format: series, value."""
    for series, value in _SAMPLE.findall(body.decode()):
        yield series, float(value)


class Watch:
    """Compares each scrape with all that went before it."""

    def __init__(self) -> None:
        """Begin with no scrape."""
        self.scrapes = 0
        self.values: dict[str, float] = {}
        self.backward: list[str] = []  # sentences

    def see(self, body: bytes) -> None:
        """Take a scrape; series that are gone count as fallen to nothing."""
        now = dict(counters(body))
        for series, before in self.values.items():
            if (value := now.get(series, -1.0)) < before:
                self.backward.append(f"scrape {self.scrapes}: {series} {before:g} -> {value:g}")
        self.values |= now
        self.scrapes += 1
