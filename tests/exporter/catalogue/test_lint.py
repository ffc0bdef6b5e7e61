"""Each lint of a property and of a closed list, on the least catalogue that breaks it."""

from collections.abc import Callable

import pytest
from eventdeck.catalogue import lint_property, lint_values

from tests.exporter.catalogue.catalogues import Load, Problems, order

PROPERTY_CASES = {
    "id_as_label": (
        "x: { type: id, description: d, label: true }",
        'an id cannot be a label; remove "label: true"',
    ),
    "private_as_label": (
        "x: { type: string, description: d, label: true, private: true, values: [a] }",
        'a private property cannot be a label; remove "label: true"',
    ),
    "unbounded_as_label": (
        "x: { type: string, description: d, label: true }",
        'free text cannot be a label; close it with "values: [...]" or remove "label: true"',
    ),
    "type_as_label": (
        "x: { type: number, description: d, label: true }",
        'a number cannot be a label, only a closed list or a boolean; remove "label: true"',
    ),
    "label_name": (
        "x-y: { type: boolean, description: d, label: true }",
        'a label\'s name has only letters, digits and "_"; remove "label: true"',
    ),
    "reserved_label": (
        "le: { type: boolean, description: d, label: true }",
        '"le" is a label that Prometheus or Eventdeck writes itself; remove "label: true"',
    ),
    "values_of_other_type": (
        "x: { type: number, description: d, values: [a] }",
        'only a string has a closed list, this is a number; remove "values"',
    ),
    "buckets_of_other_type": (
        "x: { type: string, description: d, buckets: [1] }",
        'only a number has a histogram, this is a string; remove "buckets"',
    ),
    "buckets_not_finite": (
        "x: { type: number, description: d, buckets: [1, .inf] }",
        "inf is no finite number; remove it, the bucket +Inf is added by itself",
    ),
    "buckets_not_ascending": (
        "x: { type: number, description: d, buckets: [1, 3, 3] }",
        "the buckets do not ascend: 3 stands before 3; sort them, each bound once",
    ),
    "histogram_name": (
        "xY: { type: number, description: d, buckets: [1] }",
        'a histogram\'s name has only lower case letters, digits and "_"; remove "buckets"',
    ),
    "unit_of_other_type": (
        "x: { type: string, description: d, unit: seconds }",
        'only a number has a unit, this is a string; remove "unit"',
    ),
    "unknown_unit": (
        "x: { type: number, description: d, unit: secnds }",
        'no unit is called "secnds"; did you mean "seconds"?',
    ),
    "unit_against_name": (
        "x_minutes: { type: number, description: d, buckets: [1] }",
        'the name says minutes, the unit does not; write "unit: minutes"',
    ),
    "id_by_name": (
        "x_id: { type: string, description: d }",
        'what ends in "_id" is an id, not a string; write "type: id"',
    ),
    "personal_by_name": (
        "email: { type: string, description: d }",
        'names, addresses and secrets are personal; write "private: true"',
    ),
    "hashed_and_not_private": (
        "x: { type: string, description: d, hashed: true }",
        'only what is private is redacted to a hash; write "private: true" as well',
    ),
    "hashed_of_other_type": (
        "x: { type: boolean, description: d, private: true, hashed: true }",
        'only a string or an id can be hashed, this is a boolean; remove "hashed: true"',
    ),
    "empty_description": (
        'x: { type: string, description: " " }',
        "the description is empty; write what the property says",
    ),
}

VALUES_CASES = {
    "too_many_values": (
        [f"v{number}" for number in range(31)],
        "31 values are too many for a label (at most 30); keep those that a chart needs",
    ),
    "reserved_value": (
        ["a", "_other"],
        'the value "_other" begins with "_", which is kept for _other, _missing and _unknown',
    ),
    "duplicate_value": (["a", "b", "a"], 'the value "a" is listed twice; remove one'),
}


@pytest.mark.parametrize("name", PROPERTY_CASES)
def test_property(problems: Problems, name: str) -> None:
    """The property's lint finds its case, and no other lint does."""
    written, sentence = PROPERTY_CASES[name]
    key = written.partition(":")[0]
    assert problems(order(written)) == [f"10: order.paid.{key}: {sentence}"]


@pytest.mark.parametrize("name", VALUES_CASES)
def test_values_of_a_property(problems: Problems, name: str) -> None:
    """A closed list is looked at where it stands behind its property."""
    values, sentence = VALUES_CASES[name]
    written = f"x: {{ type: string, description: d, label: true, values: [{', '.join(values)}] }}"
    assert problems(order(written)) == [f"10: order.paid.x: {sentence}"]


@pytest.mark.parametrize("name", VALUES_CASES)
def test_values_of_a_shared_list(problems: Problems, name: str) -> None:
    """A shared list is complained about once, in its own line."""
    values, sentence = VALUES_CASES[name]
    shared = f"lists:\n  all: [{', '.join(values)}]\n"
    label = "{ type: string, description: d, label: true, values: all }"
    text = order(f"x: {label}").replace("events:", shared + "events:") + f"      y: {label}\n"
    found = [line for line in problems(text) if "series (at most" not in line]
    assert found == [f"6: lists.all: {sentence}"]


@pytest.mark.parametrize(
    ("unit", "meant"), [("ms", "milliseconds"), ("KB", "kilobytes"), ("min", "minutes")]
)
def test_abbreviated_units(problems: Problems, unit: str, meant: str) -> None:
    """An abbreviation is answered with the word, where its spelling would be no help."""
    text = order(f"x: {{ type: number, description: d, unit: {unit} }}")
    assert problems(text) == [
        f'10: order.paid.x: no unit is called "{unit}"; did you mean "{meant}"?'
    ]


@pytest.mark.parametrize(
    "written",
    [
        "x_id: { type: id, description: d }",
        "num_rows: { type: number, unit: rows, description: d, buckets: [1] }",
        "amount: { type: number, description: d, buckets: [0.5, 1] }",
        "username: { type: string, description: d, private: true }",
        "plan_name: { type: string, description: d, label: true, values: [free, paid] }",
        "kind: { type: string, description: d, values: [a, b] }",
        "x-y: { type: string, description: d }",
        "x_minutes: { type: number, unit: minutes, description: d, buckets: [1] }",
    ],
)
def test_what_is_right_is_let_through(load_text: Load, written: str) -> None:
    """No lint complains about what it must not."""
    assert load_text(order(written)).events[0].properties


@pytest.mark.parametrize(
    ("lints", "cases"),
    [
        ([check for check, _ in lint_property.LINTS], PROPERTY_CASES),
        ([check for check, _ in lint_values.LINTS], VALUES_CASES),
    ],
)
def test_every_lint_has_a_case(
    lints: list[Callable[..., object]], cases: dict[str, object]
) -> None:
    """A lint that is added without a case fails here."""
    assert [check.__name__ for check in lints] == list(cases)
