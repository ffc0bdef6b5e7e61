"""What a catalogue says, as words for the places in the tables, and as lists to repeat there."""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import PurePath

from eventdeck.catalogue import series
from eventdeck.catalogue.model import UNKNOWN, Catalogue
from eventdeck.render import queries, totals
from eventdeck.render.fill import Words, fill, table
from eventdeck.render.prose import codes, short, text, title
from eventdeck.render.queries import braces, named, regex, select
from eventdeck.render.seal import head

CHOSEN = "${group:pipe}"  # what the variable above a dashboard says, as a regular expression
SEVERE = 'level=~"error|critical"'


def of(catalogue: Catalogue) -> Words:
    """All words; those of `words.yaml` are made of the others, and of those above them."""
    source, namespace = PurePath(catalogue.source).name, catalogue.namespace
    errors = catalogue.signals.errors
    known = {
        "source": source,
        "head": head(source),
        "application": catalogue.application,
        "namespace": namespace,
        "events": series.events(namespace),
        "last seen": series.last_event(namespace),
        "first seen": series.first_event(namespace),
        "any event": catalogue.events[0].name,
        "grown chosen": queries.grown(catalogue, CHOSEN),
        "severe": SEVERE,
        "errors or severe": named(regex(errors.events)) or SEVERE,
        "json kind": f' | json {errors.type}="{errors.type}"' if errors.type else "",
        "kind": errors.type or "event",
        **_signals(catalogue),
        **_lists(catalogue),
    }
    for what, counter in table("queries.yaml")["counters of the exporter"].items():
        known[f"grown {what}"] = queries.query("own", counter)
    for name, made in table("words.yaml")["words"].items():
        known[name] = fill(made, known)
    return known


def signals(catalogue: Catalogue) -> dict[str, list[str]]:
    """The events that the catalogue names for a purpose, by that purpose; `all` names none."""
    found = {}
    for name, paths in table("words.yaml")["purposes"].items():
        events = (event for path in paths for event in attrgetter(path)(catalogue.signals))
        found[name] = [*dict.fromkeys(events)]  # each once
    both = found["attempts"] if found["succeeded"] and found["failed"] else []
    return found | {"both": both, "unknown": [UNKNOWN], "all": []}


def groups(catalogue: Catalogue) -> dict[str, list[str]]:
    """The names of the events under each heading."""
    found: dict[str, list[str]] = {}
    for event in catalogue.events:
        found.setdefault(event.group, []).append(event.name)
    return found


def _signals(catalogue: Catalogue) -> Words:
    """For each of them its queries, and itself as a list of one, or of none if it is not named."""
    found: Words = {}
    for name, events in signals(catalogue).items():
        pattern = regex(events)
        counter = select(series.events(catalogue.namespace), named(pattern))
        found |= {
            name: [{}] if events else [],
            f"first {name}": events[0] if events else "",
            f"each of {name}": [{"event": one, "regex": regex([one])} for one in events],
            f"listed {name}": ", ".join(events),
            f"codes {name}": codes(events),
            f"regex {name}": pattern,
            f"series {name}": series.events(catalogue.namespace) + braces(named(pattern)),
            f"number {name}": f"sum({queries.grown(catalogue, pattern)})",
            f"last week {name}": f"sum({queries.query('about last week', counter)})",
            f"lines {name}": queries.lines(catalogue, pattern),
        }
    return found


def _lists(catalogue: Catalogue) -> Words:
    events, sums = signals(catalogue), totals.of(catalogue)
    chosen = {name: regex(events) for name, events in groups(catalogue).items()}
    chosen["Undocumented"] = UNKNOWN
    choices = (f"{name} : {one}".replace(",", r"\,") for name, one in chosen.items())
    user = catalogue.signals.sign_in.user
    return {
        "choices": ", ".join(choices),
        "groups": [{"group": name, "events of the group": one} for name, one in chosen.items()],
        "gauges": [
            {
                "title": title(gauge.name),
                "short title": short(title(gauge.name)),
                "description": gauge.description,
                "prose": text(gauge.description),
                "series": series.gauge(catalogue.namespace, gauge),
                "up": codes(gauge.up),
                "down": codes(gauge.down),
            }
            for gauge in catalogue.gauges
        ],
        "funnels": [
            {
                "name": funnel.name,
                "steps": " → ".join(name.partition(".")[2] for name in funnel.events),
                "events of the funnel": [
                    {"event": one, "number": f"sum({queries.grown(catalogue, regex([one]))})"}
                    for one in funnel.events
                ],
            }
            for funnel in catalogue.funnels
        ],
        "every event": [{"event": name} for name in (*catalogue.by_name, UNKNOWN)],
        "totals": sums,
        "units of totals": [*totals.by_unit(sums)],
        "accounts": [{"user": user}] if user else [],
        "labels of failed": [*_labels(catalogue, events["failed"])],
        "labels of role changes": [*_labels(catalogue, events["role changes"])],
    }


def _labels(catalogue: Catalogue, events: Iterable[str]) -> Iterator[Words]:
    for name in events:
        event = catalogue.by_name[name]
        counter = series.counter(catalogue.namespace, event)
        for prop in event.labels:
            yield {
                "event": name,
                "label": prop.name,
                "title": title(prop.name).lower(),
                "event description": event.description,
                "label description": prop.description,
                "grown": queries.grown_of(catalogue, name, counter),
            }
