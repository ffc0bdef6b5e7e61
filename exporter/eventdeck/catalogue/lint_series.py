"""Lints of the series that a catalogue makes: no two of them may meet under one name."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from eventdeck.catalogue import series
from eventdeck.catalogue.model import Catalogue, Event
from eventdeck.catalogue.problem import Path

Found = Iterator[tuple[Path, Mapping[str, object]]]


class Sample(Struct, frozen=True):
    """A name that stands in an exposition, and who makes it."""

    name: str
    path: Path
    maker: str


def same_stem(catalogue: Catalogue) -> Found:
    """makes the same series as {other}; rename one of them"""
    first: dict[str, str] = {}
    for event in catalogue.events:
        other = first.setdefault(event.series_stem, event.name)
        if other != event.name:
            yield ("events", event.name), {"other": other}


def same_series(catalogue: Catalogue) -> Found:
    """would make {name}, which {other} makes already; rename one of them"""
    first: dict[str, Sample] = {}
    met: set[Path] = set()
    for sample in _samples(catalogue):
        other = first.setdefault(sample.name, sample)
        if other.path != sample.path and sample.path not in met:
            met.add(sample.path)
            yield sample.path, {"name": sample.name, "other": other.maker}


def _samples(catalogue: Catalogue) -> Iterator[Sample]:
    namespace = catalogue.namespace
    for name in _counter(series.events(namespace)):
        yield Sample(name, (), "Eventdeck itself")
    yield Sample(series.last_event(namespace), (), "Eventdeck itself")
    yield Sample(series.first_event(namespace), (), "Eventdeck itself")
    for gauge in catalogue.gauges:
        path: Path = ("gauges", gauge.name)
        yield Sample(series.gauge(namespace, gauge), path, f"the gauge {gauge.name}")
    stems: set[str] = set()
    for event in catalogue.events:
        if event.series_stem not in stems:  # else same_stem has said it
            stems.add(event.series_stem)
            yield from _of_event(namespace, event)


def _of_event(namespace: str, event: Event) -> Iterator[Sample]:
    path: Path = ("events", event.name)
    if event.labels:
        for name in _counter(series.counter(namespace, event)):
            yield Sample(name, path, event.name)
    for prop in event.histograms:
        for name in _histogram(series.histogram(namespace, event, prop)):
            yield Sample(name, (*path, "properties", prop.name), f"{event.name}.{prop.name}")


def _counter(name: str) -> tuple[str, ...]:
    family = name.removesuffix("_total")
    return (name, family, f"{family}_created")


def _histogram(name: str) -> tuple[str, ...]:
    return (name, *(f"{name}_{part}" for part in ("bucket", "sum", "count", "created")))


LINTS = (same_stem, same_series)
