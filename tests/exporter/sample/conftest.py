"""Catalogues to play, and a clock that only moves when somebody waits."""

from pathlib import Path
from random import Random

import pytest
from eventdeck.catalogue.load import load
from eventdeck.catalogue.model import Catalogue
from eventdeck.sample.occurrence import Occurrence
from eventdeck.sample.simulation import events
from eventdeck.sample.story import DAY, read

MONDAY = 1_793_577_600.0  # 2026-11-02, midnight UTC


class Clock:
    """Time that passes by waiting alone. It is also what ends a play: after `ends` seconds."""

    def __init__(self, now: float, ends: float = float("inf")) -> None:
        """Begin at `now` (Unix seconds)."""
        self.now = now
        self.until = now + ends

    def __call__(self) -> float:
        """Return the time, as `time.time` does."""
        return self.now

    def is_set(self) -> bool:
        """Whether the play should end."""
        return self.now >= self.until

    def wait(self, timeout: float) -> bool:
        """Let time pass."""
        self.now += timeout
        return self.is_set()


@pytest.fixture(scope="session")
def tracker() -> Catalogue:
    """Give the catalogue that the project ships."""
    return load(Path(__file__).parents[3] / "exporter" / "events.yaml")


@pytest.fixture(scope="session")
def shop() -> Catalogue:
    """Give a catalogue of an application that the code knows nothing of."""
    return load(Path(__file__).with_name("shop.yaml"))


@pytest.fixture(scope="session")
def fortnight(tracker: Catalogue) -> list[Occurrence]:
    """Give two weeks of the tracker's past."""
    return past(tracker, days=14)


def seeded(number: int) -> Random:
    """Return the same numbers each time."""
    return Random(number)  # noqa: S311  to repeat, not to keep secret


def past(catalogue: Catalogue, days: float, seed: int = 1) -> list[Occurrence]:
    """Return that many days of events from Monday on."""
    return list(events(catalogue, read(), seeded(seed), MONDAY, past=days * DAY, rate=None))
