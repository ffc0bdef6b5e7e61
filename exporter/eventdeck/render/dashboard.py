"""Dashboards as Grafana's classic JSON, from tables of panels."""

from collections.abc import Iterable, Iterator

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import words
from eventdeck.render.datasources import explore
from eventdeck.render.fill import Json, Words, fill, table
from eventdeck.render.notation import as_json

COMMON = table("common.yaml")
WIDTH = 24  # columns of Grafana's grid
COUNT = "locale"  # 1,234: Grafana's "short" would say 1.23 K


def render(name: str, catalogue: Catalogue) -> str:
    """Write a dashboard; nothing where the catalogue has nothing to show on it."""
    known = words.of(catalogue)
    for entry in fill([table(f"dashboards/{name}.yaml")], known):
        parts = {
            "annotations": fill(COMMON["annotations"], known),
            "variables": [fill(COMMON["variables"][one], known) for one in entry["variables"]],
            "panels": _placed(entry["rows"], known),
        }
        return as_json(fill(COMMON["dashboard"], known | entry | parts))
    return ""


def _placed(rows: Iterable[Json], known: Words) -> list[Json]:
    """All panels, one row under the other; a heading is a row of its own."""
    placed: list[Json] = []
    top = 0
    for row in rows:
        if panels := [*_panels(row.get("panels", [row]), known)]:
            left, height = 0, row.get("height", 1)
            for panel, width in zip(panels, _widths(panels), strict=True):
                place = {"x": left, "w": width, "h": height, "y": top}
                placed.append(panel | {"gridPos": place, "id": len(placed) + 1})
                left += width
            top += height
    return placed


def _widths(panels: list[Json]) -> list[int]:
    """Panels that want none (0) share what is left; the last fills the row, so there is no hole."""
    wanted = [panel["gridPos"]["w"] for panel in panels]
    share = (WIDTH - sum(wanted)) // max(1, wanted.count(0))
    widths = [width or share for width in wanted[:-1]]
    return [*widths, WIDTH - sum(widths)]


def _panels(entries: Iterable[Json], known: Words) -> Iterator[Json]:
    """The panels of a row; of a list of them (`of`) so many as it says (`skip`, `most`)."""
    for entry in entries:
        if "of" in entry:
            skip = entry.get("skip", 0)
            yield from [*_panels(entry["of"], known)][skip : skip + entry["most"]]
        elif "heading" in entry:
            yield fill(COMMON["heading"], entry)
        else:
            shared = COMMON["panels"][entry["use"]] if "use" in entry else {}
            whole = fill(shared, known | entry.get("with", {})) | entry
            if asked := whole.get("queries", [whole]):
                yield _panel(whole, asked, fill(COMMON["kinds"][whole["kind"]], whole))


def _panel(entry: Json, asked: list[Json], kind: Json) -> Json:
    """A panel; what it says itself goes before what its kind says."""
    targets = [{"refId": chr(ord("A") + n), **_target(one, kind)} for n, one in enumerate(asked)]
    source = targets[0]["datasource"]
    alike = all(target["datasource"] == source for target in targets)
    overrides = [*map(_override, entry.get("overrides", []))]
    return {
        "type": kind["type"],
        "title": entry["title"],
        "description": entry["about"],
        "datasource": source if alike else COMMON["sources"]["mixed"],
        "targets": targets,
        "options": {**kind.get("options", {}), **entry.get("options", {})},
        "fieldConfig": {"defaults": _defaults(entry, kind), "overrides": overrides},
        **kind.get("more", {}),
        **entry.get("more", {}),
        "gridPos": {"w": entry.get("width", 0)},
    }


def _target(asked: Json, kind: Json) -> Json:
    """A query: over the range, or of some kinds of panels instant, at its end."""
    instant = kind.get("instant", False)
    how: Json
    if "loki" in asked:
        engine, legend = "loki", ""
        how = {"queryType": "instant" if instant else "range"}
    else:
        engine, legend = "prometheus", "__auto"
        how = {"instant": instant, "range": not instant, "exemplar": asked.get("exemplars", False)}
    return {
        "datasource": COMMON["sources"][engine],
        "expr": asked[engine],
        "legendFormat": asked.get("legend", legend),
        **how,
        "editorMode": "code",
        **kind.get("target", {}),
    }


def _defaults(entry: Json, kind: Json) -> Json:
    """How values look; `empty` is what a panel says where its queries rightly find nothing."""
    colors = {None: "text"} | entry.get("steps", {})
    steps = [{"value": value, "color": color} for value, color in colors.items()]
    links = [
        {"title": link["title"], "url": link.get("url") or explore(link["lines"])}
        for link in entry.get("links", [])
    ]
    return {
        "unit": entry.get("unit", COUNT),
        "noValue": entry["empty"],
        "thresholds": {"mode": "absolute", "steps": steps},
        "custom": {**kind.get("custom", {}), **entry.get("custom", {})},
        **kind.get("defaults", {}),
        **entry.get("defaults", {}),
        **({"links": links} if links else {}),
    }


def _override(entry: Json) -> Json:
    """How a single series looks, by its name."""
    values = [{"id": key, "value": value} for key, value in entry.items() if key != "series"]
    return {"matcher": {"id": "byName", "options": entry["series"]}, "properties": values}
