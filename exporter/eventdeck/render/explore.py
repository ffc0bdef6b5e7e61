"""Addresses of Grafana's Explore: where a click leads from a number to its lines."""

import json
import re
from urllib.parse import quote

_PLACEHOLDER = re.compile(r"(\$\{[^}]+\})")


def request(request_id: str) -> str:
    """The query for all lines of a request, whatever application wrote them."""
    return '{app=~".+"} | request_id=`' + request_id + "`"


def address(expr: str, begin: str = "${__from}", end: str = "${__to}") -> str:
    """Explore with Loki and this query; Grafana fills in what stands as `${name}`.

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
