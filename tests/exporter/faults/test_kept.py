"""When there is something to keep, and how old the state is that is kept."""

from pathlib import Path

from eventdeck.app import Exporter
from eventdeck.catalogue.load import load
from eventdeck.checkpoint import Checkpoint

from tests.exporter.faults.application import Application
from tests.exporter.faults.test_failing_disk import counted, read_all
from tests.exporter.service import CATALOGUE
from tests.exporter.test_history import Clock

HOUR = 3600.0


def test_only_what_has_changed_is_to_be_kept(place: Path, application: Application) -> None:
    """A line is, whoever read it, and a rotation without one; an idle exporter writes nothing."""
    path = place / "eventdeck.state"
    exporter = Exporter(load(CATALOGUE), [str(application.path)], Checkpoint(str(path)))
    application.write(1)
    read_all(exporter)
    assert exporter.unsaved.is_set()
    assert exporter.keep()
    assert not exporter.unsaved.is_set()
    read_all(exporter)
    assert not exporter.unsaved.is_set()

    application.write(1)
    assert counted(exporter) == 2  # a scrape reads it, and saves it without waiting for the disk
    assert exporter.unsaved.is_set()
    assert exporter.keep()

    application.rotate()
    assert counted(exporter) == 2
    assert exporter.unsaved.is_set()
    assert exporter.keep()
    assert not exporter.unsaved.is_set()
    exporter.tail.close()


def test_the_age_is_that_of_what_is_not_kept_yet(place: Path, application: Application) -> None:
    """Where nothing has changed for hours the state is as new as it can be."""
    clock = Clock()
    checkpoint = Checkpoint(str(place / "eventdeck.state"))
    exporter = Exporter(load(CATALOGUE), [str(application.path)], checkpoint, monotonic=clock)
    application.write(1)
    read_all(exporter)
    assert exporter.figures().checkpoint_age is None
    assert exporter.keep()
    clock.now += HOUR
    assert exporter.figures().checkpoint_age == 0
    application.write(1)
    read_all(exporter)
    clock.now += 5
    assert exporter.figures().checkpoint_age == 5

    assert exporter.keep()
    clock.now += HOUR  # in which nobody asks
    application.write(1)
    read_all(exporter)
    clock.now += 5
    assert exporter.figures().checkpoint_age == 5
    exporter.tail.close()
