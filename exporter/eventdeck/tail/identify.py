"""Whether a file on disk is one that was read before, or a copy of it."""

import os
from typing import Literal

from eventdeck.tail.mark import HEAD, Mark, digest
from eventdeck.tail.source import Source, open_source

Relation = Literal["same", "part", "other"]


def relation(source: Source, mark: Mark, start: bytes = b"") -> Relation:
    """Compare a file with one that was read: `start` is that one's first bytes, where known.

    `same`: it holds all that was read, and perhaps more. `part`: it holds the beginning of it, a
    copy that is being made or was made earlier. Raises OSError.
    """
    head = source.read(0, HEAD)
    if len(head) < mark.head_length:
        return "part" if b"\n" in head and start.startswith(head) else "other"
    if not mark.head_length:  # nothing was read of it yet: compare what is there
        alike = b"\n" in start and head[: len(start)] == start
        return "same" if alike else "other"
    if digest(head[: mark.head_length]) != mark.head:
        return "other"
    behind = source.read(mark.offset - mark.behind_length, mark.behind_length)
    if len(behind) < mark.behind_length:
        return "part"
    return "same" if digest(behind) == mark.behind else "other"


def find(mark: Mark, paths: list[str]) -> tuple[str, Source, os.stat_result] | None:
    """Find the file that a mark was made of, or a whole copy: the same inode before any other."""
    opened = []
    for path in dict.fromkeys(paths):
        try:
            opened.append((path, *open_source(path)))
        except OSError:
            continue
    opened.sort(key=lambda file: (file[2].st_dev, file[2].st_ino) != (mark.device, mark.inode))
    result = None
    for path, source, status in opened:
        same_inode = (status.st_dev, status.st_ino) == (mark.device, mark.inode)
        if result is None and (_is_same(source, mark) if mark.offset else same_inode):
            result = (path, source, status)
        else:
            source.close()
    return result


def _is_same(source: Source, mark: Mark) -> bool:
    try:
        return relation(source, mark) == "same"
    except OSError:
        return False
