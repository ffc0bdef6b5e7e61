"""Each lint of an event, of the series and of the whole, on the least catalogue that breaks it."""

from collections.abc import Callable

import pytest
from eventdeck.catalogue import lint_event, lint_series, lint_whole

from tests.exporter.catalogue.catalogues import HEAD, Load, Problems, order

ORDER = "  order.paid: { description: Paid, triggered: On payment }\n"

EVENT_CASES = {
    "event_name": (
        "  Order.wasPaid: { description: Paid, triggered: Now }\n",
        (
            "6: Order.wasPaid: an event name has the form resource.action in lower snake case; "
            'did you mean "order.was_paid"?'
        ),
    ),
    "reserved_name": (
        "  eventdeck.test: { description: Tried, triggered: Now }\n",
        (
            '6: eventdeck.test: names that begin with "eventdeck." are for events of Eventdeck '
            "itself; choose another one"
        ),
    ),
    "too_many_series": (
        "  order.paid:\n    description: Paid\n    triggered: Now\n    properties:\n"
        + "".join(
            f"      {name}: {{ type: string, description: d, label: true, "
            f"values: [a, b, c, d, e, f, g, h, i] }}\n"
            for name in "xyz"
        ),
        (
            "6: order.paid: its labels make 1331 series (at most 1000); "
            "remove a label or shorten a list"
        ),
    ),
    "deprecated_before_since": (
        "  order.paid:\n    description: Paid\n    triggered: Now\n    deprecated: 2020-01-01\n",
        (
            "9: order.paid.deprecated: deprecated on 2020-01-01, before it came on 2025-10-20; "
            "mend one of the two days"
        ),
    ),
    "empty_description": (
        '  order.paid: { description: " ", triggered: Now }\n',
        "6: order.paid.description: the description is empty; write what happened, for people",
    ),
    "empty_trigger": (
        '  order.paid: { description: Paid, triggered: " " }\n',
        (
            '6: order.paid.triggered: "triggered" is empty; '
            "write when the application writes this event"
        ),
    ),
    "empty_group": (
        '  order.paid: { description: Paid, triggered: Now, group: " " }\n',
        "6: order.paid.group: the group is empty; write the heading, or remove the key",
    ),
}

SERIES_CASES = {
    "same_stem": (
        "  a.b_c: { description: d, triggered: t }\n  a_b.c: { description: d, triggered: t }\n",
        "7: a_b.c: makes the same series as a.b_c; rename one of them",
    ),
    "same_series": (
        (
            "  a.b:\n    description: d\n    triggered: t\n    properties:\n"
            "      c_total: { type: number, description: d, buckets: [1] }\n"
            "  a.b_c:\n    description: d\n    triggered: t\n    properties:\n"
            "      x: { type: boolean, description: d, label: true }\n"
        ),
        (
            "11: a.b_c: would make shop_a_b_c_total, which a.b.c_total makes already; "
            "rename one of them"
        ),
    ),
}

GAUGE = "gauges:\n  {name}: {{ description: {about}, up: [{up}], down: [order.sent] }}\n"
TWO = ORDER + "  order.sent: { description: Sent, triggered: On dispatch }\n"

WHOLE_CASES = {
    "format_version": (
        HEAD.replace("catalogue: 1", "catalogue: 0") + "events:\n" + ORDER,
        '1: catalogue: there is no format 0; write "catalogue: 1"',
    ),
    "no_events": (HEAD + "events: {}\n", '5: events: documents no event; add one under "events:"'),
    "namespace": (
        HEAD.replace("shop", "my-shop") + "events:\n" + ORDER,
        '3: namespace: "my-shop" cannot begin a series; write it in lower case, such as "my_shop"',
    ),
    "reserved_namespace": (
        HEAD.replace("shop", "process") + "events:\n" + ORDER,
        (
            '3: namespace: "process" is taken by series about the exporter or by Prometheus; '
            "choose another"
        ),
    ),
    "zone": (
        HEAD + "line:\n  zone: europe/roma\nevents:\n" + ORDER,
        '6: line.zone: no IANA zone is called "europe/roma"; did you mean "Europe/Rome"?',
    ),
    "time_format": (
        HEAD + 'line:\n  time:\n    - { field: t, format: "%Y-%m-%Q" }\nevents:\n' + ORDER,
        (
            '7: line.time: "%Y-%m-%Q" is neither rfc3339 nor a pattern of strptime: '
            '"%Q" is no directive'
        ),
    ),
    "gauge_name": (
        HEAD + GAUGE.format(name="Open", about="d", up="order.paid") + "events:\n" + TWO,
        (
            '6: gauges.Open: "Open" cannot end a series; '
            'write it in lower case, such as "timers_running"'
        ),
    ),
    "gauge_of_unknown_event": (
        HEAD + GAUGE.format(name="open", about="d", up="order.pad") + "events:\n" + TWO,
        (
            '6: gauges.open: "up" names "order.pad", which the catalogue does not document; '
            'did you mean "order.paid"?'
        ),
    ),
    "gauge_both_ways": (
        HEAD + GAUGE.format(name="open", about="d", up="order.sent") + "events:\n" + TWO,
        '6: gauges.open: "order.sent" stands under "up" and under "down"; remove one',
    ),
    "empty_sentence": (
        HEAD + GAUGE.format(name="open", about='" "', up="order.paid") + "events:\n" + TWO,
        "6: gauges.open: is empty; write it for people to read",
    ),
}


