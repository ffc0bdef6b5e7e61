"""What an event carries: its documented properties, consistent within its story."""

from random import Random
from typing import Any, Literal

from msgspec import UNSET, Struct
from pythonjsonlogger.core import RESERVED_ATTRS

from eventdeck.catalogue.model import Catalogue, Event, Property
from eventdeck.sample.ids import Ids, kind
from eventdeck.sample.pace import rfc3339
from eventdeck.sample.value import Maker, maker

# An event with such an action gives its own resource an id, or ends it.
_MAKES = frozenset({"added", "created", "opened", "placed", "registered", "submitted", "uploaded"})
_ENDS = frozenset({"archived", "closed", "deleted", "removed"})
_LEFT_OUT, _NULL, _FORWARD = 0.12, 0.3, 0.85  # odds
_SMALL = 5


class Told(Struct):
    """What a story said so far."""

    person: int | None  # whose session it is; None in the background
    began: float = 0.0  # Unix seconds
    memory: dict[str, Any] = {}
    events: int = 0  # so far


class _Part(Struct, frozen=True):
    """How one property of an event is filled in. `actor` is the person of the session."""

    prop: Property
    make: Maker
    role: Literal["value", "id", "new id", "actor", "moment", "old", "new"]
    ids: Ids
    ends: bool  # the event takes the id out of use


class Composer:
    """Makes the properties of events.

    What a step sets may be `elapsed` (time since its story began, in the property's unit), `part`
    (of that), `new` or `any` (an id), `actor`, `absent`, `{same: property}`, a list to choose
    from, or the value itself.
    """

    def __init__(
        self, catalogue: Catalogue, vocabulary: dict[str, tuple[str, ...]], rng: Random
    ) -> None:
        """Prepare the properties of each event of the catalogue; `vocabulary` by property."""
        self._rng = rng
        self._ids: dict[str, Ids] = {}
        self.people = self._of(catalogue.line.user_id)
        taken = _taken(catalogue)
        self._parts = {
            event.name: {
                prop.name: self._part(event, prop, maker(prop, vocabulary))
                for prop in sorted(event.properties, key=_is_new)
                if prop.name not in taken
            }
            for event in catalogue.events
        }

    def properties(
        self, event: str, now: float, told: Told, orders: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the event's properties at this moment (Unix seconds), as the catalogue orders."""
        found: dict[str, Any] = {}
        parts = self._parts.get(event, {})
        for name, part in parts.items():
            if name in orders:
                found[name] = self._ordered(name, part.prop, orders[name], now, told)
            else:
                found[name] = self._value(part, now, told)
            if part.ends:
                part.ids.end(found[name])
            told.memory[name] = found[name]
        for name, order in orders.items():
            if name not in parts:  # an undocumented one
                found[name] = self._ordered(name, None, order, now, told)
        told.events += 1
        return {name: value for name, value in found.items() if value is not UNSET}

    def _of(self, name: str) -> Ids:
        return self._ids.setdefault(kind(name), Ids())

    def _part(self, event: Event, prop: Property, make: Maker) -> _Part:
        resource, _, action = event.name.rpartition(".")
        own = prop.type == "id" and kind(prop.name) == kind(f"{resource}_id")
        ids = self._of(prop.name) if prop.type == "id" else Ids()
        role: Literal["value", "id", "new id", "actor", "moment", "old", "new"] = "value"
        if prop.type == "datetime":
            role = "moment"
        elif prop.type != "id":
            age = prop.name.partition("_")[0] if prop.values else ""
            role = "old" if age == "old" else "new" if age == "new" else "value"
        elif prop.name.startswith("new_") or (own and action in _MAKES):
            role = "new id"
        else:
            role = "actor" if prop is self._first_person(event) else "id"
        return _Part(prop, make, role, ids, own and action in _ENDS)

    def _first_person(self, event: Event) -> Property | None:
        """Return the property of who acts: where an event names two people, the first one."""
        ids = (prop for prop in event.properties if prop.type == "id")
        return next((prop for prop in ids if self._of(prop.name) is self.people), None)

    def _value(self, part: _Part, now: float, told: Told) -> object:
        name, memory = part.prop.name, told.memory
        if part.role == "actor":
            return self._fresh(part, now) if told.person is None else told.person
        if part.role == "old":
            values = part.prop.values if not told.events else part.prop.values[:1]
            return memory.get(f"new_{name[4:]}") or self._rng.choice(values)
        if part.role == "new":
            return self._next(part.prop.values, memory.get(f"old_{name[4:]}"))
        return memory[name] if name in memory else self._fresh(part, now)

    def _fresh(self, part: _Part, now: float) -> object:
        if part.prop.optional and self._rng.random() < _LEFT_OUT:
            return UNSET
        if part.prop.nullable and self._rng.random() < _NULL:
            return None
        if part.role == "new id":
            return part.ids.new()
        if part.role in {"id", "actor"}:
            return part.ids.any(self._rng)
        return rfc3339(now) if part.role == "moment" else part.make(self._rng)

    def _next(self, values: tuple[str, ...], old: object) -> str:
        """Return where a thing goes from `old`: mostly one on in its closed list."""
        others = [value for value in values if value != old] or list(values)
        if old in values[:-1] and self._rng.random() < _FORWARD:
            return values[values.index(str(old)) + 1]
        return self._rng.choice(others)

    def _ordered(
        self, name: str, prop: Property | None, order: object, now: float, told: Told
    ) -> object:
        if isinstance(order, list):
            return self._rng.choice(order)
        if isinstance(order, dict) and "same" in order:
            return told.memory.get(order["same"])
        if order in {"elapsed", "part"}:
            share = 1.0 if order == "elapsed" else self._rng.uniform(0.3, 0.9)
            return _whole((now - told.began) * share / (prop.scale if prop else 1.0))
        if order in {"new", "any"}:
            ids = self._of(name)
            return ids.new() if order == "new" else ids.any(self._rng)
        words: dict[str, object] = {"actor": told.person, "absent": UNSET}
        return words.get(str(order), order)


def _is_new(prop: Property) -> bool:
    """Whether it is a new value, which follows from the old one and so is made after it."""
    return prop.name.startswith("new_") and bool(prop.values)


def _whole(number: float) -> float:
    """Return a whole number where that loses little."""
    return round(number) if number >= _SMALL else round(number, 1)


def _taken(catalogue: Catalogue) -> set[str]:
    """Return the names that a property cannot have beside the line's own fields and logging's."""
    line = catalogue.line
    times = (field.field for field in line.time)
    return {*RESERVED_ATTRS, *line.event, *line.level, *times, line.request_id}
