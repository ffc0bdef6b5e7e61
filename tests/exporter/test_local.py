"""Which catalogue counts where none is named."""

from pathlib import Path

import pytest
from eventdeck import local

ROOT = Path(__file__).parents[2]


def test_the_catalogue_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own, or that of the clone one stands in, or the package's."""
    monkeypatch.chdir(ROOT)
    assert local.catalogue() == local.CATALOGUE
    monkeypatch.chdir(tmp_path)
    assert Path(local.catalogue()).samefile(ROOT / local.CATALOGUE)
    own = tmp_path / "local" / local.CATALOGUE
    own.parent.mkdir(parents=True)
    own.touch()
    assert Path(local.catalogue()).samefile(own)
