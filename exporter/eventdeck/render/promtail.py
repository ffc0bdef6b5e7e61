r"""`promtail.yaml`: which lines Promtail reads, and what of them leaves the host.

The redaction rebuilds a line from what was parsed, instead of cutting known things out of it: an
escaped quote, a cut line or `\u0064escription` cannot carry anything past it. What it cannot
rebuild is reduced to its size.
"""

import re
from collections.abc import Iterable
from pathlib import PurePath
from textwrap import indent

from eventdeck.catalogue.model import TEST, UNKNOWN, Catalogue, Event
from eventdeck.render.go_time import layouts
from eventdeck.render.promtail_text import FILE, REBUILD
from eventdeck.render.redaction import ADDRESS, MAIL, general_plan, literal, plan, private_names
from eventdeck.render.seal import head

LONGEST = 256 * 1024  # bytes of a line; the exporter and Loki have the same
WIDTH = 80


def render(catalogue: Catalogue) -> str:
    """Write the whole configuration."""
    times = layouts(catalogue.line, catalogue.source)
    patterns = list(dict.fromkeys(layout for _, found in times for layout in found))
    return _fill(
        FILE,
        HEAD=head(PurePath(catalogue.source).name),
        APP=catalogue.namespace,
        TEST=TEST,
        ZONE=catalogue.line.zone,
        FORMAT=literal(patterns[0]),
        FALLBACKS=_fallbacks(patterns[1:]),
        REBUILD=indent(_rebuild(catalogue), " " * 12).strip(),
    )


def _fallbacks(patterns: list[str]) -> str:
    return "".join(f"\n            - {literal(pattern)}" for pattern in patterns) or " []"


def _rebuild(catalogue: Catalogue) -> str:
    """Write the template that makes a line's envelope: labels, ids, time and the text to send."""
    line = catalogue.line
    return _fill(
        REBUILD,
        LONGEST=str(LONGEST),
        UNKNOWN=UNKNOWN,
        NAME=literal(line.event[0]),
        OTHER_NAMES=_list(line.event[1:]),
        LEVELS=_list(line.level),
        LEVEL=literal(line.level[0]),
        TIMES=_times(catalogue),
        PLANS=_plans(catalogue),
        GENERAL=_lines(general_plan(catalogue)),
        REQUEST_ID=literal(line.request_id),
        USER_ID=literal(line.user_id),
        PRIVATE="|".join(map(re.escape, private_names(catalogue))) or "$^",
        MAIL=MAIL,
        ADDRESS=ADDRESS,
    )


def _fill(text: str, **values: str) -> str:
    """Put values into their places, `<NAME>`; braces and dollars belong to Promtail."""
    for name, value in values.items():
        text = text.replace(f"<{name}>", value)
    return text


def _list(words: tuple[str, ...]) -> str:
    return f"(list {' '.join(map(literal, words))})" if words else "list"


def _times(catalogue: Catalogue) -> str:
    fields = layouts(catalogue.line, catalogue.source)
    pairs = [f"(list {literal(field)}{_lines(found)})" for field, found in fields]
    return "(list\n  " + "\n  ".join(pairs) + ")"


def _plans(catalogue: Catalogue) -> str:
    found = [_plan(event, catalogue) for event in catalogue.events]
    test = f"{{{{- if eq $name {literal(TEST)} }}}}"
    return "\n".join([test, *found, "{{- else }}{{ $known = false }}", "{{- end }}"])


def _plan(event: Event, catalogue: Catalogue) -> str:
    kept = _lines(plan(event, catalogue))
    return f"{{{{- else if eq $name {literal(event.name)} }}}}\n  {{{{- $plan = list{kept} }}}}"


def _lines(items: Iterable[str]) -> str:
    """Literals on lines that are not too long; a template's action may span lines."""
    lines = [""]
    for item in map(literal, items):
        if len(lines[-1]) + len(item) > WIDTH:
            lines.append("   ")
        lines[-1] += f" {item}"
    return "\n".join(lines)
