"""The runbook as a dashboard: where an alert's link leads, on a telephone too.

A link to a file would need a server that shows it; Grafana is there, and asks who one is. Each
heading of RUNBOOK.md is a panel, and a link shows one panel alone.
"""

import json
import re

from eventdeck.render.fill import Json
from eventdeck.render.seal import head

FILE = "prometheus/RUNBOOK.md"
DASHBOARD = "eventdeck-runbook"  # its uid
_HEADING = re.compile(r"^## (\w+)$", re.MULTILINE)


def chapters(text: str) -> dict[str, str]:
    """Each alert's text, by name, in the order of the file."""
    parts = _HEADING.split(text)
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def panels(text: str) -> dict[str, int]:
    """Each alert's panel."""
    return {name: number for number, name in enumerate(chapters(text), 1)}


def render(text: str) -> str:
    """Write the dashboard."""
    found = chapters(text)
    made = {
        "description": f"What to do when an alert fires. {head(FILE)}",
        "uid": DASHBOARD,
        "title": "Runbook",
        "tags": ["eventdeck-runbook"],  # it is reached from alerts, and no part of the tour
        "schemaVersion": 39,
        "editable": False,
        "time": {"from": "now-6h", "to": "now"},
        "annotations": {"list": []},
        "templating": {"list": []},
        "panels": [_panel(n, *chapter) for n, chapter in enumerate(found.items(), 1)],
    }
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _panel(number: int, name: str, text: str) -> Json:
    return {
        "type": "text",
        "id": number,
        "title": name,
        "description": "",
        "gridPos": {"x": 0, "y": 8 * (number - 1), "w": 24, "h": 8},
        "options": {"mode": "markdown", "content": text},
    }
