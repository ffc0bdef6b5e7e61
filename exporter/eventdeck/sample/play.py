"""Write sample events as time goes by: past ones at once, then each when it is due."""

import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from random import Random
from threading import Event
from typing import Protocol

from msgspec import Struct

from eventdeck.catalogue.model import Catalogue
from eventdeck.sample.simulation import events
from eventdeck.sample.story import read
from eventdeck.sample.writer import Times, Writer

_ASTRAY = 60.0  # seconds off schedule that no load explains: the clock was set, the machine slept


class Stop(Protocol):
    """What ends a play from outside; a `threading.Event` is one."""

    def is_set(self) -> bool:
        """Whether to end."""

    def wait(self, timeout: float) -> bool:
        """Wait as many seconds, or until it is set; return whether it is."""


class Wishes(Struct, frozen=True, kw_only=True):
    """What to write. Times in Unix seconds, durations in seconds."""

    rate: float | None = 2.0  # live events a second (mean); None ends after the past
    past: float = 0.0
    per_day: float = 2000.0  # past events a day (mean of a week)
    count: int | None = None  # end after so many
    seed: int | None = None
    start: float | None = None  # of the first event; makes lines independent of the clock
    times: Times = "asctime"
    undocumented: float = 0.02  # share of events that the catalogue does not document


def play(  # noqa: PLR0913, PLR0917  each is a word of the sentence that a demo says
    path: Path,
    catalogue: Catalogue,
    rate: float,
    seed: int | None,
    past: float,
    stop: Event,
) -> None:
    """Write `past` seconds of events and go on live at `rate` a second until `stop` is set.

    Raises `RefusedError` where the file is somebody else's, and `OSError` where writing fails.
    """
    perform(path, catalogue, Wishes(rate=rate, seed=seed, past=past), stop)


def perform(  # noqa: PLR0913, PLR0917  clock and `opened` are for tests and messages
    path: Path,
    catalogue: Catalogue,
    wishes: Wishes,
    stop: Stop,
    clock: Callable[[], float] = time.time,
    opened: Callable[[], object] = bool,
) -> int:
    """Write what is wished; return the number of lines. Raises as `play` does.

    `opened` is called once the file is ours.
    """
    start = clock() - wishes.past if wishes.start is None else wishes.start
    schedule = _Schedule(start + wishes.past, clock, fixed=wishes.start is not None)
    occurrences = events(
        catalogue,
        read(),
        Random(wishes.seed),  # noqa: S311  to repeat, not to keep secret
        start,
        past=wishes.past,
        per_day=wishes.per_day,
        rate=wishes.rate,
        undocumented=wishes.undocumented,
    )
    written = 0
    with Writer(path, catalogue.line, wishes.times) as writer:
        opened()
        for occurrence in islice(occurrences, wishes.count):
            ahead, moment = schedule.due(occurrence.moment)
            if stop.wait(ahead) if ahead > 0 else stop.is_set():
                break
            writer.write(occurrence._replace(moment=moment))
            written += 1
    return written


class _Schedule:
    """When a live event is due by the clock. `fixed` ones keep their own time in the line."""

    def __init__(self, live: float, clock: Callable[[], float], *, fixed: bool) -> None:
        self._live = live
        self._clock = clock
        self._fixed = fixed
        self._before = live
        self._offset: float | None = None if fixed else 0.0

    def due(self, moment: float) -> tuple[float, float]:
        """Return the seconds to wait for an event and the time that its line carries."""
        if moment < self._live:
            return 0.0, moment
        now = self._clock()
        if self._offset is None:
            self._offset = now - self._live
        gap, self._before = moment - self._before, moment
        ahead = moment + self._offset - now
        if not -_ASTRAY <= ahead <= gap + _ASTRAY:
            self._offset -= ahead
            ahead = 0.0
        return ahead, moment if self._fixed else moment + self._offset
