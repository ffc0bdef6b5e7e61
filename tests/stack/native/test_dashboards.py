"""All five dashboards in a real Grafana and a real browser: full, whole, readable, clickable."""

from collections.abc import Iterator

import pytest

from tests.browser import chromium
from tests.conftest import RecordEngine, Require
from tests.exporter.render.dashboards import NAMES, dashboard, panels
from tests.stack.native import engines as native
from tests.stack.native.conftest import shipped
from tests.stack.native.show import look, showing

WIDE = 1440  # pixels
LOOKS = [("light", WIDE), ("dark", WIDE), ("light", 900), ("dark", 900)]
ERRORS = "document.querySelectorAll('[aria-label=\"Panel header error\"]').length"
# Titles, values, names in legends and rankings that do not fit; lines of the log may be cut.
CUT = """
[...document.querySelectorAll('.panel-container *')].filter(e =>
  e.children.length === 0 && e.textContent.trim() && e.scrollWidth > e.clientWidth + 1 &&
  getComputedStyle(e).overflowX === 'hidden' && !e.closest('[class*=logs-row]')
).map(e => e.textContent.trim())
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
    """No error, no "No data", no figure cut off, and on a whole screen no title either."""
    look(tab, grafana, name, theme, width)
    assert "No data" not in tab.js("document.body.innerText")
    assert tab.js(ERRORS) == 0
    titles = {panel["title"] for panel in panels(dashboard("real", name))}
    whole = titles if width == WIDE else set()
    assert [text for text in tab.js(CUT) if text in whole or text[0].isdigit()] == []
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
