r"""`promtail.yaml`: which lines Promtail reads, and what of them leaves the host.

The redaction rebuilds a line from what was parsed, instead of cutting known things out of it: an
escaped quote, a cut line or `\u0064escription` cannot carry anything past it. What it cannot
rebuild is reduced to its size.

It is a Go template with the functions of Sprig. Regular expressions are compiled at every use, so
the dear ones stand behind a look for a character without which they cannot match. The expansion of
the environment touches `${` and halves a double backslash, so `\x5c` stands where two would meet.
"""

import re
from collections.abc import Iterable
from pathlib import PurePath

from eventdeck.catalogue.model import TEST, UNKNOWN, Catalogue, Event
from eventdeck.render.fill import filled
from eventdeck.render.go_time import layouts
from eventdeck.render.redaction import ADDRESS, MAIL, general_plan, literal, plan, private_names
from eventdeck.render.seal import head

LONGEST = 256 * 1024  # bytes of a line; the exporter and Loki have the same
WIDTH = 80
NEXT = "\n" + " " * 12  # a line of the template, within the file


def render(catalogue: Catalogue) -> str:
    """Write the whole configuration."""
    line, times = catalogue.line, layouts(catalogue.line, catalogue.source)
    first, *more = dict.fromkeys(layout for _, found in times for layout in found)
    return filled(
        "promtail.yaml",
        {
            "head": head(PurePath(catalogue.source).name),
            "namespace": catalogue.namespace,
            "test": TEST,
            "unknown": UNKNOWN,
            "longest": LONGEST,
            "zone": line.zone,
            "format": literal(first),
            "fallbacks": NEXT.join(f"- {literal(pattern)}" for pattern in more) or "[]",
            "name": literal(line.event[0]),
            "other names": _list(line.event[1:]),
            "levels": _list(line.level),
            "level": literal(line.level[0]),
            "times": NEXT.join(("(list", *(f"  {_time(*one)}" for one in times))) + ")",
            "plans": NEXT.join(_plans(catalogue)),
            "general plan": _lines(general_plan(catalogue)),
            "request id": literal(line.request_id),
            "user id": literal(line.user_id),
            "private": "|".join(map(re.escape, private_names(catalogue))) or "$^",
            "mail": MAIL,
            "address": ADDRESS,
        },
    )


def _list(words: tuple[str, ...]) -> str:
    return f"(list {' '.join(map(literal, words))})" if words else "list"


def _time(field: str, found: Iterable[str]) -> str:
    return f"(list {literal(field)}{_lines(found)})"


def _plans(catalogue: Catalogue) -> list[str]:
    found = [_plan(event, catalogue) for event in catalogue.events]
    test = f"{{{{- if eq $name {literal(TEST)} }}}}"
    return [test, *found, "{{- else }}{{ $known = false }}", "{{- end }}"]


def _plan(event: Event, catalogue: Catalogue) -> str:
    kept = _lines(plan(event, catalogue))
    return f"{{{{- else if eq $name {literal(event.name)} }}}}{NEXT}  {{{{- $plan = list{kept} }}}}"


def _lines(items: Iterable[str]) -> str:
    """Literals on lines that are not too long; a template's action may span lines."""
    lines = [""]
    for item in map(literal, items):
        if len(lines[-1]) + len(item) > WIDTH:
            lines.append("   ")
        lines[-1] += f" {item}"
    return NEXT.join(lines)
