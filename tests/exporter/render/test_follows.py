"""An event that is added to the catalogue is everywhere; one that is deleted is nowhere."""

from pathlib import Path

import pytest
from eventdeck.catalogue.load import CatalogueError, load
from eventdeck.render.files import render

from tests.exporter.render.dashboards import ROOT

CATALOGUE = ROOT / "exporter/events.yaml"
ADDED = """
  comment.written:
    description: Comment is written
    triggered: When a user comments on a task
    group: Comments
    properties:
      length: { type: number, description: Length, buckets: [10, 100] }
      mood: { type: string, description: Mood, label: true, values: [fair, foul] }

  comment.refused:
    description: Comment is refused
    triggered: When a comment is foul
    properties:
      error_type: { type: string, description: Kind, label: true, values: [KeyError] }
"""
NAMES = ("comment.written", "comment.refused", "comment[.]written", "comment[.]refused")
# Where an event appears that is a group of its own, an error, and a sum on the Overview.
PLACES = {
    "exporter/EVENTS.md",
    "grafana/dashboards/errors.json",
    "grafana/dashboards/overview.json",
    "promtail/promtail.yaml",
}


def write(folder: Path, text: str) -> Path:
    """Write a catalogue under the name of the shipped one."""
    path = folder / "events.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def mentioning(root: Path) -> set[str]:
    """The files that know one of the events."""
    files = [path for path in root.rglob("*") if path.is_file() and path.suffix != ".svg"]
    return {
        str(path.relative_to(root))
        for path in files
        if any(name in path.read_text(encoding="utf-8") for name in NAMES)
    }


def with_comments() -> str:
    """The shipped catalogue with two more events, one of them an error, and a total."""
    return (
        CATALOGUE.read_text(encoding="utf-8")
        .replace(
            "errors: { events: [system.error]", "errors: { events: [system.error, comment.refused]"
        )
        .replace("    Paid:", "    Written: [comment.written.length]\n    Paid:")
        + ADDED
    )


def test_added_it_is_everywhere_and_deleted_nowhere(tmp_path: Path) -> None:
    """Reference, pipeline and the right dashboards follow; afterwards nothing is left of it."""
    root = tmp_path / "root"
    root.mkdir()
    render(load(write(tmp_path, with_comments())), root)
    assert mentioning(root) >= PLACES
    assert mentioning(root) & {"grafana/dashboards/sign-in.json"} == set()

    render(load(write(tmp_path, CATALOGUE.read_text(encoding="utf-8"))), root)
    assert mentioning(root) == set()
    for path in root.rglob("*.json"):
        assert path.read_text() == (ROOT / path.relative_to(root)).read_text()


def test_deleted_it_takes_its_dashboard_with_it(tmp_path: Path) -> None:
    """Without sign-ins and administrators there is no dashboard about them, and no stale file."""
    text = CATALOGUE.read_text(encoding="utf-8")
    for line in ("sign_in:", "administration:", "role_changes:"):
        text = "\n".join(row for row in text.split("\n") if not row.startswith(f"  {line}"))
    root = tmp_path / "root"
    root.mkdir()
    render(load(CATALOGUE), root)
    made = root / "grafana/dashboards/sign-in.json"
    assert made.exists()
    (file,) = [f for f in render(load(write(tmp_path, text)), root) if "sign-in" in f.name]
    assert (file.state, made.exists()) == ("stale", False)
    assert not [f for f in render(load(write(tmp_path, text)), root) if "sign-in" in f.name]


def test_a_dashboard_edited_by_hand_is_named_and_stays(tmp_path: Path) -> None:
    """Also when nothing is to be rendered in its place."""
    root = tmp_path / "root"
    root.mkdir()
    render(load(CATALOGUE), root)
    made = root / "grafana/dashboards/sign-in.json"
    edited = made.read_text().replace('"now-7d"', '"now-1d"')
    made.write_text(edited)
    text = CATALOGUE.read_text(encoding="utf-8").partition("\nsignals:")
    bare = text[0] + "\n" + text[2].partition("\nevents:")[2].join(("\nevents:", ""))
    for catalogue in (load(CATALOGUE), load(write(tmp_path, bare))):
        (file,) = [f for f in render(catalogue, root) if "sign-in" in f.name]
        assert file.state == "edited"
        assert made.read_text() == edited


def test_a_signal_of_a_deleted_event_is_refused(tmp_path: Path) -> None:
    """Who deletes an event that dashboards and alerts watch for is told where it stands."""
    text = CATALOGUE.read_text(encoding="utf-8").replace("\n  system.backup_created:", "\n  a.b:")
    with pytest.raises(CatalogueError) as refused:
        load(write(tmp_path, text))
    assert 'signals.backups: the catalogue does not document "system.backup_created"' in str(
        refused.value
    )


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (ADDED.replace("comment.written", "Comment written"), "has the form resource.action"),
        (
            ADDED.replace("comment.refused", "comment_written.x").replace(
                "comment.written", "comment.written_x"
            ),
            "comment_written.x: makes the same series as comment.written_x",
        ),
        (ADDED.replace("[fair, foul]", str([f"m{n}" for n in range(31)])), "31"),
        (
            ADDED
            + "".join(
                f"      p{n}: {{ type: boolean, description: d, label: true }}\n" for n in range(30)
            ),
            "its labels make",
        ),
    ],
)
def test_bad_events_are_refused(tmp_path: Path, broken: str, sentence: str) -> None:
    """A wrong name, two events of one series, too long a list, thirty labels."""
    with pytest.raises(CatalogueError) as refused:
        load(write(tmp_path, CATALOGUE.read_text(encoding="utf-8") + broken))
    assert sentence in str(refused.value)


def test_an_event_without_labels_is_welcome(tmp_path: Path) -> None:
    """It needs two sentences, and is rendered everywhere."""
    text = "\n  comment.written:\n    description: Written\n    triggered: Now\n"
    catalogue = load(write(tmp_path, CATALOGUE.read_text(encoding="utf-8") + text))
    render(catalogue, tmp_path)
    assert "grafana/dashboards/overview.json" in mentioning(tmp_path)
