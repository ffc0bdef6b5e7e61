"""Which files are written from a catalogue, and by which function."""

from collections.abc import Callable, Mapping

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import (
    datasources,
    errors,
    events_md,
    events_schema,
    overview,
    pipeline,
    promtail,
    sign_in,
    stack,
)

Output = Callable[[Catalogue], str]

# Path below the root of the repository -> its text, with the head line of `seal.head`;
# "" where the catalogue has nothing for that file.
OUTPUTS: Mapping[str, Output] = {
    "exporter/EVENTS.md": events_md.render,
    "exporter/events.schema.json": events_schema.render,
    "grafana/dashboards/errors.json": errors.render,
    "grafana/dashboards/overview.json": overview.render,
    "grafana/dashboards/pipeline.json": pipeline.render,
    "grafana/dashboards/sign-in.json": sign_in.render,
    "grafana/dashboards/stack.json": stack.render,
    "grafana/provisioning/datasources/eventdeck.yaml": datasources.render,
    "promtail/promtail.yaml": promtail.render,
}
