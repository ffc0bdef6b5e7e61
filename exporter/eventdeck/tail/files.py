"""The files that are open, in the order in which they are read, and what is known of all others."""

from collections.abc import Callable

from eventdeck.tail import folder
from eventdeck.tail.follow import Followed
from eventdeck.tail.happened import Happened
from eventdeck.tail.known import Inode, Known, inode
from eventdeck.tail.mark import Mark
from eventdeck.tail.notes import Notes
from eventdeck.tail.source import Opened


class Files:
    """What a tail holds between two looks."""

    def __init__(self, patterns: list[str], happened: Happened, wall: Callable[[], float]) -> None:
        """Hold nothing yet."""
        self.patterns = patterns
        self.happened = happened
        self.wall = wall  # Unix seconds
        self.open: list[Followed] = []
        self.known = Known()
        self.notes = Notes()
        self.changes = 0  # of what the state keeps, but for what is read

    def follow(self, opened: Opened, mark: Mark, log: str) -> None:
        """Read a file on from a mark. It is rotated when its path is not its log's. Raises OSError.

        Whoever calls closes the file if that fails.
        """
        path, source, status = opened
        mark = Mark(path, log, *inode(status), offset=mark.offset, skipping=mark.skipping)
        mark.rotated = path != log
        mark.size, mark.modified = source.status()
        self.open.append(Followed(source, mark, self.wall()))
        self.changes += 1
        if not mark.rotated:
            self._rotate_from(path)
        self.arrange()

    def end(self, file: Followed) -> None:
        """Close a file that was read to its end."""
        self.known.add(file.remember(), file.start)
        self.drop(file)

    def drop(self, file: Followed) -> None:
        """Close a file."""
        self.open.remove(file)
        self.changes += 1
        file.source.close()
        file.closed = True

    def inodes(self) -> set[Inode]:
        """Which files are open."""
        return {(file.mark.device, file.mark.inode) for file in self.open}

    def arrange(self) -> None:
        """Read rotated files before those that go on, and older ones before younger ones."""
        self.open.sort(key=lambda file: (not file.mark.rotated, file.mark.modified))

    def beside(self, mark: Mark) -> list[str]:
        """Paths under which the file of a mark may be now, but for files that are open."""
        paths = [mark.path, mark.log, *folder.siblings(mark.log), *folder.matches(self.patterns)]
        taken = self.inodes()
        return [
            path
            for path in dict.fromkeys(paths)
            if (status := folder.look(path)) is None or inode(status) not in taken
        ]

    def _rotate_from(self, path: str) -> None:
        """A pattern met a rotated file before its log was there: now it is known for what it is."""
        for file in self.open:
            if not file.mark.rotated and folder.is_rotated(file.mark.path, path):
                file.mark.log, file.mark.rotated = path, True
