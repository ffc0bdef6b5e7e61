"""Lints of what the first dashboard leads with: it can show only what the catalogue documents."""

from collections.abc import Iterator, Mapping

from eventdeck.catalogue.model import BASE_UNITS, Catalogue, Property
from eventdeck.catalogue.problem import Path, nearest

Found = Iterator[tuple[Path, Mapping[str, object]]]


def funnel_of_unknown_event(catalogue: Catalogue) -> Found:
    """the catalogue does not document "{event}"; {hint}"""
    for funnel in catalogue.funnels:
        for event in funnel.events:
            if event not in catalogue.by_name:
                words = {"event": event, "hint": nearest(event, catalogue.by_name)}
                yield ("overview", "funnels", funnel.name), words


def total_of_nothing(catalogue: Catalogue) -> Found:
    """ "{part}" is no event.property with "buckets", and only those are summed; {hint}"""
    known = _summed(catalogue)
    for total in catalogue.totals:
        for part in map(".".join, total.parts):
            if part not in known:
                words = {"part": part, "hint": nearest(part, known)}
                yield ("overview", "totals", total.name), words


def total_of_different_units(catalogue: Catalogue) -> Found:
    """adds {one} to {other}; a total has one unit"""
    known = _summed(catalogue)
    for total in catalogue.totals:
        props = [known[part] for part in map(".".join, total.parts) if part in known]
        units = sorted({_unit(prop) for prop in props})
        if len(units) > 1:
            yield ("overview", "totals", total.name), {"one": units[0], "other": units[1]}


def _summed(catalogue: Catalogue) -> dict[str, Property]:
    return {
        f"{event.name}.{prop.name}": prop for event in catalogue.events for prop in event.histograms
    }


def _unit(prop: Property) -> str:
    """The unit of the series."""
    return BASE_UNITS.get(prop.unit or "", (prop.unit or "what has no unit", 1.0))[0]


LINTS = (funnel_of_unknown_event, total_of_nothing, total_of_different_units)
