"""Files of `NAME=value` lines: `.env`, `versions.env`, and the example that explains them."""

import re
from pathlib import Path

from msgspec import Struct

_SET = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_DOCUMENTED = re.compile(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
_COMMENT = re.compile(r"\s#.*$")


class Line(Struct, frozen=True):
    """A line that sets something; `number` counts from 1."""

    number: int
    name: str
    value: str


class Garbled(Struct, frozen=True):
    """A line that is neither a comment nor `NAME=value`."""

    number: int
    text: str


def read(path: Path) -> tuple[list[Line], list[Garbled]]:
    """Read a file as Compose does; a file that is not there is empty. Raises `OSError`."""
    lines: list[Line] = []
    garbled: list[Garbled] = []
    text = path.read_text(encoding="utf-8-sig", errors="replace") if path.exists() else ""
    for number, raw in enumerate(text.splitlines(), 1):
        stripped = raw.strip()
        if not stripped or stripped.startswith("#"):
            continue
        found = _SET.fullmatch(stripped)
        if found:
            lines.append(Line(number, found[1], _value(found[2])))
        else:
            garbled.append(Garbled(number, stripped))
    return lines, garbled


def values(path: Path) -> dict[str, str]:
    """Return what a file sets; of two lines with a name the last one counts."""
    return {line.name: line.value for line in read(path)[0]}


def documented(path: Path) -> dict[str, str]:
    """Return the names that an example explains, with their defaults, also those behind a `#`."""
    return dict(_DOCUMENTED.findall(path.read_text(encoding="utf-8")))


def _value(text: str) -> str:
    for quote in "'\"":
        if text.startswith(quote) and (end := text.find(quote, 1)) > 0:
            return text[1:end]
    return _COMMENT.sub("", text).strip()
