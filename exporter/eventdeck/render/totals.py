"""The sums that a dashboard shows: those the catalogue declares, or all that make sense."""

from collections.abc import Iterator

from eventdeck.catalogue import series
from eventdeck.catalogue.model import BASE_UNITS, Catalogue, Event, Property
from eventdeck.render import queries
from eventdeck.render.fill import Words
from eventdeck.render.prose import short, title

HOUR = 3600.0
Parts = list[tuple[Event, Property]]  # all of one unit


def of(catalogue: Catalogue) -> list[Words]:
    """Each sum, of this range and of last week's."""
    return [_words(catalogue, name, parts) for name, parts in _totals(catalogue)]


def by_unit(totals: list[Words]) -> Iterator[Words]:
    """The sums that the lines tell, those of one unit together."""
    found: dict[str, list[Words]] = {}
    for total in totals:
        if not total["private"]:  # else the lines do not carry it
            found.setdefault(total["unit"], []).append(total)
    for unit, shown in found.items():
        yield {
            "unit": unit,
            "names": " and ".join(total["short name"] for total in shown),
            "totals of the unit": shown,
            "sums of lines": [one for total in shown for one in total["sums of lines"]],
        }


def _totals(catalogue: Catalogue) -> Iterator[tuple[str, Parts]]:
    """Those of the catalogue; where it declares none, every amount and every duration."""
    known = {(e.name, prop.name): (e, prop) for e in catalogue.events for prop in e.histograms}
    for total in catalogue.totals:
        yield total.name, [known[part] for part in total.parts]
    if not catalogue.totals:
        for event, prop in known.values():
            if prop.unit is None or prop.name.startswith("duration_"):
                yield f"{title(prop.name)}, {event.name}", [(event, prop)]


def _words(catalogue: Catalogue, name: str, parts: Parts) -> Words:
    unit, factor = _scale(parts[0][1])
    sums = [(e.name, f"{series.histogram(catalogue.namespace, e, prop)}_sum") for e, prop in parts]
    now = queries.added(queries.grown_of(catalogue, *one) for one in sums)
    then = queries.added(queries.query("last week", queries.select(one)) for _, one in sums)
    lines = _from_lines(catalogue, parts, factor)
    return {
        "name": name,
        "short name": short(name),
        "parts": ", ".join(f"{event.name}.{prop.name}" for event, prop in parts),
        "unit": unit,
        "decimals": 1 if unit.startswith("suffix") else 0,
        "sum": now,
        "scaled sum": now if factor == 1 else f"({now}) * {factor:.15g}",
        "sum of last week": then,
        "sums of lines": [{"name": name, "sum of lines": one} for one in lines],
        "private": parts[0][1].private,
    }


def _from_lines(catalogue: Catalogue, parts: Parts, factor: float) -> Iterator[str]:
    """A query for each property that a sum consists of; bars of one name are stacked."""
    events: dict[tuple[str, float], list[str]] = {}
    for event, prop in parts:
        events.setdefault((prop.name, factor * prop.scale), []).append(event.name)
    for (name, ratio), found in events.items():
        lines = queries.lines(catalogue, queries.regex(found))
        expr = queries.query("sum of lines", lines=lines, property=name)
        yield expr if ratio == 1 else f"{expr} * {ratio:.15g}"


def _scale(prop: Property) -> tuple[str, float]:
    """Grafana's unit for sums of a property, and the factor from the base unit to it."""
    base = BASE_UNITS.get(prop.unit or "", ("", 1.0))[0]
    if base == "seconds":
        long = prop.buckets[-1] * prop.scale >= HOUR
        return ("suffix: h", 1 / HOUR) if long else ("s", 1.0)
    return "decbytes" if base == "bytes" else "locale", 1.0
