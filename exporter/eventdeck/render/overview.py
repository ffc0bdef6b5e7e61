"""The Overview dashboard: what happens in the application, for everybody."""

from collections.abc import Iterator
from pathlib import PurePath

from eventdeck.catalogue import series
from eventdeck.catalogue.model import Catalogue, Funnel, Gauge, Total
from eventdeck.render import annotations, queries, tiles, totals, trends, variables
from eventdeck.render import dashboard as grafana
from eventdeck.render.dashboard import Json
from eventdeck.render.seal import head
from eventdeck.render.tiles import EXACT
from eventdeck.render.variables import CHOSEN

UID = "eventdeck-overview"
DIAMOND = "A diamond is one event: it links to all lines of its request."
OWN_TIME = "By the lines' own time, so an old log shows where it belongs."


def render(catalogue: Catalogue) -> str:
    """Write the dashboard."""
    about = f"What happens in {catalogue.application}. {head(PurePath(catalogue.source).name)}"
    shown = [
        variables.group(catalogue),
        variables.level(),
        variables.instance(catalogue),
        variables.search(),
    ]
    marks = annotations.of(catalogue)
    return grafana.dashboard(UID, "Overview", about, shown, marks, _rows(catalogue))


def _rows(catalogue: Catalogue) -> Iterator[list[Json]]:
    yield grafana.row(4, *tiles.tiles(catalogue))
    yield grafana.row(9, grafana.wide(_by_group(catalogue), 15), _top(catalogue))
    yield grafana.row(
        8,
        trends.per_minute(catalogue, "Events", DIAMOND, CHOSEN),
        *(_level(catalogue, gauge) for gauge in catalogue.gauges[:1]),
        *(_funnel(catalogue, funnel) for funnel in catalogue.funnels[:2]),
    )
    if totals.of(catalogue):
        compared = grafana.wide(tiles.sums_against_last_week(catalogue), 5)
        yield grafana.row(8, *_totals_over_time(catalogue), compared)
    yield grafana.row(12, _lines(catalogue))


def _by_group(catalogue: Catalogue) -> Json:
    targets = [
        grafana.loki(_bars(catalogue, names), name)
        for name, names in variables.groups(catalogue).items()
    ]
    about = f"Lines in the log per interval. {OWN_TIME} The counts above are the exact ones."
    made = grafana.bars("Events by group", about, targets, empty="no line in this time range")
    return grafana.override(made, "Undocumented", color={"mode": "fixed", "fixedColor": "#8e8e8e"})


def _bars(catalogue: Catalogue, names: list[str]) -> str:
    """Lines of one group per interval, if it is among those chosen."""
    chosen = variables.lines(catalogue)[:-1] + f', event=~"{queries.regex(names)}"}}'
    return f"sum(count_over_time({chosen} [$__interval]))"


def _top(catalogue: Catalogue) -> Json:
    grown = queries.counted_events(catalogue, CHOSEN)
    expr = f"sort_desc(topk(10, sum by (event) ({grown}) > 0))"
    return grafana.ranking(
        "Most frequent events",
        f"The ten most frequent events of the time range. {EXACT}",
        [grafana.prometheus(expr, "{{event}}", instant=True)],
        empty="no event in this time range",
    )


def _level(catalogue: Catalogue, gauge: Gauge) -> Json:
    level = queries.select(series.gauge(catalogue.namespace, gauge))
    made = grafana.lines(
        f"{totals.title(gauge.name)}, last hour",
        gauge.description,
        [grafana.prometheus(f"sum({level}) or vector(NaN)", totals.title(gauge.name))],
        empty="exporter is down",
        custom={"lineInterpolation": "stepAfter"},
        min=0,
        unit="short",  # the axis of a small level has halves, which other units leave empty
    )
    return made | trends.RECENT


def _funnel(catalogue: Catalogue, funnel: Funnel) -> Json:
    targets = [
        grafana.prometheus(
            queries.number(catalogue, [name]),
            name,
            instant=True,
        )
        for name in funnel.events
    ]
    steps = " → ".join(name.partition(".")[2] for name in funnel.events)
    return grafana.ranking(
        f"{funnel.name}: {steps}",
        f"How many reached each step in the time range. {EXACT}",
        targets,
        empty="none yet",
    )


def _totals_over_time(catalogue: Catalogue) -> list[Json]:
    """One panel per unit, for units cannot share an axis."""
    by_unit: dict[str, list[Total]] = {}
    for total in totals.of(catalogue):
        prop = totals.prop_of(catalogue, total)
        if not prop.private:  # the lines do not carry it
            by_unit.setdefault(totals.scale(prop)[0], []).append(total)
    return [_total_over_time(catalogue, unit, found) for unit, found in by_unit.items()][:3]


def _total_over_time(catalogue: Catalogue, unit: str, shown: list[Total]) -> Json:
    targets = [
        grafana.loki(expr, total.name)
        for total in shown
        for expr in totals.from_lines(catalogue, total)
    ]
    names = " and ".join(total.name for total in shown)
    about = f"{names}: summed from the log lines per interval. {OWN_TIME}"
    made = grafana.bars(
        f"{names}, over time", about, targets, unit=unit, empty="none in this time range"
    )
    for total in shown:  # one is no part of the other, so they stand behind each other
        made = grafana.override(
            made, total.name, custom__stacking={"mode": "normal", "group": total.name}
        )
    return made


def _lines(catalogue: Catalogue) -> Json:
    about = "What the application wrote, without what is private. A line links to its request."
    target = grafana.loki(variables.found(catalogue))
    return grafana.logs("Log", about, target, empty="no line in this time range")
