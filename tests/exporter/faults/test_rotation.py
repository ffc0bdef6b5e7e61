"""Rotation under a running exporter: every line counts once, whatever becomes of its file."""

import os
import shutil
from pathlib import Path

from tests.exporter.faults.application import Application, line
from tests.exporter.faults.conftest import Serve
from tests.exporter.faults.exporter_process import pause


def test_series_are_there_before_any_event(serve: Serve, application: Application) -> None:
    """Every series of the catalogue is at 0 in the first scrape, and appears never or always."""
    exporter = serve()
    scrape = exporter.scrape()
    events = {name: n for name, n in scrape.items() if name.startswith("timetracker_events_total")}
    assert len(events) == 27  # and _unknown
    assert set(events.values()) == {0.0}
    assert scrape['timetracker_auth_login_total{auth_method="oidc"}'] == 0.0
    application.write(1)
    assert exporter.settles_at(1).keys() >= scrape.keys()


def test_twelve_renames_150_ms_apart(serve: Serve, application: Application) -> None:
    """Nothing is lost in a chain of renames between looks; 2500 lines."""
    exporter = serve()
    application.write(100)
    for _ in range(12):
        pause(0.15)
        application.rotate()
        application.write(200)
    exporter.settles_at(2500)


def test_renames_faster_than_any_look(serve: Serve, application: Application) -> None:
    """Files that came and went between two looks are found by their names; scraped throughout."""
    exporter = serve()
    with exporter.scraped():
        for _ in range(15):
            application.write(20)
            application.rotate()
    exporter.settles_at(300)


def test_a_glob_that_names_the_rotated_files_too(
    serve: Serve, application: Application, place: Path
) -> None:
    """app.jsonl* with four renames, and a copy after each: 8100 lines, none counted twice."""
    exporter = serve(place / "app.jsonl*")
    application.write(100)
    for number in range(4):
        exporter.scrape()
        application.rotate()
        shutil.copy(application.sibling(1), place / f"app.jsonl.copy{number}")
        pause(0.15)
        application.write(2000)
    exporter.settles_at(8100)


def test_a_writer_that_keeps_the_old_file_after_a_rename(
    serve: Serve, application: Application
) -> None:
    """What is written into the old file for a second after the rename counts: 250."""
    exporter = serve()
    application.write(100)
    exporter.settles_at(100)
    application.rotate(reopen=False)
    for _ in range(5):
        pause(0.2)
        application.write(10)
    application.reopen()
    application.write(100)
    exporter.settles_at(250)


def test_a_log_that_was_quiet_before_its_rename_is_still_followed(
    serve: Serve, application: Application
) -> None:
    """The five seconds begin with the rename, not with the last line before it."""
    exporter = serve()
    application.write(100)
    os.utime(application.path, (1_700_000_000, 1_700_000_000))
    exporter.settles_at(100)
    application.rotate(reopen=False)
    exporter.wait_for(lambda scrape: scrape.own("rotations_total") == 1, "the rename is seen")
    application.write(150)
    exporter.settles_at(250)


def test_an_unterminated_last_line_at_rotation(serve: Serve, application: Application) -> None:
    """It counts when its file has been quiet: 21."""
    exporter = serve()
    application.write(10)
    application.write_bytes(line(99))
    exporter.settles_at(10)
    application.rotate()
    application.write(10)
    exporter.settles_at(21)


def test_the_log_folder_is_removed_and_made_anew(serve: Serve, place: Path) -> None:
    """What was written to the removed file counts, and what the new one holds: 100 + 50 + 200."""
    logs = place / "logs"
    logs.mkdir()
    with Application(logs / "app.jsonl") as application:
        exporter = serve(application.path)
        application.write(100)
        exporter.settles_at(100)
        shutil.rmtree(logs)
        application.write(50)  # into a file without a name
        exporter.settles_at(150)
        logs.mkdir()
        application.reopen()
        application.write(200)
        exporter.settles_at(350)


def test_two_overlapping_patterns_name_one_file(
    serve: Serve, application: Application, place: Path
) -> None:
    """A file counts once, under however many names it is followed, and whether empty or not."""
    (place / "link").symlink_to(place)
    exporter = serve(place / "app.jsonl", place / "*.jsonl", place / "link" / "app*")
    application.write(100)
    exporter.settles_at(100)
    application.rotate()
    application.write(50)
    exporter.settles_at(150)


def test_older_files_stay_unread_when_they_are_compressed(
    serve: Serve, application: Application, place: Path
) -> None:
    """What was rotated before the first start is history, also when rotation touches it again."""
    application.write(1000)
    application.rotate()
    application.write(10)
    exporter = serve()
    exporter.settles_at(10)
    application.compress(1)
    os.utime(place / "app.jsonl.1.gz")  # a compression that does not keep the file's time
    application.rotate()
    application.write(10)
    exporter.settles_at(20)
    exporter.stop()
    application.compress(1)
    application.rotate()
    application.write(10)
    exporter.start().settles_at(30)
