"""Lines as an application writes them, into a file that is ours or into none."""

import json
import resource
from datetime import datetime
from itertools import pairwise
from logging import ERROR, INFO
from pathlib import Path

import pytest
from eventdeck.catalogue.model import Catalogue, LineFormat
from eventdeck.instant import Clock as LineClock
from eventdeck.sample.file import RefusedError
from eventdeck.sample.occurrence import Occurrence
from eventdeck.sample.writer import Times, Writer

LOGIN = Occurrence(1_793_610_000.1239, INFO, "auth.login", {"user_id": 7}, "r-1", "")
ROME = LineFormat(zone="Europe/Rome")


def write(
    path: Path, *occurrences: Occurrence, line: LineFormat = ROME, times: Times = "asctime"
) -> None:
    """Write these occurrences."""
    with Writer(path, line, times) as writer:
        for occurrence in occurrences:
            writer.write(occurrence)


def test_a_line_looks_as_in_a_genuine_log(tmp_path: Path) -> None:
    """Same fields, same order, local time with comma and milliseconds, non-ASCII escaped."""
    write(tmp_path / "s.jsonl", LOGIN._replace(properties={"name_of": "é", "task_id": None}))
    assert (tmp_path / "s.jsonl").read_bytes() == (
        b'{"asctime": "2026-11-02 10:00:00,124", "levelname": "INFO", "name": "eventdeck.sample", '
        b'"message": "auth.login", "request_id": "r-1", "event": "auth.login", '
        b'"name_of": "\\u00e9", "task_id": null}\n'
    )


def test_a_traceback_stands_in_exc_info(tmp_path: Path) -> None:
    """As python-json-logger writes it: one string, lines within."""
    write(tmp_path / "s.jsonl", LOGIN._replace(level=ERROR, traceback="Traceback:\n  here"))
    line = json.loads((tmp_path / "s.jsonl").read_text())
    assert line["levelname"] == "ERROR"
    assert line["exc_info"] == "Traceback:\n  here"


@pytest.mark.parametrize(
    ("times", "fields"),
    [
        ("asctime", ["asctime", "asctime"]),
        ("timestamp", ["timestamp", "timestamp"]),
        ("both", ["timestamp", "asctime"]),
    ],
)
def test_both_formats_of_time_are_read_back_alike(
    tmp_path: Path, times: Times, fields: list[str]
) -> None:
    """The exporter's own reader gets the same moment, to the millisecond, from either."""
    write(tmp_path / "s.jsonl", LOGIN, LOGIN, times=times)
    lines = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text().splitlines()]
    clock = LineClock(ROME)
    for line, field in zip(lines, fields, strict=True):
        assert [name for name in ("timestamp", "asctime") if name in line] == [field]
        read = clock.seconds(tuple(line.get(field.field) for field in ROME.time))
        assert read == pytest.approx(1_793_610_000.124, abs=1e-6)


def test_another_shape_of_line_is_followed(tmp_path: Path, shop: Catalogue) -> None:
    """Names of level, time and request id are the catalogue's, and so is the zone."""
    write(tmp_path / "s.jsonl", LOGIN, line=shop.line)
    line = json.loads((tmp_path / "s.jsonl").read_text())
    assert list(line) == ["severity", "name", "message", "trace_id", "event", "user_id", "time"]
    assert datetime.fromisoformat(line["time"]).timestamp() == 1_793_610_000.124


def test_the_folder_is_made_and_lines_are_appended(tmp_path: Path) -> None:
    """A second play goes on where the first one ended."""
    path = tmp_path / "new" / "folder" / "s.jsonl"
    write(path, LOGIN)
    write(path, LOGIN)
    assert len(path.read_text().splitlines()) == 2


@pytest.mark.parametrize(
    "content",
    [
        b'{"name": "timetracker", "event": "auth.login"}\n',
        b"plain text\n",
        b"[1, 2]\n",
        b"\xff\xfe binary",
        b"",
    ],
)
def test_a_file_of_somebody_else_stays_untouched(tmp_path: Path, content: bytes) -> None:
    """Samples never mix with real events; an empty file may be an application's, too."""
    path = tmp_path / "app.jsonl"
    path.write_bytes(content)
    before = path.stat()
    with pytest.raises(RefusedError, match=r"app\.jsonl .*not made by `eventdeck sample`"):
        write(path, LOGIN)
    assert path.read_bytes() == content
    assert path.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("path", [Path("/dev/full"), Path("/dev/null"), Path("/")])
def test_what_is_no_file_is_refused(path: Path) -> None:
    """A device or a folder is named in one sentence."""
    with pytest.raises(RefusedError, match="is not a file"):
        write(path, LOGIN)


def test_a_half_line_does_not_spoil_the_next(tmp_path: Path) -> None:
    """After a kill or a full disk the next play begins on a line of its own."""
    path = tmp_path / "s.jsonl"
    write(path, LOGIN)
    with path.open("a") as file:
        file.write('{"asctime": "2026')
    write(path, LOGIN)
    lines = path.read_text().splitlines()
    assert lines[1] == '{"asctime": "2026'
    assert lines[2] == lines[0]


def test_nothing_written_leaves_no_file(tmp_path: Path) -> None:
    """An empty file could not be told from somebody else's the next time."""
    write(tmp_path / "s.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_rotation_by_rename_is_followed(tmp_path: Path) -> None:
    """As logrotate does it, with an empty new file or none."""
    path = tmp_path / "s.jsonl"
    with Writer(path, ROME, "asctime") as writer:
        writer.write(LOGIN)
        path.rename(tmp_path / "s.jsonl.1")
        writer.write(LOGIN)
        path.rename(tmp_path / "s.jsonl.2")
        path.touch()
        writer.write(LOGIN)
    assert {file.name: len(file.read_text().splitlines()) for file in tmp_path.iterdir()} == {
        "s.jsonl": 1,
        "s.jsonl.1": 1,
        "s.jsonl.2": 1,
    }


def test_a_removed_folder_is_an_error(tmp_path: Path) -> None:
    """Lines do not vanish into a file without a name."""
    path = tmp_path / "logs" / "s.jsonl"
    with Writer(path, ROME, "asctime") as writer:
        writer.write(LOGIN)
        path.unlink()
        path.parent.rmdir()
        with pytest.raises(FileNotFoundError):
            writer.write(LOGIN)


def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    """The write that fails says so at once; all lines before it are whole."""
    path = tmp_path / "s.jsonl"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="large"):
            write(path, *[LOGIN] * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    whole = path.read_text().splitlines()[:-1]
    assert len(whole) >= 3
    assert all(first == second for first, second in pairwise(whole))


def test_each_line_is_there_when_its_write_returns(tmp_path: Path) -> None:
    """A follower of the file does not wait for a buffer to fill."""
    path = tmp_path / "s.jsonl"
    with Writer(path, ROME, "asctime") as writer:
        writer.write(LOGIN)
        size = path.stat().st_size
        writer.write(LOGIN)
        assert path.read_bytes().count(b"\n") == 2
        assert path.stat().st_size == 2 * size
