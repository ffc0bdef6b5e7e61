"""`EVENTS.md` follows the catalogue."""

import re
from pathlib import Path

import pytest
import yaml
from eventdeck.catalogue.load import load
from eventdeck.catalogue.model import Catalogue
from eventdeck.render.events_md import render
from eventdeck.render.prose import anchor
from msgspec import structs

EVENTS = Path(__file__).parents[3] / "exporter" / "events.yaml"

EXPORT_PDF = """
Report is exported to PDF.

Triggered: When user exports a report to PDF. Since 2025-10-20.

| Property | Type | Unit | Label values | Histogram buckets | Description |
| --- | --- | --- | --- | --- | --- |
| `user_id` | id | | | | User who performed export |
| `report_type` | string | | `summary`, `detailed`, `project` | | Type of report |
| `num_pages` | number | pages | | 1, 2, 5, 10, 20, 50, 100 | Number of pages in PDF |

- counter `timetracker_export_pdf_total{report_type}`
- histogram `timetracker_export_pdf_num_pages`

"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Load the catalogue that the project ships."""
    return load(EVENTS)


def section(text: str, event: str) -> str:
    """What stands under the heading of an event."""
    found = re.search(rf"^### `{re.escape(event)}`\n(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL)
    assert found, event
    return found[1]


def test_every_event_and_every_property_stands_there(catalogue: Catalogue) -> None:
    """Each event has a heading, and under it a row for each property."""
    text = render(catalogue)
    for event in catalogue.events:
        rows = re.findall(r"^\| `([\w-]+)` \|", section(text, event.name), re.MULTILINE)
        assert rows == [prop.name for prop in event.properties]


def test_a_section_reads_like_this(catalogue: Catalogue) -> None:
    """Description, trigger, day, properties and series of one event, whole."""
    assert section(render(catalogue), "export.pdf") == EXPORT_PDF


def test_labels_null_and_private_are_shown(catalogue: Catalogue) -> None:
    """What an operator must know of a property is in its row."""
    text = render(catalogue)
    failed = section(text, "auth.login_failed")
    assert "| `username` | string | yes | | hashed | Attempted username |" in failed
    assert "- counter `timetracker_auth_login_failed_total{auth_method,reason}`" in failed
    assert "| `task_id` | id | yes | | Associated task ID (if any) |" in section(
        text, "timer.started"
    )


def test_a_deleted_event_is_gone(catalogue: Catalogue) -> None:
    """No trace of its name is left, and a group without events is gone too."""
    rest = tuple(event for event in catalogue.events if not event.name.startswith("client."))
    text = render(structs.replace(catalogue, events=rest))
    assert "client.created" in render(catalogue)
    assert "client.created" not in text
    assert "## Clients" not in text


def test_the_example_of_a_new_event_works(catalogue: Catalogue, tmp_path: Path) -> None:
    """What the reference tells people to write is an event, and the reference then has it."""
    example = render(catalogue).split("```")[1].removeprefix("yaml\n")
    path = tmp_path / "events.yaml"
    path.write_text(EVENTS.read_text(encoding="utf-8") + "\n" + example, encoding="utf-8")
    text = render(load(path))
    assert "Comment is written." in section(text, "comment.created")
    assert len(text.splitlines()) > len(render(catalogue).splitlines())
    assert len(yaml.safe_load(example)["comment.created"]) == 3


def test_links_lead_to_headings(catalogue: Catalogue) -> None:
    """Every link of the contents has its heading."""
    text = render(catalogue)
    headings = {anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    assert set(re.findall(r"\]\((#[^)]+)\)", text)) <= headings


def test_words_are_not_taken_for_markup(catalogue: Catalogue) -> None:
    """A description with markup in it is shown as it was written."""
    event = structs.replace(catalogue.events[0], description="a | b <script> *c* [d](e)")
    text = render(structs.replace(catalogue, events=(event, *catalogue.events[1:])))
    assert r"a \| b \<script\> \*c\* \[d\](e)." in text


def test_deprecated_events_say_so(catalogue: Catalogue) -> None:
    """The day from which an event is no longer to be written is shown."""
    event = structs.replace(catalogue.events[0], deprecated=catalogue.events[0].since)
    text = render(structs.replace(catalogue, events=(event, *catalogue.events[1:])))
    assert "Since 2025-10-20. Deprecated from 2025-10-20." in text
