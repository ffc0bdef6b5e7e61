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
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from eventdeck.tail import folder
from eventdeck.tail.follow import Chunk, Followed, ReplacedError
from eventdeck.tail.identify import find, relation
from eventdeck.tail.mark import Mark
from eventdeck.tail.source import Source, open_source

QUIET = 5.0  # seconds after which a rotated file gets no more lines
_ENDED_KEPT = 200  # marks kept of files that were read to their end

log = logging.getLogger(__name__)


class Happened(Struct):
    """What has happened to the files. Lost bytes were there, unread, and are gone for certain."""

    rotations: int = 0
    truncations: int = 0
    bytes_read: int = 0
    bytes_lost: int = 0
    files_lost: int = 0  # gone before their end was read: how much more they held, nobody knows


class Shown(Struct):
    """One file as people see it. `state` is one of `STATES`."""

    path: str
    state: str
    size: int = 0
    offset: int = 0
    note: str = ""


STATES = ("following", "draining", "done", "waiting", "unreadable")


class Tail:
    """Follows all files that some patterns name."""

    def __init__(
        self, patterns: list[str], marks: Iterable[Mark], happened: Happened, wall: Callable[[], float]
    ) -> None:
        """Take up the files where `marks` left them. A file that is missing raises nothing."""
        self.patterns = patterns
        self.happened = happened
        self.files: list[Followed] = []  # in the order in which they are read
        self.notes: dict[str, str] = {}  # path -> why it is not read, for people
        self._wall = wall  # Unix seconds, to be compared with the time of a file's last change
        self._ended: list[Mark] = []
        self._passed: dict[tuple[int, int], tuple[int, int]] = {}  # not to be read: size and mtime
        self._resume(list(marks))
        self.look()

    def look(self) -> None:
        """See what has become of the files: new, grown, renamed, truncated, gone."""
        present = folder.matches(self.patterns)
        for file in list(self.files):
            self._check(file, present)
        self._meet_all(present)
        self._note_absent(present)
        self._forget(present)

    def chunks(self) -> Iterator[Chunk]:
        """Everything that can be read now, file by file. Whoever iterates may stop at any time."""
        for file in list(self.files):
            while file.stale and (chunk := self._take(file)) is not None:
                yield chunk
            if self._is_quiet(file) and (chunk := self._end(file)) is not None:
                yield chunk

    def marks(self) -> list[Mark]:
        """How far each file was read, for the state."""
        return [file.remember() for file in self.files] + self._ended

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
        counts = dict.fromkeys(STATES, 0)
        for shown in self.overview():
            counts[shown.state] += 1
        return counts

    def overview(self) -> list[Shown]:
        """Every file that is followed or waited for, then those that were read to their end."""
        shown = [
            Shown(
                file.mark.path,
                "draining" if file.mark.rotated else "following",
                file.mark.size,
                file.mark.offset,
                self.notes.get(file.mark.path, ""),
            )
            for file in reversed(self.files)
        ]
        followed = {file.mark.path for file in self.files}
        for path, note in self.notes.items():
            if path not in followed:
                state = "waiting" if note.endswith(folder.WAITING) else "unreadable"
                shown.append(Shown(path, state, note=note))
        present = [mark for mark in self._ended if mark.path not in followed]
        return shown + [Shown(m.path, "done", m.offset, m.offset) for m in present[-20:]]

    def close(self) -> None:
        """Close every file."""
        for file in self.files:
            file.source.close()

    def _take(self, file: Followed) -> Chunk | None:
        offset = file.mark.offset
        try:
            chunk = file.take()
        except ReplacedError:
            self._replaced(file)
            return Chunk(b"")
        except OSError as error:
            self._note(file.mark.path, f"cannot be read: {error.strerror}")
            return None
        if chunk is None:
            file.rest()
            return None
        self.happened.bytes_read += file.mark.offset - offset
        return chunk

    def _is_quiet(self, file: Followed) -> bool:
        mark = file.mark
        return mark.rotated and not file.stale and self._wall() - mark.modified / 1e9 >= QUIET

    def _end(self, file: Followed) -> Chunk | None:
        """Read the last line of a rotated file, though it has no newline, and close the file."""
        offset = file.mark.offset
        try:
            chunk = file.take_unterminated()
        except (ReplacedError, OSError):
            chunk = None
        self.happened.bytes_read += file.mark.offset - offset
        file.remember().ended = True
        self._ended.append(file.mark)
        self.files.remove(file)
        file.source.close()
        return chunk

    # What a look can find.

    def _check(self, file: Followed, present: dict[str, os.stat_result]) -> None:
        mark = file.mark
        try:
            size, modified = file.source.status()
            changed = (size, modified) != (mark.size, mark.modified)
            if changed and mark.offset and not file.intact():
                self._replaced(file)
                mark = file.mark
        except OSError as error:
            self._note(mark.path, f"cannot be read: {error.strerror}")
            return
        mark.size, mark.modified = size, modified
        at_path = present.get(mark.path) or folder.look(mark.path)
        if at_path is None or _inode(at_path) != (mark.device, mark.inode):
            self._moved(file, present)

    def _moved(self, file: Followed, present: dict[str, os.stat_result]) -> None:
        mark = file.mark
        old = mark.path
        for path, status in (present | folder.siblings(old)).items():
            if _inode(status) == (mark.device, mark.inode):
                mark.path = path
        if mark.rotated:
            return
        mark.rotated = True
        self.happened.rotations += 1
        log.info("%s was rotated; its rest is read from the file that was open", old)
        self._meet_between(old)
        self._arrange()

    def _replaced(self, file: Followed) -> None:
        """Go on after a truncation: with the unread rest in a copy, then with the new content."""
        self.happened.truncations += 1
        mark = file.remember()
        beside = [path for path in self._beside(mark.path) if not self._is_open(path)]
        copy = find(mark, beside)
        if copy is not None:
            log.info("%s was truncated; its rest is read from %s", mark.path, copy[0])
            self._follow(copy, mark, rotated=True)
        else:
            self._lose(mark, "was truncated before it was read to its end, and has no copy beside it")
        self._meet_between(mark.path)
        file.renew()
        self._arrange()

    def _lose(self, mark: Mark, why: str) -> None:
        lost = max(0, mark.size - mark.offset)
        self.happened.bytes_lost += lost
        if lost:
            log.warning("%s %s: %d bytes are lost", mark.path, why, lost)

    def _meet_between(self, path: str) -> None:
        """Read files that came and went at a path since the last look, known by their names."""
        self._meet_all(folder.siblings(path) | {path: None})

    def _meet_all(self, found: Mapping[str, os.stat_result | None]) -> None:
        known = self._known()
        fresh = [
            (status.st_mtime_ns, path)
            for path, status in found.items()
            if status is not None and known.get(_inode(status), ()) not in (None, _version(status))
        ]
        for _, path in sorted(fresh):
            self._meet(path, rotated=any(folder.is_rotated(path, other) for other in found))

    def _known(self) -> dict[tuple[int, int], tuple[int, int] | None]:
        """Inodes that need no look: with the version in which they were known, or None for any."""
        known: dict[tuple[int, int], tuple[int, int] | None] = dict(self._passed)
        known |= {(m.device, m.inode): (m.size, m.modified) for m in self._ended}
        return known | {(f.mark.device, f.mark.inode): None for f in self.files}

    def _meet(self, path: str, *, rotated: bool) -> None:
        """Decide what a file is that was not there at the last look, and read it if it is new."""
        try:
            source, status = open_source(path)
        except OSError as error:
            self._note(path, _unreadable(error))
            return
        opened = (path, source, status)
        if not status.st_size and rotated:  # perhaps a copy that is only beginning
            source.close()
            return
        try:
            if any(relation(source, f.remember(), f.start) != "other" for f in self.files):
                self._pass(opened)
                return
            for mark in self._ended:
                if (how := relation(source, mark)) != "other":
                    self._meet_again(opened, mark, whole=how == "same")
                    return
        except OSError as error:
            source.close()
            self._note(path, _unreadable(error))
            return
        if not rotated:  # the path's first file, or the one after several that came and went
            self._meet_between(path)
        self._follow(opened, Mark(path), rotated=rotated)

    def _meet_again(self, opened: "Opened", mark: Mark, *, whole: bool) -> None:
        """Go on with a file that was ended, or its copy, if there is more in it by now."""
        _, source, status = opened
        if whole and source.read(mark.offset, 1):
            self._ended.remove(mark)
            mark.ended = False
            self._follow(opened, mark, rotated=True)
            return
        if whole:  # so that the next look knows it without opening it
            mark.path, mark.size, mark.modified = opened[0], status.st_size, status.st_mtime_ns
            mark.device, mark.inode = _inode(status)
        self._pass(opened)

    def _pass(self, opened: "Opened") -> None:
        _, source, status = opened
        source.close()
        self._passed[_inode(status)] = _version(status)

    def _follow(self, opened: "Opened", mark: Mark, *, rotated: bool) -> None:
        path, source, status = opened
        mark = Mark(path, offset=mark.offset, skipping=mark.skipping, rotated=rotated)
        mark.device, mark.inode = _inode(status)
        mark.size, mark.modified = source.status()
        self.files.append(Followed(source, mark))
        self._passed.pop(_inode(status), None)
        self._arrange()

    def _arrange(self) -> None:
        """Read rotated files before those that go on, and older ones before younger ones."""
        self.files.sort(key=lambda file: (not file.mark.rotated, file.mark.modified))

    # Taking up where the state left off.

    def _resume(self, marks: list[Mark]) -> None:
        self._ended = [mark for mark in marks if mark.ended]
        for mark in marks:
            if not mark.ended:
                self._take_up(mark)
        taken_up = {mark.path for mark in marks}
        for path in {*self.patterns, *folder.matches(self.patterns)} - taken_up:
            self._pass_older(path, newer_than=None)

    def _take_up(self, mark: Mark) -> None:
        beside = [path for path in self._beside(mark.path) if not self._is_open(path)]
        found = find(mark, beside)
        if found is None:
            self._miss(mark)
        else:
            moved = found[0] != mark.path
            self.happened.rotations += moved and not mark.rotated
            self._follow(found, mark, rotated=mark.rotated or moved)
        still = found is not None and found[0] == mark.path
        self._pass_older(mark.path, newer_than=None if still or mark.rotated else mark.modified)

    def _miss(self, mark: Mark) -> None:
        """Declare what is lost with a file that is gone."""
        if not mark.rotated or mark.size > mark.offset:
            self.happened.files_lost += 1
            log.warning("%s is gone, and what it held after byte %d", mark.path, mark.offset)
            self._lose(mark, "is gone")
        mark.ended = True
        self._ended.append(mark)  # to know a copy of what was read of it

    def _pass_older(self, path: str, newer_than: int | None) -> None:
        """Leave rotated files alone that are older than what is read; read those that are not."""
        wanted = folder.matches(self.patterns)
        known = self._known()
        for sibling, status in folder.siblings(path).items():
            if _inode(status) in known or sibling in wanted:
                continue
            if newer_than is not None and status.st_mtime_ns > newer_than:
                self._meet(sibling, rotated=True)
            else:
                self._passed[_inode(status)] = _version(status)

    def _beside(self, path: str) -> list[str]:
        return [path, *folder.siblings(path), *folder.matches(self.patterns)]

    def _is_open(self, path: str) -> bool:
        status = folder.look(path)
        return status is not None and any(
            (file.mark.device, file.mark.inode) == _inode(status) for file in self.files
        )

    # Keeping the books.

    def _note_absent(self, present: dict[str, os.stat_result]) -> None:
        followed = {file.mark.path for file in self.files}
        for path in [path for path in self.notes if path in followed]:
            log.info("%s is read again", path)
            del self.notes[path]
        for pattern in self.patterns:
            if folder.has_magic(pattern):
                continue
            if pattern in present:
                if not present[pattern].st_size and pattern not in followed:
                    self.notes.setdefault(pattern, f"is empty; {folder.WAITING}")
            else:
                self._note(pattern, folder.why_absent(pattern))

    def _note(self, path: str, sentence: str) -> None:
        """Say once why a file is not read."""
        if self.notes.get(path) != sentence:
            waiting = sentence.endswith(folder.WAITING)
            log.log(logging.INFO if waiting else logging.WARNING, "%s %s", path, sentence)
            self.notes[path] = sentence

    def _forget(self, present: dict[str, os.stat_result]) -> None:
        there = {_inode(status) for status in present.values()}
        gone = [mark for mark in self._ended if (mark.device, mark.inode) not in there]
        for mark in gone[:-_ENDED_KEPT]:
            self._ended.remove(mark)


Opened = tuple[str, Source, os.stat_result]


def _inode(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _version(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def _unreadable(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "may not be read by this user; give its group the right to read it (chmod g+r)"
    return f"cannot be opened: {error.strerror}"
