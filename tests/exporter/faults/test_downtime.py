"""What happens to the log while no exporter runs: taken up where the state left it."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from eventdeck.tail import Mark

from tests.exporter.faults import state_file
from tests.exporter.faults.application import Application, line
from tests.exporter.faults.conftest import Serve
from tests.exporter.faults.exporter_process import ExporterProcess

END = {"SIGTERM": ExporterProcess.stop, "SIGKILL": ExporterProcess.kill}
Down = Callable[[ExporterProcess], object]


@pytest.mark.parametrize("end", END.values(), ids=END.keys())
def test_ended_and_written_to_while_down(serve: Serve, application: Application, end: Down) -> None:
    """1000 before, 500 while down, 100 after: 1600, and no scrape below an earlier one."""
    exporter = serve()
    application.write(1000)
    exporter.settles_at(1000)
    end(exporter)
    application.write(500)
    exporter.start()
    application.write(100)
    exporter.settles_at(1600)


@pytest.mark.parametrize("end", END.values(), ids=END.keys())
def test_rotated_while_down(serve: Serve, application: Application, end: Down) -> None:
    """1000 read, 300 unread in .1, 2000 in the new file: 3300."""
    exporter = serve()
    application.write(1000)
    exporter.settles_at(1000)
    end(exporter)
    application.write(300)
    application.rotate()
    application.write(2000)
    scrape = exporter.start().settles_at(3300)
    assert scrape.own("bytes_lost_total") == 0


def test_rotated_again_while_its_rest_was_being_drained(
    serve: Serve, application: Application
) -> None:
    """A file that was .1 at the end and is .2 at the start is the same file."""
    exporter = serve()
    application.write(1000)
    exporter.settles_at(1000)
    application.rotate(reopen=False)
    exporter.wait_for(lambda scrape: scrape.own("rotations_total") == 1, "the rename is seen")
    exporter.kill()
    application.write(300)
    application.reopen()
    application.write(100)
    application.rotate()
    application.write(10)
    scrape = exporter.start().settles_at(1410)
    assert scrape.own("bytes_lost_total") == 0


def test_rotated_twice_and_compressed_while_down(serve: Serve, application: Application) -> None:
    """The rest is in .2.gz, then .1, then the log: 1000 + 300 + 200 + 100."""
    exporter = serve()
    application.write(1000)
    exporter.settles_at(1000)
    exporter.stop()
    application.write(300)
    application.rotate()
    application.write(200)
    application.rotate()
    application.compress(2)
    application.write(100)
    scrape = exporter.start().settles_at(1600)
    assert scrape.own("bytes_lost_total") == 0


def test_a_long_rest_in_a_compressed_file_is_replayed_before_the_first_answer(
    serve: Serve, application: Application
) -> None:
    """The first scrape that is answered holds all of it, and nothing stands out as unread."""
    exporter = serve()
    application.write(1000)
    exporter.settles_at(1000)
    exporter.stop()
    application.write(50_000)
    application.rotate()
    application.compress(1)
    scrape = exporter.start().scrape()
    assert scrape.counted == 51_000
    assert scrape.own("lag_bytes") == 0


def test_copied_and_truncated_while_down(serve: Serve, application: Application) -> None:
    """The rest is in the copy, and the log has grown past its old size: 1000 + 300 + 2000."""
    exporter = serve()
    application.write(1000)
    exporter.settles_at(1000)
    exporter.stop()
    application.write(300)
    application.copytruncate()
    application.write(2000)
    scrape = exporter.start().settles_at(3300)
    assert scrape.own("bytes_lost_total") == 0


def test_copied_and_truncated_twice_while_down(serve: Serve, application: Application) -> None:
    """Each copy is read from where it begins to be new."""
    exporter = serve()
    application.write(1000)
    exporter.settles_at(1000)
    exporter.stop()
    for _ in range(2):
        application.write(100)
        application.copytruncate()
    application.write(10)
    exporter.start().settles_at(1210)


def test_written_and_rotated_for_the_first_time_while_down(
    serve: Serve, application: Application
) -> None:
    """A log that was empty when the exporter ended, or not there, is nothing old."""
    exporter = serve()
    exporter.settles_at(0)
    exporter.stop()
    application.write(100)
    application.rotate()
    application.write(10)
    exporter.start().settles_at(110)


def test_a_file_that_is_gone_is_declared_lost(serve: Serve, application: Application) -> None:
    """The unread bytes that were seen of it are in bytes_lost, and the log says so once."""
    exporter = serve()
    application.write(1000)
    unread = line(5000)[:-20]
    application.write_bytes(unread)
    exporter.wait_for(lambda scrape: scrape.own("lag_bytes") == len(unread), "half a line is seen")
    exporter.stop()
    application.path.unlink()
    application.reopen()
    application.write(10)
    scrape = exporter.start().settles_at(1010)
    assert scrape.own("bytes_lost_total") == len(unread)
    assert scrape.own("files_lost_total") == 1
    assert len(exporter.says(f"{len(unread)} bytes are lost")) == 1
    exporter.kill()
    scrape = exporter.start().settles_at(1010)
    assert scrape.own("bytes_lost_total") == len(unread)
    assert not exporter.says("lost")


def test_another_device_number(serve: Serve, application: Application) -> None:
    """A reboot or a restore gives the disk another number; content decides: 1600."""
    exporter = serve()
    application.write(1000)
    application.rotate()
    application.write(400)
    exporter.settles_at(1400)
    exporter.stop()

    def renumber(mark: Mark) -> None:
        mark.device += 1

    state_file.change_marks(exporter.state, renumber)
    application.write(200)
    exporter.start().settles_at(1600)


def test_another_device_number_before_anything_was_read(
    serve: Serve, application: Application
) -> None:
    """Nothing that was not read is taken for lost."""
    exporter = serve()
    exporter.settles_at(0)
    exporter.stop()

    def renumber(mark: Mark) -> None:
        mark.device += 1

    state_file.change_marks(exporter.state, renumber)
    application.write(200)
    scrape = exporter.start().settles_at(200)
    assert scrape.own("bytes_lost_total") == scrape.own("files_lost_total") == 0


def test_an_inode_that_is_used_again(serve: Serve, application: Application) -> None:
    """A new file under the number of the old one, at least as long, is read from its start."""
    exporter = serve()
    application.write(100)
    exporter.settles_at(100)
    exporter.stop()
    shutil.copy(application.path, application.sibling(1))
    old = application.path.stat()
    application.path.unlink()
    application.reopen()
    application.write(150)
    new = application.path.stat()

    def reuse(mark: Mark) -> None:  # as if the disk had given the number out again
        assert mark.inode in {0, old.st_ino}
        mark.device, mark.inode = new.st_dev, new.st_ino

    state_file.change_marks(exporter.state, reuse)
    exporter.start().settles_at(250)


def test_an_inode_that_the_disk_uses_again(serve: Serve, place: Path) -> None:
    """The same with a number that the file system itself gave out twice."""
    path = place / "app.jsonl"
    with Application(path) as application:
        exporter = serve(path)
        application.write(100)
        exporter.settles_at(100)
        exporter.stop()
        number = path.stat().st_ino
    path.unlink()
    path.touch()
    for attempt in range(200):
        if path.stat().st_ino == number:
            break
        path.rename(place / f"taken.{attempt}")
        path.touch()
    else:
        pytest.skip("inode reuse: this file system gave no number out twice in 200 files")
    with Application(path) as application:
        application.written = 100
        application.write(150)
        exporter.start().settles_at(250)


def test_a_log_that_is_no_longer_named_is_left_and_taken_up_again(
    serve: Serve, application: Application, place: Path
) -> None:
    """Another --log.path for a while: nothing is declared lost, and nothing counts twice."""
    exporter = serve()
    application.write(100)
    exporter.settles_at(100)
    exporter.stop()
    exporter.logs = (place / "other.jsonl",)
    application.write(50)
    scrape = exporter.start().settles_at(100)
    assert scrape.own("bytes_lost_total") == 0
    exporter.stop()
    exporter.logs = (application.path,)
    exporter.start().settles_at(150)


def test_a_folder_that_is_not_there_for_a_while(serve: Serve, place: Path) -> None:
    """A disk that is mounted late: nothing is declared lost before it can be looked at."""
    logs = place / "logs"
    logs.mkdir()
    with Application(logs / "app.jsonl") as application:
        exporter = serve(application.path)
        application.write(100)
        exporter.settles_at(100)
        exporter.stop()
        application.write(50)
        application.rotate()
        application.write(10)
    os.rename(logs, place / "elsewhere")
    exporter.start().settles_at(100)
    os.rename(place / "elsewhere", logs)
    scrape = exporter.settles_at(160)
    assert scrape.own("bytes_lost_total") == scrape.own("files_lost_total") == 0
