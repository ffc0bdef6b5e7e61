"""Catalogues to try, and the sentences that they are refused with."""

from pathlib import Path

import pytest
from eventdeck.catalogue.load import CatalogueError, load
from eventdeck.catalogue.model import Catalogue

from tests.exporter.catalogue.catalogues import Load, Problems


@pytest.fixture(scope="session")
def real() -> Path:
    """Give the catalogue that the project ships."""
    return Path(__file__).parents[3] / "exporter" / "events.yaml"


@pytest.fixture
def load_text(tmp_path: Path) -> Load:
    """Load a catalogue from text."""

    def loaded(text: str) -> Catalogue:
        path = tmp_path / "events.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path)

    return loaded


@pytest.fixture
def problems(load_text: Load, tmp_path: Path) -> Problems:
    """Refuse a catalogue; give its problems as `line: where: sentence`."""

    def refused(text: str) -> list[str]:
        with pytest.raises(CatalogueError) as caught:
            load_text(text)
        prefix = f"{tmp_path / 'events.yaml'}:"
        return [line.removeprefix(prefix) for line in str(caught.value).splitlines()]

    return refused
