"""Lints of one property: what may be a label, what may be a histogram, what is private."""

import re
from collections.abc import Mapping
from itertools import pairwise
from math import isfinite

from eventdeck.catalogue.model import BASE_UNITS, Property
from eventdeck.catalogue.problem import nearest

Words = Mapping[str, object]

LABEL_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*\Z")
SERIES_PART = re.compile(r"[a-z][a-z0-9_]*\Z")
# `event` is the label of events_total; Prometheus itself writes the others.
RESERVED_LABELS = {"event", "instance", "job", "le", "quantile"}
PERSONAL = re.compile(
    r"(.*_)?(user_?name|first_?name|last_?name|full_?name|e?mail|email_address|phone|"
    r"ip|ip_address|ip_addr|remote_addr|address|password|passwd|secret|token)\Z"
)
ABBREVIATIONS = {
    "ms": "milliseconds",
    "msec": "milliseconds",
    "millis": "milliseconds",
    "s": "seconds",
    "sec": "seconds",
    "secs": "seconds",
    "m": "minutes",
    "min": "minutes",
    "mins": "minutes",
    "h": "hours",
    "hr": "hours",
    "d": "days",
    "b": "bytes",
    "kb": "kilobytes",
    "mb": "megabytes",
}


def id_as_label(prop: Property) -> Words | None:
    """an id cannot be a label; remove "label: true" """
    return {} if prop.label and prop.type == "id" else None


def private_as_label(prop: Property) -> Words | None:
    """a private property cannot be a label; remove "label: true" """
    return {} if prop.label and prop.private else None


def unbounded_as_label(prop: Property) -> Words | None:
    """free text cannot be a label; close it with "values: [...]" or remove "label: true" """
    return {} if prop.label and prop.type == "string" and not prop.values else None


def type_as_label(prop: Property) -> Words | None:
    """a {type} cannot be a label, only a closed list or a boolean; remove "label: true" """
    closed = prop.type in {"string", "boolean", "id"}  # ids have a sentence of their own
    return {"type": prop.type} if prop.label and not closed else None


def label_name(prop: Property) -> Words | None:
    """a label's name has only letters, digits and "_"; remove "label: true" """
    return {} if prop.label and not LABEL_NAME.match(prop.name) else None


def reserved_label(prop: Property) -> Words | None:
    """ "{name}" is a label that Prometheus or Eventdeck writes itself; remove "label: true" """
    return {"name": prop.name} if prop.label and prop.name in RESERVED_LABELS else None


def values_of_other_type(prop: Property) -> Words | None:
    """only a string has a closed list, this is a {type}; remove "values" """
    listed = prop.values and prop.values != ("true", "false")
    return {"type": prop.type} if listed and prop.type != "string" else None


def buckets_of_other_type(prop: Property) -> Words | None:
    """only a number has a histogram, this is a {type}; remove "buckets" """
    return {"type": prop.type} if prop.buckets and prop.type != "number" else None


def buckets_not_finite(prop: Property) -> Words | None:
    """{bound} is no finite number; remove it, the bucket +Inf is added by itself"""
    bound = next((bound for bound in prop.buckets if not isfinite(bound)), None)
    return None if bound is None else {"bound": bound}


def buckets_not_ascending(prop: Property) -> Words | None:
    """the buckets do not ascend: {low:g} stands before {high:g}; sort them, each bound once"""
    finite = [bound for bound in prop.buckets if isfinite(bound)]
    wrong = next(((low, high) for low, high in pairwise(finite) if low >= high), None)
    return None if wrong is None else {"low": wrong[0], "high": wrong[1]}


def histogram_name(prop: Property) -> Words | None:
    """a histogram's name has only lower case letters, digits and "_"; remove "buckets" """
    return {} if prop.buckets and not SERIES_PART.match(prop.name) else None


def unit_of_other_type(prop: Property) -> Words | None:
    """only a number has a unit, this is a {type}; remove "unit" """
    return {"type": prop.type} if prop.unit is not None and prop.type != "number" else None


def unknown_unit(prop: Property) -> Words | None:
    """no unit is called "{unit}"; {hint}"""
    unit = prop.unit  # a base unit, or what is counted, as the name says it: num_rows, rows
    if unit is None or unit in BASE_UNITS:
        return None
    meant = ABBREVIATIONS.get(unit.lower())
    counted = re.fullmatch("[a-z]+", unit) and prop.name.endswith(f"_{unit}")
    if counted and meant is None and f"{unit}s" not in BASE_UNITS:
        return None
    hint = f'did you mean "{meant}"?' if meant else nearest(unit, BASE_UNITS)
    return {"unit": unit, "hint": hint}


def unit_against_name(prop: Property) -> Words | None:
    """the name says {said}, the unit does not; write "unit: {said}" """
    said = prop.name.rpartition("_")[2]
    wrong = said in BASE_UNITS and prop.unit != said and (prop.unit or prop.buckets)
    return {"said": said} if wrong and prop.type == "number" else None


def id_by_name(prop: Property) -> Words | None:
    """what ends in "_id" is an id, not a {type}; write "type: id" """
    wrong = prop.name.endswith("_id") and prop.type in {"string", "number"}
    return {"type": prop.type} if wrong else None


def personal_by_name(prop: Property) -> Words | None:
    """names, addresses and secrets are personal; write "private: true" """
    personal = prop.type == "string" and not prop.values and PERSONAL.match(prop.name)
    return {} if personal and not prop.private else None


def hashed_and_not_private(prop: Property) -> Words | None:
    """only what is private is redacted to a hash; write "private: true" as well"""
    return {} if prop.hashed and not prop.private else None


def hashed_of_other_type(prop: Property) -> Words | None:
    """only a string or an id can be hashed, this is a {type}; remove "hashed: true" """
    return {"type": prop.type} if prop.hashed and prop.type not in {"string", "id"} else None


def empty_description(prop: Property) -> Words | None:
    """the description is empty; write what the property says"""
    return None if prop.description.strip() else {}


LINTS = (
    (id_as_label, "label"),
    (private_as_label, "label"),
    (unbounded_as_label, "label"),
    (type_as_label, "label"),
    (label_name, "label"),
    (reserved_label, "label"),
    (values_of_other_type, "values"),
    (buckets_of_other_type, "buckets"),
    (buckets_not_finite, "buckets"),
    (buckets_not_ascending, "buckets"),
    (histogram_name, "buckets"),
    (unit_of_other_type, "unit"),
    (unknown_unit, "unit"),
    (unit_against_name, "unit"),
    (id_by_name, "type"),
    (personal_by_name, "private"),
    (hashed_and_not_private, "hashed"),
    (hashed_of_other_type, "hashed"),
    (empty_description, "description"),
)
