"""Files that need no reading: read to their end, copies of such, or older than what was read first.

They are known by content. So long as inode, size and mtime stay as they were, a file need not even
be opened to be known.
"""

import os

from eventdeck.tail.identify import Relation, relation
from eventdeck.tail.mark import HEAD, Mark, beginnings, digest, telling
from eventdeck.tail.source import Opened, Source

_MARKS_KEPT = 200  # of files that no pattern names any more
_VERSIONS_KEPT = 10_000

Inode = tuple[int, int]


class Known:
    """What is remembered of files that are not open."""

    def __init__(self) -> None:
        """Know nothing."""
        self.marks: list[Mark] = []
        self._starts: dict[str, bytes] = {}  # digest of a head -> the bytes, to know part of a copy
        self._versions: dict[Inode, tuple[int, int]] = {}

    def add(self, mark: Mark, start: bytes = b"") -> None:
        """Remember a file that was read to its end, or what was read of one that is gone."""
        mark.ended = True
        self.marks.append(mark)
        self._starts[mark.head] = start
        self._versions[mark.device, mark.inode] = (mark.size, mark.modified)

    def leave(self, opened: Opened, log: str) -> None:
        """Remember a file that is not to be read: its head, to know it when it is compressed."""
        path, source, status = opened
        head = telling(source.read(0, HEAD))
        if head and self.recognise(source) is None:
            mark = Mark(path, log, *inode(status), left=True, behind=digest(b""))
            mark.size, mark.modified = version(status)
            mark.offset = mark.head_length = len(head)
            mark.head, mark.lines = digest(head), beginnings(head)
            self.add(mark, head)
        self.skip(status)

    def skip(self, status: os.stat_result) -> None:
        """Need no look at a file again until it changes."""
        self._versions[inode(status)] = version(status)

    def knows(self, status: os.stat_result) -> bool:
        """Whether a file is as it was when it was remembered."""
        return self._versions.get(inode(status)) == version(status)

    def recognise(self, source: Source) -> tuple[Mark, Relation] | None:
        """Find what was read of a file, or of one that this is a copy of. Raises OSError."""
        for mark in reversed(self.marks):
            how = relation(source, mark, self._starts.get(mark.head, b""))
            if how != "other":
                return mark, how
        return None

    def found(self, mark: Mark, opened: Opened) -> None:
        """Note under which name and number a remembered file is there now."""
        mark.path, _, status = opened
        mark.device, mark.inode = inode(status)
        mark.size, mark.modified = version(status)

    def take_out(self, mark: Mark) -> None:
        """Hand a file back to be read on."""
        self.marks.remove(mark)
        mark.ended = mark.left = False

    def forget(self, present: dict[str, os.stat_result]) -> None:
        """Keep the memory of files that are gone within bounds."""
        if len(self.marks) > _MARKS_KEPT:
            there = {inode(status) for status in present.values()}
            gone = [mark for mark in self.marks if (mark.device, mark.inode) not in there]
            for mark in gone[:-_MARKS_KEPT]:
                self.marks.remove(mark)
                self._starts.pop(mark.head, None)
        while len(self._versions) > _VERSIONS_KEPT:
            del self._versions[next(iter(self._versions))]


def inode(status: os.stat_result) -> Inode:
    """Which file the system says it is."""
    return status.st_dev, status.st_ino


def version(status: os.stat_result) -> tuple[int, int]:
    """Size and mtime: what changes with a file's content."""
    return status.st_size, status.st_mtime_ns
