"""What to do with a file that was not there at the last look, or has changed since."""

import os
from collections.abc import Mapping

from eventdeck.tail import folder
from eventdeck.tail.files import Files
from eventdeck.tail.follow import Followed
from eventdeck.tail.identify import Relation, is_telling, relation
from eventdeck.tail.known import inode
from eventdeck.tail.mark import Mark
from eventdeck.tail.notes import printable, unreadable
from eventdeck.tail.source import Opened, open_source

QUIET = 5.0  # seconds after which a rotated file gets no more lines


class Meeting:
    """Meets files: a new one is followed, one that is known, or a copy, is left alone."""

    def __init__(self, files: Files) -> None:
        """Take files to those that are open."""
        self._files = files
        self._folders = folder.Folders()
        self._undecided: dict[str, str] = {}  # path -> log

    def all(self, found: Mapping[str, os.stat_result | None]) -> None:
        """Meet what the patterns name, older files first."""
        for path in self._fresh(found):
            others = [other for other in found if folder.is_rotated(path, other)]
            self._meet(path, min(others, key=len, default=path), wanted=True)

    def between(self, log: str) -> None:
        """Meet files that came and went at a path since the last look, known by their names."""
        for path in self._fresh(folder.siblings(log)):
            self._meet(path, log)

    def between_all(self, logs: set[str]) -> None:
        """The same for several logs, where something has come or gone in their folders.

        A rename is seen by the inode, but a log that was copied and truncated may look untouched.
        """
        changed = {path for path in map(os.path.dirname, logs) if self._folders.changed(path)}
        for log in logs:
            if os.path.dirname(log) in changed:
                self.between(log)

    def again(self) -> None:
        """Meet those that could not be told from others at the last look."""
        undecided, self._undecided = self._undecided, {}
        for path, log in undecided.items():
            for fresh in self._fresh({path: folder.look(path)}):
                self._meet(fresh, log)

    def one(self, path: str, log: str) -> None:
        """Meet a rotated file."""
        self._meet(path, log)

    def _fresh(self, found: Mapping[str, os.stat_result | None]) -> list[str]:
        """Those that need a look, older ones first."""
        taken, known = self._files.inodes(), self._files.known
        fresh = [
            (status.st_mtime_ns, path)
            for path, status in found.items()
            if status is not None and inode(status) not in taken and not known.knows(status)
        ]
        return [path for _, path in sorted(fresh)]

    def _meet(self, path: str, log: str, *, wanted: bool = False) -> None:
        if printable(path) != path:
            self._files.notes.say(path, "has a name that is not UTF-8: rename it")
            return
        try:
            opened = (path, *open_source(path))
        except OSError as error:
            self._cannot(path, log, error)
            return
        try:
            followed = self._decide(opened, log, wanted=wanted)
        except OSError as error:
            self._cannot(path, log, error)
            followed = False
        if not followed:
            opened[1].close()

    def _cannot(self, path: str, log: str, error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):  # it has gone on: the next look finds it
            self._files.notes.say(path, unreadable(error))
            self._undecided[path] = log

    def _decide(self, opened: Opened, log: str, *, wanted: bool) -> bool:
        """Whether the file is followed now. Raises OSError."""
        path, source, status = opened
        if inode(status) in self._files.inodes():  # two patterns name it, or it was just met
            return False
        if path != log and not is_telling(source) and self._is_young(status):
            self._undecided[path] = log  # perhaps a copy that is only beginning
            return False
        for file in self._files.open:
            if (how := relation(source, file.remember(), file.start)) != "other":
                return self._meet_copy(opened, file, log, how)
        if recognised := self._files.known.recognise(source):
            return self._meet_known(opened, log, *recognised, wanted=wanted)
        if path != log and not source.read(0, 1):
            self._files.known.skip(status)
            return False
        self._files.follow(opened, Mark(path), log)
        if path == log:  # the path's first file, or the one after several that came and went
            self.between(log)
        return True

    def _is_young(self, status: os.stat_result) -> bool:
        return abs(self._files.wall() - status.st_mtime) < QUIET

    def _meet_copy(self, opened: Opened, file: Followed, log: str, how: Relation) -> bool:
        """Leave a copy alone, unless it is the log itself or holds more: then it is read instead.

        The followed one must not end before: its last line may be only the half of one.
        """
        path, source, status = opened
        longer = how == "same" and bool(source.read(file.mark.size, 1))
        if file.mark.rotated and how == "same" and (longer or path == log):
            self._files.follow(opened, file.mark, log)
            self._files.drop(file)
            if path == log:
                self.between(log)
            return True
        if longer:  # a log that has just grown, or a copy of one that was cut
            self._undecided[path] = log
        else:
            self._files.known.skip(status)
        return False

    def _meet_known(
        self, opened: Opened, log: str, mark: Mark, how: Relation, *, wanted: bool
    ) -> bool:
        """Go on with a file that was read to its end, or its copy, if there is more in it by now.

        One that was left at the first start is read if the patterns name it now.
        """
        files = self._files
        if how == "same" and mark.left and wanted:
            files.known.take_out(mark)
            files.follow(opened, Mark(opened[0]), log)
            return True
        if how == "same" and not mark.left and opened[1].read(mark.offset, 1):
            files.known.take_out(mark)
            files.follow(opened, mark, log)
            return True
        if how == "same":
            files.known.found(mark, opened)
        files.known.skip(opened[2])
        return False
