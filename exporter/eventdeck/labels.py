"""What a line carries as a label value, and the series that it belongs to."""

from collections.abc import Hashable
from itertools import product
from typing import Any

from eventdeck.catalogue.model import MISSING, OTHER, Property


def raw_keys(labels: tuple[Property, ...]) -> list[tuple[Any, tuple[str, ...]]]:
    """Pair what a line carries when all is well with the label values of its series."""
    if not labels:
        return []
    choices = [[(_raw_value(prop, v), v) for v in (*prop.values, MISSING)] for prop in labels]
    pairs = []
    for choice in product(*choices):
        raw, key = tuple(zip(*choice, strict=True))
        pairs.append((raw if len(labels) > 1 else raw[0], key))
    return pairs


def _raw_value(prop: Property, value: str) -> object:
    if value == MISSING:
        return None
    return value == "true" if prop.type == "boolean" else value


def label(prop: Property, value: object) -> str:
    """The label value of what a line carries: of the closed list, or one of the two beside it."""
    if value is None:
        return MISSING
    if isinstance(value, bool) or (prop.type == "boolean" and value in (0, 1)):
        value = str(bool(value)).lower()
    text = value if isinstance(value, str) else str(value)
    return text if text in prop.values else OTHER


def has_number(raw: object) -> bool:
    """Whether a number or a boolean is among the values: 1, 1.0 and True are equal to Python."""
    values = raw if isinstance(raw, tuple) else (raw,)
    return any(isinstance(value, int | float) for value in values)


def types(raw: object) -> object:
    """The types of the values, to tell equal ones apart."""
    return tuple(map(type, raw)) if isinstance(raw, tuple) else type(raw)


def hashable(raw: object) -> Hashable:
    """Stand-in for label values of which one may be a list or an object."""
    if isinstance(raw, tuple):
        return tuple(map(hashable, raw))
    return () if isinstance(raw, list | dict) else raw
