"""The files of a log as people see them, on the page and as a gauge."""

from msgspec import Struct

from eventdeck.tail import folder
from eventdeck.tail.files import Files

STATES = ("following", "draining", "done", "waiting", "unreadable")
_MOST_DONE = 20  # files that are only of historical interest


class Shown(Struct):
    """One file as people see it. `state` is one of `STATES`."""

    path: str
    state: str
    size: int = 0
    offset: int = 0
    note: str = ""


def overview(files: Files) -> list[Shown]:
    """Every file that is followed or waited for, then those that were read to their end."""
    followed = {file.mark.path for file in files.open}
    shown = [
        Shown(
            file.mark.path,
            "unreadable" if file.failing else "draining" if file.mark.rotated else "following",
            file.mark.size,
            file.mark.offset,
            files.notes.by_path.get(file.mark.path, ""),
        )
        for file in reversed(files.open)
    ]
    for path, note in files.notes.by_path.items():
        if path not in followed:
            state = "waiting" if note.endswith(folder.WAITING) else "unreadable"
            shown.append(Shown(path, state, note=note))
    done = [m for m in files.known.marks if m.path not in followed and not m.left]
    return shown + [Shown(m.path, "done", m.offset, m.offset) for m in done[-_MOST_DONE:]]


def states(files: Files) -> dict[str, int]:
    """How many files are in each state."""
    counts = dict.fromkeys(STATES, 0)
    for shown in overview(files):
        counts[shown.state] += 1
    return counts
