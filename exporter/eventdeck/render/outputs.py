"""Which files are written from a catalogue alone, and by which function."""

from collections.abc import Callable, Mapping
from functools import partial

from eventdeck.catalogue.model import Catalogue
from eventdeck.catalogue.schema import json_schema
from eventdeck.render import dashboard, datasources, events_md, promtail
from eventdeck.render.notation import as_json
from eventdeck.render.seal import head

Output = Callable[[Catalogue], str]
DASHBOARDS = ("errors", "overview", "pipeline", "sign-in", "stack")


def schema(_catalogue: Catalogue) -> str:
    """What editors complete and check a catalogue with; the same for every catalogue."""
    made = json_schema()
    about = {"$schema": made.pop("$schema"), "$comment": head("eventdeck/catalogue/form.py")}
    return as_json(about | made)


# Path below the root of the repository -> its text, with the head line of `seal.head`;
# "" where the catalogue has nothing for that file.
OUTPUTS: Mapping[str, Output] = {
    "exporter/EVENTS.md": events_md.render,
    "exporter/events.schema.json": schema,
    **{f"grafana/dashboards/{name}.json": partial(dashboard.render, name) for name in DASHBOARDS},
    "grafana/provisioning/datasources/eventdeck.yaml": datasources.render,
    "promtail/promtail.yaml": promtail.render,
}
