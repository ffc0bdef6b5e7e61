"""When lines were last counted long after they were written: no burst, whatever the counters say.

Lines are compared with each other, not with the clock, so a wrong zone changes nothing: what is
read in one go and lies further apart than this was not written just now.
"""

from collections.abc import Callable

SPAN = 300.0  # seconds; the shortest window that a rule over events looks at


class CatchUp:
    """The last time that the exporter had to catch up with its log."""

    def __init__(self, wall: Callable[[], float]) -> None:
        """Nothing was read yet."""
        self.at = 0.0  # Unix seconds; 0: never
        self._wall = wall
        self._begin: float | None = None  # time of the first line since all had been read

    def note(self, begin: float | None, end: float | None, *, finished: bool) -> None:
        """Take the times of a first and a last line; `finished` when nothing is left to read."""
        if self._begin is None:
            self._begin = begin
        if self._begin is not None and end is not None and end - self._begin > SPAN:
            self.at = self._wall()
        if finished:
            self._begin = None
