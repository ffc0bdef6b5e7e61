"""Dashboards keep the rules of good ones, whatever the catalogue.

The rules of Grafana's dashboard-linter, which is a Go program, stand here by their names. Two of
them do not apply: data sources have fixed uids instead of a variable (`template-datasource`), and
one exporter serves one application, whose series have a name of their own instead of a job
(`template-job`, `target-job`).
"""

import json
import re
from itertools import combinations

import pytest
from eventdeck.catalogue.load import load
from eventdeck.render import datasources
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.exporter.render.dashboards import (
    CATALOGUES,
    EVERY,
    NAMES,
    Json,
    dashboard,
    panels,
    targets,
    text,
)

SOURCES = {"prometheus", "loki"}
PANELS = {"stat", "timeseries", "bargauge", "logs", "table", "state-timeline"}
# What is counted: never shown as it is, for it says only how long a process has been running.
COUNTER = re.compile(r"\b\w+(?:_total|_count|_sum)\b(?:\{[^}]*\})?")
AGGREGATED = re.compile(r"\[[^\]]+\]|\s*offset ")
GAUGES = {"promtail_files_active_total"}  # so named by its authors

plugins.register_default_plugins()


@pytest.fixture(params=EVERY, ids="-".join)
def made(request: pytest.FixtureRequest) -> Json:
    """Render one dashboard after the other, of one catalogue after the other."""
    return dashboard(*request.param)


def area(panel: Json) -> tuple[set[int], set[int]]:
    """Columns and lines of the grid that a panel covers."""
    place = panel["gridPos"]
    columns = range(place["x"], place["x"] + place["w"])
    return set(columns), set(range(place["y"], place["y"] + place["h"]))


def test_six_numbers_first_and_lines_last(made: Json) -> None:
    """Who looks for one second sees six numbers; who looks longer comes to the lines."""
    kinds = [panel["type"] for panel in panels(made)]
    assert kinds[:6] == ["stat"] * 6
    assert "logs" not in kinds or kinds[kinds.index("logs") :] == ["logs"] * kinds.count("logs")
    assert len({panel["title"] for panel in made["panels"][:6]}) == 6


def test_panels_fill_the_grid_without_overlap(made: Json) -> None:
    """Each has an id and a place of its own within 24 columns."""
    every = made["panels"]
    assert len({panel["id"] for panel in every}) == len(every)
    for panel in every:
        assert max(area(panel)[0]) < 24
    for one, other in combinations(every, 2):
        assert not (area(one)[0] & area(other)[0] and area(one)[1] & area(other)[1])


def test_every_row_is_filled(made: Json) -> None:
    """No hole to the right of a row."""
    for line in {panel["gridPos"]["y"] for panel in made["panels"]}:
        widths = [p["gridPos"]["w"] for p in made["panels"] if p["gridPos"]["y"] == line]
        assert sum(widths) == 24, line


def test_panel_title_description_units(made: Json) -> None:
    """What it is, what it means, in what unit, when it is bad, what it says when there is none."""
    for panel in panels(made):
        defaults = panel["fieldConfig"]["defaults"]
        assert panel["title"]
        assert len(panel["description"]) > 20, panel["title"]
        assert defaults["unit"]
        assert defaults["noValue"]
        assert defaults["thresholds"]["steps"][0]["value"] is None


def test_panel_no_targets_and_datasource(made: Json) -> None:
    """Every panel asks somebody, by a uid that is provisioned."""
    provisioned = set(re.findall(r"uid: (\w+)", datasources.render(load(CATALOGUES["real"]))))
    assert provisioned >= SOURCES
    for panel in panels(made):
        assert panel["type"] in PANELS
        assert panel["targets"]
        asked = {target["datasource"]["uid"] for target in panel["targets"]}
        assert asked <= SOURCES
        own = panel["datasource"]["uid"]
        assert {own} == asked or (own == "-- Mixed --" and len(asked) > 1)
    assert "${DS_" not in json.dumps(made)


def test_target_promql_and_logql_are_balanced(made: Json) -> None:
    """Brackets close and no line is broken; the engines themselves read them elsewhere."""
    for panel in panels(made):
        for target in panel["targets"]:
            expr = target["expr"]
            assert expr == expr.strip()
            for opened, closed in ("()", "[]", "{}"):
                assert expr.count(opened) == expr.count(closed), panel["title"]


def test_target_rate_interval(made: Json) -> None:
    """Rates take Grafana's interval; whole numbers of our own counters are never estimated."""
    for panel, expr in targets(made, "prometheus"):
        for part in expr.split("rate(")[1:]:
            assert "[$__rate_interval]" in part, panel["title"]
        for part in expr.split("increase(")[1:]:
            assert part.startswith(("promtail_", "loki_")), panel["title"]


def test_target_logql_auto(made: Json) -> None:
    """Ranges of LogQL are those of the dashboard or of its step."""
    for panel, expr in targets(made, "loki"):
        for length in re.findall(r"\[([^\]]+)\]", re.sub(r"`[^`]*`|\[[.]\]", "", expr)):
            assert length in {"$__interval", "$__range"}, panel["title"]


