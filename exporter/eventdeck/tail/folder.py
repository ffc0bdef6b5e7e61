"""Which files a pattern names, and which files beside a log are its rotated predecessors."""

import glob
import os
import re
import stat
import time
from fnmatch import fnmatchcase

_MAGIC = re.compile(r"[*?\[]")
# What rotation adds to a name: .1, -20251020, .2025-10-20_13, .2.gz … Before the extension
# (app-20251020.jsonl) a short number could as well be another program's log, but after a dot.
_SUFFIX = re.compile(r"([.\-_]\d[\d.\-_T:]*|\.old|\.bak)?(\.gz)?")
_INFIX = re.compile(r"\.\d{1,3}|[.\-_]\d[\d\-_T:]{5,}")

_TICK = 20_000_000  # nanoseconds: mtime is that coarse, and more

WAITING = "waiting for its first line"


class Folders:
    """Folders and whether a name has come or gone in them, without listing them."""

    def __init__(self) -> None:
        """Know none."""
        self._seen: dict[str, tuple[int, int]] = {}

    def changed(self, path: str) -> bool:
        """Whether a folder may have changed since this was last asked; at first it has."""
        try:
            modified = os.stat(path or ".").st_mtime_ns
        except OSError:
            return False
        before, asked = self._seen.get(path, (0, 0))
        self._seen[path] = modified, time.time_ns()
        # A change right after the last question may have left the same time.
        return modified != before or asked - before < _TICK


def matches(patterns: list[str]) -> dict[str, os.stat_result]:
    """Regular files that the patterns name, with their status, in the order of the patterns."""
    found: dict[str, os.stat_result] = {}
    for pattern in patterns:
        for path in sorted(glob.iglob(pattern)) if has_magic(pattern) else [pattern]:
            status = look(path)
            if status is not None:
                found.setdefault(path, status)
    return found


def has_magic(pattern: str) -> bool:
    """Whether a pattern may name more than one file."""
    return bool(_MAGIC.search(pattern))


def is_named(path: str, pattern: str) -> bool:
    """Whether a pattern names a path, be it there or not."""
    if not has_magic(pattern):
        return path == pattern
    names, parts = path.split(os.sep), pattern.split(os.sep)
    return len(names) == len(parts) and all(map(fnmatchcase, names, parts))


def is_listable(path: str) -> bool:
    """Whether the folder of a path is there and says what it holds."""
    try:
        os.listdir(os.path.dirname(path) or ".")
    except OSError:
        return False
    return True


def why_absent(path: str) -> str:
    """Why a file that is named without a pattern is not there to be read, and what to do."""
    if os.path.isdir(path):
        return "is a folder; name the log in it"
    if os.path.exists(path):
        return "is not a regular file; name a log"
    parent = os.path.dirname(path) or "."
    if os.path.isdir(parent) and not os.access(parent, os.X_OK):
        return f"cannot be reached: this user may not enter {parent} (chmod g+x)"
    return f"does not exist yet; {WAITING}"


def look(path: str) -> os.stat_result | None:
    """Status of a regular file; None where there is none, or it cannot be reached."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def siblings(path: str) -> dict[str, os.stat_result]:
    """Files beside `path` that its rotation may have made: oldest first by mtime, without it."""
    found = {}
    for folder in dict.fromkeys((os.path.dirname(path), os.path.dirname(os.path.realpath(path)))):
        for name in _names(folder):
            other = os.path.join(folder, name)
            if is_rotated(other, path) and (status := look(other)) is not None:
                found[other] = status
    return dict(sorted(found.items(), key=lambda item: item[1].st_mtime_ns))


def is_rotated(other: str, path: str) -> bool:
    """Whether `other` has the name of a rotated `path`: app.jsonl.1, app-20251020.jsonl.gz."""
    name, live = os.path.basename(other), os.path.basename(path)
    if name == live:
        return False
    if name.startswith(live):
        return bool(_SUFFIX.fullmatch(name[len(live) :]))
    stem, extension = os.path.splitext(live)
    rest = name.removesuffix(".gz")
    if extension and name.startswith(stem) and rest.endswith(extension):
        return bool(_INFIX.fullmatch(rest[len(stem) : -len(extension)]))
    return False


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder or ".")
    except OSError:
        return []
