"""The sums that a dashboard shows: those the catalogue declares, or all that make sense."""

from collections.abc import Iterator

from eventdeck.catalogue.model import BASE_UNITS, Catalogue, Property, Total
from eventdeck.render import dashboard as grafana
from eventdeck.render import queries

HOUR = 3600.0


def of(catalogue: Catalogue) -> list[Total]:
    """Those of the catalogue; where it declares none, every amount and every duration."""
    if catalogue.totals:
        return list(catalogue.totals)
    return [
        Total(name=f"{title(prop.name)}, {event.name}", parts=((event.name, prop.name),))
        for event in catalogue.events
        for prop in event.histograms
        if prop.unit is None or prop.name.startswith("duration_")
    ]


def scale(prop: Property) -> tuple[str, float]:
    """Grafana's unit for sums of this property, and the factor from the base unit to it."""
    base = BASE_UNITS.get(prop.unit or "", ("", 1.0))[0]
    if base == "bytes":
        return "decbytes", 1.0
    if base != "seconds":
        return grafana.COUNT, 1.0
    long = bool(prop.buckets) and prop.buckets[-1] * prop.scale >= HOUR
    return ("suffix: h", 1 / HOUR) if long else ("s", 1.0)


def prop_of(catalogue: Catalogue, total: Total) -> Property:
    """Its first property, which says the unit."""
    return _find(catalogue, *total.parts[0])


def _find(catalogue: Catalogue, event: str, name: str) -> Property:
    return next(prop for prop in catalogue.by_name[event].histograms if prop.name == name)


def parts(total: Total) -> str:
    """Its properties, for people."""
    return ", ".join(map(".".join, total.parts))


def from_lines(catalogue: Catalogue, total: Total) -> Iterator[str]:
    """A query for each property that a total consists of; bars of one name are stacked."""
    factor = scale(prop_of(catalogue, total))[1]
    events: dict[tuple[str, float], list[str]] = {}
    for event, name in total.parts:
        prop = _find(catalogue, event, name)
        events.setdefault((name, factor * prop.scale), []).append(event)
    for (name, ratio), found in events.items():
        yield queries.summed_lines(catalogue, found, name, ratio)


def title(name: str) -> str:
    """A name of the catalogue as a heading."""
    return name.replace("_", " ").capitalize()
