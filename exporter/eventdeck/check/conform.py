"""Records of one event against what the catalogue says of it, a column at a time.

All values of a property are looked at together: the set of their types, the set of their values.
Only where a set holds what it should not is anything looked at line by line.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import compress
from operator import attrgetter
from typing import Any

from msgspec import UNSET, UnsetType
from pythonjsonlogger.core import RESERVED_ATTRS

from eventdeck.catalogue.model import Catalogue, Property
from eventdeck.check import privacy
from eventdeck.check.finding import Findings, Topic
from eventdeck.check.record import Record

_NONE = type(None)
_ALLOWED: dict[str, frozenset[type]] = {
    "id": frozenset({int, str}),
    "string": frozenset({str}),
    "number": frozenset({int, float}),
    "boolean": frozenset({bool}),
    "list": frozenset({list}),
    "datetime": frozenset({str}),
}
_WORDS = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    list: "list",
    dict: "object",
    _NONE: "null",
}
_MAY_HOLD_TEXT = frozenset({str, list, dict})

Column = list[Any]
Lines = Callable[[], list[int]]  # the lines of a column's values, in the same order


class Conform:
    """Compares records with a catalogue and reports to `findings`."""

    def __init__(self, catalogue: Catalogue, findings: Findings) -> None:
        """Prepare what is expected of each event."""
        self._findings = findings
        line = catalogue.line
        times = {time.field for time in line.time}  # any of them will do for `timestamp`
        shared = (*catalogue.automatic, *catalogue.common)
        self._shared = {prop.name: prop for prop in shared if prop.name not in times}
        self._every = [prop.name for prop in catalogue.automatic if prop.name in self._shared]
        self._events = {
            event.name: {prop.name: prop for prop in event.properties} for event in catalogue.events
        }
        self._own = {*RESERVED_ATTRS, *line.event, *line.level, line.request_id, line.user_id}
        self._private = {
            prop.name for event in catalogue.events for prop in event.properties if prop.private
        }
        self._values = {
            (event.name, prop.name): frozenset(prop.values)
            for event in catalogue.events
            for prop in event.labels
            if prop.type != "boolean"
        }

    def check(self, kind: type[Record], records: list[Any], lines: Lines) -> None:
        """Compare records of one type; `lines` gives the numbers of their lines."""
        own = self._events.get(kind.name)
        if own is None:
            self._unknown(kind, records, lines)
        expected = self._shared | (own or {})
        for field, attribute in kind.fields.items():
            column = list(map(attrgetter(attribute), records))
            prop = expected.get(field)
            if own is not None and prop is not None:
                self._documented(kind.name, prop, column, lines)
            elif own is not None and field not in self._own:
                self._undocumented(kind.name, field, column, lines)
            if prop is None or not prop.private:
                self._look_for_private(kind.name, field, column, lines)
        for name in [*self._every, *(own or {})] if own is not None else ():
            if name not in kind.fields and not expected[name].optional:
                self._missing(kind.name, name, [True] * len(records), lines)

    def _unknown(self, kind: type[Record], records: list[Any], lines: Lines) -> None:
        carried = [privacy.shown_name(field) for field in kind.fields if field not in self._own]
        what = f"carries {', '.join(carried)}" if carried else ""
        count = len(records)
        self._add(Topic("unknown_event", kind.name), {what: count}, [True] * count, lines)

    def _documented(self, event: str, prop: Property, column: Column, lines: Lines) -> None:
        kinds = set(map(type, column))
        if not kinds <= _ALLOWED[prop.type]:
            self._wrong_types(event, prop, column, lines)
        values = self._values.get((event, prop.name))
        if values is not None and not (kinds <= {str} and set(column) <= values):
            self._outside(event, prop, column, lines)

    def _wrong_types(self, event: str, prop: Property, column: Column, lines: Lines) -> None:
        if not prop.optional:
            self._missing(event, prop.name, [value is UNSET for value in column], lines)
        right = _ALLOWED[prop.type] | {UnsetType} | ({_NONE} if prop.nullable else set())
        wrong = [type(value) not in right for value in column]
        details = Counter(_WORDS[type(value)] for value in compress(column, wrong))
        what = {f"{word} instead of {prop.type}": times for word, times in details.items()}
        self._add(Topic("wrong_type", event, prop.name), what, wrong, lines)

    def _missing(self, event: str, name: str, absent: list[bool], lines: Lines) -> None:
        # `automatic` properties belong to every event, so they are one finding.
        event = "" if name in self._every else event
        self._add(Topic("missing_property", event, name), {"not there": sum(absent)}, absent, lines)

    def _outside(self, event: str, prop: Property, column: Column, lines: Lines) -> None:
        values = set(prop.values)
        outside = [isinstance(value, str) and value not in values for value in column]
        details = Counter(map(privacy.shown_value, compress(column, outside)))
        self._add(Topic("outside_list", event, prop.name), details, outside, lines)

    def _undocumented(self, event: str, field: str, column: Column, lines: Lines) -> None:
        there = [value is not UNSET for value in column]
        details = Counter(_WORDS[type(value)] for value in compress(column, there))
        name = privacy.shown_name(field)
        self._add(Topic("undocumented_property", event, name), details, there, lines)
        if field in self._private:
            what = {"private in other events": sum(there)}
            self._add(Topic("private_value", event, name), what, there, lines)

    def _look_for_private(self, event: str, field: str, column: Column, lines: Lines) -> None:
        kinds = set(map(type, column))
        if kinds.isdisjoint(_MAY_HOLD_TEXT):
            return
        texts = column if kinds == {str} else list(map(_text, column))
        if not privacy.may_be_private(texts):
            return
        looks = {text: privacy.looks_private(text) for text in set(texts)}
        if any(looks.values()):
            details = Counter(f"looks like {looks[text]}" for text in texts if looks[text])
            private = [bool(looks[text]) for text in texts]
            name = privacy.shown_name(field)
            self._add(Topic("private_value", event, name), details, private, lines)

    def _add(
        self, topic: Topic, details: dict[str, int], which: Iterable[bool], lines: Lines
    ) -> None:
        if any(details.values()):
            self._findings.add(topic, details, lambda: compress(lines(), which))


def _text(value: object) -> str:
    """Every text in a value, on a line of its own."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]
    if kind is list:
        return "\n".join(map(_text, value))  # type: ignore[call-overload]
    if kind is dict:
        return "\n".join(f"{key}\n{_text(inner)}" for key, inner in value.items())  # type: ignore[attr-defined]
    return ""
