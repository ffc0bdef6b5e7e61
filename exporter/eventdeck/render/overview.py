"""The Overview dashboard: what happens in the application, for everybody."""

import json
from collections.abc import Iterator
from pathlib import PurePath

from eventdeck.catalogue import series
from eventdeck.catalogue.model import UNKNOWN, Catalogue, Funnel, Gauge, Total
from eventdeck.render import dashboard as grafana
from eventdeck.render import queries, totals
from eventdeck.render.dashboard import Json
from eventdeck.render.seal import head
from eventdeck.render.tiles import EXACT, tiles

UID = "eventdeck-overview"
CHOSEN = "${group:pipe}"  # what the variable says, as a regular expression
# Levels and rates are for the day's work; in a week's range they would be steps of 20 minutes.
RECENT = {"timeFrom": "1h", "hideTimeOverride": True}
OWN_TIME = "By the lines' own time, so an old log shows where it belongs."


def render(catalogue: Catalogue) -> str:
    """Write the dashboard."""
    about = f"What happens in {catalogue.application}. {head(PurePath(catalogue.source).name)}"
    made = grafana.dashboard(UID, "Overview", about, _variables(catalogue), _rows(catalogue))
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _variables(catalogue: Catalogue) -> list[Json]:
    groups = {name: queries.regex(events) for name, events in _groups(catalogue).items()}
    return [
        grafana.choice("group", "Group", "Which events the trends and the lines show.", groups),
        grafana.textbox("search", "Search", "Shows lines that contain this: an id, a word."),
    ]


def _groups(catalogue: Catalogue) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for event in catalogue.events:
        groups.setdefault(event.group, []).append(event.name)
    return groups | {"Undocumented": [UNKNOWN]}


def _rows(catalogue: Catalogue) -> Iterator[list[Json]]:
    yield grafana.row(4, *tiles(catalogue))
    yield grafana.row(9, grafana.wide(_by_group(catalogue), 15), _top(catalogue))
    yield grafana.row(
        8,
        _against_last_week(catalogue),
        *(_level(catalogue, gauge) for gauge in catalogue.gauges[:1]),
        *(_funnel(catalogue, funnel) for funnel in catalogue.funnels[:2]),
    )
    yield grafana.row(8, *_totals_over_time(catalogue))
    yield grafana.row(12, _lines(catalogue))


def _by_group(catalogue: Catalogue) -> Json:
    targets = [
        grafana.loki(
            f"sum(count_over_time({_chosen(catalogue, queries.regex(names))} [$__interval]))", name
        )
        for name, names in _groups(catalogue).items()
    ]
    about = f"Lines in the log per interval. {OWN_TIME} The counts above are the exact ones."
    made = grafana.bars("Events by group", about, targets, empty="no line in this time range")
    return grafana.override(made, "Undocumented", color={"mode": "fixed", "fixedColor": "#8e8e8e"})


def _top(catalogue: Catalogue) -> Json:
    grown = queries.counted(catalogue, queries.events(catalogue, CHOSEN))
    expr = f"sort_desc(topk(10, sum by (event) ({grown}) > 0))"
    return grafana.ranking(
        "Most frequent events",
        f"The ten most frequent events of the time range. {EXACT}",
        [grafana.prometheus(expr, "{{event}}", instant=True)],
        empty="no event in this time range",
    )


def _against_last_week(catalogue: Catalogue) -> Json:
    counter = queries.events(catalogue, CHOSEN)
    rate = f"60 * sum(rate({counter}[$__rate_interval]"
    made = grafana.lines(
        "Events per minute, last hour",
        "Rate by the time of counting, now and a week earlier. A diamond is one event: "
        "it links to all lines of its request.",
        [
            grafana.prometheus(f"{rate})) or vector(NaN)", "now", exemplars=True),
            grafana.prometheus(f"{rate} offset 1w)) or vector(NaN)", "a week earlier"),
        ],
        unit="suffix: /min",
        empty="nothing counted yet",
        min=0,
    )
    made = grafana.override(
        made,
        "a week earlier",
        color={"mode": "fixed", "fixedColor": "semi-dark-orange"},
        custom__lineStyle={"fill": "dash", "dash": [6, 6]},
        custom__fillOpacity=0,
    )
    return made | RECENT


def _level(catalogue: Catalogue, gauge: Gauge) -> Json:
    return (
        grafana.lines(
            f"{totals.title(gauge.name)}, last hour",
            gauge.description,
            [
                grafana.prometheus(
                    f"sum({series.gauge(catalogue.namespace, gauge)}) or vector(NaN)",
                    totals.title(gauge.name),
                )
            ],
            empty="exporter is down",
            custom={"lineInterpolation": "stepAfter"},
            min=0,
            unit="short",  # the axis of a small level has halves, which other units leave empty
        )
        | RECENT
    )


def _funnel(catalogue: Catalogue, funnel: Funnel) -> Json:
    targets = [
        grafana.prometheus(
            f"sum({queries.counted(catalogue, queries.events(catalogue, queries.regex([name])))})",
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
    expr = _chosen(catalogue) + " |~ `(?i)${search:regex}`"
    return grafana.logs("Log", about, grafana.loki(expr), empty="no line in this time range")


def _chosen(catalogue: Catalogue, pattern: str = "") -> str:
    """Log lines of the groups chosen above the dashboard."""
    return queries.lines(catalogue, pattern)[:-1] + f', event=~"{CHOSEN}"}}'
