"""Grafana's data sources: from a point or a line to all lines of its request."""

import json
import re
from pathlib import PurePath
from urllib.parse import quote

from eventdeck.catalogue.model import Catalogue
from eventdeck.render.seal import head

VALUE = "$${__value.raw}"  # doubled, for Grafana expands `$name` in provisioning files

FILE = """\
# {head}
apiVersion: 1
prune: true # a data source that is deleted here is deleted in Grafana

datasources:
  - name: Prometheus
    type: prometheus
    uid: prometheus # dashboards name it
    url: http://prometheus:9090
    access: proxy
    isDefault: true
    editable: false
    jsonData:
      httpMethod: POST # long queries do not fit into an address
      timeInterval: 15s # the scrape interval; Grafana computes its rate interval from it
      exemplarTraceIdDestinations:
        - name: request_id
          urlDisplayLabel: Lines of this request
          # Explore, with Loki and this query: {query}
          url: &lines_of_request
            {url}

  - name: Loki
    type: loki
    uid: loki
    url: http://loki:3100
    access: proxy
    editable: false
    jsonData:
      maxLines: 1000
      derivedFields:
        - name: Request
          matcherRegex: '{field}'
          urlDisplayLabel: Lines of this request
          url: *lines_of_request
"""


def render(catalogue: Catalogue) -> str:
    """Write the file."""
    name = re.escape(json.dumps(catalogue.line.request_id)).replace("'", "''")
    return FILE.format(
        head=head(PurePath(catalogue.source).name),
        query=_query("…"),
        url=_explore(),
        field=name + ': ?"([^"]+)"',
    )


def _query(request: str) -> str:
    return '{app=~".+"} | request_id=`' + request + "`"


def _explore() -> str:
    """Explore's address; a derived field that names a data source would lose Loki's query."""
    before, _, after = json.dumps(
        {
            "datasource": "loki",
            "queries": [{"refId": "A", "expr": _query("_value_")}],
            "range": {"from": "now-30d", "to": "now"},
        },
        separators=(",", ":"),
    ).partition("_value_")
    return f"/explore?left={quote(before)}{VALUE}{quote(after)}"
