"""mtail doing the same work, as well as it can: its programs, made from the same catalogue.

One regular expression finds the event's name; only the expressions of that event follow, `stop`
ends the line, and the events that come most often are asked for first. It gets less to do than
Eventdeck: no last-seen time (mtail would parse the time of every line), no exemplar, no list of
allowed label values, no check of the catalogue.
"""

import json
import shutil
from pathlib import Path

from eventdeck.catalogue.model import Catalogue, Event, Property

from tests.bench.child import Ended, run
from tests.bench.log import WEIGHTS

_NAME = r"""/"event": "(?P<event>[a-z_0-9.]+)"/"""
_VALUES = {"number": r"(?P<v{n}>[0-9.]+)", "boolean": r"(?P<v{n}>true|false)"}
_TEXT = '"(?P<v{n}>[^"]*)"'


def path() -> str | None:
    """Where mtail is installed, if it is."""
    return shutil.which("mtail")


def counting() -> str:
    """Write the program that counts by event and does nothing else."""
    return f"counter events by event\n{_NAME} {{\n  events[$event]++\n}}\n"


def full(catalogue: Catalogue) -> str:
    """Write the program that feeds every label, every histogram and the gauges."""
    lines = ["counter events by event", *(f"gauge {gauge.name}" for gauge in catalogue.gauges)]
    for event in catalogue.events:
        lines += _declarations(event)
    lines += [f"{_NAME} {{", "  events[$event]++"]
    for event in sorted(catalogue.events, key=lambda event: -WEIGHTS.get(event.name, 1)):
        lines += _block(event, catalogue)
    return "\n".join([*lines, "}", ""])


def count(program: str, log: str, folder: Path) -> tuple[Ended, dict[str, int]]:
    """Run mtail over a log from start to end; give what it cost, and what it counted."""
    programs = folder / "programs"
    shutil.rmtree(programs, ignore_errors=True)
    programs.mkdir()
    (programs / "eventdeck.mtail").write_text(program, "ascii")
    flags = ["--one_shot", "--progs", str(programs), "--logs", log, "--log_dir", str(folder)]
    ended = run([path() or "mtail", *flags])
    return ended, _events(ended.output)


def _events(output: bytes) -> dict[str, int]:
    text = output.decode()
    stores, _ = json.JSONDecoder().raw_decode(text[text.index("{") :])
    counts: dict[str, int] = {}
    for metric in stores["events"]:
        for value in metric["LabelValues"]:
            counts[value["Labels"][0]] = int(value["Value"]["Value"])
    return counts


def _declarations(event: Event) -> list[str]:
    lines = []
    if event.labels:
        names = ", ".join(prop.name for prop in event.labels)
        lines.append(f"counter {event.series_stem} by {names}")
    for prop in event.histograms:
        bounds = ", ".join(f"{bound:.1f}" for bound in prop.buckets)
        lines.append(f"histogram {_histogram(event, prop)} buckets {bounds}")
    return lines


def _block(event: Event, catalogue: Catalogue) -> list[str]:
    lines = [f'  $event == "{event.name}" {{']
    for gauge in catalogue.gauges:
        lines += [f"    {gauge.name}++"] if event.name in gauge.up else []
        lines += [f"    {gauge.name}--"] if event.name in gauge.down else []
    if event.labels:
        lines += _in_order(event)
    for prop in event.histograms:
        lines += [f"    {_pattern((prop,))} {{", f"      {_histogram(event, prop)} = $v0", "    }"]
    return [*lines, "    stop", "  }"]


def _in_order(event: Event) -> list[str]:
    """One expression for all labels of an event: they stand in the order of the catalogue."""
    keys = "".join(f"[$v{number}]" for number in range(len(event.labels)))
    return [f"    {_pattern(event.labels)} {{", f"      {event.series_stem}{keys}++", "    }"]


def _pattern(props: tuple[Property, ...]) -> str:
    parts = [
        f'"{prop.name}": ' + _VALUES.get(prop.type, _TEXT).replace("{n}", str(number))
        for number, prop in enumerate(props)
    ]
    return f"/{'.*'.join(parts)}/"


def _histogram(event: Event, prop: Property) -> str:
    return f"{event.series_stem}_{prop.name}"
