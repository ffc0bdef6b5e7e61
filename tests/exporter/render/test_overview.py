"""The Overview dashboard follows from any catalogue, and keeps the rules of good dashboards."""

import json
import re
from itertools import combinations
from pathlib import Path

import pytest
from eventdeck.catalogue.load import load
from eventdeck.catalogue.model import Catalogue
from eventdeck.render import datasources, overview
from eventdeck.render.dashboard import Json

ROOT = Path(__file__).parents[3]
CATALOGUES = {
    "real": ROOT / "exporter/events.yaml",
    "shop": ROOT / "tests/exporter/sample/shop.yaml",
}


@pytest.fixture(scope="module", params=CATALOGUES)
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    """Load one catalogue after the other."""
    return load(CATALOGUES[request.param])


@pytest.fixture(scope="module")
def made(catalogue: Catalogue) -> Json:
    """Render its dashboard."""
    dashboard: Json = json.loads(overview.render(catalogue))
    return dashboard


def area(panel: Json) -> tuple[set[int], set[int]]:
    """Columns and lines of the grid that a panel covers."""
    place = panel["gridPos"]
    columns = range(place["x"], place["x"] + place["w"])
    return set(columns), set(range(place["y"], place["y"] + place["h"]))


def titles(made: Json) -> list[str]:
    """Titles of all panels, in order."""
    return [panel["title"] for panel in made["panels"]]


def test_six_numbers_first_and_lines_last(made: Json) -> None:
    """Who looks for one second sees six numbers; who looks longer comes to the lines."""
    kinds = [panel["type"] for panel in made["panels"]]
    assert kinds[:6] == ["stat"] * 6
    assert kinds.count("stat") == 6
    assert kinds[-1] == "logs"


def test_panels_fill_the_grid_without_overlap(made: Json) -> None:
    """Each has an id and a place of its own within 24 columns."""
    panels = made["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        assert max(area(panel)[0]) < 24
    for one, other in combinations(panels, 2):
        assert not (area(one)[0] & area(other)[0] and area(one)[1] & area(other)[1])


def test_every_panel_explains_itself(made: Json) -> None:
    """Title, description, unit, thresholds, and what it says where there is nothing."""
    for panel in made["panels"]:
        defaults = panel["fieldConfig"]["defaults"]
        assert panel["title"]
        assert panel["description"].endswith(".") or panel["type"] in {"stat", "timeseries"}
        assert defaults["unit"]
        assert defaults["noValue"]
        assert defaults["thresholds"]["steps"]


def test_queries_name_provisioned_data_sources(made: Json, catalogue: Catalogue) -> None:
    """By uid, so that no dashboard asks for an input."""
    provisioned = set(re.findall(r"uid: (\w+)", datasources.render(catalogue)))
    used = {target["datasource"]["uid"] for panel in made["panels"] for target in panel["targets"]}
    assert used == provisioned == {"prometheus", "loki"}


def test_rates_and_counts(made: Json) -> None:
    """Rates take Grafana's interval; no whole number comes from `increase()`."""
    for panel in made["panels"]:
        for target in panel["targets"]:
            assert "increase(" not in target["expr"]
            assert all("$__rate_interval" in part for part in target["expr"].split("rate(")[1:])


def test_nobody_edits_it_in_the_browser(made: Json) -> None:
    """What is saved there would be gone at the next rendering."""
    assert made["editable"] is False
    assert made["schemaVersion"] == 39
    assert made["uid"] == "eventdeck-overview"


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
