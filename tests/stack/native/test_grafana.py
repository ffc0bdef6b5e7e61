"""Real Grafana in a real browser: the Overview is home, shows no error, and links to requests."""

from collections.abc import Iterator

import pytest
from eventdeck.catalogue.load import load
from eventdeck.render import promtail

from tests.browser import chromium
from tests.conftest import RecordEngine, Require
from tests.stack.native import engines as native
from tests.stack.native.conftest import shipped
from tests.stack.native.test_overview import CATALOGUES, play

pytestmark = pytest.mark.usefixtures("engines")

TITLES = "[...document.querySelectorAll('[aria-label$=\" panel\"]')].map(e => e.ariaLabel)"
LINKS = "[...document.querySelectorAll('a')].map(a => a.href).filter(h => h.includes('left='))"


@pytest.fixture(scope="module")
def stack(
    require: Require, record_engine: RecordEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Run everything on sample events; gives Grafana's address."""
    require("prometheus")
    require("grafana", native.BUILD)
    record_engine("grafana", native.version("grafana"), shipped("grafana"))
    folder = tmp_path_factory.mktemp("grafana")
    log = folder / "logs/app.jsonl"
    play(log, CATALOGUES["real"])
    config = promtail.render(load(CATALOGUES["real"]))
    with (
        native.loki(folder / "loki", retention="744h") as loki,
        native.promtail(folder / "promtail", log.parent, loki, config),
        native.exporter(folder / "exporter", log) as exporter,
        native.prometheus(folder / "prometheus", {"exporter": exporter, "loki": loki}) as metrics,
        native.grafana(folder / "grafana", metrics, loki) as grafana,
    ):
        query = {"query": "count(count_over_time(timetracker_events_total[1m]) > 10)"}
        native.eventually(
            lambda: native.get(f"{metrics}/api/v1/query", **query)["data"]["result"],
            "Prometheus has scraped",
        )
        yield grafana


@pytest.fixture
def tab(stack: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Tab]:
    """Open the home page in a browser and wait until the panels are drawn."""
    path = chromium.find()
    if path is None:
        pytest.skip("chromium: not found; on Debian: sudo bash tests/system-packages.sh")
    with (
        chromium.running(path, tmp_path_factory.mktemp("profile")) as browser,
        browser.tab() as tab,
    ):
        tab.size(1440, 1700)
        tab.open(f"{stack}/")
        native.eventually(lambda: len(tab.js(TITLES)) >= 14, "all panels are there")
        yield tab


def test_overview_is_home_and_shows_no_error(tab: chromium.Tab) -> None:
    """Every panel is drawn, and Grafana refuses none of its queries."""
    tab.until("document.body.innerText.includes('auth.login')")
    tab.until("document.body.innerText.includes('Undocumented')")
    titles = tab.js(TITLES)
    assert titles[0] == "Events panel"
    assert titles[-1] == "Log panel"
    assert "No data" not in tab.js("document.body.innerText")
    assert tab.js("document.querySelectorAll('[aria-label=\"Panel header error\"]').length") == 0
    assert [error for error in tab.errors if "50" in error] == []


def test_dashboards_are_in_a_folder_that_stays(stack: str) -> None:
    """Uids are fixed, and what is provisioned cannot be saved over."""
    found = native.get(f"{stack}/api/dashboards/uid/eventdeck-overview")
    assert found["meta"]["folderUid"] == "eventdeck"
    assert found["meta"]["provisioned"] is True
    assert found["dashboard"]["editable"] is False


def test_an_exemplar_leads_to_the_lines_of_its_request(tab: chromium.Tab) -> None:
    """A point in the trend has a link; Explore shows the line with that request's id."""
    (link,) = native.eventually(lambda: hover(tab), "an exemplar has a link")
    tab.send("Page.navigate", url=link)
    request = link.partition("request_id%3D%60")[2].partition("%60")[0]
    tab.until(f'document.body?.innerText.includes(\'"request_id":"{request}"\')')


def hover(tab: chromium.Tab) -> list[str]:
    """Point at the last exemplar, wherever it stands now, and return the links that appear."""
    at = tab.js(
        "(() => { const r = [...document.querySelectorAll('[aria-label=\"Exemplar marker\"]')]"
        ".pop()?.getBoundingClientRect(); return r && [r.x + r.width / 2, r.y + r.height / 2] })()"
    )
    for step in (0, 1) if at else ():
        tab.send("Input.dispatchMouseEvent", type="mouseMoved", x=at[0] + step, y=at[1])
    links: list[str] = tab.js(LINKS)
    return links
