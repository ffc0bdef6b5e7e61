"""A user's own catalogue, and all that follows from it, in a folder that git ignores.

So an upgrade is a `git pull` without conflicts. `local` has the same tree as the repository, as far
as its files follow from the catalogue.
"""

from pathlib import Path

CATALOGUE = "exporter/events.yaml"
FOLDER = "local"


def deck(root: Path) -> Path:
    """The root of the tree that counts: `local` where it has a catalogue."""
    own = root / FOLDER
    return own if (own / CATALOGUE).is_file() else root


def catalogue() -> str:
    """That of the clone one stands in, the user's own first, or else that of the package."""
    here = deck(Path()) / CATALOGUE
    return str(here if here.exists() else Path(__file__).with_name("events.yaml"))
