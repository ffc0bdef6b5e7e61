"""Generated files on disk: what is stale, what was edited by hand, and writing the rest."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from eventdeck.catalogue.model import Catalogue
from eventdeck.render.outputs import OUTPUTS, Output
from eventdeck.render.seal import is_intact, seal
from eventdeck.replace import replace

State = Literal["current", "missing", "stale", "edited"]


class Generated(Struct, frozen=True):
    """One generated file: how it stands on disk, and the text that belongs there, if any does."""

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
    texts = {name: seal(output(catalogue)) for name, output in outputs.items()}
    found = [(name, _state(root / name, text), text) for name, text in texts.items()]
    behind = [Generated(*file) for file in found if file[1] != "current"]
    for file in behind:
        if check or (file.state == "edited" and not force):
            continue
        if file.text:
            replace(root / file.name, file.text)
        else:
            (root / file.name).unlink()
    return behind


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
