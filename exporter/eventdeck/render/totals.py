"""The sums that a dashboard shows: those the catalogue declares, or all that make sense."""

from collections.abc import Iterator

from eventdeck.catalogue import series
from eventdeck.catalogue.model import BASE_UNITS, Catalogue, Property, Total
from eventdeck.render import queries
from eventdeck.render.fill import Words
from eventdeck.render.heading import short, title

HOUR = 3600.0


def of(catalogue: Catalogue) -> list[Words]:
    """Each sum, of this range and of last week's."""
    return [_words(catalogue, total) for total in _totals(catalogue)]


def _words(catalogue: Catalogue, total: Total) -> Words:
    unit, scale = _scale(catalogue, total)
    sums = [(event, f"{_histogram(catalogue, event, name)}_sum") for event, name in total.parts]
    now = queries.added(queries.grown_of(catalogue, name, event) for event, name in sums)
    then = queries.added(queries.query("last week", queries.select(name)) for _, name in sums)
    return {
        "name": total.name,
        "short name": short(total.name),
        "parts": ", ".join(map(".".join, total.parts)),
        "unit": unit,
        "decimals": 1 if unit.startswith("suffix") else 0,
        "sum": now,
        "scaled sum": now if scale == 1 else f"({now}) * {scale:.15g}",
        "sum of last week": then,
    }


def by_unit(catalogue: Catalogue) -> Iterator[Words]:
    """The sums that the lines tell, those of one unit together."""
    found: dict[str, list[Total]] = {}
    for total in _totals(catalogue):
        if not _property(catalogue, *total.parts[0]).private:  # the lines do not carry it
            found.setdefault(_scale(catalogue, total)[0], []).append(total)
    for unit, shown in found.items():
        sums = [
            {"name": total.name, "sum of lines": expr}
            for total in shown
            for expr in _from_lines(catalogue, total)
        ]
        names = " and ".join(short(total.name) for total in shown)
        yield {"unit": unit, "names": names, "sums of lines": sums}


def _from_lines(catalogue: Catalogue, total: Total) -> Iterator[str]:
    """A query for each property that a sum consists of; bars of one name are stacked."""
    factor = _scale(catalogue, total)[1]
    events: dict[tuple[str, float], list[str]] = {}
    for event, name in total.parts:
        ratio = factor * _property(catalogue, event, name).scale
        events.setdefault((name, ratio), []).append(event)
    for (name, ratio), found in events.items():
        lines = queries.lines(catalogue, queries.regex(found))
        expr = queries.query("sum of lines", lines=lines, property=name)
        yield expr if ratio == 1 else f"{expr} * {ratio:.15g}"


def _totals(catalogue: Catalogue) -> list[Total]:
    """Those of the catalogue; where it declares none, every amount and every duration."""
    if catalogue.totals:
        return list(catalogue.totals)
    return [
        Total(name=f"{title(prop.name)}, {event.name}", parts=((event.name, prop.name),))
        for event in catalogue.events
        for prop in event.histograms
        if prop.unit is None or prop.name.startswith("duration_")
    ]


def _property(catalogue: Catalogue, event: str, name: str) -> Property:
    return next(prop for prop in catalogue.by_name[event].histograms if prop.name == name)


def _histogram(catalogue: Catalogue, event: str, name: str) -> str:
    prop = _property(catalogue, event, name)
    return series.histogram(catalogue.namespace, catalogue.by_name[event], prop)


def _scale(catalogue: Catalogue, total: Total) -> tuple[str, float]:
    """Grafana's unit for these sums, and the factor from the base unit to it."""
    prop = _property(catalogue, *total.parts[0])
    base = BASE_UNITS.get(prop.unit or "", ("", 1.0))[0]
    if base == "bytes":
        return "decbytes", 1.0
    if base != "seconds":
        return "locale", 1.0
    long = bool(prop.buckets) and prop.buckets[-1] * prop.scale >= HOUR
    return ("suffix: h", 1 / HOUR) if long else ("s", 1.0)
