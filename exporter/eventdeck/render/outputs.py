"""Which files are written from a catalogue, and by which function."""

from collections.abc import Callable, Mapping
from functools import partial

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import dashboard, datasources, events_md, events_schema, promtail

Output = Callable[[Catalogue], str]
DASHBOARDS = ("errors", "overview", "pipeline", "sign-in", "stack")

# Path below the root of the repository -> its text, with the head line of `seal.head`;
# "" where the catalogue has nothing for that file.
OUTPUTS: Mapping[str, Output] = {
    "exporter/EVENTS.md": events_md.render,
    "exporter/events.schema.json": events_schema.render,
    **{f"grafana/dashboards/{name}.json": partial(dashboard.render, name) for name in DASHBOARDS},
    "grafana/provisioning/datasources/eventdeck.yaml": datasources.render,
    "promtail/promtail.yaml": promtail.render,
}
