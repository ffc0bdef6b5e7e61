"""`events.schema.json`: with it, editors complete and check a catalogue."""

import json

from eventdeck.catalogue.model import Catalogue
from eventdeck.catalogue.schema import json_schema
from eventdeck.render.seal import head


def render(_catalogue: Catalogue) -> str:
    """Write the schema; it is the same for every catalogue."""
    schema = json_schema()
    commented = {"$schema": schema.pop("$schema"), "$comment": head("eventdeck/catalogue/form.py")}
    return json.dumps(commented | schema, indent=2, ensure_ascii=False) + "\n"
