"""What has been counted: every series of the catalogue, from rows, exactly.

Rows are collected by type as they come and folded into the series a few thousand at a time, so
that what a series costs is paid once a fold and not once a line. Nothing here depends on where a
fold falls: counts are integers, and sums are kept exact (see `Histogram`), so reading the same
lines again after a crash gives the same figures to the last digit. A sum that came out smaller by
a rounding error would be a counter reset to Prometheus.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable
from itertools import product
from operator import attrgetter
from typing import Any

from msgspec import Struct

from eventdeck.catalogue.model import MISSING, OTHER, UNKNOWN, Catalogue, Event, Gauge, Property
from eventdeck.decode import Batch, Row, Stranger
from eventdeck.head import Head, HeadReader

PROBLEMS = ("missing", "type", "value", "range")
# A request id that every parser of exemplars reads; their label set may have 128 characters.
_REQUEST = re.compile(r"[!#$%&'()*+,\-./0-9:;<=>?@A-Z\[\]^_`a-z|~]{1,100}")
LARGEST = 1e18  # of a histogram's values: sums stay finite
_NUMBERS = {int, float}


class Count(Struct):
    """A counter: its value, and the time of the oldest line in it (Unix seconds)."""

    value: int = 0
    created: float | None = None
    request: str = ""  # request id of the latest line, for the exemplar
    at: float | None = None  # that line's time


class Histogram(Struct):
    """Cumulative buckets. `whole + high + low` is the exact sum, in the unit of the log."""

    bounds: tuple[float, ...]
    buckets: list[int]
    count: int = 0
    whole: int = 0  # the sum of the integers
    high: float = 0.0  # the sum of the others, and
    low: float = 0.0  # what rounding left out of it
    created: float | None = None

    @property
    def sum(self) -> float:
        """Sum of the values; the same for the same values in whatever order they came."""
        whole = float(self.whole)  # as a pair as well, so that one rounding is all there is
        return math.fsum((whole, self.whole - int(whole), self.high, self.low))

    def take_over(self, saved: "Histogram") -> None:
        """Go on from a saved histogram with the same bounds."""
        self.buckets, self.count, self.whole = saved.buckets, saved.count, saved.whole
        self.high, self.low, self.created = saved.high, saved.low, saved.created

    def observe(self, values: list[int | float], *, whole: bool) -> None:
        """Add values in ascending order; `whole` when all of them are integers."""
        for i, bound in enumerate(self.bounds):
            self.buckets[i] += bisect_right(values, bound)
        self.count += len(values)
        if whole:
            self.whole += sum(values)  # type: ignore[assignment]
            return
        # fsum rounds once, so the pair holds the sum to 106 bits.
        parts = [self.high, self.low, *values]
        self.high = math.fsum(parts)
        parts.append(-self.high)
        self.low = math.fsum(parts)


class EventTally:
    """All series of one event. `event` is None for `_unknown`."""

    def __init__(self, name: str, event: Event | None) -> None:
        """Make every series of the event, at zero."""
        self.name = name
        self.event = event
        self.total = Count()
        self.last: float | None = None
        self.labels = event.labels if event else ()
        values = [prop.label_values for prop in self.labels]
        self.labelled = {key: Count() for key in product(*values)} if values else {}
        properties = event.histograms if event else ()
        self.histograms = [(p, Histogram(p.buckets, [0] * len(p.buckets))) for p in properties]
        self.problems = dict.fromkeys(PROBLEMS, 0)
        self._raw = {raw: self.labelled[key] for raw, key in _raw_keys(self.labels)}

    def fold(self, rows: list[Any], attributes: dict[str, str], look: "Look") -> None:
        """Count rows of one record type, in the order of their lines."""
        total = self.total
        total.value += len(rows)
        head = look.last(type(rows[-1]))
        if head.at is not None and (self.last is None or head.at > self.last):
            self.last = head.at
        traced = isinstance(head.request, str) and bool(_REQUEST.fullmatch(head.request))
        if traced and (total.at is None or head.at is None or head.at >= total.at):
            total.request, total.at = str(head.request), head.at
        older = total.created is None or total.created > look.begin
        if older:
            total.created = earlier(total.created, look.of(rows[0]).at)
        if self.labels:
            self._fold_labels(rows, attributes, look, older=older, traced=traced)
        for prop, histogram in self.histograms:
            self._observe(prop, histogram, list(map(attrgetter(attributes[prop.name]), rows)))
            if histogram.count and (older or histogram.created is None):
                histogram.created = earlier(histogram.created, look.of(rows[0]).at)

    def restore_label(self, values: tuple[str, ...], count: Count) -> bool:
        """Put back one combination of label values; False where the catalogue has it no more."""
        if values not in self.labelled:
            return False
        series = self.labelled[values]
        series.value, series.created = count.value, count.created
        series.request, series.at = count.request, count.at
        return True

    def _fold_labels(
        self,
        rows: list[Any],
        attributes: dict[str, str],
        look: "Look",
        *,
        older: bool,
        traced: bool,
    ) -> None:
        get = attrgetter(*(attributes[prop.name] for prop in self.labels))
        try:
            found: Iterable[tuple[Hashable, int]] = (counts := Counter(map(get, rows))).items()
            odd = any(map(_has_number, counts.keys() - self._raw.keys()))
        except TypeError:  # a list or an object where a label value belongs
            odd = True
        if odd:  # 1, 1.0 and True are equal: a count by value and type keeps them apart
            exact = Counter((raw, _types(raw)) for raw in map(_hashable, map(get, rows)))
            found = [(raw, times) for (raw, _), times in exact.items()]
        firsts: dict[Hashable, Any] = {}
        for raw, times in found:
            count = self._raw.get(raw) or self._outside(raw, times)
            count.value += times
            if older or count.created is None:
                # All at once: a search for each of a thousand invented values would take seconds.
                firsts = firsts or {_hashable(get(row)): row for row in reversed(rows)}
                count.created = earlier(count.created, look.of(firsts[raw]).at)
        latest = self._raw.get(_hashable(get(rows[-1])))
        if latest is not None and traced:
            latest.request, latest.at = self.total.request, self.total.at

    def _outside(self, raw: Hashable, times: int) -> Count:
        """The series of values that are not in the closed lists; says what was wrong with them."""
        values = raw if len(self.labels) > 1 and isinstance(raw, tuple) else (raw,)
        key = tuple(map(_label, self.labels, values))
        for prop, value, label in zip(self.labels, values, key, strict=True):
            if label == OTHER:
                right = isinstance(value, bool if prop.type == "boolean" else str | int)
                self.problems["value" if right else "type"] += times
        return self.labelled[key]

    def _observe(self, prop: Property, histogram: Histogram, values: list[Any]) -> None:
        """Put into the histogram what it can take; the rest is counted as problems."""
        kinds = set(map(type, values))
        if not kinds <= _NUMBERS:
            numbers = [value for value in values if type(value) in _NUMBERS]
            absent = values.count(None)
            self.problems["type"] += len(values) - len(numbers) - absent
            if not (prop.nullable or prop.optional):
                self.problems["missing"] += absent
            values = numbers
        values.sort()
        if values and not 0 <= values[0] <= values[-1] <= LARGEST:
            start, end = bisect_left(values, 0), bisect_right(values, LARGEST)
            self.problems["range"] += len(values) - (end - start)
            values = values[start:end]
        if values:
            histogram.observe(values, whole=kinds & _NUMBERS == {int})


class Look:
    """The lines behind some batches of rows, for the few rows whose time or request matters."""

    def __init__(self, batches: list[Batch], reader: HeadReader) -> None:
        """Take batches in the order of their lines; none is empty."""
        self._batches = batches
        self._read = reader.read
        self._last: dict[type, tuple[Batch, int]] = {}
        self._unseen = list(batches)
        begin = self._read(batches[0].line(0)).at
        self.begin = 0.0 if begin is None else begin  # Unix seconds; 0: nobody knows

    @property
    def end(self) -> float | None:
        """The time of the last line."""
        return self._read(self._batches[-1].line(len(self._batches[-1]) - 1)).at

    def last(self, kind: type[Row]) -> Head:
        """Head of the last row of a type. Most types are found in the last batch."""
        while kind not in self._last:
            batch = self._unseen.pop()
            for found, place in dict(zip(map(type, batch), range(len(batch)), strict=True)).items():
                self._last.setdefault(found, (batch, place))
        batch, place = self._last[kind]
        return self._read(batch.line(place))

    def of(self, row: Row) -> Head:
        """Head of any row."""
        batch = next(batch for batch in self._batches if row in batch)
        return self._read(batch.line(batch.index(row)))


class Tally:
    """Every series of a catalogue, and the rows that wait to be folded into them."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Make every series, at zero."""
        self.catalogue = catalogue
        self.events = {event.name: EventTally(event.name, event) for event in catalogue.events}
        self.unknown = EventTally(UNKNOWN, None)
        self.names = Names()
        self.gauges: dict[str, int] = {gauge.name: 0 for gauge in catalogue.gauges}
        self.latest: float | None = None  # the time of the last line folded
        self._heads = HeadReader(catalogue.line)
        self._waiting: dict[type[Row], list[Row]] = {}
        self._order: list[Batch] = []

    def add(self, rows: Batch) -> None:
        """Take rows of consecutive lines. They count from the next `fold` on."""
        waiting = self._waiting
        for row in rows:
            try:
                waiting[type(row)].append(row)
            except KeyError:
                waiting[type(row)] = [row]
        if rows:
            self._order.append(rows)

    def fold(self) -> None:
        """Bring every series up to date with the rows taken so far."""
        if not self._order:
            return
        look = Look(self._order, self._heads)
        for kind, rows in self._waiting.items():
            if rows:
                self._fold_rows(kind, rows, look)
        self._fold_gauges()
        self.latest = look.end or self.latest
        self._order.clear()
        for rows in self._waiting.values():
            rows.clear()

    def _fold_rows(self, kind: type[Row], rows: list[Any], look: Look) -> None:
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
            up, down = self._moves(gauge.up), self._moves(gauge.down)
            if down <= value:
                self.gauges[gauge.name] = value + up - down
            else:  # it may touch zero on the way, so every step counts
                self.gauges[gauge.name] = self._walk(gauge, value)

    def _moves(self, names: tuple[str, ...]) -> int:
        return sum(len(rows) for kind, rows in self._waiting.items() if kind.shape.name in names)

    def _walk(self, gauge: Gauge, value: int) -> int:
        steps = dict.fromkeys(gauge.down, -1) | dict.fromkeys(gauge.up, 1)
        step = {kind: steps[kind.shape.name] for kind in self._waiting if kind.shape.name in steps}
        for rows in self._order:
            kinds = list(map(type, rows))
            moves = [(kinds.count(kind), move) for kind, move in step.items()]
            if sum(times for times, move in moves if move < 0) <= value:
                value += sum(times * move for times, move in moves)
                continue
            for kind in filter(step.__contains__, kinds):
                value = max(0, value + step[kind])
        return value


