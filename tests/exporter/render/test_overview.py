"""The Overview leads with what the catalogue declares."""

import json
from pathlib import Path

from eventdeck.catalogue.load import load
from eventdeck.render import overview
from eventdeck.render.dashboard import Json

ROOT = Path(__file__).parents[3]
CATALOGUES = {
    "real": ROOT / "exporter/events.yaml",
    "shop": ROOT / "tests/exporter/sample/shop.yaml",
}


def titles(made: Json) -> list[str]:
    """Titles of all panels, in order."""
    return [panel["title"] for panel in made["panels"]]


def test_the_real_one_leads_with_what_the_catalogue_declares() -> None:
    """Gauges, totals and funnels of the catalogue, by their names."""
    shown = titles(json.loads(overview.render(load(CATALOGUES["real"]))))
    assert shown[:5] == ["Events", "Timers running", "Time tracked", "Invoiced", "Paid"]
    assert "Invoices: created → sent → paid" in shown


def test_another_application_shows_its_own() -> None:
    """Amounts and durations are found where no total is declared; health fills the row."""
    text = overview.render(load(CATALOGUES["shop"]))
    shown = titles(json.loads(text))
    assert shown[1:3] == ["Total, order.placed", "Duration minutes, stock.counted"]
    assert "Undocumented" in shown
    assert "timetracker" not in text.lower()
    assert "invoice" not in text.lower()
