"""A state that cannot be used: what is fallen back on, what is set aside, what is said."""

from pathlib import Path

import pytest
from eventdeck.state import VERSION

from tests.exporter.faults import state_file
from tests.exporter.faults.application import Application
from tests.exporter.faults.conftest import Serve
from tests.exporter.faults.exporter_process import ExporterProcess, Scrape
from tests.exporter.soak.counters import Watch

WRITTEN_BY_1 = Path(__file__).with_name("state-1.json")


def truncated(path: Path) -> None:
    """A disk that was full, or a machine that stopped."""
    path.write_bytes(path.read_bytes()[:100])


def empty(path: Path) -> None:
    """What some file systems leave after a power failure."""
    path.write_bytes(b"")


def foreign(path: Path) -> None:
    """Somebody else's file."""
    path.write_text("not ours\n")


def of_no_format(path: Path) -> None:
    """A format that no version ever wrote."""
    path.write_bytes(path.read_bytes().replace(b"state 1 ", b"state 0 ", 1))


WAYS = [state_file.damage, truncated, empty, foreign, of_no_format]


def stopped_with_two_generations(serve: Serve, application: Application) -> ExporterProcess:
    """Count 300 lines in one life and 100 in the next."""
    exporter = serve()
    application.write(300)
    exporter.settles_at(300)
    exporter.stop()
    application.write(100)
    exporter.start().settles_at(400)
    exporter.stop()
    assert old(exporter).exists()
    return exporter


def old(exporter: ExporterProcess) -> Path:
    """The older generation."""
    return Path(f"{exporter.state}.old")


@pytest.mark.parametrize("spoil", WAYS)
def test_the_younger_generation_cannot_be_used(
    serve: Serve, application: Application, spoil: state_file.Spoil
) -> None:
    """The older one takes over, what came since is read again, and every figure is as before."""
    exporter = stopped_with_two_generations(serve, application)
    spoil(exporter.state)
    exporter.start().settles_at(400)
    assert len(state_file.set_aside(exporter.state, "damaged")) == 1
    assert len(exporter.says("cannot be used")) == 1


def test_the_older_generation_cannot_be_used(serve: Serve, application: Application) -> None:
    """Nobody needs it."""
    exporter = stopped_with_two_generations(serve, application)
    state_file.damage(old(exporter))
    exporter.start().settles_at(400)
    assert state_file.set_aside(exporter.state, "damaged") == []


def test_only_the_older_generation_is_there(serve: Serve, application: Application) -> None:
    """A process that was killed between two renames: nothing is amiss."""
    exporter = stopped_with_two_generations(serve, application)
    exporter.state.unlink()
    exporter.start().settles_at(400)
    assert not exporter.says("cannot be used")


def test_no_generation_can_be_used(serve: Serve, application: Application) -> None:
    """Both are kept and named; the log that is there is counted from its start."""
    exporter = stopped_with_two_generations(serve, application)
    application.rotate()  # with lines of which nobody can know whether they were counted
    application.write(50)
    state_file.damage(exporter.state)
    state_file.damage(old(exporter))
    exporter.watch = Watch()  # the counters begin anew
    exporter.start().settles_at(50)
    assert len(state_file.set_aside(exporter.state, "damaged")) == 2
    assert len(exporter.says("cannot be used")) == 2
    assert len(exporter.says("counting begins anew")) == 1


def test_a_state_of_a_newer_version_is_refused(serve: Serve, application: Application) -> None:
    """It stays as it is, and the sentence says what to do."""
    exporter = stopped_with_two_generations(serve, application)
    newer = b"eventdeck state %d 00000000\n{}\n" % (VERSION + 1)
    exporter.state.write_bytes(newer)
    assert exporter.refuses() == (
        f"eventdeck: {exporter.state}: it was written by a newer Eventdeck (format {VERSION + 1}, "
        f"this one reads up to {VERSION}); run that version, or choose another --state.path\n"
    )
    assert exporter.state.read_bytes() == newer


def test_every_format_that_was_ever_written_is_read(serve: Serve, place: Path) -> None:
    """A state as version 1 wrote it; its files are gone, its counts go on."""
    exporter_state = place / "state" / "eventdeck.state"
    exporter_state.parent.mkdir()
    exporter_state.write_bytes(WRITTEN_BY_1.read_bytes())
    with Application(place / "app.jsonl") as application:
        exporter = serve()
        application.write(5)
        scrape = exporter.settles_at(12)
    assert scrape['timetracker_auth_login_total{auth_method="oidc"}'] == 2
    assert scrape["timetracker_timers_running"] == 1
    assert scrape["timetracker_timer_stopped_duration_seconds_sum"] == 90.5


def test_a_state_that_another_exporter_uses(serve: Serve, application: Application) -> None:
    """The second one refuses to start; when the first has ended, it may."""
    first = serve()
    application.write(10)
    first.settles_at(10)
    second = ExporterProcess(application.path.parent)
    assert second.refuses() == (
        f"eventdeck: {first.state}: another eventdeck is using this state; stop it, or give this "
        "one a --state.path of its own\n"
    )
    first.kill()
    application.write(10)
    first.start().settles_at(20)


def test_many_scrapers_at_once_do_not_harm_the_state(
    serve: Serve, application: Application
) -> None:
    """Each scrape saves what it shows: none may get into another's way, and none may fail."""
    exporter = serve()
    with exporter.scraped(), exporter.scraped(), exporter.scraped(), exporter.scraped():
        for _ in range(20):
            application.write(100)
            exporter.scrape()
    scrape = exporter.settles_at(2000)
    assert scrape.own("checkpoint_failures_total") == 0
    exporter.kill()
    assert state_file.read(exporter.state).events["auth.login"].total.value == 2000
    exporter.start().settles_at(2000)
    assert not exporter.says("cannot be used")


def test_what_a_scrape_shows_is_saved_before_it_is_answered(
    serve: Serve, application: Application
) -> None:
    """Killed right after a scrape, with all files gone: the figures are still there."""
    exporter = serve()
    application.write(100)
    exporter.settles_at(100)
    application.write(100)
    shown = exporter.scrape()
    exporter.kill()
    application.path.unlink()
    assert shown.counted == 200
    assert exporter.start().scrape().counted == 200


def test_a_rotation_without_a_line_is_saved_too(serve: Serve, application: Application) -> None:
    """A counter of what happened to files survives, though nothing was read with it."""
    exporter = serve()
    application.write(10)
    application.write_bytes(b"half a line")
    exporter.wait_for(lambda scrape: scrape.own("lag_bytes") == 11, "half a line is seen")
    application.path.write_bytes(b"")
    exporter.wait_for(lambda scrape: scrape.own("bytes_lost_total") == 11, "it is lost")
    exporter.kill()
    scrape: Scrape = exporter.start().scrape()
    assert scrape.own("truncations_total") == 1
    assert scrape.own("bytes_lost_total") == 11
