"""`EVENTS.md`: the reference of all events, for people."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from eventdeck.catalogue import series
from eventdeck.catalogue.model import Catalogue, Event, Property
from eventdeck.render import words
from eventdeck.render.fill import Words, each, fill, filled
from eventdeck.render.fill import table as data
from eventdeck.render.markdown import anchor, code, codes, sentence, table, text
from eventdeck.render.seal import head

WATCHED = "## What dashboards and alerts watch for"


def render(catalogue: Catalogue) -> str:
    """Write the whole reference."""
    known, tables = _words(catalogue), data("reference.yaml")
    rows = [fill(one, more) for one, more in each(tables["series"], known)]
    watched = [fill(one["text"], more) for one, more in each(tables["watched"], known)]
    groups = words.groups(catalogue)
    more = {
        "contents": "\n".join(_contents(groups)),
        "automatic": _block("Added to every line automatically:", catalogue.automatic),
        "common": _block(
            "Any line may carry these; an event that always does names them again:",
            catalogue.common,
        ),
        "series": "\n".join(table([{k: row[k] for k in row if k != "for"} for row in rows])),
        "watched": "\n".join([WATCHED, "", *watched, "", ""]) if watched else "",
        "groups": "\n".join(
            line
            for name, events in groups.items()
            for line in (f"## {text(name)}", "", *_events(catalogue, events))
        ),
    }
    return filled("reference.md", known | more)


def _words(catalogue: Catalogue) -> Words:
    source, line = PurePath(catalogue.source).name, catalogue.line
    named = {f"codes {name}": codes(events) for name, events in words.signals(catalogue).items()}
    gauges = [
        {
            "name": series.gauge(catalogue.namespace, gauge),
            "meaning": f"{text(gauge.description)}; up on {codes(gauge.up)},"
            f" down on {codes(gauge.down)}",
        }
        for gauge in catalogue.gauges
    ]
    return {
        **words.named(catalogue),
        **named,
        "gauges": gauges,
        "head": head(source),
        "source": source,
        "heading": text(catalogue.application),
        "number of events": len(catalogue.events),
        "number of groups": len(words.groups(catalogue)),
        "names": _else(line.event),
        "first name": code(line.event[0]),
        "times": ", else ".join(f"{code(it.field)} ({code(it.format)})" for it in line.time),
        "zone": line.zone,
        "levels": _else(line.level),
        "request": line.request_id,
    }


def _else(fields: Iterable[str]) -> str:
    return ", else ".join(map(code, fields))


def _contents(groups: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for name, events in groups.items():
        links = ", ".join(f"[{code(event)}]({anchor(event)})" for event in events)
        yield f"- [{text(name)}]({anchor(name)}): {links}"


def _block(heading: str, properties: Iterable[Property]) -> str:
    rows = [*map(_property, properties)]
    return "\n".join([heading, "", *table(rows), "", ""]) if rows else ""


def _events(catalogue: Catalogue, names: Iterable[str]) -> Iterator[str]:
    for event in map(catalogue.by_name.__getitem__, names):
        gone = f" Deprecated from {event.deprecated}." if event.deprecated else ""
        yield from (f"### {code(event.name)}", "", sentence(event.description), "")
        yield from (f"Triggered: {sentence(event.triggered)} Since {event.since}.{gone}", "")
        if event.properties:
            yield from (*table([*map(_property, event.properties)]), "")
        if made := [*_made(event, catalogue.namespace)]:
            yield from (*made, "")


def _made(event: Event, namespace: str) -> Iterator[str]:
    """The series that an event has to itself."""
    if event.labels:
        labels = ",".join(label.name for label in event.labels)
        yield f"- counter {code(f'{series.counter(namespace, event)}{{{labels}}}')}"
    for prop in event.histograms:
        yield f"- histogram {code(series.histogram(namespace, event, prop))}"


def _property(prop: Property) -> Mapping[str, str]:
    return {
        "Property": code(prop.name),
        "Type": prop.type,
        "Unit": prop.unit or "",
        "Null": "yes" if prop.nullable else "",
        "Optional": "yes" if prop.optional else "",
        "Label values": codes(prop.values) if prop.label else "",
        "Histogram buckets": ", ".join(f"{bound:.15g}" for bound in prop.buckets),
        "Private": "hashed" if prop.hashed else "yes" if prop.private else "",
        "Description": text(prop.description),
    }
