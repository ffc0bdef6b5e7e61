"""How often a value lay below each bound, and the exact sum of all values."""

import math
from bisect import bisect_right

from msgspec import Struct

LARGEST = 1e18  # the largest value: sums stay finite


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
