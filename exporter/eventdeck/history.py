"""What was counted lately, event by event: the small pictures and rates of the live page."""

from collections import deque
from collections.abc import Callable
from itertools import pairwise

STEP = 5.0  # seconds
STEPS = 60  # five minutes


class History:
    """Counts at every step, so that a page that is opened shows its last minutes at once."""

    def __init__(self, counts: Callable[[], list[int]], monotonic: Callable[[], float]) -> None:
        """Begin with what is counted now."""
        self._counts = counts
        self._monotonic = monotonic
        self._levels: deque[list[int]] = deque(maxlen=STEPS + 1)
        self.begin()

    def begin(self) -> None:
        """Forget the past: what was replayed at start did not happen in the last minutes."""
        self._levels.clear()
        self._levels.append(self._counts())
        self._next = self._monotonic() + STEP

    def tick(self) -> None:
        """Note the counts when a step has passed. Call it often."""
        while (now := self._monotonic()) >= self._next:
            self._levels.append(self._counts())
            # After a pause of the machine one level stands for all steps that were missed.
            missed = now - self._next >= STEPS * STEP
            self._next = now + STEP if missed else self._next + STEP

    def of_each(self) -> list[list[int]]:
        """For each event what was counted in each step, oldest first; the last is not over yet."""
        levels = [*self._levels, self._counts()]
        return [
            [after - before for before, after in pairwise(column)]
            for column in zip(*levels, strict=True)
        ]

    @staticmethod
    def per_minute(history: list[int]) -> float:
        """Events per minute over the last minute, or over what there is of it."""
        steps = history[-13:]
        # The step that is not over counts with what it has: better early than precise.
        return sum(steps) * 60 / (max(1, len(steps) - 1) * STEP)
