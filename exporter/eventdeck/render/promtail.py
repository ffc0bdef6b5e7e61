r"""`promtail.yaml`: which lines Promtail reads, and what of them leaves the host.

The redaction rebuilds a line from what was parsed, instead of cutting known things out of it: an
escaped quote, a cut line or `\u0064escription` cannot carry anything past it. What it cannot
rebuild is reduced to its size.

It is a Go template with the functions of Sprig. Regular expressions are compiled at every use, so
the dear ones stand behind a look for a character without which they cannot match. The expansion of
the environment touches `${` and halves a double backslash, so `\x5c` stands where two would meet.
"""

import json
import re
from collections.abc import Iterable, Iterator

from eventdeck.catalogue.model import TEST, UNKNOWN, Catalogue
from eventdeck.catalogue.problem import whole
from eventdeck.render import words
from eventdeck.render.fill import filled, table
from eventdeck.render.redaction import ADDRESS, MAIL, general, plan, private_names

LONGEST = 256 * 1024  # bytes of a line; the exporter and Loki have the same
WIDTH = 80
NEXT = "\n" + " " * 12  # a line of the template, within the file


def render(catalogue: Catalogue) -> str:
    """Write the whole configuration."""
    line = catalogue.line
    times = [(time.field, layouts(time.format, catalogue.source)) for time in line.time]
    first, *more = dict.fromkeys(layout for _, found in times for layout in found)
    own = {
        "test": TEST,
        "unknown": UNKNOWN,
        "longest": LONGEST,
        "zone": line.zone,
        "format": literal(first),
        "fallbacks": NEXT.join(f"- {literal(layout)}" for layout in more) or "[]",
        "name": literal(line.event[0]),
        "other names": _items(line.event[1:]),
        "levels": _items(line.level),
        "level": literal(line.level[0]),
        "times": NEXT.join(f"  (list {literal(field)}{_items(found)})" for field, found in times),
        "plans": NEXT.join(_plans(catalogue)),
        "general plan": _items(plan(catalogue, general(catalogue))),
        "request id": literal(line.request_id),
        "user id": literal(line.user_id),
        "private": "|".join(map(re.escape, private_names(catalogue))) or "$^",
        "mail": MAIL,
        "address": ADDRESS,
    }
    return filled("promtail.yaml", words.of(catalogue) | own)


def literal(text: str) -> str:
    """A string as Go templates read it."""
    return json.dumps(text, ensure_ascii=False)


def layouts(pattern: str, source: str) -> list[str]:
    """The layouts of Go for "rfc3339" or a pattern of strptime.

    Raises `CatalogueError` for a pattern that Go cannot read.
    """
    go = table("go_time.yaml")
    if pattern == "rfc3339":
        return [*go["rfc3339"]]
    layout = re.sub("[.,]%f", "", pattern)
    for directive in re.findall("%.", layout):
        if directive not in go["directives"]:
            why = f'line.time: Promtail cannot read "{directive}" of "{pattern}"'
            raise whole(source, f"{why}; have the application write RFC 3339")
    return [re.sub("%.", lambda found: str(go["directives"][found[0]]), layout)]


def _plans(catalogue: Catalogue) -> Iterator[str]:
    for event in catalogue.events:
        yield f"{{{{- else if eq $name {literal(event.name)} }}}}"
        yield f"  {{{{- $plan = list{_items(plan(catalogue, event.properties))} }}}}"


def _items(items: Iterable[str]) -> str:
    """Items of a list, on lines that are not too long; a template's action may span lines."""
    lines = [""]
    for item in map(literal, items):
        if len(lines[-1]) + len(item) > WIDTH:
            lines.append("   ")
        lines[-1] += f" {item}"
    return NEXT.join(lines)
