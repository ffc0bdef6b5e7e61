"""The look as a whole: disk, zone, catalogue, and what is open to others."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from eventdeck.catalogue.load import load
from eventdeck.stack import disk, preflight, zone
from eventdeck.stack.engine import ABSENT, Answer
from eventdeck.stack.place import Misplaced, Place, find

from tests.stack.commands.conftest import ROOT, Write
from tests.stack.commands.docker_fake import COMPOSE, ENGINE, FakeDocker

GIB = 1024**3


def test_a_machine_where_all_is_well_gives_no_finding(write: Write) -> None:
    """A fresh clone with Docker is silent."""
    chosen, found = write()
    assert [*found, *preflight.look(chosen, FakeDocker())] == []


def test_everything_that_is_missing_is_said_at_once(write: Write, tmp_path: Path) -> None:
    """No Docker and no log folder are two findings of one look."""
    chosen, _ = write(LOG_PATH=tmp_path / "nowhere")
    gone = dict.fromkeys(("docker --version", ENGINE, COMPOSE, "docker info"), Answer(ABSENT))
    said = [one.sentence for one in preflight.look(chosen, FakeDocker(**gone))]
    assert len(said) == 2
    assert said[0].startswith("Docker is not here")
    assert said[1].startswith("LOG_PATH: there is no folder")


def test_ports_open_to_others_are_a_note(write: Write) -> None:
    """Prometheus and Loki ask for no password, and that is said where others reach them."""
    (found,) = preflight.look(write(BIND="0.0.0.0")[0], FakeDocker())  # noqa: S104  as a user might
    assert "ask for no password" in found.sentence
    assert not found.fatal


def test_a_wrong_catalogue_stops_the_start(write: Write, place: Place) -> None:
    """The exporter would not start with it, and its container would only restart for ever."""
    path = place.root / "exporter/events.yaml"
    path.write_text(path.read_text().replace("namespace: timetracker", "namespace: 9"))
    (found,) = preflight.look(write()[0], FakeDocker())
    assert "namespace" in found.sentence
    assert found.fatal


@pytest.mark.parametrize(("free", "fatal"), [(6 * GIB, []), (3 * GIB, [False]), (GIB // 2, [True])])
def test_a_disk_is_noted_when_low_and_refused_when_full(free: int, fatal: list[bool]) -> None:
    """Below 5 GiB it is said, below 1 GiB the stack does not start."""
    assert [found.fatal for found in disk.judge("/var/lib/docker", free)] == fatal


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        (timedelta(), None),
        (timedelta(hours=-1), "1:00:00 h behind its writing"),
        (timedelta(hours=9), "9:00:00 h ahead of its writing"),
        (timedelta(minutes=-37), None),  # no zone: the application was quiet
    ],
    ids=["right", "behind", "ahead", "quiet"],
)
def test_a_wrong_zone_is_seen_at_the_end_of_the_log(
    tmp_path: Path, offset: timedelta, said: str | None
) -> None:
    """Times that are whole quarters of an hour off their writing come from another zone."""
    line = load(ROOT / "exporter/events.yaml").line
    log = tmp_path / "app.jsonl"
    written = 1_700_000_000.0
    local = datetime.fromtimestamp(written, ZoneInfo(line.zone)) + offset
    log.write_text(f'{{"asctime": "{local:%Y-%m-%d %H:%M:%S},000"}}\nTraceback\n[1]\n')
    os.utime(log, (written, written))
    found = [one.sentence for one in zone.look(log, line)]
    assert [said in sentence for sentence in found if said] == ([True] if said else [])
    assert bool(found) is bool(said)


def test_outside_of_a_clone_the_program_finds_its_own(tmp_path: Path) -> None:
    """`eventdeck up` works from anywhere, on the clone that it is installed from."""
    assert find(tmp_path).root == ROOT
    assert find(ROOT / "compose").root == ROOT


def test_a_place_without_the_stack_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence says that this is no clone."""
    monkeypatch.setattr("eventdeck.stack.place.__file__", str(tmp_path / "a/b/c/place.py"))
    with pytest.raises(Misplaced, match="is not in a clone of Eventdeck"):
        find(tmp_path)
