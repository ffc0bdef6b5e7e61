"""`EVENTS.md`: the reference of all events, for people."""

from collections.abc import Iterable, Iterator

from eventdeck.catalogue import series
from eventdeck.catalogue.model import Catalogue, Event, Property
from eventdeck.render import words
from eventdeck.render.fill import Words, fill, filled
from eventdeck.render.fill import table as data
from eventdeck.render.markdown import anchor, code, codes, sentence, table, text


def render(catalogue: Catalogue) -> str:
    """Write the whole reference."""
    known, groups = _words(catalogue), words.groups(catalogue)
    tables = fill(data("reference.yaml"), known)
    links = {
        name: ", ".join(f"[{code(event)}]({anchor(event)})" for event in events)
        for name, events in groups.items()
    }
    common = "Any line may carry these; an event that always does names them again:"
    watched = "\n".join(one["text"] for one in tables["watched"])
    parts = {
        "contents": "\n".join(
            f"- [{text(name)}]({anchor(name)}): {links[name]}" for name in groups
        ),
        "automatic": _block("Added to every line automatically:", _properties(catalogue.automatic)),
        "common": _block(common, _properties(catalogue.common)),
        "series": table(tables["series"]),
        "watched": _block("## What dashboards and alerts watch for", watched),
        "groups": "\n\n".join(
            paragraph
            for name, events in groups.items()
            for paragraph in (f"## {text(name)}", *_events(catalogue, events))
        ),
    }
    return filled("reference.md", known | parts)


def _words(catalogue: Catalogue) -> Words:
    line = catalogue.line
    gauges = [
        {
            "name": series.gauge(catalogue.namespace, gauge),
            "meaning": text(gauge.description),
            "up": codes(gauge.up),
            "down": codes(gauge.down),
        }
        for gauge in catalogue.gauges
    ]
    named = {f"codes {name}": codes(events) for name, events in words.signals(catalogue).items()}
    return {
        **words.of(catalogue),
        **named,
        "gauges": gauges,
        "heading": text(catalogue.application),
        "number of events": len(catalogue.events),
        "number of groups": len(words.groups(catalogue)),
        "names": codes(line.event, ", else "),
        "first name": code(line.event[0]),
        "times": ", else ".join(f"{code(it.field)} ({code(it.format)})" for it in line.time),
        "zone": line.zone,
        "levels": codes(line.level, ", else "),
        "request": line.request_id,
    }


def _block(heading: str, body: str) -> str:
    """A heading with what stands below it; nothing where nothing does."""
    return f"{heading}\n\n{body}\n\n" if body else ""


def _events(catalogue: Catalogue, names: Iterable[str]) -> Iterator[str]:
    """The paragraphs about events."""
    for event in map(catalogue.by_name.__getitem__, names):
        gone = f" Deprecated from {event.deprecated}." if event.deprecated else ""
        yield f"### {code(event.name)}"
        yield sentence(event.description)
        yield f"Triggered: {sentence(event.triggered)} Since {event.since}.{gone}"
        if event.properties:
            yield _properties(event.properties)
        if made := [*_made(event, catalogue.namespace)]:
            yield "\n".join(made)


def _made(event: Event, namespace: str) -> Iterator[str]:
    """The series that an event has to itself."""
    if event.labels:
        labels = ",".join(label.name for label in event.labels)
        yield f"- counter {code(f'{series.counter(namespace, event)}{{{labels}}}')}"
    for prop in event.histograms:
        yield f"- histogram {code(series.histogram(namespace, event, prop))}"


def _properties(props: Iterable[Property]) -> str:
    return table(
        [
            {
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
            for prop in props
        ]
    )
