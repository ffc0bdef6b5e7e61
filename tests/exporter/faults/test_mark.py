"""Marks against files, where a file system cannot be made to do what it may do one day."""

import gzip
import os
from pathlib import Path

import pytest
from eventdeck.tail.follow import Followed
from eventdeck.tail.identify import find, relation
from eventdeck.tail.mark import Mark
from eventdeck.tail.source import open_source

from tests.exporter.faults.application import line

OLD = b"".join(line(n) + b"\n" for n in range(50))
NEW = b"".join(line(n) + b"\n" for n in range(100, 200))


@pytest.fixture
def mark(tmp_path: Path) -> Mark:
    """Give the mark of a file that was read to its end."""
    path = tmp_path / "app.jsonl"
    path.write_bytes(OLD)
    source, status = open_source(str(path))
    file = Followed(source, Mark(str(path), str(path), status.st_dev, status.st_ino))
    while file.take():
        pass
    source.close()
    return file.remember()


def numbered(mark: Mark, path: Path) -> Mark:
    """Give a mark the device and inode of a file, as if the disk had given them out again."""
    status = path.stat()
    mark.device, mark.inode = status.st_dev, status.st_ino
    return mark


def test_a_number_that_is_used_again_is_not_taken_for_the_file(mark: Mark, tmp_path: Path) -> None:
    """Device, inode and path agree, and the file is longer than what was read; yet it is new."""
    path = tmp_path / "app.jsonl"
    path.write_bytes(NEW)
    assert find(numbered(mark, path), [str(path)]) is None


def test_content_is_found_under_any_name_and_number(mark: Mark, tmp_path: Path) -> None:
    """The impostor has the number and the path; a copy, compressed, has the content."""
    path, copy = tmp_path / "app.jsonl", tmp_path / "app.jsonl.7.gz"
    path.write_bytes(NEW)
    copy.write_bytes(gzip.compress(OLD + NEW))
    found = find(numbered(mark, path), [str(path), str(copy)])
    assert found is not None
    found[1].close()
    assert found[0] == str(copy)


def test_of_two_whole_copies_the_one_with_the_number_is_read(mark: Mark, tmp_path: Path) -> None:
    """The writer may go on with it."""
    path, copy = tmp_path / "app.jsonl", tmp_path / "app.jsonl.1"
    copy.write_bytes(OLD)
    found = find(mark, [str(copy), str(path)])
    assert found is not None
    found[1].close()
    assert found[0] == str(path)


@pytest.mark.parametrize("cut", [1, 100, 300, 5000, 6500])
def test_part_of_what_was_read_is_known_as_such(mark: Mark, tmp_path: Path, cut: int) -> None:
    """A copy that is being made is not taken for a new file, if a line of it is there."""
    path = tmp_path / "copy"
    path.write_bytes(OLD[:-cut])
    source, _ = open_source(str(path))
    assert relation(source, mark, OLD[:1024]) == "part"
    source.close()
    os.truncate(path, 10)
    source, _ = open_source(str(path))
    assert relation(source, mark, OLD[:1024]) == "other"
    source.close()
