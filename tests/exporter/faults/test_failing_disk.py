"""A state on a disk that fails: counting goes on, it is said once, shown, and it recovers."""

import os
import threading
from pathlib import Path

import pytest
from eventdeck.app import Exporter
from eventdeck.catalogue.load import load
from eventdeck.checkpoint import Checkpoint

from tests.exporter.faults import state_file
from tests.exporter.faults.application import Application
from tests.exporter.faults.conftest import Serve
from tests.exporter.faults.disk import Disk, small_disk
from tests.exporter.faults.exporter_process import ExporterProcess, Scrape
from tests.exporter.service import CATALOGUE

FAILED_ENOUGH = 5  # saves, of which only the first is worth a sentence


def failing(scrape: Scrape) -> bool:
    """Whether the disk has refused several saves."""
    return scrape.own("checkpoint_failures_total") >= FAILED_ENOUGH


def goes_on_and_recovers(exporter: ExporterProcess, application: Application, why: str) -> None:
    """Count while the disk refuses, and lose nothing of it when it takes the state again."""
    application.write(100)
    exporter.settles_at(200)

    def write_and_fail(scrape: Scrape) -> bool:
        application.write(1)
        return failing(scrape)

    exporter.wait_for(write_and_fail, "saves fail")
    exporter.settles_at(application.written)
    assert len(exporter.says(why)) == 1


def recovered(exporter: ExporterProcess, application: Application) -> None:
    """It says once that the state is saved again; killed, it has forgotten nothing."""
    exporter.wait_for(lambda _: bool(exporter.says("saved again")), "it recovers")
    application.write(100)
    exporter.settles_at(application.written)
    assert len(exporter.says("saved again")) == 1
    exporter.kill()
    exporter.watch.values.pop("eventdeck_checkpoint_failures_total")  # of a process
    exporter.start().settles_at(application.written)


def test_a_full_disk(serve: Serve, application: Application, place: Path) -> None:
    """ENOSPC: one sentence, a counter of failures, and all is well when there is room again."""
    with small_disk(place / "disk") as disk:
        exporter = started_on(disk, serve, application)
        disk.fill()
        goes_on_and_recovers(exporter, application, "No space left on device")
        disk.clear()
        recovered(exporter, application)
        exporter.kill()


def test_a_disk_that_has_become_read_only(
    serve: Serve, application: Application, place: Path
) -> None:
    """EROFS, as after an error of the disk."""
    with small_disk(place / "disk") as disk:
        exporter = started_on(disk, serve, application)
        disk.refuse_writing()
        goes_on_and_recovers(exporter, application, "Read-only file system")
        disk.allow_writing()
        recovered(exporter, application)
        exporter.kill()


def test_ended_while_the_disk_refuses(serve: Serve, application: Application, place: Path) -> None:
    """It says that the state is not saved and exits 1; the next start reads that part again."""
    with small_disk(place / "disk") as disk:
        exporter = started_on(disk, serve, application)
        disk.fill()
        application.write(100)
        exporter.settles_at(200)
        assert exporter.stop() == 1
        assert exporter.says("NOT saved")
        disk.clear()
        exporter.watch.values.pop("eventdeck_checkpoint_failures_total")
        exporter.start().settles_at(200)
        exporter.kill()


def started_on(disk: Disk, serve: Serve, application: Application) -> ExporterProcess:
    """An exporter whose state is on a disk of its own, 100 lines counted and saved."""
    exporter = serve(application.path, state=disk.path / "eventdeck.state")
    application.write(100)
    exporter.settles_at(100)
    return exporter


class SlowDisk:
    """An fsync that lasts until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the place of the real one."""
        self.waits = threading.Event()
        self.go_on = threading.Event()
        monkeypatch.setattr(os, "fsync", self.fsync)

    def fsync(self, _fd: int) -> None:
        """Wait."""
        self.waits.set()
        assert self.go_on.wait(30)


def read_all(exporter: Exporter) -> None:
    """Read what there is."""
    for _ in exporter.steps():
        pass


def counted(exporter: Exporter) -> int:
    """Events counted, as a scrape says."""
    body = exporter.scrape(openmetrics=False)
    assert body is not None
    line = next(text for text in body.splitlines() if text.startswith(b"eventdeck_lines_total"))
    return int(line.split()[-1])


def test_a_disk_that_takes_long(
    place: Path, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While an fsync lasts, lines are counted, scrapes are answered, and what they show is kept."""
    path = place / "eventdeck.state"
    exporter = Exporter(load(CATALOGUE), [str(application.path)], Checkpoint(str(path)))
    application.write(100)
    read_all(exporter)
    disk = SlowDisk(monkeypatch)
    keeping = threading.Thread(target=exporter.keep)
    keeping.start()
    assert disk.waits.wait(30)
    application.write(50)
    read_all(exporter)
    assert counted(exporter) == 150
    assert state_file.read(path).events["auth.login"].total.value == 150
    disk.go_on.set()
    keeping.join()
    assert state_file.read(path).events["auth.login"].total.value == 150  # not set back
    exporter.tail.close()


def test_the_last_save_waits_for_one_that_is_under_way(
    place: Path, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two saves of a kind do not write into the same file at once."""
    path = place / "eventdeck.state"
    exporter = Exporter(load(CATALOGUE), [str(application.path)], Checkpoint(str(path)))
    application.write(100)
    read_all(exporter)
    disk = SlowDisk(monkeypatch)
    saved: list[bool] = []
    keeping = [threading.Thread(target=lambda: saved.append(exporter.keep())) for _ in range(2)]
    keeping[0].start()
    assert disk.waits.wait(30)
    application.write(50)
    read_all(exporter)
    keeping[1].start()
    disk.go_on.set()
    for thread in keeping:
        thread.join()
    assert saved == [True, True]
    assert exporter.checkpoint.failures == 0
    assert state_file.read(path).events["auth.login"].total.value == 150
    exporter.tail.close()


def test_a_disk_that_takes_bytes_but_does_not_keep_them(
    place: Path,
    application: Application,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Only an fsync that succeeds ends a failure: a quick save between two proves nothing."""
    exporter = Exporter(
        load(CATALOGUE), [str(application.path)], Checkpoint(str(place / "eventdeck.state"))
    )

    def fsync(_fd: int) -> None:
        raise OSError(5, "Input/output error")

    real = os.fsync
    monkeypatch.setattr(os, "fsync", fsync)
    for n in range(1, 4):
        application.write(10)
        read_all(exporter)
        assert not exporter.keep()
        assert counted(exporter) == n * 10
        assert "Input/output error" in exporter.checkpoint.failing
    assert caplog.text.count("cannot be saved") == 1
    assert exporter.checkpoint.failures == 3
    monkeypatch.setattr(os, "fsync", real)
    assert exporter.keep()
    assert not exporter.checkpoint.failing
    exporter.tail.close()
