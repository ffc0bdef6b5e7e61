"""Logs that cannot be read yet, or not for a while, and a log on a disk that is full."""

import json
import os
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.exporter.faults.application import Application
from tests.exporter.faults.conftest import Serve
from tests.exporter.faults.disk import small_disk


def test_a_log_that_is_not_there_at_the_start(serve: Serve, place: Path) -> None:
    """It is waited for, the exporter is ready meanwhile, and nothing of it is missed."""
    path = place / "logs" / "app.jsonl"
    exporter = serve(path)
    scrape = exporter.settles_at(0)
    assert scrape['eventdeck_files{state="waiting"}'] == 1
    path.parent.mkdir()
    with Application(path) as application:
        application.write(100)
        exporter.settles_at(100)
    assert len(exporter.says("does not exist yet")) == 1


def test_a_log_that_comes_and_is_rotated_away_between_two_looks(serve: Serve, place: Path) -> None:
    """Nobody has seen it under its own name, and no new log comes after it."""
    exporter = serve()
    exporter.settles_at(0)
    with Application(place / "app.jsonl") as application:
        application.write(100)
        application.rotate(reopen=False)
    exporter.settles_at(100)


@pytest.fixture
def bound(require: Require) -> list[str]:
    """Give what starts a process for which permissions hold, also when root starts it."""
    if os.geteuid() != 0:
        return []
    return [str(require("setpriv")), "--bounding-set", "-dac_override,-dac_read_search"]


def test_a_log_that_may_not_be_read_for_a_while(
    serve: Serve, application: Application, bound: list[str]
) -> None:
    """It says who may not read what, once; then all of it counts."""
    application.write(100)
    application.path.chmod(0)
    exporter = serve(through=bound)
    scrape = exporter.settles_at(0)
    assert scrape['eventdeck_files{state="unreadable"}'] == 1
    assert len(exporter.says("may not be read by this user")) == 1
    application.path.chmod(0o644)
    scrape = exporter.settles_at(100)
    assert scrape['eventdeck_files{state="unreadable"}'] == 0


def test_a_log_that_may_not_be_read_at_a_later_start(
    serve: Serve, application: Application, bound: list[str]
) -> None:
    """What was read of it before is remembered, and nothing is declared lost."""
    exporter = serve(through=bound)
    application.write(100)
    exporter.settles_at(100)
    exporter.stop()
    application.write(50)
    application.path.chmod(0)
    scrape = exporter.start().settles_at(100)
    assert scrape['eventdeck_files{state="unreadable"}'] == 1
    exporter.kill()
    exporter.start().settles_at(100)
    application.path.chmod(0o644)
    scrape = exporter.settles_at(150)
    assert scrape.own("bytes_lost_total") == scrape.own("files_lost_total") == 0


def test_a_new_file_that_may_not_be_read_after_a_rotation(
    serve: Serve, application: Application, bound: list[str]
) -> None:
    """The old one is read to its end, the new one from its start when it may be."""
    exporter = serve(through=bound)
    application.write(100)
    exporter.settles_at(100)
    application.rotate(reopen=False)
    application.write(50)
    application.reopen()
    application.path.chmod(0)
    application.write(30)
    exporter.settles_at(150)
    application.path.chmod(0o644)
    exporter.settles_at(180)


def test_a_log_on_a_full_disk(serve: Serve, place: Path) -> None:
    """Every whole line counts; one that the disk cut short is rejected, and counted as such."""
    with small_disk(place / "disk") as disk, Application(disk.path / "app.jsonl") as application:
        exporter = serve(application.path)
        application.write(100)
        exporter.settles_at(100)
        disk.fill()
        with pytest.raises(OSError, match="No space left"):
            write_for_ever(application)
        lines = application.path.read_bytes().splitlines(keepends=True)
        whole = sum(one.endswith(b"\n") for one in lines)
        exporter.settles_at(whole)
        disk.clear()
        application.write(50)
        lines = application.path.read_bytes().splitlines()
        whole = sum(is_json(one) for one in lines)
        scrape = exporter.settles_at(whole)
        assert scrape.lines("not_json") == len(lines) - whole
        assert scrape.own("lag_bytes") == 0
        exporter.kill()


def write_for_ever(application: Application) -> None:
    """Write until the disk refuses; its last block may take part of a line."""
    while True:
        application.write_bytes(b'{"event": "auth.login", "padding": "' + b"x" * 99 + b'"}\n')


def is_json(text: bytes) -> bool:
    """Whether a line is whole, read independently."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
