"""`EVENTS.md`: the reference of all events, for people."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from eventdeck.catalogue import series
from eventdeck.catalogue.model import (
    MISSING,
    OTHER,
    TEST,
    UNKNOWN,
    Catalogue,
    Event,
    Property,
)
from eventdeck.render.markdown import anchor, code, codes, sentence, table, text
from eventdeck.render.seal import head

HOW_TO_ADD = """\
## How to add an event

Three lines below its name in `{source}`:

```yaml
  comment.created:
    description: Comment is written
    triggered: When a user comments on a task
    properties: {{ comment_id: {{ type: id, description: Created comment ID }} }}
```

An event that came later than the catalogue also says its day, `since: YYYY-MM-DD`. Then
`make render`. The exporter counts it from its next start on, at zero before the first one is seen.
To delete an event, delete it there, and `make render` removes it everywhere.

A property becomes a label with `label: true` and a closed list of `values`, a histogram with
`buckets`. What is personal or free text says `private: true`. Ids, names, free text and addresses
can never be labels. A property that any line may carry (above) needs no more than a description:
`user_id: Who wrote it`.
"""


def render(catalogue: Catalogue) -> str:
    """Write the whole reference."""
    source = PurePath(catalogue.source).name
    groups = _groups(catalogue.events)
    parts = [
        [f"<!-- {head(source)} -->", "", f"# Events of {text(catalogue.application)}", ""],
        _introduction(catalogue, len(groups)),
        _contents(groups),
        _every_line(catalogue),
        _series(catalogue),
        _watched(catalogue),
        *(_group(name, events, catalogue) for name, events in groups.items()),
        [HOW_TO_ADD.format(source=source)],
    ]
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _groups(events: Iterable[Event]) -> dict[str, list[Event]]:
    groups: dict[str, list[Event]] = {}
    for event in events:
        groups.setdefault(event.group, []).append(event)
    return groups


def _introduction(catalogue: Catalogue, groups: int) -> Iterator[str]:
    yield f"{len(catalogue.events)} events in {groups} groups, as {code('resource.action')}."
    yield ""


def _contents(groups: dict[str, list[Event]]) -> Iterator[str]:
    for name, events in groups.items():
        links = ", ".join(f"[{code(event.name)}]({anchor(event.name)})" for event in events)
        yield f"- [{text(name)}]({anchor(name)}): {links}"
    yield f"- [How to add an event]({anchor('How to add an event')})"
    yield ""


def _every_line(catalogue: Catalogue) -> Iterator[str]:
    line = catalogue.line
    times = ", else ".join(f"{code(time.field)} ({code(time.format)})" for time in line.time)
    yield from ("## What every line carries", "")
    yield f"- Name: {_else(line.event)}; a field other than {code(line.event[0])} counts only if it"
    yield f"  has the form {code('resource.action')}."
    yield f"- Time: {times}; a time without a zone is in {code(line.zone)}."
    yield f"- Level: {_else(line.level)}. Request: {code(line.request_id)}."
    yield ""
    if catalogue.automatic:
        yield from ("Added to every line automatically:", "")
        yield from (*_properties(catalogue.automatic), "")
    if catalogue.common:
        yield from ("Any line may carry these; an event that always does names them again:", "")
        yield from (*_properties(catalogue.common), "")


def _else(fields: Iterable[str]) -> str:
    return ", else ".join(map(code, fields))


def _series(catalogue: Catalogue) -> Iterator[str]:
    namespace = catalogue.namespace
    yield from ("## Series of all events", "")
    rows: list[Mapping[str, str]] = [
        {
            "Series": code(f"{series.events(namespace)}{{event}}"),
            "Type": "counter",
            "Meaning": f"events by name; undocumented ones as {code(UNKNOWN)}",
        },
        {
            "Series": code(f"{series.last_event(namespace)}{{event}}"),
            "Type": "gauge",
            "Meaning": "unix time of the last one; absent until the first is seen",
        },
        {
            "Series": code(f"{series.first_event(namespace)}{{event}}"),
            "Type": "gauge",
            "Meaning": "unix time of the oldest one counted",
        },
    ]
    for gauge in catalogue.gauges:
        ways = f"up on {codes(gauge.up)}, down on {codes(gauge.down)}"
        name = code(series.gauge(namespace, gauge))
        meaning = f"{text(gauge.description)}; {ways}"
        rows.append({"Series": name, "Type": "gauge", "Meaning": meaning})
    yield from table(rows)
    yield ""
    yield f"A label is {code(OTHER)} where the line's value is outside the closed list, and"
    yield f"{code(MISSING)} where the line carries none. Series of time are in seconds, of size in"
    yield "bytes, whatever the unit in the log."
    yield ""
    yield f"The event {code(TEST)} is none of the application's: by it an installation is tried."
    yield f"It is counted in {code('eventdeck_tests_total')} alone, and no dashboard shows it."
    yield ""


def _watched(catalogue: Catalogue) -> Iterator[str]:
    signals = catalogue.signals
    listed = {
        "a sign-in": signals.sign_in.succeeded,
        "a sign-in that failed": signals.sign_in.failed,
        "an error": signals.errors.events,
        "a backup": signals.backups,
        "a deployment": signals.deployments,
        "an administrator at work": signals.administration,
        "a change of what somebody may do": signals.role_changes,
    }
    if any(listed.values()):
        yield from ("## What dashboards and alerts watch for", "")
        for what, events in listed.items():
            if events:
                yield f"- {what}: {codes(events)}"
        yield ""


def _group(name: str, events: list[Event], catalogue: Catalogue) -> Iterator[str]:
    yield from (f"## {text(name)}", "")
    for event in events:
        yield from _event(event, catalogue.namespace)


def _event(event: Event, namespace: str) -> Iterator[str]:
    yield from (f"### {code(event.name)}", "", sentence(event.description), "")
    deprecated = f" Deprecated from {event.deprecated}." if event.deprecated else ""
    yield from (f"Triggered: {sentence(event.triggered)} Since {event.since}.{deprecated}", "")
    if event.properties:
        yield from (*_properties(event.properties), "")
    made = [*_counter(event, namespace), *_histograms(event, namespace)]
    if made:
        yield from (*made, "")


def _counter(event: Event, namespace: str) -> Iterator[str]:
    if event.labels:
        labels = ",".join(label.name for label in event.labels)
        yield f"- counter {code(f'{series.counter(namespace, event)}{{{labels}}}')}"


def _histograms(event: Event, namespace: str) -> Iterator[str]:
    for prop in event.histograms:
        yield f"- histogram {code(series.histogram(namespace, event, prop))}"


def _properties(properties: Iterable[Property]) -> list[str]:
    return table([_property(prop) for prop in properties])


def _property(prop: Property) -> Mapping[str, str]:
    buckets = ", ".join(f"{bound:.15g}" for bound in prop.buckets)
    return {
        "Property": code(prop.name),
        "Type": prop.type,
        "Unit": prop.unit or "",
        "Null": "yes" if prop.nullable else "",
        "Optional": "yes" if prop.optional else "",
        "Label values": codes(prop.values) if prop.label else "",
        "Histogram buckets": buckets,
        "Private": _private(prop),
        "Description": text(prop.description),
    }


def _private(prop: Property) -> str:
    return "hashed" if prop.hashed else "yes" if prop.private else ""
