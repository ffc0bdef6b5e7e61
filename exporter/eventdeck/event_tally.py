"""All series of one event, and what it takes to count rows into them."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable
from itertools import product
from operator import attrgetter
from typing import Any

from msgspec import Struct

from eventdeck.catalogue.model import OTHER, Event, Property
from eventdeck.histogram import LARGEST, Histogram
from eventdeck.labels import has_number, hashable, label, raw_keys, types
from eventdeck.look import Look

PROBLEMS = ("missing", "type", "value", "range")
# A request id that every parser of exemplars reads; their label set may have 128 characters.
_REQUEST = re.compile(r"[!#$%&'()*+,\-./0-9:;<=>?@A-Z\[\]^_`a-z|~]{1,100}")
_NUMBERS = {int, float}


class Count(Struct):
    """A counter: its value, and the time of the oldest line in it (Unix seconds)."""

    value: int = 0
    created: float | None = None
    request: str = ""  # request id of the latest line, for the exemplar
    at: float | None = None  # that line's time


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
        self._raw = {raw: self.labelled[key] for raw, key in raw_keys(self.labels)}

    def fold(self, rows: list[Any], attributes: dict[str, str], look: Look) -> None:
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
        look: Look,
        *,
        older: bool,
        traced: bool,
    ) -> None:
        get = attrgetter(*(attributes[prop.name] for prop in self.labels))
        try:
            found: Iterable[tuple[Hashable, int]] = (counts := Counter(map(get, rows))).items()
            odd = any(map(has_number, counts.keys() - self._raw.keys()))
        except TypeError:  # a list or an object where a label value belongs
            odd = True
        if odd:  # 1, 1.0 and True are equal: a count by value and type keeps them apart
            exact = Counter((raw, types(raw)) for raw in map(hashable, map(get, rows)))
            found = [(raw, times) for (raw, _), times in exact.items()]
        firsts: dict[Hashable, Any] = {}
        for raw, times in found:
            count = self._raw.get(raw) or self._outside(raw, times)
            count.value += times
            if older or count.created is None:
                # All at once: a search for each of a thousand invented values would take seconds.
                firsts = firsts or {hashable(get(row)): row for row in reversed(rows)}
                count.created = earlier(count.created, look.of(firsts[raw]).at)
        latest = self._raw.get(hashable(get(rows[-1])))
        if latest is not None and traced:
            latest.request, latest.at = self.total.request, self.total.at

    def _outside(self, raw: Hashable, times: int) -> Count:
        """The series of values that are not in the closed lists; says what was wrong with them."""
        values = raw if len(self.labels) > 1 and isinstance(raw, tuple) else (raw,)
        key = tuple(map(label, self.labels, values))
        for prop, value, counted in zip(self.labels, values, key, strict=True):
            if counted == OTHER:
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


def earlier(one: float | None, other: float | None) -> float | None:
    """The earlier of two times, of which either may be unknown."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
