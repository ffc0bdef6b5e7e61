"""Lints of what stands beside the events: namespace, line format, gauges."""

import re
from collections.abc import Iterator, Mapping

from eventdeck.catalogue.form import SERIES_WORD, VERSION, CatalogueForm
from eventdeck.catalogue.problem import Path, nearest

Found = Iterator[tuple[Path, Mapping[str, object]]]

RESERVED_NAMESPACES = {"eventdeck", "process", "python", "scrape", "up"}
# Directives of strptime, by what they tell; a line's time is useless without any of the four.
DIRECTIVES = set("aAbBcdfGHIjmMpSuUVwWxXyYzZ%")
NEEDED = (("year", "yYGcx"), ("month", "mbBcxjV"), ("day", "dcxjuw"), ("hour", "HIcX"))


def format_version(form: CatalogueForm) -> Found:
    """there is no format {version}; write "catalogue: {ours}" """
    if not 1 <= form.catalogue <= VERSION:
        yield ("catalogue",), {"version": form.catalogue, "ours": VERSION}


def no_events(form: CatalogueForm) -> Found:
    """documents no event; add one under "events:" """
    if not form.events:
        yield ("events",), {}


def namespace(form: CatalogueForm) -> Found:
    """ "{namespace}" cannot begin a series; write it in lower case, such as "my_shop" """
    if not re.fullmatch(SERIES_WORD[1:-1], form.namespace):
        yield ("namespace",), {"namespace": form.namespace}


def reserved_namespace(form: CatalogueForm) -> Found:
    """ "{namespace}" is taken by series about the exporter or by Prometheus; choose another"""
    if form.namespace in RESERVED_NAMESPACES:
        yield ("namespace",), {"namespace": form.namespace}


def zone(form: CatalogueForm) -> Found:
    """no IANA zone is called "{zone}"; {hint}"""
    if form.line.zone and not _is_zone(form.line.zone):
        from zoneinfo import available_timezones  # noqa: PLC0415  reads 600 files for the hint

        name = form.line.zone
        yield ("line", "zone"), {"zone": name, "hint": nearest(name, available_timezones())}


def time_format(form: CatalogueForm) -> Found:
    """ "{format}" is neither rfc3339 nor a pattern of strptime: {reason}"""
    for index, time in enumerate(form.line.time):
        reason = _wrong_pattern(time.format)
        if reason:
            yield ("line", "time", index, "format"), {"format": time.format, "reason": reason}


def gauge_name(form: CatalogueForm) -> Found:
    """ "{name}" cannot end a series; write it in lower case, such as "timers_running" """
    for name in form.gauges:
        if not re.fullmatch(SERIES_WORD[1:-1], name):
            yield ("gauges", name), {"name": name}


def gauge_of_unknown_event(form: CatalogueForm) -> Found:
    """ "{way}" names "{event}", which the catalogue does not document; {hint}"""
    for name, gauge in form.gauges.items():
        for way, events in (("up", gauge.up), ("down", gauge.down)):
            for event in events:
                if event not in form.events:
                    words = {"way": way, "event": event, "hint": nearest(event, form.events)}
                    yield ("gauges", name, way), words


def gauge_both_ways(form: CatalogueForm) -> Found:
    """ "{event}" stands under "up" and under "down"; remove one"""
    for name, gauge in form.gauges.items():
        for event in gauge.up:
            if event in gauge.down:
                yield ("gauges", name, "down"), {"event": event}


def empty_sentence(form: CatalogueForm) -> Found:
    """is empty; write it for people to read"""
    if not form.application.strip():
        yield ("application",), {}
    for name, gauge in form.gauges.items():
        if not gauge.description.strip():
            yield ("gauges", name, "description"), {}


def _is_zone(name: str) -> bool:
    if name == "UTC":
        return True
    from zoneinfo import ZoneInfo  # noqa: PLC0415  of no use to a log in UTC

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not found, not a name, a folder of zones
        return False
    return True


def _wrong_pattern(pattern: str) -> str:
    """Why strptime could not read a time with it; "" if it could."""
    directives = re.findall(r"%(.?)", pattern)
    if pattern == "rfc3339":
        return ""
    for directive in directives:
        if directive not in DIRECTIVES:
            return f'"%{directive}" is no directive'
        if directive != "%" and directives.count(directive) > 1:
            return f'"%{directive}" stands twice'
    missing = (part for part, tells in NEEDED if not set(tells) & set(directives))
    return next((f"it says no {part}" for part in missing), "")


LINTS = (
    format_version,
    no_events,
    namespace,
    reserved_namespace,
    zone,
    time_format,
    gauge_name,
    gauge_of_unknown_event,
    gauge_both_ways,
    empty_sentence,
)
