"""What does not fit the form: each misfit explained, all of them at once."""

import pytest

from tests.exporter.catalogue.catalogues import SHOP, Problems


def test_all_errors_at_once_by_line(problems: Problems) -> None:
    """Errors of form and of meaning come together, each with line, event and property."""
    text = (
        SHOP.replace("Who paid", "{ label: true }")
        .replace("values: methods", "values: method")
        .replace("triggered", "trigered")
        .replace("[1, 60]", "[60, 1]")
        .replace("catalogue: 1\n", "catalogue: 1\ncolour: red\n")
    )
    assert problems(text) == [
        (
            '2: colour: "colour" is no key that is known here; known: application, automatic, '
            "catalogue, common, events, gauges, groups, line, lists, namespace, overview, "
            "signals, since"
        ),
        (
            '12: order.paid.triggered: says no "triggered"; '
            "add it: when the application writes this event"
        ),
        (
            '14: order.paid.trigered: "trigered" is no key that is known here; '
            'did you mean "triggered"?'
        ),
        '16: order.paid.user_id: an id cannot be a label; remove "label: true"',
        (
            "17: order.paid.wait_seconds: the buckets do not ascend: 60 stands before 1; "
            "sort them, each bound once"
        ),
        '18: order.paid.method: there is no list "method" in "lists"; did you mean "methods"?',
        (
            '18: order.paid.method: free text cannot be a label; close it with "values: [...]" '
            'or remove "label: true"'
        ),
    ]


def test_an_event_written_twice(problems: Problems) -> None:
    """The second is not taken in silence; both lines are named."""
    again = "  order.paid: { description: Again, triggered: Now }\n"
    assert problems(SHOP + again) == [
        "19: order.paid: is written twice, here and in line 11; remove one"
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("type: id", "type: int", '8: common.user_id: "int" is no type; write "number"'),
        ("type: id", "type: idd", '8: common.user_id: "idd" is no type; did you mean "id"?'),
        (
            "[card, cash]",
            "[card, yes]",
            '6: lists.methods: item 2 should be text, not true; put it in "quotes"',
        ),
        (
            "[1, 60]",
            "[1, 1e3]",
            (
                '16: order.paid.wait_seconds: item 2 of "buckets" should be a number, '
                'not the text "1e3"; write 1000'
            ),
        ),
        (
            "[1, 60]",
            "[]",
            (
                '16: order.paid.wait_seconds: "buckets" should be a list in [brackets] that is not '
                "empty, not an empty list"
            ),
        ),
        (
            "nullable: true",
            "nullable: 'yes'",
            '16: order.paid.wait_seconds: "nullable" should be true or false, not the text "yes"',
        ),
        (
            "since: 2025-10-20",
            "since: soon",
            '4: since: should be a day, such as 2025-10-20, not the text "soon"',
        ),
        (
            "since: 2025-10-20",
            "since: 2025-13-20",
            '4: since: should be a day, such as 2025-10-20, not the text "2025-13-20"',
        ),
        ("When the money arrives", '""', "13: order.paid.triggered: is empty; write text"),
        (
            "triggered: When the money arrives",
            "triggered:",
            "13: order.paid.triggered: should be text, nothing stands there",
        ),
        ("Who paid", "7", '15: order.paid.user_id: should be text, not 7; put it in "quotes"'),
        (
            "user_id: Who paid",
            "name: Who paid",
            (
                '15: order.paid.name: says no "type" and is no common property; '
                "write one of id, string, number, boolean, list, datetime"
            ),
        ),
        (
            "late: { type: boolean, description: Whether late, label: true }",
            "late: { type: boolean, label: true }",
            '18: order.paid.late: says no "description"; write what the property says',
        ),
        (
            "since: 2025-10-20\n",
            "",
            '10: order.paid: says no "since"; write the day it was documented: "since: YYYY-MM-DD"',
        ),
        ("  order.paid:\n", "  12:\n", '11: 12: the name 12 is not text; put it in "quotes"'),
        (
            "namespace: shop\n",
            "",
            '1: namespace: says no "namespace"; add it: first part of every series',
        ),
    ],
)
def test_what_does_not_fit_is_explained(
    problems: Problems, old: str, new: str, expected: str
) -> None:
    """A value of the wrong kind is refused with what should stand there."""
    text = SHOP.replace(old, new, 1)
    assert text != SHOP
    assert expected in problems(text)
