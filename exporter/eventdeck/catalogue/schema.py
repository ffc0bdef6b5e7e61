"""The JSON schema of the written form, with which editors complete and check a catalogue."""

from typing import Any

from msgspec import json

from eventdeck.catalogue.form import CatalogueForm

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Draft 2020-12, made from the very records that `load` converts YAML into."""
    (_, components) = json.schema_components([CatalogueForm], ref_template="#/$defs/{name}")
    schema = components.pop(CatalogueForm.__name__)
    return {
        "$schema": DRAFT,
        "title": "Eventdeck catalogue",
        **{key: value for key, value in schema.items() if key != "title"},
        "$defs": components,
    }
