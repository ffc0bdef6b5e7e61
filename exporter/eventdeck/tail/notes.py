"""Why files are not read, a sentence each: said once in the log, shown on the page."""

import logging
import os

from eventdeck.tail import folder

log = logging.getLogger(__name__)


class Notes:
    """The sentences that hold now, by path."""

    def __init__(self) -> None:
        """Nothing to say yet."""
        self.by_path: dict[str, str] = {}

    def say(self, path: str, sentence: str) -> None:
        """Say why a file is not read, unless that was said last."""
        path = printable(path)
        if self.by_path.get(path) != sentence:
            log.warning("%s %s", path, sentence)
            self.by_path[path] = sentence

    def take_back(self, read: set[str]) -> None:
        """Say of files that they are read again."""
        for path in [path for path in self.by_path if path in read]:
            log.info("%s is read", path)
            del self.by_path[path]

    def of_absent(
        self, patterns: list[str], present: dict[str, os.stat_result], followed: set[str]
    ) -> None:
        """Say which files that are named without a pattern are awaited."""
        for path in patterns:
            if folder.has_magic(path):
                continue
            if path not in present:
                self.say(path, folder.why_absent(path))
            elif not present[path].st_size and path not in followed:
                self.by_path.setdefault(path, f"is empty; {folder.WAITING}")


def unreadable(error: OSError) -> str:
    """Why a file could not be opened, and what to do."""
    if isinstance(error, PermissionError):
        return "may not be read by this user; give its group the right to read it (chmod g+r)"
    return f"cannot be read: {error.strerror}"


def printable(path: str) -> str:
    """A path in characters that every log and page can carry."""
    return path.encode("utf-8", "backslashreplace").decode()
