"""The Overview leads with what the catalogue declares."""

from tests.exporter.render.dashboards import dashboard, text


def titles(catalogue: str) -> list[str]:
    """Titles of all panels, in order."""
    return [panel["title"] for panel in dashboard(catalogue, "overview")["panels"]]


def test_the_real_one_leads_with_what_the_catalogue_declares() -> None:
    """Gauges, totals and funnels by their names; a tile has room for the first words."""
    shown = titles("real")
    assert shown[:5] == ["Events", "Timers", "Time tracked", "Invoiced", "Paid"]
    assert "Invoices: created → sent → paid" in shown


def test_another_application_shows_its_own() -> None:
    """Amounts and durations are found where no total is declared; health fills the row."""
    shown = titles("shop")
    assert shown[1:3] == ["Total", "Duration"]
    assert "Unknown" in shown
    assert "timetracker" not in text("shop", "overview").lower()
    assert "invoice" not in text("shop", "overview").lower()
