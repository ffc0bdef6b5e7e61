"""Dashboards as Grafana's classic JSON, schema version 39 (9.4 to 13), from tables of panels."""

import json
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import explore, words
from eventdeck.render.fill import Json, Words, each, fill, table
from eventdeck.render.seal import head

PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}
LOKI = {"type": "loki", "uid": "loki"}
MIXED = {"type": "datasource", "uid": "-- Mixed --"}
WIDTH = 24  # columns of Grafana's grid
TAG = "eventdeck"
COUNT = "locale"  # 1,234: Grafana's "short" would say 1.23 K


def render(name: str, catalogue: Catalogue) -> str:
    """Write a dashboard; nothing where the catalogue has nothing to show on it."""
    common = table("common.yaml")
    entry = table(f"dashboards/{name}.yaml")
    known = words.of(catalogue) | common["words"]
    source = head(PurePath(catalogue.source).name)
    made = [_dashboard(*one, common, source) for one in each([entry], known)]
    return json.dumps(made[0], indent=2, ensure_ascii=False) + "\n" if made else ""


def _dashboard(entry: Json, known: Words, common: Json, source: str) -> Json:
    link = {"type": "dashboards", "title": "Eventdeck", "tags": [TAG], "asDropdown": False}
    return {
        "description": f"{fill(entry['about'], known)} {source}",
        "uid": entry["uid"],
        "title": entry["title"],
        "tags": [TAG],
        "schemaVersion": 39,
        "editable": False,
        "graphTooltip": 1,  # the crosshair is shared
        "time": {"from": entry.get("begin", "now-7d"), "to": "now"},
        "timezone": "browser",
        "refresh": "1m",
        "links": [link | {"includeVars": True, "keepTime": True}],
        "annotations": {"list": [_mark(*one) for one in each(common["annotations"], known)]},
        "templating": {
            "list": [fill(common["variables"][name], known) for name in entry["variables"]]
        },
        "panels": _placed([*_rows(entry["rows"], common, known)]),
    }


def _mark(entry: Json, known: Words) -> Json:
    made = fill(entry, known)
    return {
        "name": made.pop("name"),
        "datasource": LOKI if "loki" in made else PROMETHEUS,
        "enable": True,
        "iconColor": made.pop("color"),
        "expr": made.pop("loki", "") or made.pop("prometheus"),
        **{key: value for key, value in made.items() if key != "for"},
    }


def _rows(entries: Iterable[Json], common: Json, known: Words) -> Iterator[list[Json]]:
    for entry in entries:
        if "heading" in entry:
            place = {"x": 0, "w": WIDTH, "h": 1}
            about = {"type": "row", "title": entry["heading"], "collapsed": False, "panels": []}
            yield [about | {"gridPos": place}]
        else:
            yield _row(entry["height"], [*_panels(entry["panels"], common, known)])


def _row(height: int, panels: list[Json]) -> list[Json]:
    """Panels beside each other, equally wide where they do not say their width."""
    free = [panel for panel in panels if "gridPos" not in panel]
    given = sum(panel["gridPos"]["w"] for panel in panels if "gridPos" in panel)
    left, placed = 0, []
    for panel in panels:
        width = panel["gridPos"]["w"] if "gridPos" in panel else (WIDTH - given) // len(free)
        if panel is panels[-1]:
            width = WIDTH - left  # no hole at the end
        placed.append(panel | {"gridPos": {"x": left, "w": width, "h": height}})
        left += width
    return placed


def _placed(rows: Iterable[list[Json]]) -> list[Json]:
    """All panels, one row under the other."""
    panels: list[Json] = []
    top = 0
    for row in filter(None, rows):
        for panel in row:
            place = {**panel["gridPos"], "y": top}
            panels.append(panel | {"id": len(panels) + 1, "gridPos": place})
        top += row[0]["gridPos"]["h"]
    return panels


def _panels(entries: Iterable[Json], common: Json, known: Words) -> Iterator[Json]:
    """The panels of a row; of a list of them (`of`) so many as it says (`skip`, `most`)."""
    for entry, filled in each(entries, known):
        if "of" in entry:
            skip = entry.get("skip", 0)
            yield from [*_panels(entry["of"], common, filled)][skip : skip + entry["most"]]
            continue
        shared = common["panels"][entry["use"]] if "use" in entry else {}
        made = _panel({**shared, **entry}, common, filled | fill(entry.get("with", {}), filled))
        if made["targets"]:
            yield made


def _panel(entry: Json, common: Json, known: Words) -> Json:
    kind = common["kinds"][entry["kind"]]
    asked = entry.get("queries") or [{key: entry[key] for key in entry if key != "for"}]
    targets = [
        {"refId": chr(ord("A") + i), **_target(*one, kind)}
        for i, one in enumerate(each(asked, known))
    ]
    sources = [target["datasource"] for target in targets] or [PROMETHEUS]
    return {
        "type": kind["type"],
        "title": fill(entry["title"], known),
        "description": fill(entry["about"], known),
        "datasource": sources[0] if sources.count(sources[0]) == len(sources) else MIXED,
        "targets": targets,
        "options": {**kind.get("options", {}), **entry.get("options", {})},
        "fieldConfig": {
            "defaults": _defaults(entry, kind, known),
            "overrides": [*_overrides(entry, targets)],
        },
        **kind.get("more", {}),
        **entry.get("more", {}),
        **({"gridPos": {"w": entry["width"]}} if "width" in entry else {}),
    }


def _target(entry: Json, known: Words, kind: Json) -> Json:
    """A query: over the range, or of some kinds of panels instant, at its end."""
    instant, legend = kind.get("instant", False), fill(entry.get("legend", ""), known)
    made: Json
    if "loki" in entry:
        made = {
            "datasource": LOKI,
            "expr": fill(entry["loki"], known),
            "legendFormat": legend,
            "queryType": "instant" if instant else "range",
        }
    else:
        made = {
            "datasource": PROMETHEUS,
            "expr": fill(entry["prometheus"], known),
            "legendFormat": legend or "__auto",
            "instant": instant,
            "range": not instant,
            "exemplar": entry.get("exemplars", False),
        }
    return {**made, "editorMode": "code", **kind.get("target", {})}


def _defaults(entry: Json, kind: Json, known: Words) -> Json:
    """How values look; `empty` is what a panel says where its queries rightly find nothing."""
    steps = {None: "text"} | entry.get("steps", {})
    made = {
        "unit": fill(entry.get("unit", COUNT), known),
        "noValue": entry["empty"],
        "thresholds": {
            "mode": "absolute",
            "steps": [{"value": value, "color": color} for value, color in steps.items()],
        },
        "custom": {**kind.get("custom", {}), **entry.get("custom", {})},
        **kind.get("defaults", {}),
        **fill(entry.get("defaults", {}), known),
        **fill(kind.get("last", {}), {"empty": entry["empty"]}),
    }
    links = [
        {
            "title": link["title"],
            "url": link.get("url") or explore.address(fill(link["lines"], known)),
        }
        for link in entry.get("links", [])
    ]
    return made | ({"links": links} if links else {})


def _overrides(entry: Json, targets: list[Json]) -> Iterator[Json]:
    """How single series look, by name."""
    found = dict(entry.get("overrides", {}))
    if entry.get("beside"):  # bars of one name are stacked, those of another stand behind them
        for name in dict.fromkeys(target["legendFormat"] for target in targets):
            found[name] = {"custom.stacking": {"mode": "normal", "group": name}}
    for name, properties in found.items():
        values = [{"id": key, "value": value} for key, value in properties.items()]
        yield {"matcher": {"id": "byName", "options": name}, "properties": values}
