"""Where the files of the stack are: a clone of Eventdeck, which every command works on."""

import os
from pathlib import Path

from msgspec import Struct

from eventdeck import local


class Misplaced(Exception):  # noqa: N818  it is no error of the program
    """There is no clone here; the message says where to run the command."""


class Place(Struct, frozen=True):
    """The folders and files of one clone."""

    root: Path

    @property
    def deck(self) -> Path:
        """The catalogue and what follows from it: the user's own in `local`, or else ours."""
        return local.deck(self.root)

    @property
    def local(self) -> Path:
        """What is the user's own and in no repository: catalogue, dashboards, thresholds."""
        return self.root / local.FOLDER

    @property
    def own_dashboards(self) -> Path:
        """The user's own dashboards, which nothing here ever writes."""
        return self.local / "dashboards"

    @property
    def own_rules(self) -> Path:
        """The user's own rules for Prometheus, which nothing here ever writes."""
        return self.root / "local/rules"

    @property
    def compose(self) -> Path:
        """The folder of the Compose files."""
        return self.root / "compose"

    @property
    def env(self) -> Path:
        """What the user has set."""
        return self.root / ".env"

    @property
    def example(self) -> Path:
        """Every name that may be set, explained, with its default."""
        return self.compose / "env.example"

    @property
    def versions(self) -> Path:
        """The images."""
        return self.compose / "versions.env"

    def shown(self, path: Path) -> str:
        """Name a path as a person in the clone would."""
        return os.path.relpath(path) if path.is_relative_to(self.root) else str(path)


def find(start: Path | None = None) -> Place:
    """Find the clone that one stands in, or else the one that this program is installed from.

    Raises `Misplaced`.
    """
    here = (start or Path.cwd()).resolve()
    for root in (here, *here.parents, Path(__file__).resolve().parents[3]):
        if (root / "compose/compose.yaml").is_file() and (root / "exporter/events.yaml").is_file():
            return Place(root)
    raise Misplaced(f"{here} is not in a clone of Eventdeck; go there and try again")
