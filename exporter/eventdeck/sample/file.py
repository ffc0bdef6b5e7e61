"""The file that sample events go to: ours from its first line, or left alone."""

import json
from io import TextIOWrapper
from pathlib import Path

NAME = "eventdeck.sample"  # the logger of every line: by it a file is known as ours
_LONGEST = 262_144  # bytes of a line


class RefusedError(Exception):
    """A file that this command did not create; the message says what to do."""


def claim(path: Path, *, rotated: bool = False) -> TextIOWrapper:
    """Open the file to append to it; create it where there is none.

    `rotated` says that it was ours a moment ago, so an empty one comes from the rotation. Raises
    `RefusedError` for a file of somebody else, which stays untouched, and `OSError`.
    """
    try:
        return path.open("x", encoding="ascii")
    except FileExistsError:
        pass
    half = _inspect(path, rotated=rotated)
    stream = path.open("a", encoding="ascii")
    if half:
        # Killed, or the disk was full: the next line must not become part of that one.
        stream.write("\n")
    return stream


def _inspect(path: Path, *, rotated: bool) -> bool:
    """Refuse what is not ours; return whether the last line lacks its end."""
    if not path.is_file():
        raise RefusedError(f"{path} is not a file; name one that `eventdeck sample` may create")
    with path.open("rb") as file:
        first = file.readline(_LONGEST)
        if not first:
            if rotated:
                return False
            raise RefusedError(
                f"{path} is empty and not made by `eventdeck sample`; remove it or name another"
            )
        if not _ours(first):
            raise RefusedError(
                f"{path} is not made by `eventdeck sample`, and samples never mix with real "
                "events; name another file"
            )
        file.seek(-1, 2)
        return file.read(1) != b"\n"


def _ours(line: bytes) -> bool:
    try:
        found = json.loads(line)
    except ValueError:
        return False
    return isinstance(found, dict) and found.get("name") == NAME
