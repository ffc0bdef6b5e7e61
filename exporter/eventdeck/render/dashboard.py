"""Dashboards as plain dictionaries: Grafana's classic JSON, schema version 39 (9.4 to 13)."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

Json = dict[str, Any]

PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}
LOKI = {"type": "loki", "uid": "loki"}
MIXED = {"type": "datasource", "uid": "-- Mixed --"}
WIDTH = 24  # columns of Grafana's grid
TAG = "eventdeck"
COUNT = "locale"  # 1,234: Grafana's "short" would say 1.23 K
NEUTRAL: tuple[tuple[float | None, str], ...] = ((None, "text"),)

Steps = Sequence[tuple[float | None, str]]  # threshold -> colour; the first has none


def prometheus(
    expr: str, legend: str = "", *, instant: bool = False, exemplars: bool = False
) -> Json:
    """A PromQL query: over the range, or `instant` at its end."""
    return {
        "datasource": PROMETHEUS,
        "expr": expr,
        "legendFormat": legend or "__auto",
        "instant": instant,
        "range": not instant,
        "exemplar": exemplars,
        "editorMode": "code",
    }


def loki(expr: str, legend: str = "", *, instant: bool = False) -> Json:
    """A LogQL query: over the range, or `instant` at its end."""
    return {
        "datasource": LOKI,
        "expr": expr,
        "legendFormat": legend,
        "queryType": "instant" if instant else "range",
        "editorMode": "code",
    }


def panel(  # noqa: PLR0913  what every panel must say
    kind: str,
    title: str,
    about: str,
    targets: Iterable[Json],
    *,
    unit: str = COUNT,
    empty: str,
    steps: Steps = NEUTRAL,
    options: Json | None = None,
    custom: Json | None = None,
    **defaults: Any,  # noqa: ANN401
) -> Json:
    """A panel. `empty` is what it says where its queries rightly find nothing."""
    lettered = [{"refId": chr(ord("A") + i), **target} for i, target in enumerate(targets)]
    return {
        "type": kind,
        "title": title,
        "description": about,
        "datasource": lettered[0]["datasource"],
        "targets": lettered,
        "options": options or {},
        "fieldConfig": {
            "defaults": {
                "unit": unit,
                "noValue": empty,
                "thresholds": {
                    "mode": "absolute",
                    "steps": [{"value": value, "color": color} for value, color in steps],
                },
                "custom": custom or {},
                **defaults,
            },
            "overrides": [],
        },
    }


def stat(title: str, about: str, *targets: Json, **more: Any) -> Json:  # noqa: ANN401
    """One number, or a few with their names."""
    options = {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "colorMode": "value",
        "graphMode": "none",
        "textMode": "value" if len(targets) == 1 else "value_and_name",
        "justifyMode": "center",
    }
    # Some versions of Grafana call an empty answer an error, so a query that may rightly find
    # nothing ends in `or vector(NaN)`. Not in trends: the axis would say it at its finer ticks.
    nothing = {"match": "nan", "result": {"text": more["empty"]}}
    more["mappings"] = [{"type": "special", "options": nothing}]
    color = {"mode": "thresholds"}
    return panel("stat", title, about, targets, options=options, color=color, **more)


def bars(title: str, about: str, targets: Iterable[Json], **more: Any) -> Json:  # noqa: ANN401
    """Amounts per interval, stacked; some sixty bars, however long the range."""
    custom = {
        "drawStyle": "bars",
        "fillOpacity": 80,
        "lineWidth": 0,
        "barAlignment": -1,  # a point counts what came before it
        "stacking": {"mode": "normal", "group": "A"},
    }
    return _over_time(title, about, targets, custom, **more) | {"maxDataPoints": 60}


def lines(title: str, about: str, targets: Iterable[Json], **more: Any) -> Json:  # noqa: ANN401
    """Levels and rates over time."""
    custom = {"drawStyle": "line", "fillOpacity": 10, "lineWidth": 2, "showPoints": "auto"}
    return _over_time(title, about, targets, custom | more.pop("custom", {}), **more)


def _over_time(
    title: str,
    about: str,
    targets: Iterable[Json],
    custom: Json,
    **more: Any,  # noqa: ANN401
) -> Json:
    options = {
        "legend": {"displayMode": "list", "placement": "bottom", "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    color = {"mode": "palette-classic"}
    return panel(
        "timeseries", title, about, targets, options=options, custom=custom, color=color, **more
    )


def ranking(
    title: str,
    about: str,
    targets: Iterable[Json],
    *,
    rows: bool = False,
    **more: Any,  # noqa: ANN401
) -> Json:
    """A bar per name, in the order of the query; `rows` where Loki answers with one table."""
    options = {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": rows},
        "orientation": "horizontal",
        "displayMode": "basic",
        "showUnfilled": True,
        "minVizHeight": 16,
    }
    color = {"mode": "continuous-BlPu"}
    return panel("bargauge", title, about, targets, options=options, color=color, min=0, **more)


def table(title: str, about: str, targets: Iterable[Json], **more: Any) -> Json:  # noqa: ANN401
    """A line per series, its labels in columns; `hide` names the columns that nobody needs."""
    hidden = dict.fromkeys(("Time", *more.pop("hide", ())), True)
    organize = {"id": "organize", "options": {"excludeByName": hidden, "renameByName": {}}}
    made = panel("table", title, about, targets, **more) | {"transformations": [organize]}
    return made | {"targets": [target | {"format": "table"} for target in made["targets"]]}


def logs(title: str, about: str, target: Json, *, empty: str) -> Json:
    """Lines of the log, the newest first."""
    options = {
        "showTime": True,
        "wrapLogMessage": True,
        "enableLogDetails": True,
        "sortOrder": "Descending",
        "dedupStrategy": "none",
    }
    return panel("logs", title, about, [target], empty=empty, options=options)


def override(panel: Json, name: str, **properties: Any) -> Json:  # noqa: ANN401
    """The panel, in which the series of that name looks different; `a__b` is Grafana's `a.b`."""
    config = panel["fieldConfig"]
    changed = {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": k.replace("__", "."), "value": v} for k, v in properties.items()],
    }
    return panel | {"fieldConfig": config | {"overrides": [*config["overrides"], changed]}}


