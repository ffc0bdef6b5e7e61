"""Playing by the clock: the past at once, the present when it is due."""

import json
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import pytest
from eventdeck.catalogue.model import Catalogue
from eventdeck.instant import Clock as LineClock
from eventdeck.sample.play import Wishes, perform, play
from eventdeck.sample.story import DAY

from tests.exporter.sample.conftest import MONDAY, Clock


class Astray(Clock):
    """A clock that is set by hand, once, after a while."""

    def __init__(self, now: float, ends: float, leap: float) -> None:
        """Leap by so many seconds after the first minute."""
        super().__init__(now, ends)
        self._leap = leap
        self._at = now + 60

    def wait(self, timeout: float) -> bool:
        """Let time pass, and leap when it is time to."""
        super().wait(timeout)
        if self._leap and self.now > self._at:
            self.now += self._leap
            self.until += self._leap
            self._leap = 0
        return self.is_set()


def moments(path: Path, catalogue: Catalogue) -> list[float]:
    """Return the time of each line, as the exporter reads it."""
    clock = LineClock(catalogue.line)
    found = []
    for text in path.read_text().splitlines():
        line = json.loads(text)
        moment = clock.seconds(tuple(line.get(field.field) for field in catalogue.line.time))
        assert moment is not None
        found.append(moment)
    return found


@pytest.mark.parametrize("times", ["asctime", "both"])
def test_past_then_live_without_a_gap(tmp_path: Path, tracker: Catalogue, times: str) -> None:
    """Past events end now, live ones begin now, each is written when it is due, in order."""
    path = tmp_path / "s.jsonl"
    clock = Clock(MONDAY + DAY, ends=300)
    wishes = Wishes(past=DAY, seed=1, times=times)  # type: ignore[arg-type]  # from a parameter
    written = perform(path, tracker, wishes, clock, clock)
    found = moments(path, tracker)
    assert len(found) == written
    assert all(before <= after for before, after in pairwise(found))
    now = [moment for moment in found if moment >= MONDAY + DAY]
    assert 300 < len(now) < 1200
    assert found[0] < MONDAY + DAY / 2
    assert MONDAY + DAY + 290 < found[-1] <= MONDAY + DAY + 300


def test_same_seed_and_start_same_bytes(tmp_path: Path, tracker: Catalogue) -> None:
    """Past and live, whatever the clock says and however late it is."""
    for name, now in (("a", MONDAY), ("b", MONDAY + 12345.678)):
        wishes = Wishes(past=DAY / 4, seed=4, start=MONDAY, count=800, times="both")
        clock = Clock(now)
        assert perform(tmp_path / name, tracker, wishes, clock, clock) == 800
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_nothing_but_the_past(tmp_path: Path, tracker: Catalogue) -> None:
    """Without live events a play ends by itself, and never waits."""
    clock = Clock(MONDAY + DAY)
    written = perform(tmp_path / "s", tracker, Wishes(past=DAY, rate=None), clock, clock)
    assert written > 1000
    assert clock.now == MONDAY + DAY


@pytest.mark.parametrize("leap", [-3600.0, 8 * 3600.0])
def test_a_clock_that_is_set_neither_floods_nor_stalls(
    tmp_path: Path, tracker: Catalogue, leap: float
) -> None:
    """After a leap, or a night's sleep of the machine, events go on at their rate and at now."""
    path = tmp_path / "s.jsonl"
    clock = Astray(MONDAY, ends=300, leap=leap)
    perform(path, tracker, Wishes(seed=1), clock, clock)
    after = [moment for moment in moments(path, tracker) if abs(moment - clock.now) < 400]
    assert 200 < len(after) < 1200
    assert clock.now - 10 < max(after) <= clock.now + 1


def test_a_thread_plays_until_it_is_told_to_stop(tmp_path: Path, tracker: Catalogue) -> None:
    """`eventdeck demo` plays beside its exporter, and ends it in the middle of a wait."""
    path, stop = tmp_path / "s.jsonl", Event()
    thread = Thread(target=play, args=(path, tracker, 0.001, 1, 3600.0 * 24, stop))
    thread.start()
    while not path.exists() or path.read_bytes().count(b"\n") < 100:
        assert thread.is_alive()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert path.read_bytes().endswith(b"}\n")


def test_seeds_differ_by_default(tmp_path: Path, tracker: Catalogue) -> None:
    """Two demos are not the same demo."""
    for name in "ab":
        wishes = Wishes(past=DAY / 2, start=MONDAY, rate=None)
        perform(tmp_path / name, tracker, wishes, Event())
    assert (tmp_path / "a").read_bytes() != (tmp_path / "b").read_bytes()
