"""Grafana's data sources, and Explore: from a number, a point or a line to the lines behind it."""

import json
import re
from urllib.parse import quote

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import words
from eventdeck.render.fill import filled

# All lines of a request, whatever application wrote them.
REQUEST = '{app=~".+"} | request_id=`${__value.raw}`'
_PLACEHOLDER = re.compile(r"(\$\{[^}]+\})")


def render(catalogue: Catalogue) -> str:
    """Write the file."""
    name = re.escape(json.dumps(catalogue.line.request_id)).replace("'", "''")
    # Doubled, for Grafana expands `$name` in provisioning files.
    url = explore(REQUEST, "now-30d", "now").replace("$", "$$")
    known = {"url": url, "field": name + ': ?"([^"]+)"'}
    return filled("datasources.yaml", words.of(catalogue) | known)


def explore(expr: str, begin: str = "${__from}", end: str = "${__to}") -> str:
    """The address of Explore with this query of Loki; Grafana fills in what stands as `${name}`.

    A data link that names its data source in another way would lose the query.
    """
    state = {
        "datasource": "loki",
        "queries": [{"refId": "A", "expr": expr}],
        "range": {"from": begin, "to": end},
    }
    parts = _PLACEHOLDER.split(json.dumps(state, separators=(",", ":")))
    known = [part if part.startswith("${") else quote(part) for part in parts]
    return "/explore?left=" + "".join(known)