def linked(panel: Json, title: str, url: str) -> Json:
    """The panel, in which a click on a value leads on."""
    config = panel["fieldConfig"]
    links = [*config["defaults"].get("links", []), {"title": title, "url": url}]
    return panel | {"fieldConfig": config | {"defaults": config["defaults"] | {"links": links}}}


def heading(title: str) -> list[Json]:
    """A line that says what the rows below are about."""
    place = {"x": 0, "w": WIDTH, "h": 1}
    return [{"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": place}]


def row(height: int, *panels: Json) -> list[Json]:
    """Panels beside each other, equally wide where they do not say their `w`."""
    given = sum(p.get("gridPos", {}).get("w", 0) for p in panels)
    free = [p for p in panels if "gridPos" not in p]
    left = 0
    placed = []
    for p in panels:
        width = p["gridPos"]["w"] if "gridPos" in p else (WIDTH - given) // len(free)
        if p is panels[-1]:
            width = WIDTH - left  # no hole at the end
        placed.append(p | {"gridPos": {"x": left, "w": width, "h": height}})
        left += width
    return placed


def wide(panel: Json, width: int) -> Json:
    """The panel, so many columns wide."""
    return panel | {"gridPos": {"w": width}}


def dashboard(  # noqa: PLR0913, PLR0917  what every dashboard must say
    uid: str,
    title: str,
    about: str,
    variables: list[Json],
    annotations: list[Json],
    rows: Iterable[list[Json]],
    *,
    begin: str = "now-7d",
) -> str:
    """A dashboard of rows, from top to bottom, as the text of its file."""
    panels: list[Json] = []
    top = 0
    for placed in filter(None, rows):
        for p in placed:
            panels.append(p | {"id": len(panels) + 1, "gridPos": {**p["gridPos"], "y": top}})
        top += placed[0]["gridPos"]["h"]
    link = {"type": "dashboards", "title": "Eventdeck", "tags": [TAG], "asDropdown": False}
    made = {
        "description": about,
        "uid": uid,
        "title": title,
        "tags": [TAG],
        "schemaVersion": 39,
        "editable": False,
        "graphTooltip": 1,  # the crosshair is shared
        "time": {"from": begin, "to": "now"},
        "timezone": "browser",
        "refresh": "1m",
        "links": [link | {"includeVars": True, "keepTime": True}],
        "annotations": {"list": annotations},
        "templating": {"list": variables},
        "panels": panels,
    }
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"
