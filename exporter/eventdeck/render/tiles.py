"""The first row of the Overview: six numbers for who looks for one second."""

from collections.abc import Iterator

from eventdeck.catalogue import series
from eventdeck.catalogue.model import UNKNOWN, Catalogue, Gauge, Total
from eventdeck.render import dashboard as grafana
from eventdeck.render import queries, totals
from eventdeck.render.dashboard import Json

TILES = 6
EXACT = "Exact: the difference of two counts, not an estimate."


def tiles(catalogue: Catalogue) -> list[Json]:
    """Six: the events, what the catalogue declares, then what tells whether all is read."""
    declared = [
        *(_gauge_tile(catalogue, gauge) for gauge in catalogue.gauges[:2]),
        *(_total_tile(catalogue, total) for total in totals.of(catalogue)),
    ]
    last = [*_health_tiles(catalogue)]
    middle = [*declared, *last][: TILES - 2]
    return [_events_tile(catalogue), *middle, _week_tile(catalogue)]


def _events_tile(catalogue: Catalogue) -> Json:
    expr = f"sum({queries.counted(catalogue, queries.events(catalogue))})"
    about = f"Events in the time range, undocumented ones included. {EXACT}"
    target = grafana.prometheus(expr, instant=True)
    return grafana.stat("Events", about, target, empty="nothing counted yet")


def _week_tile(catalogue: Catalogue) -> Json:
    now = f"sum({queries.counted(catalogue, queries.events(catalogue))})"
    then = f"sum({queries.counted_last_week(catalogue)})"
    about = "Events in the time range, compared with the same range a week earlier."
    return grafana.stat(
        "vs. last week",
        about,
        grafana.prometheus(f"{now} / ({then} > 0) - 1 or vector(NaN)", instant=True),
        unit="percentunit",
        decimals=0,
        empty="not yet a week",
    )


def _gauge_tile(catalogue: Catalogue, gauge: Gauge) -> Json:
    expr = f"sum({series.gauge(catalogue.namespace, gauge)})"
    target = grafana.prometheus(expr, instant=True)
    return grafana.stat(
        totals.title(gauge.name), gauge.description, target, empty="exporter is down"
    )


def _total_tile(catalogue: Catalogue, total: Total) -> Json:
    unit, scale = totals.scale(totals.prop_of(catalogue, total))
    divided = f"({queries.summed(catalogue, total)}) * {scale:.15g}"
    return grafana.stat(
        total.name,
        f"Sum of {totals.parts(total)} in the time range. {EXACT}",
        grafana.prometheus(
            divided if scale != 1 else queries.summed(catalogue, total), instant=True
        ),
        unit=unit,
        decimals=1 if unit.startswith("suffix") else 0,
        empty="nothing counted yet",
    )


def _health_tiles(catalogue: Catalogue) -> Iterator[Json]:
    unknown = queries.counted(catalogue, queries.events(catalogue, UNKNOWN))
    yield grafana.stat(
        "Undocumented",
        "Events in the time range whose name the catalogue does not document.",
        grafana.prometheus(f"sum({unknown})", instant=True),
        empty="none",
        steps=((None, "text"), (1, "orange")),
    )
    rejected = queries.counted_since_seen('eventdeck_lines_total{outcome!~"counted|unknown|blank"}')
    yield grafana.stat(
        "Rejected lines",
        "Lines in the time range in which the exporter found no event.",
        grafana.prometheus(f"sum({rejected})", instant=True),
        empty="none",
        steps=((None, "text"), (1, "orange")),
    )
    yield grafana.stat(
        "Behind",
        "How long what was written last has been waiting to be read.",
        grafana.prometheus("max(eventdeck_lag_seconds)", instant=True),
        unit="s",
        empty="exporter is down",
        steps=((None, "text"), (60, "orange"), (600, "red")),
    )
    last = series.last_event(catalogue.namespace)
    yield grafana.stat(
        "Last event",
        "How long ago the application wrote its last event.",
        grafana.prometheus(f"time() - max({last})", instant=True),
        unit="s",
        empty="none seen",
    )
