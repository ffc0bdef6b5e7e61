"""The containers can read the log, or the line that lets them is said."""

import os
from pathlib import Path

import pytest
from eventdeck.stack import log_folder
from eventdeck.stack.finding import Finding

from tests.stack.commands.conftest import Write

LINE = '{"event": "auth.login"}\n'


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Give a folder with a log that everybody may read."""
    folder = tmp_path / "var log"
    folder.mkdir(mode=0o755)
    (folder / "app.jsonl").write_text(LINE)
    (folder / "app.jsonl").chmod(0o644)
    return folder


def look(write: Write, folder: Path, **values: object) -> list[Finding]:
    """Look at a folder."""
    return list(log_folder.look(write(LOG_PATH=folder, **values)[0]))


def test_a_log_that_all_may_read_gives_no_finding(write: Write, logs: Path) -> None:
    """Nothing is said where nothing is wrong."""
    assert look(write, logs) == []


def test_a_missing_folder_is_named_and_not_made(write: Write, tmp_path: Path) -> None:
    """Docker would make an empty one of root's; we say what is wrong."""
    (found,) = look(write, tmp_path / "nowhere")
    assert f"there is no folder {tmp_path / 'nowhere'}" in found.sentence
    assert found.remedy.startswith("mkdir -p")
    assert not (tmp_path / "nowhere").exists()


def test_a_file_instead_of_a_folder_is_taken_apart(write: Write, logs: Path) -> None:
    """The two lines that are meant are said."""
    (found,) = look(write, logs / "app.jsonl")
    assert f"LOG_PATH={logs} and LOG_FILE=app.jsonl" in found.remedy


def test_an_empty_folder_is_a_note_with_what_is_there(write: Write, logs: Path) -> None:
    """An application that has not written yet is no reason not to start."""
    (logs / "app.jsonl").rename(logs / "events.log")
    (found,) = look(write, logs)
    assert "no app.jsonl" in found.sentence
    assert "events.log" in found.sentence
    assert "LOG_FILE" in found.remedy
    assert not found.fatal


def test_an_empty_log_is_a_note(write: Write, logs: Path) -> None:
    """It is said, and the stack starts."""
    (logs / "app.jsonl").write_text("")
    (found,) = look(write, logs)
    assert "is empty so far" in found.sentence
    assert not found.fatal


def test_a_log_of_another_group_names_its_number(write: Write, logs: Path) -> None:
    """0640 root:adm takes LOG_GID, and with it there is no finding."""
    (logs / "app.jsonl").chmod(0o640)
    gid = (logs / "app.jsonl").stat().st_gid
    (found,) = look(write, logs)
    assert "the containers cannot read" in found.sentence
    assert "-rw-r-----" in found.sentence
    assert found.remedy == f"set LOG_GID={gid} in .env"
    assert found.fatal
    assert look(write, logs, LOG_GID=gid) == []


def test_what_is_mended_by_one_line_is_said_once(write: Write, logs: Path) -> None:
    """A folder and a log of the same group are one finding."""
    (logs / "app.jsonl").chmod(0o640)
    logs.chmod(0o750)
    try:
        (found,) = look(write, logs)
    finally:
        logs.chmod(0o755)
    assert f"cannot read {logs} " in found.sentence
    assert found.remedy == f"set LOG_GID={logs.stat().st_gid} in .env"


def test_a_log_that_no_group_may_read_takes_a_chmod(write: Write, logs: Path) -> None:
    """A name with a space is quoted; new files of a rotation are thought of."""
    (logs / "app.jsonl").chmod(0o600)
    (found,) = look(write, logs)
    assert f"sudo chmod g+r '{logs / 'app.jsonl'}'" in found.remedy
    assert "logrotate" in found.remedy


def test_a_folder_that_cannot_be_entered_is_named(write: Write, logs: Path) -> None:
    """Reading a file is not enough: a rotation is seen in its folder."""
    logs.chmod(0o744)
    try:
        found = look(write, logs)
    finally:
        logs.chmod(0o755)
    assert f"cannot read {logs} " in found[0].sentence


@pytest.mark.parametrize(
    ("mode", "uid", "gid", "readable"),
    [
        (0o100644, 0, 0, True),
        (0o100640, 0, 4, True),
        (0o100640, 0, 5, False),
        (0o100604, 0, 4, False),  # the group's bits count for the group, also where others may
        (0o100400, 10001, 0, True),
        (0o100044, 10001, 0, False),
    ],
)
def test_permissions_are_judged_as_the_kernel_does(
    mode: int, uid: int, gid: int, *, readable: bool
) -> None:
    """The first class that fits decides, for user 10001 with group 4."""
    status = os.stat_result((mode, 0, 0, 1, uid, gid, 1, 0, 0, 0))
    assert log_folder.may(status, 10001, {10001, 4}, 4) is readable
