"""The dashboards of two catalogues, for tests."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from eventdeck.catalogue.load import load
from eventdeck.render.outputs import OUTPUTS

Json = Any  # whatever JSON can hold
ROOT = Path(__file__).parents[3]
CATALOGUES = {
    "real": ROOT / "exporter/events.yaml",
    "shop": ROOT / "tests/exporter/sample/shop.yaml",
}
FOLDER = "grafana/dashboards/"
NAMES = ("overview", "sign-in", "errors", "pipeline", "stack")
EVERY = [(catalogue, name) for catalogue in CATALOGUES for name in NAMES]


@cache
def text(catalogue: str, name: str) -> str:
    """The file of a dashboard."""
    return OUTPUTS[f"{FOLDER}{name}.json"](load(CATALOGUES[catalogue]))


def dashboard(catalogue: str, name: str) -> Json:
    """Its content."""
    return json.loads(text(catalogue, name))


def panels(made: Json) -> list[Json]:
    """Those that show something: all but headings."""
    return [panel for panel in made["panels"] if panel["type"] != "row"]


def targets(made: Json, engine: str) -> list[tuple[Json, str]]:
    """Each panel with each of its queries to that engine; `${value}` has lost its braces."""
    return [
        (panel, re.sub(r"\$\{[^}]*\}", "$value", target["expr"]))
        for panel in panels(made)
        for target in panel["targets"]
        if target["datasource"]["type"] == engine
    ]
