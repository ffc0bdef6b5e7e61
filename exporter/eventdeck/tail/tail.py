"""Every file of a log, followed through whatever happens to it.

The contract. A line is read once: when its newline is there, or when its file is rotated and has
been quiet for five seconds. What happened to a file is seen at the next look:

- renamed: read on through the open file; the path's new file is read after it. Files that came and
  went between two looks are found beside it by their names, and read in between.
- truncated, also when it has grown past its old size since: seen by the bytes before the offset.
  What was not read yet is taken from a copy beside it (`copytruncate`), or declared lost.
- copied or compressed: known by its content, and not read again.
- gone while the exporter was down: looked for by content under every rotated name, also `.gz`.

What nobody can know is a limit: bytes that were written and truncated away between two looks.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from copy import copy

from eventdeck.tail import folder
from eventdeck.tail.files import Files
from eventdeck.tail.follow import Chunk, Followed, ReplacedError
from eventdeck.tail.happened import Happened
from eventdeck.tail.identify import find, relation
from eventdeck.tail.known import inode
from eventdeck.tail.mark import Mark
from eventdeck.tail.meet import QUIET, Meeting
from eventdeck.tail.notes import unreadable
from eventdeck.tail.overview import Shown, overview, states
from eventdeck.tail.resume import Resume
from eventdeck.tail.source import Opened

log = logging.getLogger(__name__)


class Tail:
    """Follows all files that some patterns name."""

    def __init__(
        self,
        patterns: list[str],
        marks: Iterable[Mark],
        happened: Happened,
        wall: Callable[[], float],
    ) -> None:
        """Take up the files where `marks` left them. A file that is missing raises nothing."""
        self.happened = happened
        self._all = Files(patterns, happened, wall)
        self._meeting = Meeting(self._all)
        self._resume = Resume(self._all, self._meeting, list(marks))
        self._written: set[str] = set()  # logs that have changed between the last two looks
        self._closed = False
        self.look()

    @property
    def files(self) -> list[Followed]:
        """The open files, in the order in which they are read."""
        return self._all.open

    @property
    def changes(self) -> int:
        """A number that changes with what `marks` and `happened` say, but for what is read."""
        return self._all.changes

    def look(self) -> None:
        """See what has become of the files: new, grown, renamed, truncated, gone."""
        if self._closed:
            return
        present = folder.matches(self._all.patterns)
        self._written = set()
        if self._resume.waiting:
            self._resume.again()
        for file in list(self.files):
            self._check(file, present)
        self._meeting.again()
        self._meeting.all(present)
        self._meeting.between_all(self._absent(present) | self._written)
        self._note(present)
        self._all.known.forget(present)

    def chunks(self) -> Iterator[Chunk]:
        """Everything that can be read now, file by file. Whoever iterates may stop at any time.

        Others may look and read in between, so what is next is decided anew each time.
        """
        while not self._closed and (file := next((f for f in self.files if f.stale), None)):
            if (chunk := self._take(file)) is not None:
                yield chunk
        for file in list(self.files):
            if not self._closed and self._is_quiet(file) and (last := self._end(file)) is not None:
                yield last

    def marks(self) -> list[Mark]:
        """How far each file was read, for the state."""
        reading = [file.remember() for file in self.files]
        return reading + self._resume.waiting + self._all.known.marks

    @property
    def lag(self) -> int:
        """Bytes that were there at the last look and were not read yet."""
        return sum(file.lag for file in self.files)

    @property
    def unread(self) -> bool:
        """Whether a file has changed since all of it was read."""
        return any(file.stale for file in self.files)

    def states(self) -> dict[str, int]:
        """How many files are in each state."""
        return states(self._all)

    def overview(self) -> list[Shown]:
        """Every file that is followed or waited for, then those that were read to their end."""
        return overview(self._all)

    def close(self) -> None:
        """Close every file; nothing is looked at or read any more."""
        self._closed = True
        for file in self.files:
            file.source.close()

    def _take(self, file: Followed) -> Chunk | None:
        """Read on in a file; None when it is to be left alone until it changes."""
        offset = file.mark.offset
        try:
            chunk = file.take()
        except ReplacedError:
            return self._take_anew(file)
        except OSError as error:
            self._fail(file, error)
            return None
        file.failing = False
        self.happened.bytes_read += file.mark.offset - offset
        # What came after the look waits for the next one, lest one busy file starve the others.
        if chunk is None or file.mark.offset >= file.mark.size:
            file.rest()
        return chunk

    def _take_anew(self, file: Followed) -> Chunk | None:
        try:
            self._replaced(file)
        except OSError as error:
            self._fail(file, error)
            return None
        return Chunk(b"")

    def _fail(self, file: Followed, error: OSError) -> None:
        file.failing = True
        file.rest()
        self._all.notes.say(file.mark.path, unreadable(error))

    def _is_quiet(self, file: Followed) -> bool:
        idle = file.mark.rotated and not file.closed and not file.stale and not file.failing
        return idle and self._all.wall() - file.changed_at >= QUIET

    def _end(self, file: Followed) -> Chunk | None:
        """Read the last line of a rotated file, though it has no newline, and close the file."""
        offset = file.mark.offset
        try:
            if file.source.status() != (file.mark.size, file.mark.modified):
                return None  # it has just been written: the next look sees it
            chunk = file.take_unterminated()
        except (ReplacedError, OSError):
            chunk = None
        self.happened.bytes_read += file.mark.offset - offset
        self._all.end(file)
        return chunk

    def _check(self, file: Followed, present: dict[str, os.stat_result]) -> None:
        try:
            self._compare(file)
        except OSError as error:
            self._fail(file, error)
        at_path = present.get(file.mark.path) or folder.look(file.mark.path)
        if at_path is None or inode(at_path) != (file.mark.device, file.mark.inode):
            self._moved(file, present)

    def _compare(self, file: Followed) -> None:
        """See whether the file was written, or truncated. Raises OSError."""
        size, modified = file.source.status()
        if (size, modified) != (file.mark.size, file.mark.modified):
            file.changed_at = self._all.wall()
            self._written.add(file.mark.log)
            if not file.intact():
                self._replaced(file)
            if size != file.mark.size:
                self._all.changes += 1
        if file.failing:
            file.wake()
        file.mark.size, file.mark.modified = size, modified

    def _moved(self, file: Followed, present: dict[str, os.stat_result]) -> None:
        mark = file.mark
        for path, status in (folder.siblings(mark.log) | present).items():
            if inode(status) == (mark.device, mark.inode):
                mark.path = path
        if mark.rotated:
            return
        mark.rotated, file.changed_at = True, self._all.wall()
        self._all.changes += 1
        self.happened.rotations += 1
        log.info("%s was rotated; its rest is read from the file that was open", mark.log)
        self._meeting.between(mark.log)
        self._all.arrange()

    def _replaced(self, file: Followed) -> None:
        """Go on after a truncation. Raises OSError."""
        self.happened.truncations += 1
        self._all.changes += 1
        mark = copy(file.remember())
        if relation(file.source, mark, file.start) == "part":
            self.happened.lose(mark, "was cut short before it was read to its end")
            file.cut()
            return
        if beside := find(mark, self._all.beside(mark)):
            self._read_copy(beside, mark)
        else:
            why = "was truncated before it was read to its end, and has no copy beside it"
            self.happened.lose(mark, why)
            self._all.known.add(mark, file.start)
        if mark.rotated:  # what it holds now may be a copy: it is met like any other
            self._all.drop(file)
        else:
            file.renew()
        self._meeting.between(mark.log)
        self._all.arrange()

    def _read_copy(self, beside: Opened, mark: Mark) -> None:
        """Read the unread rest from a copy, and declare what the copy lacks. Raises OSError."""
        log.info("%s was truncated; its rest is read from %s", mark.path, beside[0])
        try:
            self._all.follow(beside, mark, mark.log)
        except OSError:
            beside[1].close()
            raise
        why = "was truncated, and its copy was made before its last lines were written"
        self.happened.lose(mark, why, found=beside[1].status()[0])

    def _absent(self, present: dict[str, os.stat_result]) -> set[str]:
        """Logs that have no file now: what is rotated away next to them would meet nobody."""
        logs = {path for path in self._all.patterns if not folder.has_magic(path)}
        logs |= {file.mark.log for file in self.files if file.mark.rotated}
        return logs - present.keys()

    def _note(self, present: dict[str, os.stat_result]) -> None:
        followed = {file.mark.path for file in self.files}
        failing = {file.mark.path for file in self.files if file.failing}
        self._all.notes.take_back(followed - failing)
        self._all.notes.of_absent(self._all.patterns, present, followed)