def test_target_counter_agg(made: Json) -> None:
    """No counter is shown as it is; "never seen" alone compares one with zero."""
    for panel, expr in targets(made, "prometheus"):
        for found in COUNTER.finditer(expr):
            if found[0].partition("{")[0] in GAUGES or panel["title"] == "Documented, never seen":
                continue
            if expr[: found.start()].endswith("0 * "):  # says that the series is there
                continue
            assert AGGREGATED.match(expr, found.end()), (panel["title"], found[0])


def test_target_instance(made: Json) -> None:
    """Where an exporter can be chosen, every query about exporters minds the choice."""
    names = [variable["name"] for variable in made["templating"]["list"]]
    asked = [expr for _, expr in targets(made, "prometheus")]
    if made["title"] == "Stack":
        assert not names
        return
    assert "instance" in names
    ours = re.compile(r"\b(?:timetracker|shop|eventdeck(?!_promtail))_\w+")
    for expr in asked:
        for found in ours.finditer(expr):
            place = expr[found.end() :].partition("}")[0]
            assert 'instance=~"$instance"' in place, expr


def test_template_on_time_change_reload_and_all(made: Json) -> None:
    """Variables have All, and what is asked of Prometheus is asked again for another time."""
    for variable in made["templating"]["list"]:
        assert variable["label"]
        assert variable["description"]
        if variable["type"] != "textbox":
            assert variable["includeAll"]
            assert variable["allValue"] == ".+"
        if variable["type"] == "query":
            assert variable["refresh"] == 2


def test_every_variable_is_used_and_known(made: Json) -> None:
    """A choice without effect would be a riddle, one without a field an error."""
    names = {variable["name"] for variable in made["templating"]["list"]}
    asked = json.dumps(made["panels"])
    used = set(re.findall(r"\$\{?(group|level|instance|search|request)\b", asked))
    assert names == used


def test_uneditable_and_linked(made: Json) -> None:
    """What is saved in the browser would be gone; links keep the time and what was chosen."""
    assert made["editable"] is False
    assert made["schemaVersion"] == 39
    assert made["tags"] == ["eventdeck"]
    (link,) = made["links"]
    assert link["tags"] == ["eventdeck"]
    assert link["keepTime"]
    assert link["includeVars"]


def test_marks(made: Json) -> None:
    """Restarts, versions and alerts are marked in every dashboard."""
    names = [annotation["name"] for annotation in made["annotations"]["list"]]
    assert names[-3:] == ["New versions", "Restarts", "Alerts"]


def test_backups_are_marked_where_the_catalogue_names_them() -> None:
    """The real one does, the shop does not."""
    for catalogue, marked in (("real", True), ("shop", False)):
        annotations = dashboard(catalogue, "overview")["annotations"]["list"]
        assert ("Backups" in [annotation["name"] for annotation in annotations]) is marked


def test_uids_are_told_apart_and_stay() -> None:
    """Links from outside, from alerts for instance, name them."""
    uids = [dashboard("real", name)["uid"] for name in NAMES]
    assert uids == [
        "eventdeck-overview",
        "eventdeck-signin",
        "eventdeck-errors",
        "eventdeck-pipeline",
        "eventdeck-stack",
    ]
    assert uids == [dashboard("shop", name)["uid"] for name in NAMES]


def test_grafana_knows_every_key(made: Json) -> None:
    """Grafana's own library loads the file and writes it again: what it drops, it does not know."""
    split = [
        panel | {"targets": [target], "datasource": target["datasource"]}
        for panel in panels(made)
        for target in panel["targets"]
    ]
    rows = [panel for panel in made["panels"] if panel["type"] == "row"]
    wanted = made | {"panels": [*split, *rows]}
    loaded = Dashboard.from_json(json.loads(json.dumps(wanted)))
    assert list(dropped(wanted, json.loads(JSONEncoder().encode(loaded)))) == []


def dropped(before: Json, after: Json, path: str = "") -> list[str]:
    """Where a key or a value is not what it was."""
    if isinstance(before, dict) and isinstance(after, dict):
        lost = [f"{path}/{key}" for key in before if key not in after]
        kept = [key for key in before if key in after]
        return lost + [p for key in kept for p in dropped(before[key], after[key], f"{path}/{key}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [p for i, (one, other) in pairs for p in dropped(one, other, f"{path}/{i}")]
    return [] if before == after else [path]


def test_dropped_sees_an_unknown_key() -> None:
    """The check above can fail."""
    made = dashboard("real", "stack") | {"panelz": []}
    loaded = Dashboard.from_json(json.loads(json.dumps(made)))
    assert dropped(made, json.loads(JSONEncoder().encode(loaded))) == ["/panelz"]


def test_the_shop_knows_nothing_of_the_first_customer() -> None:
    """Nothing in the code knows its name or its events."""
    for name in NAMES:
        found = re.search("timetracker|invoice|auth[.]|login|backup_created", text("shop", name))
        assert not found, found
