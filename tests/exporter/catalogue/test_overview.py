"""What the first dashboard leads with: read, and refused where the catalogue does not have it."""

import pytest
from eventdeck.catalogue import lint_overview
from eventdeck.catalogue.model import Funnel, Total

from tests.exporter.catalogue.catalogues import SHOP, Load, Problems

PAID = "  totals: {{ Waited: [{}] }}\n"
OVERVIEW = SHOP + "overview:\n"

CASES = {
    "funnel_of_unknown_event": (
        "  funnels: { Orders: [order.paid, order.send] }\n",
        (
            'overview.funnels: the catalogue does not document "order.send"; '
            'did you mean "order.paid"?'
        ),
    ),
    "total_of_nothing": (
        PAID.format("order.paid.wait_second"),
        (
            'overview.totals: "order.paid.wait_second" is no event.property with "buckets", '
            'and only those are summed; did you mean "order.paid.wait_seconds"?'
        ),
    ),
    "total_of_different_units": (
        PAID.format("order.paid.wait_seconds, order.paid.price"),
        "overview.totals: adds seconds to what has no unit; a total has one unit",
    ),
}
PRICE = "      price: { type: number, description: Price, buckets: [1, 5] }\n"


def test_it_is_read(load_text: Load) -> None:
    """A total names properties, a funnel names events, both in the order of the file."""
    catalogue = load_text(
        OVERVIEW
        + PAID.format("order.paid.wait_seconds")
        + "  funnels: { Orders: [order.paid, order.paid] }\n"
    )
    assert catalogue.totals == (Total(name="Waited", parts=(("order.paid", "wait_seconds"),)),)
    assert catalogue.funnels == (Funnel(name="Orders", events=("order.paid", "order.paid")),)


@pytest.mark.parametrize("name", CASES)
def test_lint(name: str, problems: Problems) -> None:
    """Each lint says what is wrong and what would be right."""
    text, sentence = CASES[name]
    (found,) = problems(SHOP + PRICE + "overview:\n" + text)
    assert found.partition(": ")[2] == sentence


def test_each_lint_has_a_case() -> None:
    """A new lint comes with a catalogue that breaks it."""
    assert [lint.__name__ for lint in lint_overview.LINTS] == list(CASES)


def test_a_funnel_of_one_event_is_refused(problems: Problems) -> None:
    """One event is no funnel."""
    assert problems(OVERVIEW + "  funnels: { Orders: [order.paid] }\n")
