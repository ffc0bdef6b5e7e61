"""Lints of one event."""

import re
from collections.abc import Mapping
from math import prod

from eventdeck.catalogue.form import EVENT_NAME
from eventdeck.catalogue.model import TEST, Event

Words = Mapping[str, object]

MOST_SERIES = 1000
_EVENT_NAME = re.compile(EVENT_NAME)


def event_name(event: Event) -> Words | None:
    """an event name has the form resource.action in lower snake case; {hint}"""
    if _EVENT_NAME.search(event.name) and not event.name.endswith("\n"):
        return None
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", event.name).lower().split(".")
    words = [re.sub(r"[^a-z0-9]+", "_", word).strip("_") for word in words]
    guess = ".".join((words[0], "_".join(words[1:])))
    meant = _EVENT_NAME.search(guess)
    return {"hint": f'did you mean "{guess}"?' if meant else 'write it like "timer.stopped"'}


def reserved_name(event: Event) -> Words | None:
    """names that begin with "{own}" are for events of Eventdeck itself; choose another one"""
    own = TEST.partition(".")[0] + "."
    return {"own": own} if event.name.startswith(own) else None


def too_many_series(event: Event) -> Words | None:
    """its labels make {count} series (at most {most}); remove a label or shorten a list"""
    count = prod(len(label.label_values) for label in event.labels)
    return {"count": count, "most": MOST_SERIES} if count > MOST_SERIES else None


def deprecated_before_since(event: Event) -> Words | None:
    """deprecated on {deprecated}, before it came on {since}; mend one of the two days"""
    if event.deprecated is None or event.deprecated >= event.since:
        return None
    return {"deprecated": event.deprecated, "since": event.since}


def empty_description(event: Event) -> Words | None:
    """the description is empty; write what happened, for people"""
    return None if event.description.strip() else {}


def empty_trigger(event: Event) -> Words | None:
    """ "triggered" is empty; write when the application writes this event"""
    return None if event.triggered.strip() else {}


def empty_group(event: Event) -> Words | None:
    """the group is empty; write the heading, or remove the key"""
    return None if event.group.strip() else {}


LINTS = (
    (event_name, ""),
    (reserved_name, ""),
    (too_many_series, ""),
    (deprecated_before_since, "deprecated"),
    (empty_description, "description"),
    (empty_trigger, "triggered"),
    (empty_group, "group"),
)
