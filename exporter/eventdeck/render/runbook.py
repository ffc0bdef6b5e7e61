"""The runbook as a dashboard: where an alert's link leads, on a telephone too.

A link to a file would need a server that shows it; Grafana is there, and asks who one is. Each
heading of RUNBOOK.md is a panel, and a link shows one panel alone.
"""

import re

from eventdeck.render.fill import fill, table
from eventdeck.render.notation import as_json
from eventdeck.render.seal import head

FILE = "prometheus/RUNBOOK.md"
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
    found = [
        {"number": number, "alert": alert, "text": body, "top": 8 * (number - 1)}
        for number, (alert, body) in enumerate(chapters(text).items(), 1)
    ]
    return as_json(fill(table("runbook.yaml"), {"head": head(FILE), "chapters": found}))
