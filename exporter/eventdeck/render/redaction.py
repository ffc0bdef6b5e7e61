"""What the log pipeline keeps of a line, by event: the catalogue as a plan for Promtail.

A kind says what a value must be to be kept; whatever else stands there is redacted. So a name in a
field of numbers, or an address in a nested object, does not leave the host either.
"""

from collections.abc import Iterable

from eventdeck.catalogue.model import Catalogue, Property

# Personal wherever it stands, in free text and in ids.
MAIL = r"[\p{L}\p{N}._%+'-]+(?:@|%40)[\p{L}\p{N}.-]+"
ADDRESS = (
    r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b|"  # IPv4
    r"(?i:\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b|"  # IPv6, MAC; two colons are a time of day
    r"\b(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}\b)"
)


def plan(catalogue: Catalogue, props: Iterable[Property]) -> list[str]:
    """`kind name` of each of these properties; what is private in every line is so in each."""
    private = {prop.name for prop in general(catalogue) if prop.private}
    names = {*catalogue.line.event[:1], *catalogue.line.level[:1]}  # these the line has anyway
    return [f"{_kind(prop, private)} {prop.name}" for prop in props if prop.name not in names]


def general(catalogue: Catalogue) -> tuple[Property, ...]:
    """The properties that a line of any documented event may carry."""
    return (*catalogue.automatic, *catalogue.common)


def private_names(catalogue: Catalogue) -> list[str]:
    """Every name under which something private may stand, in any event."""
    named = (prop for event in catalogue.events for prop in event.properties)
    return sorted({prop.name for prop in (*general(catalogue), *named) if prop.private})


def _kind(prop: Property, private: set[str]) -> str:
    if prop.hashed:
        return "hashed"
    return "private" if prop.private or prop.name in private else prop.type
