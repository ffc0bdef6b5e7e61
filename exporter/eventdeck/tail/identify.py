"""Whether a file on disk is one that was read before, or a copy of it."""

from typing import Literal

from eventdeck.tail.mark import HEAD, Mark, digest, telling
from eventdeck.tail.source import Opened, Source, open_source

Relation = Literal["same", "part", "other"]


def relation(source: Source, mark: Mark, start: bytes = b"") -> Relation:
    """Compare a file with one that was read: `start` is that one's first bytes, where known.

    `same`: it holds all that was read, and perhaps more. `part`: it holds the beginning of it, a
    copy that is being made or was made earlier. Raises OSError.
    """
    head = source.read(0, HEAD)
    if len(head) < mark.head_length:
        known = b"\n" in head and start.startswith(head)
        # Without a newline it may be the whole first line all the same.
        lines = telling(head) or head + b"\n"
        return "part" if known or digest(lines) in mark.lines else "other"
    if not mark.head_length:  # it held no line yet when it was looked at: only all of it tells
        return "same" if head and head == start else "other"
    if digest(head[: mark.head_length]) != mark.head:
        return "other"
    behind = source.read(mark.offset - mark.behind_length, mark.behind_length)
    if len(behind) < mark.behind_length:
        return "part"
    return "same" if digest(behind) == mark.behind else "other"


def is_telling(source: Source) -> bool:
    """Whether a file holds enough to be told from others. Raises OSError."""
    return bool(telling(source.read(0, HEAD)))


def find(mark: Mark, paths: list[str]) -> Opened | None:
    """Find the file that a mark was made of, or a whole copy: the same inode, or the longest."""
    opened = []
    for path in dict.fromkeys(paths):
        try:
            opened.append((path, *open_source(path)))
        except OSError:
            continue
    alike = [file for file in opened if _is_same(file, mark)]
    result = max(alike, key=lambda file: (_has_number(file, mark), _size(file)), default=None)
    for file in opened:
        if file is not result:
            file[1].close()
    return result


def _size(opened: Opened) -> int:
    try:
        return opened[1].status()[0]
    except OSError:
        return 0


def _has_number(opened: Opened, mark: Mark) -> bool:
    return (opened[2].st_dev, opened[2].st_ino) == (mark.device, mark.inode)


def _is_same(opened: Opened, mark: Mark) -> bool:
    if not mark.head_length:  # nothing was read of it: if it is another file, nothing goes wrong
        return not mark.offset and _has_number(opened, mark)
    try:
        return relation(opened[1], mark) == "same"
    except OSError:
        return False
