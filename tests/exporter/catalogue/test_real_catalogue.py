"""The catalogue that the project ships, against the documentation of the application."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from eventdeck.catalogue import series
from eventdeck.catalogue.load import load
from eventdeck.catalogue.model import Catalogue, Property

SEED = (Path(__file__).parent / "fixtures" / "seed_events.md").read_text(encoding="utf-8")
SCHEMA, _, GUIDELINES = SEED.partition("## Usage Guidelines")

TYPES = {
    "string": {"id", "string"},
    "number": {"number"},
    "boolean": {"boolean"},
    "array": {"list"},
    "datetime": {"datetime"},
}


def documented() -> dict[str, str]:
    """Event name -> its section of the documentation."""
    sections = re.split(r"^### `", SCHEMA, flags=re.MULTILINE)[1:]
    return {name: text for name, _, text in (section.partition("`\n") for section in sections)}


def documented_properties() -> list[tuple[str, str, str, str]]:
    """(event, property, type, description), as documented."""
    return [
        (event, *found)
        for event, text in documented().items()
        for found in re.findall(r"^- `(\w+)` \(([^)]+)\): (.+)$", text, flags=re.MULTILINE)
    ]


@pytest.fixture(scope="module")
def catalogue(real: Path) -> Catalogue:
    """Load it once."""
    return load(real)


def find(catalogue: Catalogue, event: str, name: str) -> Property:
    """Find a property under its event, or among those that every line carries."""
    properties = (*catalogue.by_name[event].properties, *catalogue.automatic)
    return next(prop for prop in properties if prop.name == name)


def test_it_has_the_26_documented_events(catalogue: Catalogue) -> None:
    """The events are those of the documentation, in its order."""
    assert [event.name for event in catalogue.events] == list(documented())
    assert len(catalogue.events) == 26


@pytest.mark.parametrize(("event", "name", "kind", "description"), documented_properties())
def test_it_has_every_documented_property(
    catalogue: Catalogue, event: str, name: str, kind: str, description: str
) -> None:
    """Each documented property has its type, its nullability and its description."""
    prop = find(catalogue, event, name)
    assert prop.type in TYPES[kind.removesuffix("|null")]
    assert prop.nullable == kind.endswith("|null")
    if name != "timestamp":
        assert description.startswith(prop.description)


def test_every_documented_property_is_looked_at() -> None:
    """Each line that begins like a property is one, but for two about the naming."""
    assert len(documented_properties()) == len(re.findall(r"^- `", SCHEMA, flags=re.MULTILINE)) - 2


def test_it_has_no_property_that_is_not_documented(catalogue: Catalogue) -> None:
    """Nothing was invented."""
    known = {(event, name) for event, name, _, _ in documented_properties()}
    ours = {(event.name, prop.name) for event in catalogue.events for prop in event.properties}
    assert ours <= known


@pytest.mark.parametrize("event", list(documented()))
def test_it_tells_what_the_documentation_tells(catalogue: Catalogue, event: str) -> None:
    """Description and trigger are the documented words, the day is that of the first schema."""
    text = documented()[event]
    about = catalogue.by_name[event]
    assert about.description == text.partition("\n")[0]
    assert f"**Triggered:** {about.triggered}\n" in text
    assert about.since == date(2025, 10, 20)


def test_the_values_that_are_documented_are_closed_lists(catalogue: Catalogue) -> None:
    """Values in quotes behind a property are exactly its label's values."""
    for event, name, _, description in documented_properties():
        values = re.findall(r'"(\w+)"', description)
        if values:
            assert list(find(catalogue, event, name).values) == values


def test_the_shared_properties_are_those_of_the_guidelines(catalogue: Catalogue) -> None:
    """What is added automatically, or is common and optional, stands once, in its own section."""
    parts = GUIDELINES.split("**Common optional properties:**")
    automatic, common = (re.findall(r"^- `(\w+)`", part, re.MULTILINE) for part in parts)
    assert [prop.name for prop in catalogue.automatic] == automatic
    assert [prop.name for prop in catalogue.common] == common
    assert all(prop.optional for prop in catalogue.common)


def test_private_words_are_marked(catalogue: Catalogue) -> None:
    """The properties in which people write words of their own are private."""
    marked = {(e.name, p.name) for e in catalogue.events for p in e.properties if p.private}
    assert marked == {
        ("auth.login_failed", "username"),
        ("project.created", "project_name"),
        ("timer.started", "description"),
        ("system.error", "error_message"),
    }


def test_ids_are_ids(catalogue: Catalogue) -> None:
    """Whatever is named as an id has the type that can never be a label."""
    for event in catalogue.events:
        for prop in event.properties:
            assert (prop.type == "id") == prop.name.endswith("_id")


def test_the_line_format_is_that_of_the_application(catalogue: Catalogue) -> None:
    """A genuine line has its name, level and request where the catalogue says."""
    line = json.loads(
        '{"asctime": "2026-11-23 00:29:12,983", "levelname": "INFO", "message": "auth.login",'
        ' "request_id": "e5abb4ee", "event": "auth.login", "user_id": 1}'
    )
    where = catalogue.line
    assert line[where.event[0]] == line[where.event[1]] == "auth.login"
    assert line[where.level[0]] == "INFO"
    assert line[where.request_id] == "e5abb4ee"
    assert [(time.field, time.format) for time in where.time] == [
        ("timestamp", "rfc3339"),
        ("asctime", "%Y-%m-%d %H:%M:%S,%f"),
    ]


def test_the_gauge_follows_the_timers(catalogue: Catalogue) -> None:
    """A timer is running from its start until it is stopped, by hand or by idling."""
    (gauge,) = catalogue.gauges
    assert (gauge.name, gauge.up) == ("timers_running", ("timer.started",))
    assert gauge.down == ("timer.stopped", "timer.idle_detected")


def test_series_names(catalogue: Catalogue) -> None:
    """The histograms are named by resource, action and property, in base units."""
    names = {
        series.histogram(catalogue.namespace, event, prop)
        for event in catalogue.events
        for prop in event.histograms
    }
    assert names == {
        "timetracker_timer_stopped_duration_seconds",
        "timetracker_timer_idle_detected_idle_seconds",
        "timetracker_timer_idle_detected_duration_seconds",
        "timetracker_report_generated_date_range_seconds",
        "timetracker_report_generated_num_entries",
        "timetracker_export_csv_num_rows",
        "timetracker_export_pdf_num_pages",
        "timetracker_invoice_created_total_amount",
        "timetracker_invoice_created_num_line_items",
        "timetracker_invoice_paid_amount",
        "timetracker_system_backup_created_size_bytes",
    }


def test_counters_by_label(catalogue: Catalogue) -> None:
    """An event with labels has a counter of its own, one without has none."""
    failed = catalogue.by_name["auth.login_failed"]
    assert series.counter("timetracker", failed) == "timetracker_auth_login_failed_total"
    assert [label.name for label in failed.labels] == ["auth_method", "reason"]
    assert catalogue.by_name["auth.logout"].labels == ()
