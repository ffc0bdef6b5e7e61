"""What the log pipeline keeps of a line, by event: the catalogue as a plan for Promtail.

A kind says what a value must be to be kept; whatever else stands there is redacted. So a name in a
field of numbers, or an address in a nested object, does not leave the host either.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from eventdeck.catalogue.model import Catalogue, Event, Property

# Personal wherever it stands, in free text and in ids.
MAIL = r"[\p{L}\p{N}._%+'-]+(?:@|%40)[\p{L}\p{N}.-]+"
ADDRESS = (
    r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b|"  # IPv4
    r"(?i:\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b|"  # IPv6, MAC; two colons are a time of day
    r"\b(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}\b)"
)


def plan(event: Event, catalogue: Catalogue) -> list[str]:
    """`kind name` of each property that the event names, in order."""
    general = {prop.name: prop for prop in (*catalogue.automatic, *catalogue.common)}
    return _items(event.properties, catalogue, general)


def general_plan(catalogue: Catalogue) -> list[str]:
    """`kind name` of each property that a line of any documented event may carry."""
    return _items((*catalogue.automatic, *catalogue.common), catalogue, {})


def private_names(catalogue: Catalogue) -> list[str]:
    """Every name under which something private may stand, in any event."""
    return sorted({prop.name for prop in _properties(catalogue) if prop.private})


def literal(text: str) -> str:
    """A string as Go templates read it."""
    return json.dumps(text, ensure_ascii=False)


def _items(
    props: Iterable[Property], catalogue: Catalogue, general: Mapping[str, Property]
) -> list[str]:
    names = {*catalogue.line.event[:1], *catalogue.line.level[:1]}  # these the line has anyway
    return [
        f"{_kind(prop, general.get(prop.name, prop))} {prop.name}"
        for prop in props
        if prop.name not in names
    ]


def _kind(prop: Property, general: Property) -> str:
    if prop.hashed:
        return "hashed"
    return "private" if prop.private or general.private else prop.type


def _properties(catalogue: Catalogue) -> Iterator[Property]:
    yield from catalogue.automatic
    yield from catalogue.common
    for event in catalogue.events:
        yield from event.properties
