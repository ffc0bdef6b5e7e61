"""Series as text: what prometheus_client's parsers read back is what was counted."""

import json
from datetime import date

import pytest
from eventdeck.catalogue.model import Catalogue, Event, Gauge, LineFormat, Property
from eventdeck.count import Tally
from eventdeck.decode import Decoder
from eventdeck.expose import Exposition, labels, number, prefers_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text
from prometheus_client.samples import Sample

SHOP = Catalogue(
    source="",
    digest="",
    application="Shop",
    namespace="shop",
    line=LineFormat(),
    automatic=(),
    common=(),
    gauges=(Gauge(name="carts", description="Carts.", up=("cart.opened",), down=("cart.paid",)),),
    events=(
        Event(
            name="cart.opened",
            group="Carts",
            description='Opened "by hand"\nor by link \\o/',
            triggered="",
            since=date(2026, 1, 1),
        ),
        Event(
            name="cart.paid",
            group="Carts",
            description="Paid",
            triggered="",
            since=date(2026, 1, 1),
            properties=(
                Property(
                    name="method",
                    type="string",
                    description="",
                    label=True,
                    values=("card", "cash"),
                ),
                Property(
                    name="gift",
                    type="boolean",
                    description="",
                    label=True,
                    values=("true", "false"),
                ),
                Property(
                    name="took_minutes",
                    type="number",
                    description="Time it took",
                    unit="minutes",
                    buckets=(1, 2.5, 10),
                ),
            ),
        ),
    ),
)


def exposed(lines: bytes, *, openmetrics: bool) -> list[Sample]:
    """Count lines and read the exposition back."""
    decoder, tally = Decoder(SHOP), Tally(SHOP)
    tally.add(decoder.rows(lines))
    tally.fold()
    text = Exposition(tally, openmetrics=openmetrics).render([]).decode()
    read = read_openmetrics if openmetrics else read_text
    return [sample for family in read(text) for sample in family.samples]


def value(samples: list[Sample], name: str, **pairs: str) -> float:
    """Return the value of the one series with these labels."""
    (found,) = [s.value for s in samples if s.name == name and s.labels == pairs]
    return float(found)


PAID = (
    b'{"event": "cart.paid", "method": "card", "gift": true, "took_minutes": 2.5, "request_id": '
    b'"7d2a-1", "timestamp": "2026-01-01T00:00:10Z"}\n'
)


@pytest.mark.parametrize("openmetrics", [True, False])
def test_every_series_is_there_at_zero_before_any_event(openmetrics: bool) -> None:
    """Events, every combination of labels, every bucket and the gauge."""
    samples = exposed(b"", openmetrics=openmetrics)
    assert {s.value for s in samples} == {0}
    combinations = [s.labels for s in samples if s.name == "shop_cart_paid_total"]
    assert len(combinations) == 4 * 4
    assert {"method": "_other", "gift": "_missing"} in combinations
    assert len([s for s in samples if s.name == "shop_cart_paid_took_seconds_bucket"]) == 4
    assert value(samples, "shop_events_total", event="_unknown") == 0
    assert not [s for s in samples if s.name == "shop_last_event_timestamp_seconds"]


@pytest.mark.parametrize("openmetrics", [True, False])
def test_a_line_is_in_every_series_of_its_event(openmetrics: bool) -> None:
    """Counter, labels, histogram in seconds, last seen."""
    samples = exposed(PAID * 2, openmetrics=openmetrics)
    assert value(samples, "shop_events_total", event="cart.paid") == 2
    assert value(samples, "shop_cart_paid_total", method="card", gift="true") == 2
    assert value(samples, "shop_cart_paid_took_seconds_bucket", le="60.0") == 0
    assert value(samples, "shop_cart_paid_took_seconds_bucket", le="150.0") == 2
    assert value(samples, "shop_cart_paid_took_seconds_bucket", le="+Inf") == 2
    assert value(samples, "shop_cart_paid_took_seconds_sum") == 300
    assert value(samples, "shop_last_event_timestamp_seconds", event="cart.paid") == 1767225610


def test_an_exemplar_carries_the_request() -> None:
    """With its line's time, on the event's counter and on that of its labels."""
    samples = exposed(PAID, openmetrics=True)
    found = [s for s in samples if s.exemplar]
    assert [s.name for s in found] == ["shop_events_total", "shop_cart_paid_total"]
    for sample in found:
        assert sample.exemplar is not None
        assert sample.exemplar.labels == {"request_id": "7d2a-1"}
        assert float(str(sample.exemplar.timestamp)) == 1767225610


@pytest.mark.parametrize("request_id", ["r", '"', "{}", "", "é"])
def test_a_request_id_that_parsers_stumble_over_is_no_exemplar(request_id: str) -> None:
    """prometheus_client cannot read a quote there, and 128 characters are the limit."""
    line = PAID.replace(b'"7d2a-1"', json.dumps(request_id * 101).encode())
    assert not any(s.exemplar for s in exposed(line, openmetrics=True))


def test_values_outside_the_lists_are_other_and_missing() -> None:
    """They are counted as such, and the sum over the labels is the sum of the events."""
    lines = (
        b'{"event": "cart.paid", "method": "stone", "gift": false}\n'
        b'{"event": "cart.paid", "gift": 7}\n'
        b'{"event": "cart.paid", "method": ["card"], "gift": null, "took_minutes": -1}\n'
        b'{"event": "cart.paid", "method": "cash", "gift": true, "took_minutes": "3"}\n'
    )
    samples = exposed(lines, openmetrics=False)
    name = "shop_cart_paid_total"
    assert value(samples, name, method="_other", gift="false") == 1
    assert value(samples, name, method="_missing", gift="_other") == 1
    assert value(samples, name, method="_other", gift="_missing") == 1
    assert value(samples, name, method="cash", gift="true") == 1
    assert sum(s.value for s in samples if s.name == name) == 4
    problems = {
        s.labels["problem"]: s.value for s in samples if s.name == "eventdeck_property_errors_total"
    }
    assert problems == {"missing": 2, "type": 3, "value": 1, "range": 1}


@pytest.mark.parametrize(
    ("accept", "openmetrics"),
    [
        ("", False),
        ("*/*", False),
        ("text/plain;version=0.0.4;q=0.5,*/*;q=0.1", False),
        ("application/openmetrics-text", True),
        (
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,"
                "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
            ),
            True,
        ),
        ("application/openmetrics-text;q=0.1,text/plain;q=0.9", False),
        ("application/openmetrics-text;q=broken", False),
    ],
)
def test_the_scraper_chooses_the_format(accept: str, openmetrics: bool) -> None:
    """By the quality it gives each; the text format where it has no preference."""
    assert prefers_openmetrics(accept) is openmetrics


def test_label_values_are_escaped() -> None:
    """Quotes, newlines, backslashes; a lone surrogate cannot be encoded and is replaced."""
    assert labels({"a": 'x"y\nz\\', "b": "\ud800"}) == '{a="x\\"y\\nz\\\\",b="?"}'
    assert labels({}) == ""


def test_numbers_are_as_short_as_they_can_be() -> None:
    """Whole numbers without a fraction."""
    assert [number(v) for v in (3, 3.0, 0.25, 1e18)] == ["3", "3", "0.25", "1000000000000000000"]