@pytest.mark.parametrize("name", EVENT_CASES)
def test_event(problems: Problems, name: str) -> None:
    """The event's lint finds its case, and no other lint does."""
    written, expected = EVENT_CASES[name]
    assert problems(HEAD + "events:\n" + written) == [expected]


@pytest.mark.parametrize("name", SERIES_CASES)
def test_series(problems: Problems, name: str) -> None:
    """Two makers of one series are told apart by their names."""
    written, expected = SERIES_CASES[name]
    assert problems(HEAD + "events:\n" + written) == [expected]


@pytest.mark.parametrize("name", WHOLE_CASES)
def test_whole(problems: Problems, name: str) -> None:
    """The lint of the whole finds its case, and no other lint does."""
    text, expected = WHOLE_CASES[name]
    assert problems(text) == [expected]


@pytest.mark.parametrize(
    ("event", "taken"),
    [
        ("last.event_timestamp_seconds", "shop_last_event_timestamp_seconds"),
        ("events.total", "shop_events_total"),
    ],
)
def test_series_of_eventdeck_itself(problems: Problems, event: str, taken: str) -> None:
    """An event cannot take the place of a series that every catalogue has."""
    text = order("x: { type: boolean, description: d, label: true }").replace("order.paid", event)
    assert problems(text) == [
        f"6: {event}: would make {taken}, which Eventdeck itself makes already; rename one of them"
    ]


def test_a_gauge_cannot_take_a_counters_place(problems: Problems) -> None:
    """A gauge and an event's counter meet like two events."""
    gauge = GAUGE.format(name="order_paid", about="d", up="order.paid")
    text = order("x: { type: boolean, description: d, label: true }") + TWO.replace(ORDER, "")
    assert problems(text.replace("events:", gauge + "events:")) == [
        (
            "8: order.paid: would make shop_order_paid, which the gauge order_paid makes already; "
            "rename one of them"
        )
    ]


def test_two_histograms_that_become_one(problems: Problems) -> None:
    """Minutes and seconds of one event have one name in seconds."""
    text = order(
        "idle_minutes: { type: number, unit: minutes, description: d, buckets: [1] }\n"
        "      idle_seconds: { type: number, unit: seconds, description: d, buckets: [1] }"
    )
    assert problems(text) == [
        (
            "11: order.paid.idle_seconds: would make shop_order_paid_idle_seconds, "
            "which order.paid.idle_minutes makes already; rename one of them"
        )
    ]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("%H:%M:%S", "it says no year"),
        ("%Y-%m-%d", "it says no hour"),
        ("%Y %d %H", "it says no month"),
        ("%Y %m %H", "it says no day"),
        ("%Y-%Y", '"%Y" stands twice'),
        ("ISO", "it says no year"),
    ],
)
def test_time_patterns(problems: Problems, pattern: str, reason: str) -> None:
    """A pattern that cannot give a moment is refused with what it lacks."""
    text = f'line: {{ time: [{{ field: t, format: "{pattern}" }}] }}\nevents:\n'
    assert problems(HEAD + text + ORDER) == [
        f'5: line.time: "{pattern}" is neither rfc3339 nor a pattern of strptime: {reason}'
    ]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Rome", "Asia/Kolkata"])
def test_zones(load_text: Load, zone: str) -> None:
    """Zones of the IANA database are taken, UTC without asking it."""
    text = HEAD + f"line: {{ zone: {zone} }}\nevents:\n" + ORDER
    assert load_text(text).line.zone == zone


@pytest.mark.parametrize(
    ("lints", "cases"),
    [
        ([check for check, _ in lint_event.LINTS], EVENT_CASES),
        (lint_series.LINTS, SERIES_CASES),
        (lint_whole.LINTS, WHOLE_CASES),
    ],
)
def test_every_lint_has_a_case(
    lints: list[Callable[..., object]], cases: dict[str, object]
) -> None:
    """A lint that is added without a case fails here."""
    assert [check.__name__ for check in lints] == list(cases)
