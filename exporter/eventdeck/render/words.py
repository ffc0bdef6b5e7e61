"""What a catalogue says, as words for the places in the tables, and as lists to repeat there."""

from collections.abc import Iterable, Iterator

from eventdeck.catalogue import series
from eventdeck.catalogue.model import UNKNOWN, Catalogue
from eventdeck.render import queries, totals
from eventdeck.render.fill import Words
from eventdeck.render.heading import short, title
from eventdeck.render.queries import select

CHOSEN = "${group:pipe}"  # what the variable above a dashboard says, as a regular expression
SEVERE = 'level=~"error|critical"'


def of(catalogue: Catalogue) -> Words:
    """All words."""
    typed = catalogue.signals.errors.type
    chosen = queries.lines(catalogue, CHOSEN, 'level=~"${level:pipe}"')
    errors = queries.lines(catalogue, queries.regex(catalogue.signals.errors.events))
    if not catalogue.signals.errors.events:
        errors = queries.lines(catalogue, "", SEVERE)
    return {
        **named(catalogue),
        "any event": catalogue.events[0].name,
        "chosen lines": chosen,
        "chosen lines found": f"{chosen} |~ `(?i)${{search:regex}}`",
        "severe lines": queries.lines(catalogue, "", SEVERE),
        "error lines": errors,
        "errors with kind": f'{errors} | json {typed}="{typed}"' if typed else errors,
        "kind": typed or "event",
        "grown chosen": queries.grown(catalogue, CHOSEN),
        "counter chosen": queries.events(catalogue, CHOSEN),
        **{f"grown {what}": queries.query("own", one) for what, one in _OWN.items()},
        **_lists(catalogue),
    }


def named(catalogue: Catalogue) -> Words:
    """The names of series, and of events by their purpose."""
    return {
        "application": catalogue.application,
        "namespace": catalogue.namespace,
        "events": series.events(catalogue.namespace),
        "last seen": series.last_event(catalogue.namespace),
        "first seen": series.first_event(catalogue.namespace),
        **_signals(catalogue),
    }


_OWN = {  # counters of the exporter itself
    "read": select("eventdeck_lines_total"),
    "rejected": select("eventdeck_lines_total", 'outcome!~"counted|unknown|blank"'),
    "bytes lost": select("eventdeck_bytes_lost_total"),
    "property errors": select("eventdeck_property_errors_total"),
}


def counter(catalogue: Catalogue, events: Iterable[str]) -> str:
    """The counter of these events, of every exporter; of all, where there are none."""
    pattern = queries.regex(events)
    return series.events(catalogue.namespace) + (f'{{event=~"{pattern}"}}' if pattern else "")


def signals(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """The events that the catalogue names for a purpose, by that purpose."""
    found, sign_in = catalogue.signals, catalogue.signals.sign_in
    attempts = (*sign_in.succeeded, *sign_in.failed)
    changes = tuple(dict.fromkeys((*found.administration, *found.role_changes)))
    return {
        "errors": found.errors.events,
        "succeeded": sign_in.succeeded,
        "failed": sign_in.failed,
        "both": attempts if sign_in.succeeded and sign_in.failed else (),
        "attempts": attempts,
        "administration": found.administration,
        "role changes": found.role_changes,
        "changes": changes,
        "access": (*attempts, *changes),
        "backups": found.backups,
        "deployments": found.deployments,
        "unknown": (UNKNOWN,),
        "all": (),
    }


def _signals(catalogue: Catalogue) -> Words:
    """For each of them its queries, and itself as a list of one, or of none if it is not named."""
    found: Words = {}
    for name, events in signals(catalogue).items():
        pattern = queries.regex(events)
        counter = queries.events(catalogue, pattern)
        found |= {
            name: [{}] if events else [],
            f"first {name}": events[0] if events else "",
            f"each of {name}": [
                {"event": event, "lines": queries.lines(catalogue, queries.regex([event]))}
                for event in events
            ],
            f"listed {name}": ", ".join(events),
            f"regex {name}": pattern,
            f"match {name}": f'event=~"{pattern}", {queries.INSTANCE}',
            f"counter {name}": counter,
            f"number {name}": f"sum({queries.grown(catalogue, pattern)})",
            f"last week {name}": f"sum({queries.query('about last week', counter)})",
            f"lines {name}": queries.lines(catalogue, pattern),
        }
    return found


def groups(catalogue: Catalogue) -> dict[str, list[str]]:
    """The names of the events under each heading."""
    found: dict[str, list[str]] = {}
    for event in catalogue.events:
        found.setdefault(event.group, []).append(event.name)
    return found


def _lists(catalogue: Catalogue) -> Words:
    named = signals(catalogue)
    shown = groups(catalogue) | {"Undocumented": [UNKNOWN]}
    chosen = {name: queries.regex(events) for name, events in shown.items()}
    user = catalogue.signals.sign_in.user
    return {
        "choices": ", ".join(f"{_escape(n)} : {_escape(value)}" for n, value in chosen.items()),
        "groups": [
            {
                "group": name,
                "chosen lines of the group": queries.lines(
                    catalogue, CHOSEN, 'level=~"${level:pipe}"', f'event=~"{pattern}"'
                ),
            }
            for name, pattern in chosen.items()
        ],
        "gauges": [
            {
                "title": title(gauge.name),
                "short title": short(title(gauge.name)),
                "description": gauge.description,
                "level": select(series.gauge(catalogue.namespace, gauge)),
            }
            for gauge in catalogue.gauges
        ],
        "funnels": [
            {
                "name": funnel.name,
                "steps": " → ".join(name.partition(".")[2] for name in funnel.events),
                "events of the funnel": [
                    {
                        "event": name,
                        "number": f"sum({queries.grown(catalogue, queries.regex([name]))})",
                    }
                    for name in funnel.events
                ],
            }
            for funnel in catalogue.funnels
        ],
        "totals": totals.of(catalogue),
        "units of totals": [*totals.by_unit(catalogue)],
        "accounts": [{"user": user}] if user else [],
        "labels of failed": [*_labels(catalogue, named["failed"])],
        "labels of role changes": [*_labels(catalogue, named["role changes"])],
    }


def _escape(text: str) -> str:
    return text.replace(",", "\\,")


def _labels(catalogue: Catalogue, events: Iterable[str]) -> Iterator[Words]:
    for name in events:
        event = catalogue.by_name[name]
        grown = queries.grown_of(catalogue, series.counter(catalogue.namespace, event), name)
        for prop in event.labels:
            yield {
                "event": name,
                "label": prop.name,
                "title": title(prop.name).lower(),
                "event description": event.description,
                "label description": prop.description,
                "grown": grown,
            }
