"""Grafana's data sources: from a point or a line to all lines of its request."""

import json
import re
from pathlib import PurePath

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import explore
from eventdeck.render.fill import filled
from eventdeck.render.seal import head


def render(catalogue: Catalogue) -> str:
    """Write the file."""
    name = re.escape(json.dumps(catalogue.line.request_id)).replace("'", "''")
    # Doubled, for Grafana expands `$name` in provisioning files.
    url = explore.address(explore.request("${__value.raw}"), "now-30d", "now").replace("$", "$$")
    return filled(
        "datasources.yaml",
        {
            "head": head(PurePath(catalogue.source).name),
            "query": explore.request("…"),
            "url": url,
            "field": name + ': ?"([^"]+)"',
        },
    )
