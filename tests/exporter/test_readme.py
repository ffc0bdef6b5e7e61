"""What the README tells a reader to do can be done."""

import re
from pathlib import Path

from eventdeck.catalogue import series
from eventdeck.catalogue.load import load

from tests.exporter.service import CATALOGUE, ROOT

README = (ROOT / "README.md").read_text()


def test_its_event_can_be_added_as_it_stands(tmp_path: Path) -> None:
    """The catalogue with the README's lines loads, and makes the series that it names."""
    (example,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "events.yaml").write_text(CATALOGUE.read_text() + example)
    catalogue = load(tmp_path / "events.yaml")
    event = catalogue.by_name["comment.created"]
    name = series.counter(catalogue.namespace, event)
    assert f'`{name}{{target_type="project"}}`' in README
    assert "project" in event.labels[0].values


def test_its_links_and_pictures_are_there() -> None:
    """Every relative link leads to a file."""
    links = re.findall(r"\]\(([^)#:]+)\)|(?:src|srcset)=\"([^\"]+)\"", README)
    paths = [one or other for one, other in links]
    assert len(paths) >= 4
    assert [path for path in paths if not (ROOT / path).exists()] == []
