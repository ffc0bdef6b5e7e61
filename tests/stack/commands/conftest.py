"""A clone in miniature, to look at before a start."""

import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from eventdeck.stack import settings
from eventdeck.stack.finding import Finding
from eventdeck.stack.place import Place
from eventdeck.stack.settings import Settings

ROOT = Path(__file__).parents[3]
Write = Callable[..., tuple[Settings, list[Finding]]]


def miniature(root: Path) -> Place:
    """Copy what a look before the start reads."""
    shutil.copytree(ROOT / "compose", root / "compose")
    (root / "exporter").mkdir()
    shutil.copyfile(ROOT / "exporter/events.yaml", root / "exporter/events.yaml")
    return Place(root)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Give the files that a look before the start reads."""
    return miniature(tmp_path / "clone")


@pytest.fixture
def write(place: Place) -> Write:
    """Write `.env` and read it again, as settings and what is wrong with them."""

    def written(*lines: str, **values: object) -> tuple[Settings, list[Finding]]:
        text = [*lines, *(f"{name}={value}" for name, value in values.items())]
        place.env.write_text("\n".join([*free_ports(values), *text]) + "\n")
        return settings.load(place)

    return written


def free_ports(taken: object) -> list[str]:
    """Name ports that are free, so that what runs on this machine does not matter."""
    assert isinstance(taken, dict)
    return [f"{name}={free_port()}" for name in settings.PORTS if name not in taken]


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
