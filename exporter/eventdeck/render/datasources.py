"""Grafana's data sources: from a point or a line to all lines of its request."""

import json
import re
from pathlib import PurePath

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import explore
from eventdeck.render.seal import head

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

  - name: Alertmanager
    type: alertmanager
    uid: alertmanager
    url: http://alertmanager:9093
    access: proxy
    editable: false
    jsonData:
      implementation: prometheus # not that of Mimir
"""


def render(catalogue: Catalogue) -> str:
    """Write the file."""
    name = re.escape(json.dumps(catalogue.line.request_id)).replace("'", "''")
    return FILE.format(
        head=head(PurePath(catalogue.source).name),
        query=explore.request("…"),
        # Doubled, for Grafana expands `$name` in provisioning files.
        url=explore.address(explore.request("${__value.raw}"), "now-30d", "now").replace("$", "$$"),
        field=name + ': ?"([^"]+)"',
    )