class Names:
    """Undocumented names and how often they came: those of a log, not those of an attack.

    Holds at most 200. When it is full, names seen once make room, or else the rarer half does; so
    a name that keeps coming stays, and a count is a lower bound once names have been dropped.
    """

    LIMIT = 200
    LONGEST = 120  # characters

    def __init__(self) -> None:
        """Start empty."""
        self.counts: dict[str, int] = {}
        self.dropped = 0

    def add(self, counts: dict[str, int]) -> None:
        """Count names."""
        for name, times in counts.items():
            short = name[: self.LONGEST]
            if short not in self.counts and len(self.counts) >= self.LIMIT:
                self._make_room()
            self.counts[short] = self.counts.get(short, 0) + times

    def top(self, most: int = 50) -> list[tuple[str, int]]:
        """The most frequent names first."""
        return sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))[:most]

    def _make_room(self) -> None:
        kept = {name: times for name, times in self.counts.items() if times > 1}
        if len(kept) == len(self.counts):
            kept = dict(self.top(self.LIMIT // 2))
        self.dropped += len(self.counts) - len(kept)
        self.counts = kept


def earlier(one: float | None, other: float | None) -> float | None:
    """The earlier of two times, of which either may be unknown."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _raw_keys(labels: tuple[Property, ...]) -> list[tuple[Any, tuple[str, ...]]]:
    """Pair what a line carries when all is well with the label values of its series."""
    if not labels:
        return []
    choices = [[(_raw_value(prop, v), v) for v in (*prop.values, MISSING)] for prop in labels]
    pairs = []
    for choice in product(*choices):
        raw, key = tuple(zip(*choice, strict=True))
        pairs.append((raw if len(labels) > 1 else raw[0], key))
    return pairs


def _raw_value(prop: Property, value: str) -> object:
    if value == MISSING:
        return None
    return value == "true" if prop.type == "boolean" else value


def _label(prop: Property, value: object) -> str:
    if value is None:
        return MISSING
    if isinstance(value, bool) or (prop.type == "boolean" and value in (0, 1)):
        value = str(bool(value)).lower()
    text = value if isinstance(value, str) else str(value)
    return text if text in prop.values else OTHER


def _has_number(raw: object) -> bool:
    values = raw if isinstance(raw, tuple) else (raw,)
    return any(isinstance(value, int | float) for value in values)


def _types(raw: object) -> object:
    return tuple(map(type, raw)) if isinstance(raw, tuple) else type(raw)


def _hashable(raw: object) -> Hashable:
    """Stand-in for label values of which one may be a list or an object."""
    if isinstance(raw, tuple):
        return tuple(map(_hashable, raw))
    return () if isinstance(raw, list | dict) else raw
