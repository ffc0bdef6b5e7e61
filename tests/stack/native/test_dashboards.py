"""All five dashboards in a real Grafana and a real browser: full, whole, readable, clickable."""

from collections.abc import Iterator

import pytest

from tests.browser import chromium
from tests.config.test_alerts import alerts
from tests.conftest import RecordEngine, Require
from tests.exporter.render.dashboards import NAMES
from tests.stack.native import engines as native
from tests.stack.native.conftest import shipped
from tests.stack.native.show import LOOKS, TITLES, genuine, look, showing

ERRORS = "document.querySelectorAll('[aria-label=\"Panel header error\"]').length"
# Titles, values, names in legends and rankings that do not fit; lines of the log may be cut.
CUT = """
[...document.querySelectorAll('.panel-container *')].filter(e =>
  e.children.length === 0 && e.textContent.trim() && e.scrollWidth > e.clientWidth + 1 &&
  getComputedStyle(e).overflowX === 'hidden' && !e.closest('[class*=logs-row]')
).map(e => e.textContent.trim())
"""
NO_DATA = """
[...document.querySelectorAll('[aria-label$=" panel"]')].filter(e =>
  e.innerText.includes('No data')).map(e => e.ariaLabel)
"""
PANEL = "document.querySelector('[aria-label=\"{} panel\"]')"
LINK = PANEL + "?.querySelector('a[href*=\"explore?left\"]')?.href"
ROW = PANEL + "?.querySelector('tr[class*=logs-row]')"


@pytest.fixture(scope="module")
def grafana(
    require: Require, record_engine: RecordEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Two weeks of sample events in real engines."""
    for program in ("prometheus", "promtool"):
        require(program)
    for program in ("loki", "grafana"):
        require(program, native.BUILD)
        record_engine(program, native.version(program), shipped(program))
    with showing(tmp_path_factory.mktemp("show")) as url:
        yield url


@pytest.fixture(scope="module")
def genuine_grafana(
    grafana: str, require: Require, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """What the application itself wrote, through exporter and Promtail."""
    assert grafana
    require("promtail", native.BUILD)
    with genuine(tmp_path_factory.mktemp("genuine")) as url:
        yield url


@pytest.fixture(scope="module")
def shop(grafana: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same of an invented web shop."""
    assert grafana
    with showing(tmp_path_factory.mktemp("shop"), "shop") as url:
        yield url


@pytest.fixture(scope="module")
def browser(grafana: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Chromium]:
    """Start a real Chromium."""
    assert grafana
    path = chromium.find()
    if path is None:
        pytest.skip("chromium: not found; on Debian: sudo bash tests/system-packages.sh")
    with chromium.running(path, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def tab(browser: chromium.Chromium) -> Iterator[chromium.Tab]:
    """Open a tab."""
    with browser.tab() as tab:
        yield tab


@pytest.mark.parametrize(("theme", "width"), LOOKS)
@pytest.mark.parametrize("name", NAMES)
def test_it_is_full_and_whole(
    tab: chromium.Tab, grafana: str, name: str, theme: str, width: int
) -> None:
    """No error, no "No data", no figure, name or title cut off, on a small screen either."""
    look(tab, grafana, name, theme, width)
    assert "No data" not in tab.js("document.body.innerText")
    whole(tab)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 900)])
def test_genuine_events_too(
    tab: chromium.Tab, genuine_grafana: str, name: str, theme: str, width: int
) -> None:
    """What the application itself wrote; it has neither errors nor administrators at work.

    Grafana's panel of lines says "No data" of its own accord, whatever `noValue` says.
    """
    look(tab, genuine_grafana, name, theme, width)
    empty = set(tab.js(NO_DATA))
    assert empty <= {"Lines of errors panel", "Administration panel", "Not understood panel"}
    whole(tab)


@pytest.mark.parametrize("name", NAMES)
def test_another_application_too(tab: chromium.Tab, shop: str, name: str) -> None:
    """The web shop, of which the code knows nothing, on a small screen; all it logs is known."""
    look(tab, shop, name, "light", 900, "shop")
    assert set(tab.js(NO_DATA)) <= {"Not understood panel"}
    whole(tab)


def whole(tab: chromium.Tab) -> None:
    """See that nothing is cut, and that no engine has refused anything."""
    assert tab.js(ERRORS) == 0
    assert tab.js(CUT) == []
    assert [error for error in tab.errors if "status of 4" in error or "status of 5" in error] == []


def test_a_kind_of_error_leads_to_its_lines(tab: chromium.Tab, grafana: str) -> None:
    """One click on a bar, and Explore shows lines of that kind and of the same time."""
    look(tab, grafana, "errors", "light", 1440)
    link = native.eventually(lambda: tab.js(LINK.format("Most frequent errors")), "there is a link")
    tab.send("Page.navigate", url=link)
    tab.until("document.body?.innerText.includes('system.error')")
    assert "now-7d" not in link  # the time is that of the dashboard, fixed


def test_a_line_leads_to_all_lines_of_its_request(tab: chromium.Tab, grafana: str) -> None:
    """One click opens the line, another one Explore with all lines of that request."""
    look(tab, grafana, "errors", "light", 1440)
    row, found = ROW.format("Lines of errors"), LINK.format("Lines of errors")
    opened = "document.querySelector('[class*=logs-row-details-table]')"  # a refresh closes it
    link = tab.until(f"{found} ?? ({opened} ? null : ({row}?.click(), null))")
    request = link.partition("request_id%3D%60")[2].partition("%60")[0]
    assert request
    tab.send("Page.navigate", url=link)
    tab.until(f"document.body?.innerText.includes('{request}')")


def test_links_keep_time_and_choice(tab: chromium.Tab, grafana: str) -> None:
    """From one dashboard to the next with one click, with the same hours and the same filter."""
    chosen = "from=now-3h&to=now&var-level=error"
    tab.size(1440, 1200)
    tab.open(f"{grafana}/d/eventdeck-overview?{chosen}")
    where = (
        "[...document.querySelectorAll('a')].find(a => a.href.includes('eventdeck-errors'))?.href"
    )
    link = tab.until(where)
    for part in chosen.split("&"):
        assert part in link


def test_an_alert_leads_to_its_heading_in_the_runbook(tab: chromium.Tab, grafana: str) -> None:
    """The link of every alert shows one panel alone: its own heading, with what to do first."""
    for alert in alerts():
        tab.open(linked(alert, "runbook_url", grafana))
        tab.until(f"JSON.stringify({TITLES}) === '[\"{alert['alert']} panel\"]'")
        tab.until("document.body.innerText.includes('First:')")


def test_an_alert_leads_to_its_dashboard(tab: chromium.Tab, grafana: str) -> None:
    """Every dashboard that an alert names is there."""
    for link in {linked(alert, "dashboard_url", grafana) for alert in alerts()}:
        tab.open(link)
        native.eventually(lambda: len(tab.js(TITLES)) > 1, link)


def linked(alert: native.Json, name: str, grafana: str) -> str:
    """Where an alert's link leads, as Prometheus fills it in."""
    return grafana + str(alert["annotations"][name]).partition("}}")[2]


def test_what_fires_leads_to_the_runbook(tab: chromium.Tab, grafana: str) -> None:
    """One click on a row of the list."""
    look(tab, grafana, "stack", "light", 1440)
    found = PANEL.format("Firing now") + "?.querySelector('a[href*=\"eventdeck-runbook\"]')?.href"
    tab.open(tab.until(found))
    native.eventually(lambda: "ErrorBurst panel" in tab.js(TITLES), "the runbook is there")
