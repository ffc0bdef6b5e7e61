"""PromQL and LogQL for what a catalogue declares: names and selectors, put into `queries.yaml`."""

from collections.abc import Iterable

from eventdeck.catalogue import series
from eventdeck.catalogue.model import Catalogue
from eventdeck.render.fill import fill, table

INSTANCE = 'instance=~"$instance"'  # of the exporter, chosen above the dashboard


def regex(names: Iterable[str]) -> str:
    """Matches these event names and no other; `[.]` needs no backslash in any language."""
    return "|".join(name.replace(".", "[.]") for name in names)


def select(name: str, *matchers: str) -> str:
    """A series of the exporter, of the instances chosen above the dashboard."""
    return f"{name}{{{', '.join(filter(None, (*matchers, INSTANCE)))}}}"


def events(catalogue: Catalogue, pattern: str = "") -> str:
    """The counter of events whose name matches."""
    return select(series.events(catalogue.namespace), f'event=~"{pattern}"' if pattern else "")


def lines(catalogue: Catalogue, pattern: str = "", *more: str) -> str:
    """Log lines of events whose name matches."""
    selectors = [f'app="{catalogue.namespace}"', f'event=~"{pattern}"' if pattern else "", *more]
    return "{" + ", ".join(filter(None, selectors)) + "}"


def grown(catalogue: Catalogue, pattern: str = "") -> str:
    """How many events of each name that matches there were in the range."""
    seen = select(series.first_event(catalogue.namespace), f'event=~"{pattern}"' if pattern else "")
    more = {"first seen": seen, "labels": "event, instance, job"}
    return query("grown", events(catalogue, pattern), **more)


def grown_of(catalogue: Catalogue, name: str, event: str) -> str:
    """How much a counter of one event grew in the range, each of its series for itself."""
    seen = select(series.first_event(catalogue.namespace), f'event="{event}"')
    return query("grown", select(name), **{"first seen": seen, "labels": "instance, job"})


def query(form: str, counter: str = "", **more: str) -> str:
    """One of the forms of `queries.yaml`."""
    return str(fill(table("queries.yaml")[form], {"counter": counter, **more}))


def added(parts: Iterable[str]) -> str:
    """The sum of all, though some of them may never have been seen."""
    return " + ".join(f"(sum({part}) or vector(0))" for part in parts)
