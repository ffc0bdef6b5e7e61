"""Every query of every dashboard against real engines that hold fifteen days of events."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from eventdeck.catalogue import series
from eventdeck.catalogue.load import load
from eventdeck.catalogue.model import Catalogue
from eventdeck.render.outputs import OUTPUTS

from tests.conftest import RecordEngine, Require
from tests.exporter.render.dashboards import CATALOGUES, FOLDER, NAMES
from tests.stack.native import database
from tests.stack.native import engines as native
from tests.stack.native.asking import Asker, numbers
from tests.stack.native.conftest import shipped
from tests.stack.native.pushed import push

DAYS = 15  # so that last week has data, and the week before it a beginning
# What rightly finds nothing in these data, and why; each says so in words (`noValue`).
EMPTY = {
    "Documented, never seen": "the sample plays every event",
    "Not as documented": "the sample is as documented",
    "New versions": "there was one version all the time",
}
EMPTY_IN_SHOP = {
    "Not understood": "nobody thought of undocumented events for it",
    "Seen, never documented": "nobody thought of undocumented events for it",
}


class Scraped:
    """A catalogue and the Prometheus that holds what was counted by it."""

    def __init__(self, catalogue: Catalogue, url: str, log: Path, now: int) -> None:
        self.catalogue, self.url, self.log, self.now = catalogue, url, log, now

    def asker(self, name: str, loki: str = "") -> Asker:
        """Ask for one dashboard."""
        text = OUTPUTS[f"{FOLDER}{name}.json"](self.catalogue)
        return Asker(json.loads(text), self.now, database.SCRAPE, prometheus=self.url, loki=loki)


@pytest.fixture(scope="module", params=CATALOGUES)
def scraped(
    request: pytest.FixtureRequest,
    require: Require,
    record_engine: RecordEngine,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scraped]:
    """Build the database of a catalogue and serve it."""
    require("prometheus")
    require("promtool")
    record_engine("prometheus", native.version("prometheus"), shipped("prometheus"))
    path = CATALOGUES[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    log = folder / "logs/app.jsonl"
    database.play(log, path, f"{DAYS}d", per_day=200)
    now = int(time.time())
    database.build(folder, log, path, database.scrapes(now, DAYS))
    with database.serving(folder) as url:
        yield Scraped(load(path), url, log, now)


@pytest.fixture(scope="module")
def loki(
    scraped: Scraped,
    require: Require,
    record_engine: RecordEngine,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Send the same log to a real Loki."""
    require("loki", native.BUILD)
    record_engine("loki", native.version("loki"), shipped("loki"))
    folder = tmp_path_factory.mktemp("logs") / "loki"
    with native.loki(folder, retention="744h") as url:
        push(url, scraped.log, scraped.catalogue)
        yield url


@pytest.mark.parametrize("name", NAMES)
def test_no_query_of_lines_fails_or_is_empty(scraped: Scraped, loki: str, name: str) -> None:
    """The same of Loki, the lines themselves and the annotations included.

    Over a week: undocumented events and backups are rare.
    """
    asker = scraped.asker(name, loki)
    asker.dashboard["time"]["from"] = "now-7d"
    for panel, target in asker.targets("loki"):
        answer = asker.ask(panel, target)
        assert not answer.get("warnings"), answer
        shop = scraped.catalogue.namespace == "shop"
        if panel["title"] not in (EMPTY_IN_SHOP if shop else {}):
            assert numbers(answer), (panel["title"], target["expr"])
    for annotation in asker.annotations("loki"):
        assert asker.mark(annotation)["data"]["result"], annotation


@pytest.mark.parametrize("name", NAMES)
def test_no_query_fails_or_is_empty(scraped: Scraped, name: str) -> None:
    """No panel shows an error, a warning or nothing, but for those in the list."""
    asker = scraped.asker(name)
    for panel, target in asker.targets("prometheus"):
        answer = asker.ask(panel, target)
        about = (panel["title"], target["expr"], answer)
        assert not answer.get("warnings"), about
        assert not answer.get("infos"), about
        if panel["title"] not in EMPTY:
            assert numbers(answer), about


@pytest.mark.parametrize("name", NAMES)
def test_no_annotation_fails(scraped: Scraped, name: str) -> None:
    """Marks of restarts, versions and alerts are found."""
    asker = scraped.asker(name)
    for annotation in asker.annotations("prometheus"):
        answer = asker.mark(annotation)
        assert not answer.get("warnings"), answer
        assert not answer.get("infos"), answer
        if annotation["name"] not in EMPTY:
            assert numbers(answer), annotation


@pytest.mark.parametrize("name", NAMES)
def test_variables_find_something(scraped: Scraped, name: str) -> None:
    """What is asked of Prometheus to fill a variable has an answer."""
    for variable in scraped.asker(name).dashboard["templating"]["list"]:
        if variable["type"] == "query":
            metric, label = variable["definition"][len("label_values(") : -1].split(", ")
            url = f"{scraped.url}/api/v1/label/{label}/values"
            assert native.get(url, **{"match[]": metric})["data"] == ["exporter:9867"]


def test_numbers_are_those_of_the_log(scraped: Scraped) -> None:
    """The tile says how many lines of the last week there are, exactly, and none is estimated."""
    asker = scraped.asker("overview")
    panel, target = next(asker.targets("prometheus"))
    assert panel["title"] == "Events"
    events = f"sum({series.events(scraped.catalogue.namespace)}"
    then = native.get(
        f"{scraped.url}/api/v1/query",
        query=f"{events}) - {events} offset 7d)",
        time=scraped.now,
    )
    assert numbers(asker.ask(panel, target)) == numbers(then)
    times = database.scrapes(scraped.now, DAYS)
    first = max(at for at in times if at <= scraped.now - 7 * database.DAY)
    lines = database.lines_by_time(scraped.log, scraped.catalogue)
    counted = sum(first < at <= scraped.now for at, _ in lines)
    assert float(numbers(asker.ask(panel, target))[0]) == counted
