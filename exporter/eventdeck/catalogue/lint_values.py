"""Lints of a closed list of label values."""

from collections.abc import Mapping

MOST_VALUES = 30
Values = tuple[str, ...]
Words = Mapping[str, object]


def too_many_values(values: Values) -> Words | None:
    """{count} values are too many for a label (at most {most}); keep those that a chart needs"""
    too_many = len(values) > MOST_VALUES
    return {"count": len(values), "most": MOST_VALUES} if too_many else None


def reserved_value(values: Values) -> Words | None:
    """the value "{value}" begins with "_", which is kept for _other, _missing and _unknown"""
    value = next((value for value in values if value.startswith("_")), None)
    return None if value is None else {"value": value}


def duplicate_value(values: Values) -> Words | None:
    """the value "{value}" is listed twice; remove one"""
    value = next((value for index, value in enumerate(values) if value in values[:index]), None)
    return None if value is None else {"value": value}


LINTS = (
    (too_many_values, ""),
    (reserved_value, ""),
    (duplicate_value, ""),
)
