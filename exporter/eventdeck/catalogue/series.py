"""The names of the series that a catalogue makes: one truth for exporter, dashboards and rules."""

from collections.abc import Iterator

from eventdeck.catalogue.model import Event, Gauge, Property


def events(namespace: str) -> str:
    """Counter of all documented events, by `event`."""
    return f"{namespace}_events_total"


def last_event(namespace: str) -> str:
    """Gauge, in unix seconds: when an event was last seen, by `event`."""
    return f"{namespace}_last_event_timestamp_seconds"


def first_event(namespace: str) -> str:
    """Gauge, in unix seconds: when an event was first seen, by `event`."""
    return f"{namespace}_first_event_timestamp_seconds"


def counter(namespace: str, event: Event) -> str:
    """Counter of one event by its label properties."""
    return f"{namespace}_{event.series_stem}_total"


def histogram(namespace: str, event: Event, prop: Property) -> str:
    """Histogram of one property, in base units."""
    return f"{namespace}_{event.series_stem}_{prop.series_name}"


def gauge(namespace: str, gauge: Gauge) -> str:
    """A gauge that events raise and lower."""
    return f"{namespace}_{gauge.name}"


def of_event(namespace: str, event: Event) -> Iterator[str]:
    """Every series that an event has to itself."""
    if event.labels:
        yield counter(namespace, event)
    for prop in event.histograms:
        yield histogram(namespace, event, prop)
