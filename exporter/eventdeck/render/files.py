"""Generated files on disk: what is stale, what was edited by hand, and writing the rest."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from eventdeck.catalogue.model import Catalogue
from eventdeck.render.outputs import OUTPUTS, Output
from eventdeck.render.seal import is_intact, seal

State = Literal["current", "missing", "stale", "edited"]


class Generated(Struct, frozen=True, kw_only=True):
    """One generated file: how it stands on disk, and the text that belongs there."""

    name: str  # below the root, with slashes
    state: State
    text: str


def render(
    catalogue: Catalogue,
    root: Path,
    *,
    check: bool = False,
    force: bool = False,
    outputs: Mapping[str, Output] = OUTPUTS,
) -> list[Generated]:
    """Write what is missing or stale below `root`, and with `force` what was edited by hand.

    Returns the files that were not current, as they stood before. `check` writes nothing.
    Raises `OSError` for a file that cannot be read or written.
    """
    found = [survey(name, output(catalogue), root) for name, output in outputs.items()]
    behind = [file for file in found if file.state != "current"]
    for file in behind:
        if not check and (force or file.state != "edited"):
            _put(root / file.name, file.text)
    return behind


def survey(name: str, text: str, root: Path) -> Generated:
    """Compare a file with the text that belongs there; "" means that none does."""
    wanted = seal(text) if text else ""
    return Generated(name=name, state=_state(root / name, wanted), text=wanted)


def _state(path: Path, wanted: str) -> State:
    try:
        there = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return "missing" if wanted else "current"
    except UnicodeDecodeError:
        return "edited"
    if there == wanted:
        return "current"
    return "stale" if is_intact(there) else "edited"


def _put(path: Path, text: str) -> None:
    if text:
        _write(path, text)
    else:
        path.unlink()


def _write(path: Path, text: str) -> None:
    path = path.resolve()  # replace what a link points to, not the link
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        new.write_text(text, encoding="utf-8", newline="\n")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
