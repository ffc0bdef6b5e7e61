"""Catalogues to measure with: the shipped one without labels, and some with many more events."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

_NEEDED = (
    "catalogue",
    "application",
    "namespace",
    "since",
    "line",
    "automatic",
    "common",
    "events",
)
SHIPPED = Path(__file__).parents[2] / "exporter" / "events.yaml"


def counting_only(folder: Path) -> Path:
    """Write the shipped catalogue with its events alone: no label, no histogram, no gauge."""
    form = yaml.safe_load(SHIPPED.read_text("utf-8"))
    for prop in _properties(form):
        prop.pop("label", None)
        prop.pop("buckets", None)
        if isinstance(prop.get("values"), str | list):
            del prop["values"]
    form = {section: form[section] for section in _NEEDED}
    return _write(folder / "counting_only.yaml", form)


def of_size(events: int, folder: Path) -> Path:
    """Write a catalogue of that many events: the shipped ones, again and again under new names."""
    form = yaml.safe_load(SHIPPED.read_text("utf-8"))
    shipped = list(form["events"].items())
    for number in range(len(shipped), events):
        name, event = shipped[number % len(shipped)]
        resource, _, action = name.partition(".")
        form["events"][f"{resource}_{number // len(shipped)}.{action}"] = deepcopy(event)
    return _write(folder / f"events_{events}.yaml", form)


def _properties(form: dict[str, Any]) -> list[dict[str, Any]]:
    sections = [form["automatic"], form["common"]]
    sections += [event.get("properties", {}) for event in form["events"].values()]
    return [prop for section in sections for prop in section.values() if isinstance(prop, dict)]


def _write(path: Path, form: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(form, sort_keys=False, allow_unicode=True), "utf-8")
    return path
