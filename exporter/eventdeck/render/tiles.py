"""The first rows: six numbers for who looks for one second."""

from collections.abc import Iterator, Sequence

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
    middle = [*declared, *health(catalogue)][: TILES - 2]
    about = f"Events in the time range, undocumented ones included. {EXACT}"
    return [
        count(catalogue, "Events", about),
        *middle,
        against_last_week(catalogue, "vs. last week"),
    ]


def count(
    catalogue: Catalogue, title: str, about: str, names: Sequence[str] = (), bad: float = 0
) -> Json:
    """How many of these events there were, or of all; orange from `bad` on, if that is given."""
    return grafana.stat(
        title,
        about,
        grafana.prometheus(queries.number(catalogue, names), instant=True),
        empty="nothing counted yet",
        steps=((None, "text"), (bad, "orange")) if bad else grafana.NEUTRAL,
    )


def against_last_week(catalogue: Catalogue, title: str, names: Sequence[str] = ()) -> Json:
    """By how much there were more of these events than in the same range a week earlier."""
    now = queries.number(catalogue, names)
    then = f"sum({queries.counted_last_week(catalogue, queries.regex(names))})"
    what = "What is counted to the left" if names else "Events in the time range"
    return grafana.stat(
        title,
        f"{what}, compared with the same range a week earlier.",
        grafana.prometheus(f"{now} / ({then} > 0) - 1 or vector(NaN)", instant=True),
        unit="percentunit",
        decimals=0,
        empty="not yet a week",
    )


def sums_against_last_week(catalogue: Catalogue) -> Json:
    """By how much each total grew over the same range a week earlier."""
    targets = []
    for total in totals.of(catalogue)[:4]:
        now, then = queries.summed(catalogue, total), queries.summed_last_week(catalogue, total)
        ratio = f"({now}) / (({then}) > 0) - 1 or vector(NaN)"
        targets.append(grafana.prometheus(ratio, total.name, instant=True))
    about = "The sums above, compared with the same range a week earlier. Exact on both sides."
    made = grafana.stat(
        "Against last week", about, *targets, unit="percentunit", decimals=0, empty="not yet a week"
    )
    return made | {"options": made["options"] | {"orientation": "horizontal"}}


def last(catalogue: Catalogue, title: str, about: str, names: Sequence[str] = ()) -> Json:
    """How long ago the last of these events was, or of all."""
    pattern = f'event=~"{queries.regex(names)}"' if names else ""
    seen = queries.select(series.last_event(catalogue.namespace), pattern)
    return grafana.stat(
        title,
        about,
        grafana.prometheus(f"time() - max({seen}) or vector(NaN)", instant=True),
        unit="s",
        decimals=0,
        empty="none seen",
    )


def _gauge_tile(catalogue: Catalogue, gauge: Gauge) -> Json:
    expr = f"sum({queries.select(series.gauge(catalogue.namespace, gauge))})"
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


def health(catalogue: Catalogue) -> Iterator[Json]:
    """Whether all is read and understood."""
    yield undocumented(catalogue)
    yield rejected()
    yield behind()
    yield last(catalogue, "Last event", "How long ago the application wrote its last event.")


def undocumented(catalogue: Catalogue) -> Json:
    """Events without documentation."""
    about = "Events whose name the catalogue does not document: document them there, or mend them."
    return count(catalogue, "Undocumented", about, [UNKNOWN], bad=1)


def rejected() -> Json:
    """Lines without an event."""
    lines = queries.select("eventdeck_lines_total", 'outcome!~"counted|unknown|blank"')
    return grafana.stat(
        "Rejected lines",
        "Lines in which the exporter found no event. The Pipeline dashboard says why.",
        grafana.prometheus(f"sum({queries.counted_since_seen(lines)})", instant=True),
        empty="none",
        steps=((None, "text"), (1, "orange")),
    )


def behind() -> Json:
    """Lag."""
    return grafana.stat(
        "Behind",
        "How long what was written last has been waiting to be read. Above a minute the exporter "
        "cannot keep up, or cannot read the log.",
        grafana.prometheus(f"max({queries.select('eventdeck_lag_seconds')})", instant=True),
        unit="s",
        empty="exporter is down",
        steps=((None, "text"), (60, "orange"), (600, "red")),
    )
