"""Generated files on disk: current, missing, stale, edited."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from eventdeck.catalogue.load import load
from eventdeck.catalogue.model import Catalogue
from eventdeck.render.files import render
from eventdeck.render.outputs import OUTPUTS, Output
from eventdeck.render.seal import head, is_intact, seal

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Load the catalogue that the project ships."""
    return load(ROOT / "exporter" / "events.yaml")


def note(words: str) -> Mapping[str, Output]:
    """A table of one output."""
    return {"docs/note.md": lambda _: f"<!-- {head('x.yaml')} -->\n{words}\n"}


def states(root: Path, catalogue: Catalogue, outputs: Mapping[str, Output]) -> list[str]:
    """How the files that are not current stand."""
    return [file.state for file in render(catalogue, root, check=True, outputs=outputs)]


def test_what_is_committed_is_current(catalogue: Catalogue) -> None:
    """Nobody forgot `make render`."""
    assert [file.name for file in render(catalogue, ROOT, check=True)] == []


def test_twice_changes_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    """The second run finds nothing to write, and touches no file."""
    assert [file.name for file in render(catalogue, tmp_path)] == list(OUTPUTS)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert render(catalogue, tmp_path) == []
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_nothing_else_is_left_behind(catalogue: Catalogue, tmp_path: Path) -> None:
    """The new file takes the place of the old one; no temporary one stays."""
    render(catalogue, tmp_path)
    files = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert files == set(OUTPUTS)


def test_check_writes_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    """A check of an empty folder finds all missing and leaves it empty."""
    assert states(tmp_path, catalogue, OUTPUTS) == ["missing"] * len(OUTPUTS)
    assert list(tmp_path.iterdir()) == []


def test_a_stale_file_is_found_and_written(catalogue: Catalogue, tmp_path: Path) -> None:
    """A file that an earlier catalogue made is replaced."""
    render(catalogue, tmp_path, outputs=note("old"))
    assert states(tmp_path, catalogue, note("new")) == ["stale"]
    render(catalogue, tmp_path, outputs=note("new"))
    assert (tmp_path / "docs/note.md").read_text().endswith("new\n")
    assert states(tmp_path, catalogue, note("new")) == []


@pytest.mark.parametrize("edit", ["by hand\n", "", "<!-- no seal -->\nold\n"])
def test_an_edited_file_is_left_alone(catalogue: Catalogue, tmp_path: Path, edit: str) -> None:
    """Work that somebody did by hand is named, and overwritten by force only."""
    render(catalogue, tmp_path, outputs=note("old"))
    path = tmp_path / "docs/note.md"
    edited = path.read_text() + edit if edit.startswith("by") else edit
    path.write_text(edited)
    assert [file.state for file in render(catalogue, tmp_path, outputs=note("new"))] == ["edited"]
    assert path.read_text() == edited
    render(catalogue, tmp_path, force=True, outputs=note("new"))
    assert states(tmp_path, catalogue, note("new")) == []


def test_an_edit_of_one_letter_breaks_the_seal() -> None:
    """Any change is seen, in the head line too."""
    text = seal(f"# {head('x.yaml')}\nwords\n")
    assert is_intact(text)
    assert not is_intact(text.replace("words", "Words"))
    assert not is_intact(text.replace("x.yaml", "y.yaml"))


def test_a_text_without_a_head_is_refused() -> None:
    """An output cannot forget to say that it is generated."""
    with pytest.raises(ValueError, match="needs a head line"):
        seal("words\n")


def test_a_link_stays_a_link(catalogue: Catalogue, tmp_path: Path) -> None:
    """What a link points to is replaced, not the link."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "real.md").write_text(seal(f"<!-- {head('x.yaml')} -->\nold\n"))
    (tmp_path / "docs/note.md").symlink_to("../real.md")
    render(catalogue, tmp_path, outputs=note("new"))
    assert (tmp_path / "docs/note.md").is_symlink()
    assert (tmp_path / "real.md").read_text().endswith("new\n")
