"""Which files are written from a catalogue, and by which function."""

from collections.abc import Callable, Mapping

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import datasources, events_md, events_schema, overview, promtail

Output = Callable[[Catalogue], str]

# Path below the root of the repository -> its text, with the head line of `seal.head`.
OUTPUTS: Mapping[str, Output] = {
    "exporter/EVENTS.md": events_md.render,
    "exporter/events.schema.json": events_schema.render,
    "grafana/dashboards/overview.json": overview.render,
    "grafana/provisioning/datasources/eventdeck.yaml": datasources.render,
    "promtail/promtail.yaml": promtail.render,
}
