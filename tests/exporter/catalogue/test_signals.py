"""What dashboards and alerts watch for: read, and refused where the catalogue does not have it."""

import pytest
from eventdeck.catalogue import lint_signals
from eventdeck.catalogue.model import Errors, Signals, SignIn

from tests.exporter.catalogue.catalogues import SHOP, Load, Problems

WHO = "      who: { type: string, description: Who, private: true }\n"
SIGNALS = SHOP + WHO + "signals:\n"

CASES = {
    "signal_of_unknown_event": (
        "  backups: [order.payed]\n",
        (
            'signals.backups: the catalogue does not document "order.payed"; '
            'did you mean "order.paid"?'
        ),
    ),
    "sign_in_both_ways": (
        "  sign_in: { succeeded: [order.paid], failed: [order.paid] }\n",
        'signals.sign_in: "order.paid" stands under "succeeded" and under "failed"; remove one',
    ),
    "user_not_carried": (
        "  sign_in: { failed: [order.paid], user: user_idd }\n",
        'signals.sign_in: order.paid does not carry "user_idd"; did you mean "user_id"?',
    ),
    "user_not_told_apart": (
        "  sign_in: { failed: [order.paid], user: who }\n",
        (
            'signals.sign_in: "who" of order.paid is private, so one account looks like another; '
            'add "hashed: true"'
        ),
    ),
    "error_type_no_label": (
        "  errors: { events: [order.paid], type: wait_seconds }\n",
        (
            'signals.errors: "wait_seconds" is no label of order.paid, and only labels are '
            "counted; known: late, method"
        ),
    ),
    "property_of_no_event": (
        "  errors: { type: method }\n",
        'signals.errors: names a property, but no events that carry it; add "events"',
    ),
}


def test_it_is_read(load_text: Load) -> None:
    """Each key names events, and the property that tells them apart."""
    catalogue = load_text(
        SIGNALS + "  sign_in: { failed: [order.paid], user: user_id }\n"
        "  errors: { events: [order.paid], type: method }\n  backups: [order.paid]\n"
    )
    assert catalogue.signals == Signals(
        sign_in=SignIn(failed=("order.paid",), user="user_id"),
        errors=Errors(events=("order.paid",), type="method"),
        backups=("order.paid",),
    )


def test_it_may_be_left_out(load_text: Load) -> None:
    """An application without sign-ins and backups says nothing of them."""
    assert load_text(SHOP).signals == Signals()


@pytest.mark.parametrize("name", CASES)
def test_lint(name: str, problems: Problems) -> None:
    """Each lint says what is wrong and what would be right."""
    text, sentence = CASES[name]
    (found,) = problems(SIGNALS + text)
    assert found.partition(": ")[2] == sentence


def test_each_lint_has_a_case() -> None:
    """A new lint comes with a catalogue that breaks it."""
    assert [lint.__name__ for lint in lint_signals.LINTS] == list(CASES)


@pytest.mark.parametrize("wrong", ["backups: []", "sign_in: [order.paid]", "backup: [order.paid]"])
def test_another_form_is_refused(wrong: str, problems: Problems) -> None:
    """An empty list, a list for a mapping and an unknown key are told, not ignored."""
    assert problems(SIGNALS + f"  {wrong}\n")
