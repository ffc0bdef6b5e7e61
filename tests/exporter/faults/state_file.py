"""The state on disk, read and changed by a test behind the exporter's back."""

from collections.abc import Callable
from pathlib import Path

from eventdeck.checkpoint import decode, encode
from eventdeck.state import State
from eventdeck.tail import Mark

Spoil = Callable[[Path], None]


def read(path: Path) -> State:
    """The state in a file."""
    return decode(path.read_bytes())


def change_marks(path: Path, change: Callable[[Mark], None]) -> None:
    """Change every mark, and leave nothing else to fall back on."""
    state = read(path)
    for mark in state.marks:
        change(mark)
    path.write_bytes(encode(state))
    Path(f"{path}.old").unlink(missing_ok=True)


def damage(path: Path) -> None:
    """Change one byte in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def set_aside(path: Path, why: str) -> list[Path]:
    """The files that were kept of a state that could not be used."""
    return sorted(path.parent.glob(f"{path.name}*.{why}-*"))
