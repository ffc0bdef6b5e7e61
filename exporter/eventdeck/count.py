"""What has been counted: every series of the catalogue, from rows, exactly.

Rows are collected by type as they come and folded into the series a few thousand at a time, so
that what a series costs is paid once a fold and not once a line. Nothing here depends on where a
fold falls: counts are integers, and sums are kept exact (see `Histogram`), so reading the same
lines again after a crash gives the same figures to the last digit. A sum that came out smaller by
a rounding error would be a counter reset to Prometheus.
"""

from collections import Counter
from typing import Any

from eventdeck.catalogue.model import TEST, UNKNOWN, Catalogue
from eventdeck.decode import Batch, Row, Stranger
from eventdeck.event_tally import EventTally
from eventdeck.head import HeadReader
from eventdeck.look import Look
from eventdeck.names import Names


class Tally:
    """Every series of a catalogue, and the rows that wait to be folded into them."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Make every series, at zero."""
        self.catalogue = catalogue
        self.events = {event.name: EventTally(event.name, event) for event in catalogue.events}
        self.unknown = EventTally(UNKNOWN, None)
        self.names = Names()
        self.tests = 0  # test events, which are in no other figure
        self.gauges: dict[str, int] = {gauge.name: 0 for gauge in catalogue.gauges}
        self.latest: float | None = None  # the time of the last line folded
        self.first: float | None = None  # that of the first line of the last fold
        self._heads = HeadReader(catalogue.line)
        self._waiting: dict[type[Row], list[Row]] = {}
        self._order: list[Batch] = []
        self._movers = {name for gauge in catalogue.gauges for name in (*gauge.up, *gauge.down)}
        self._moving: dict[type[Row], list[Row]] = {}  # those that wait and move a gauge
        self._passed: list[dict[type[Row], int]] = []  # how many, by the end of each batch

    def add(self, rows: Batch) -> None:
        """Take rows of consecutive lines. They count from the next `fold` on."""
        waiting = self._waiting
        for row in rows:
            try:
                waiting[type(row)].append(row)
            except KeyError:
                self._meet(type(row), row)
        if rows:
            self._order.append(rows)
            self._passed.append({kind: len(moving) for kind, moving in self._moving.items()})

    def _meet(self, kind: type[Row], row: Row) -> None:
        self._waiting[kind] = [row]
        if kind.shape.name in self._movers:
            self._moving[kind] = self._waiting[kind]

    def fold(self) -> None:
        """Bring every series up to date with the rows taken so far."""
        if not self._order:
            return
        look = Look(self._order, self._heads)
        for kind, rows in self._waiting.items():
            if rows:
                self._fold_rows(kind, rows, look)
        self._fold_gauges()
        self.first, self.latest = look.begin or None, look.end or self.latest
        self._order.clear()
        self._passed.clear()
        for rows in self._waiting.values():
            rows.clear()

    def _fold_rows(self, kind: type[Row], rows: list[Any], look: Look) -> None:
        if kind.shape.name == TEST:
            self.tests += len(rows)
            return
        tally = self.events.get(kind.shape.name, self.unknown)
        tally.fold(rows, kind.shape.attributes, look)
        if tally is self.unknown:
            if issubclass(kind, Stranger):
                self.names.add(Counter(row.name for row in rows))
            else:
                self.names.add({kind.shape.name: len(rows)})

    def _fold_gauges(self) -> None:
        for gauge in self.catalogue.gauges:
            value = self.gauges[gauge.name]
            ups, downs = self._kinds(gauge.up), self._kinds(gauge.down)
            down = sum(len(self._waiting[kind]) for kind in downs)
            if down <= value:
                up = sum(len(self._waiting[kind]) for kind in ups)
                self.gauges[gauge.name] = value + up - down
            else:  # it may touch zero on the way, so the order of the steps counts
                self.gauges[gauge.name] = self._walk(ups, downs, value)

    def _kinds(self, names: tuple[str, ...]) -> set[type[Row]]:
        return {kind for kind in self._moving if kind.shape.name in names}

    def _walk(self, ups: set[type[Row]], downs: set[type[Row]], value: int) -> int:
        before: dict[type[Row], int] = {}
        for rows, passed in zip(self._order, self._passed, strict=True):
            moves = {kind: count - before.get(kind, 0) for kind, count in passed.items()}
            before = passed
            down = sum(moves.get(kind, 0) for kind in downs)
            if down <= value:
                value += sum(moves.get(kind, 0) for kind in ups) - down
                continue
            for kind in map(type, rows):
                if kind in downs:
                    value = max(0, value - 1)
                elif kind in ups:
                    value += 1
        return value
