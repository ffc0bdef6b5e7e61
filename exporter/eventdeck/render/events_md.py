"""`EVENTS.md`: the reference of all events, for people."""

from collections.abc import Iterable, Iterator

from eventdeck.catalogue import series
from eventdeck.catalogue.model import Catalogue, Property
from eventdeck.render import words
from eventdeck.render.fill import fill, filled, table
from eventdeck.render.prose import anchor, code, codes, grid, sentence, text


def render(catalogue: Catalogue) -> str:
    """Write the whole reference."""
    line, groups, known = catalogue.line, words.groups(catalogue), words.of(catalogue)
    tables = fill(table("reference.yaml"), known)
    watched = "\n".join(one["text"] for one in tables["watched"])
    paragraphs = (one for group in groups.items() for one in _group(catalogue, *group))
    common = "Any line may carry these; an event that always does names them again:"
    parts = {
        "heading": text(catalogue.application),
        "number of events": len(catalogue.events),
        "number of groups": len(groups),
        "names": codes(line.event, ", else "),
        "first name": code(line.event[0]),
        "times": ", else ".join(f"{code(it.field)} ({code(it.format)})" for it in line.time),
        "zone": line.zone,
        "levels": codes(line.level, ", else "),
        "request": line.request_id,
        "contents": "\n".join(_links(*group) for group in groups.items()),
        "automatic": _block("Added to every line automatically:", _properties(catalogue.automatic)),
        "common": _block(common, _properties(catalogue.common)),
        "series": grid(tables["series"]),
        "watched": _block("## What dashboards and alerts watch for", watched),
        "groups": "\n\n".join(filter(None, paragraphs)),
    }
    return filled("reference.md", known | parts)


def _block(heading: str, body: str) -> str:
    """A heading with what stands below it; nothing where nothing does."""
    return f"{heading}\n\n{body}\n\n" if body else ""


def _links(group: str, events: Iterable[str]) -> str:
    links = ", ".join(f"[{code(event)}]({anchor(event)})" for event in events)
    return f"- [{text(group)}]({anchor(group)}): {links}"


def _group(catalogue: Catalogue, name: str, events: Iterable[str]) -> Iterator[str]:
    """The paragraphs about the events of a group; one that has nothing to say is empty."""
    yield f"## {text(name)}"
    for event in map(catalogue.by_name.__getitem__, events):
        gone = f" Deprecated from {event.deprecated}." if event.deprecated else ""
        yield f"### {code(event.name)}"
        yield sentence(event.description)
        yield f"Triggered: {sentence(event.triggered)} Since {event.since}.{gone}"
        yield _properties(event.properties)
        names = (series.histogram(catalogue.namespace, event, prop) for prop in event.histograms)
        made = [f"- histogram {code(name)}" for name in names]
        if event.labels:
            labels = ",".join(label.name for label in event.labels)
            counter = f"{series.counter(catalogue.namespace, event)}{{{labels}}}"
            made.insert(0, f"- counter {code(counter)}")
        yield "\n".join(made)


def _properties(props: Iterable[Property]) -> str:
    rows = [
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
    return grid(rows)
