"""What a property may hold: values from its type, closed list, buckets, unit and name."""

import re
from bisect import bisect
from collections.abc import Callable
from itertools import accumulate
from math import exp, log
from random import Random

from eventdeck.catalogue.model import Property

Maker = Callable[[Random], object]

# Usual sizes of a number without buckets, by its unit.
_RANGES = {
    "milliseconds": (5.0, 5000.0),
    "seconds": (2.0, 7200.0),
    "minutes": (1.0, 120.0),
    "hours": (1.0, 12.0),
    "days": (1.0, 60.0),
    "bytes": (500.0, 5_000_000.0),
    "kilobytes": (1.0, 5000.0),
    "megabytes": (1.0, 500.0),
}
_COUNTED = re.compile(r"^(num|number|count)_|_(count|number)$")
_ANY = (1.0, 100.0)
_TRUE = 0.6


def maker(prop: Property, vocabulary: dict[str, tuple[str, ...]]) -> Maker:
    """Return what makes values of this property. Ids and moments are not made here."""
    words = prop.values or vocabulary.get(prop.name, ())
    if prop.type == "number":
        return _number(prop)
    if prop.type == "boolean":
        return lambda rng: rng.random() < _TRUE
    if prop.type == "list":
        items = words or tuple(f"{prop.name}_{n}" for n in range(1, 6))
        return lambda rng: rng.sample(items, rng.randint(1, min(3, len(items))))
    if words:
        return _falling(words) if prop.values else (lambda rng: rng.choice(words))
    text = prop.name.replace("_", " ")
    return lambda rng: f"{text} {rng.randint(1, 20)}"


def _falling(words: tuple[str, ...]) -> Maker:
    """Return a choice with falling odds: lists begin with what is usual."""
    odds = list(accumulate((1 + rank) ** -0.5 for rank in range(len(words))))
    return lambda rng: words[bisect(odds, rng.random() * odds[-1])]


def _number(prop: Property) -> Maker:
    # What has a unit, or is a number of something, comes whole; the rest may well be money.
    whole = prop.unit is not None or _COUNTED.search(prop.name)
    digits = None if whole and all(bound % 1 == 0 for bound in prop.buckets) else 2
    ranges = _buckets(prop.buckets) if prop.buckets else [_RANGES.get(prop.unit or "", _ANY)]
    odds = list(accumulate(_bell(len(ranges))))

    def number(rng: Random) -> float:
        low, high = ranges[bisect(odds, rng.random() * odds[-1])]
        value = exp(rng.uniform(low, high))
        return round(value, digits)

    ranges = [(log(low), log(high)) for low, high in ranges]
    return number


def _buckets(bounds: tuple[float, ...]) -> list[tuple[float, float]]:
    """Return the range of values of each bucket, the last one beyond the highest bound."""
    positive = [bound for bound in bounds if bound > 0] or [1.0]
    lowest = positive[0] / 4
    return list(zip([lowest, *positive], [*positive, positive[-1] * 2], strict=True))


def _bell(count: int) -> list[float]:
    """Return odds that are highest in the middle, and low but never 0 beyond the last bound."""
    if count == 1:
        return [1.0]
    inner = [float(min(rank + 1, count - 1 - rank)) for rank in range(count - 1)]
    return [*inner, 0.2]
