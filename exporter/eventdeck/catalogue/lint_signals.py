"""Lints of what dashboards and alerts watch for: it must be there, and tell what it is to tell."""

from collections.abc import Iterator, Mapping

from eventdeck.catalogue.model import Catalogue, Property
from eventdeck.catalogue.problem import Path, nearest

Found = Iterator[tuple[Path, Mapping[str, object]]]


def signal_of_unknown_event(catalogue: Catalogue) -> Found:
    """the catalogue does not document "{event}"; {hint}"""
    for path, events in _listed(catalogue):
        for event in events:
            if event not in catalogue.by_name:
                yield path, {"event": event, "hint": nearest(event, catalogue.by_name)}


def sign_in_both_ways(catalogue: Catalogue) -> Found:
    """ "{event}" stands under "succeeded" and under "failed"; remove one"""
    for event in catalogue.signals.sign_in.failed:
        if event in catalogue.signals.sign_in.succeeded:
            yield ("signals", "sign_in", "failed"), {"event": event}


def user_not_carried(catalogue: Catalogue) -> Found:
    """{event} does not carry "{user}"; {hint}"""
    user = catalogue.signals.sign_in.user
    for event, known in _carried(catalogue, catalogue.signals.sign_in.failed):
        if user and user not in known:
            words = {"event": event, "user": user, "hint": nearest(user, known)}
            yield ("signals", "sign_in", "user"), words


def user_not_told_apart(catalogue: Catalogue) -> Found:
    """ "{user}" of {event} is private, so one account looks like another; add "hashed: true" """
    user = catalogue.signals.sign_in.user
    for event, known in _carried(catalogue, catalogue.signals.sign_in.failed):
        if user in known and known[user].private and not known[user].hashed:
            yield ("signals", "sign_in", "user"), {"user": user, "event": event}


def error_type_no_label(catalogue: Catalogue) -> Found:
    """ "{type}" is no label of {event}, and only labels are counted; {hint}"""
    kind = catalogue.signals.errors.type
    for event, _ in _carried(catalogue, catalogue.signals.errors.events):
        labels = [prop.name for prop in catalogue.by_name[event].labels]
        if kind and kind not in labels:
            words = {"type": kind, "event": event, "hint": nearest(kind, labels)}
            yield ("signals", "errors", "type"), words


def property_of_no_event(catalogue: Catalogue) -> Found:
    """names a property, but no events that carry it; add "{key}" """
    signals = catalogue.signals
    if signals.sign_in.user and not signals.sign_in.failed:
        yield ("signals", "sign_in", "user"), {"key": "failed"}
    if signals.errors.type and not signals.errors.events:
        yield ("signals", "errors", "type"), {"key": "events"}


def _listed(catalogue: Catalogue) -> Iterator[tuple[Path, tuple[str, ...]]]:
    signals = catalogue.signals
    yield ("signals", "sign_in", "succeeded"), signals.sign_in.succeeded
    yield ("signals", "sign_in", "failed"), signals.sign_in.failed
    yield ("signals", "errors", "events"), signals.errors.events
    for key in ("backups", "deployments", "administration", "role_changes"):
        yield ("signals", key), getattr(signals, key)


def _carried(
    catalogue: Catalogue, events: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, Property]]]:
    """Each documented event with all that its lines may carry."""
    for name in filter(catalogue.by_name.__contains__, events):
        own = catalogue.by_name[name].properties
        yield name, {p.name: p for p in (*catalogue.automatic, *catalogue.common, *own)}


LINTS = (
    signal_of_unknown_event,
    sign_in_both_ways,
    user_not_carried,
    user_not_told_apart,
    error_type_no_label,
    property_of_no_event,
)
