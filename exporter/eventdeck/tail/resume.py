"""Taking up the files where the state left them."""

import logging
import os

from eventdeck.tail import folder
from eventdeck.tail.files import Files
from eventdeck.tail.identify import find
from eventdeck.tail.known import inode
from eventdeck.tail.mark import Mark
from eventdeck.tail.meet import Meeting
from eventdeck.tail.source import Opened, open_source

_HEADS_KEPT = 50  # of older files: rotation compresses the youngest ones only
_COARSE = 1.0  # seconds by which an mtime may be behind the clock

log = logging.getLogger(__name__)


class Resume:
    """Finds the file of each mark. Those that cannot be reached for now are looked for again."""

    def __init__(self, files: Files, meeting: Meeting, marks: list[Mark]) -> None:
        """Take up what is there, and leave alone what is older than that."""
        self._files = files
        self._meeting = meeting
        self._marks = marks
        for mark in marks:
            if mark.ended:
                files.known.add(mark)
        # Those known by content first: what is left has only the number of its inode.
        open_ = sorted((m for m in marks if not m.ended), key=lambda mark: not mark.head_length)
        self.waiting = [mark for mark in open_ if not self._take_up(mark)]
        for mark in self.waiting:
            log.warning("%s cannot be reached; it is read on when it can", mark.path)
        plain = {path for path in files.patterns if not folder.has_magic(path)}
        for path in {mark.log for mark in marks} | plain | {*folder.matches(files.patterns)}:
            self._settle(path)

    def again(self) -> None:
        """Look again for files that could not be reached."""
        waiting, self.waiting = self.waiting, []
        self.waiting = [mark for mark in waiting if not self._take_up(mark)]
        for path in {mark.log for mark in waiting} - {mark.log for mark in self.waiting}:
            self._settle(path)

    def _take_up(self, mark: Mark) -> bool:
        """Whether it is known what has become of the file."""
        beside = self._files.beside(mark)
        if found := find(mark, beside):
            if mark.head_length or not self._is_known(found):
                return self._go_on(found, mark)
            found[1].close()  # the number was used again
        if not _reachable(mark, beside):
            return False
        self._miss(mark)
        return True

    def _is_known(self, opened: Opened) -> bool:
        try:
            return self._files.known.recognise(opened[1]) is not None
        except OSError:
            return False

    def _go_on(self, opened: Opened, mark: Mark) -> bool:
        path, source, _ = opened
        named = path in folder.matches(self._files.patterns)
        if not named and not self._is_named(mark.log):
            log.warning("%s is no longer named: it is left at byte %d", path, mark.offset)
            source.close()
            self._files.known.add(mark)
            return True
        rotated = mark.rotated or not named or folder.is_rotated(path, mark.log)
        try:
            self._files.follow(opened, mark, mark.log if rotated else path)
        except OSError:
            source.close()
            return False
        self._files.happened.rotations += rotated and not mark.rotated
        return True

    def _is_named(self, path: str) -> bool:
        return any(folder.is_named(path, pattern) for pattern in self._files.patterns)

    def _miss(self, mark: Mark) -> None:
        """Declare what is lost with a file that is gone."""
        if mark.head_length and (not mark.rotated or mark.size > mark.offset):
            self._files.happened.files_lost += 1
            log.warning("%s is gone, and what it held after byte %d", mark.path, mark.offset)
            self._files.happened.lose(mark, "is gone")
        self._files.known.add(mark)  # to know a copy of what was read of it
        self._files.changes += 1

    def _settle(self, path: str) -> None:
        """Leave rotated files alone that are older than what is read; read those that are not."""
        older = []
        newest = self._newest(path)
        named, taken = folder.matches(self._files.patterns), self._files.inodes()
        for sibling, status in folder.siblings(path).items():
            if sibling in named or inode(status) in taken or self._files.known.knows(status):
                continue
            if newest is not None and status.st_mtime_ns >= newest:
                self._meeting.one(sibling, path)
            else:
                older.append((sibling, status))
        self._leave(older, path)
        if not any(mark.log == path for mark in self._marks):
            self._begin(path)

    def _newest(self, path: str) -> int | None:
        """When the log was last known to be written; None where nothing was rotated since."""
        marks = [mark for mark in self._marks if mark.log == path]
        # Of a log that held no line yet nobody can tell whether it is in place, or truncated since.
        told = any(mark.head_length and not mark.rotated and not mark.ended for mark in marks)
        live = (file for file in self._files.open if not file.mark.rotated)
        if told and any(file.mark.log == path for file in live):
            return None
        return max((mark.modified for mark in marks), default=None)

    def _begin(self, path: str) -> None:
        """Remember when a log was first looked for: what is rotated after that is to be read."""
        began = int((self._files.wall() - _COARSE) * 1e9)
        self._files.known.add(Mark(path, path, modified=began, left=True))

    def _leave(self, older: list[tuple[str, os.stat_result]], of: str) -> None:
        for _, status in older:
            self._files.known.skip(status)
        for path, _ in older[-_HEADS_KEPT:]:
            try:
                source, status = open_source(path)
            except OSError:
                continue
            try:
                self._files.known.leave((path, source, status), of)
            except OSError:
                continue
            finally:
                source.close()


def _reachable(mark: Mark, paths: list[str]) -> bool:
    """Whether a file that was not found is gone: its folder is there, and all in it can be read."""
    if not folder.is_listable(mark.log):
        return False
    for path in paths:
        try:
            open_source(path)[0].close()
        except FileNotFoundError:
            continue
        except OSError:
            return False
    return True
