"""Every query of the Overview against real engines: no error, no empty answer, exact numbers."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from eventdeck.catalogue.load import load
from eventdeck.render import promtail
from eventdeck.render.outputs import OUTPUTS

from tests.conftest import RecordEngine, Require
from tests.stack.native import engines as native
from tests.stack.native.asking import CHOSEN, numbers
from tests.stack.native.conftest import shipped

CATALOGUES = {
    "real": native.ROOT / "exporter/events.yaml",
    "shop": native.ROOT / "tests/exporter/sample/shop.yaml",
}
WEEK = 7 * 86400  # seconds: the range that the dashboard opens with
# What may rightly be nothing, with the reason; it says so in words (`noValue`).
NOTHING = {
    "vs. last week": "nothing was counted a week ago",
    "a week earlier": "nothing was counted a week ago",
    "Against last week": "nothing was counted a week ago",
}
GRAFANA = {
    "${__range_s}": f"{WEEK}",
    "$__range": f"{WEEK}s",
    "$__rate_interval": "5s",
    "$__interval": "3h",
    **CHOSEN,
}


class Played:
    """Sample events of three days, counted and collected, and the dashboard about them."""

    def __init__(self, prometheus: str, loki: str, dashboard: native.Json, lines: int) -> None:
        self.prometheus = prometheus
        self.loki = loki
        self.panels = {panel["title"]: panel for panel in dashboard["panels"]}
        self.lines = lines

    def ask(self, target: native.Json) -> native.Json:
        """The answer to a panel's query, as Grafana would ask."""
        query, now = target["expr"], time.time()
        for name, value in GRAFANA.items():
            query = query.replace(name, value)
        if target["datasource"]["type"] == "loki":
            begin = f"{now - WEEK:.0f}"
            url = f"{self.loki}/loki/api/v1/query_range"
            return native.get(url, query=query, start=begin, end=f"{now + 1:.0f}", step="3h")
        if target["instant"]:
            return native.get(f"{self.prometheus}/api/v1/query", query=query, time=now)
        url = f"{self.prometheus}/api/v1/query_range"
        return native.get(url, query=query, start=now - 60, end=now, step=1)

    def number(self, title: str) -> float:
        """What a tile shows."""
        (result,) = self.ask(self.panels[title]["targets"][0])["data"]["result"]
        return float(result["value"][1])


@pytest.fixture(scope="module", params=CATALOGUES)
def played(
    request: pytest.FixtureRequest,
    require: Require,
    record_engine: RecordEngine,
    engines: None,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Played]:
    """Play a catalogue's events, and start all engines on them."""
    require("prometheus")
    record_engine("prometheus", native.version("prometheus"), shipped("prometheus"))
    path = CATALOGUES[request.param]
    catalogue = load(path)
    folder = tmp_path_factory.mktemp(request.param)
    log = folder / "logs/app.jsonl"
    play(log, path)
    count = log.read_bytes().count(b"\n")
    with (
        native.loki(folder / "loki", retention="744h") as loki,
        native.promtail(folder / "promtail", log.parent, loki, promtail.render(catalogue)),
        native.exporter(folder / "exporter", log, path) as exporter,
        native.prometheus(folder / "prometheus", {"exporter": exporter, "loki": loki}) as metrics,
    ):
        played = Played(
            metrics, loki, json.loads(OUTPUTS["grafana/dashboards/overview.json"](catalogue)), count
        )
        native.eventually(lambda: collected(played), "all is scraped and sent")
        yield played


def play(log: Path, catalogue: Path) -> None:
    """Write three days of sample events up to now."""
    command = [sys.executable, "-m", "eventdeck", "sample", "--out", str(log)]
    command += ["--catalogue", str(catalogue), "--past", "3d", "--per-day", "600"]
    command += ["--no-live", "--seed", "7", "--time", "timestamp"]
    env = {"PYTHONPATH": str(native.ROOT / "exporter"), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, check=True, capture_output=True, env=env)


def collected(played: Played) -> bool:
    """Whether Prometheus has two scrapes and Loki every line."""
    series = native.get(
        f"{played.prometheus}/api/v1/query", query='min(count_over_time(up{job="exporter"}[1m]))'
    )["data"]["result"]
    lines = native.get(
        f"{played.loki}/loki/api/v1/query", query=f'sum(count_over_time({{app=~".+"}}[{WEEK}s]))'
    )["data"]["result"]
    scraped = bool(series) and float(series[0]["value"][1]) > 3
    return scraped and bool(lines) and int(lines[0]["value"][1]) == played.lines


def test_no_query_fails_or_is_empty(played: Played) -> None:
    """Nobody's first look finds an error, a warning or an empty panel."""
    for title, panel in played.panels.items():
        for target in panel["targets"]:
            answer = played.ask(target)
            assert not answer.get("warnings"), (title, answer)
            assert not answer.get("infos"), (title, answer)
            assert answer["data"]["result"], (title, target["expr"])


def test_only_what_is_listed_says_nothing(played: Played) -> None:
    """NaN stands for "nothing to compare with" and nowhere else."""
    for title, panel in played.panels.items():
        for target in panel["targets"]:
            if title not in NOTHING and target["legendFormat"] not in NOTHING:
                assert numbers(played.ask(target)), (title, target["expr"])


def test_events_are_counted_exactly(played: Played) -> None:
    """A log of three days, read for the first time, counts in full over a week."""
    assert played.number("Events") == played.lines


def test_lines_are_as_many_as_events(played: Played) -> None:
    """The trend by group, added up, is the number in the tile."""
    total = 0.0
    for target in played.panels["Events by group"]["targets"]:
        for series in played.ask(target)["data"]["result"]:
            total += sum(float(value) for _, value in series["values"])
    assert total == played.lines
