"""PromQL and LogQL for what a catalogue declares: names and selectors, put into `queries.yaml`."""

from collections.abc import Iterable

from eventdeck.catalogue import series
from eventdeck.catalogue.model import Catalogue
from eventdeck.render.fill import fill, table


def regex(names: Iterable[str]) -> str:
    """Matches these event names and no other; `[.]` needs no backslash in any language."""
    return "|".join(name.replace(".", "[.]") for name in names)


def named(pattern: str) -> str:
    """The matcher of events whose name matches; none where any does."""
    return f'event=~"{pattern}"' if pattern else ""


def braces(*matchers: str) -> str:
    """The matchers as they follow the name of a series."""
    given = ", ".join(filter(None, matchers))
    return f"{{{given}}}" if given else ""


def select(name: str, *matchers: str) -> str:
    """A series of the exporter, of the instances chosen above the dashboard."""
    return name + braces(*matchers, 'instance=~"$instance"')


def lines(catalogue: Catalogue, pattern: str) -> str:
    """Log lines of events whose name matches."""
    return braces(f'app="{catalogue.namespace}"', named(pattern))


def grown(catalogue: Catalogue, pattern: str) -> str:
    """How many events of each name that matches there were in the range."""
    seen = select(series.first_event(catalogue.namespace), named(pattern))
    more = {"first seen": seen, "labels": "event, instance, job"}
    return query("grown", select(series.events(catalogue.namespace), named(pattern)), **more)


def grown_of(catalogue: Catalogue, event: str, name: str) -> str:
    """How much a counter of one event grew in the range, each of its series for itself."""
    seen = select(series.first_event(catalogue.namespace), f'event="{event}"')
    return query("grown", select(name), **{"first seen": seen, "labels": "instance, job"})


def query(form: str, counter: str = "", **more: str) -> str:
    """One of the forms of `queries.yaml`."""
    return str(fill(table("queries.yaml")[form], {"counter": counter, **more}))


def added(parts: Iterable[str]) -> str:
    """The sum of all, though some of them may never have been seen."""
    return " + ".join(f"(sum({part}) or vector(0))" for part in parts)
