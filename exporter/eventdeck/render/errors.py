"""The dashboard for who looks into an error: how many, of what kind, and all lines around them."""

from collections.abc import Iterator
from pathlib import PurePath

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import annotations, explore, queries, tiles, trends, variables
from eventdeck.render import dashboard as grafana
from eventdeck.render.dashboard import Json
from eventdeck.render.seal import head

UID = "eventdeck-errors"
TITLE = "Errors and logs"
SEVERE = "error|critical"
COLORS = {"critical": "dark-red", "error": "red", "warning": "orange", "info": "green"}


def render(catalogue: Catalogue) -> str:
    """Write the dashboard."""
    about = f"What fails in {catalogue.application}, and the lines around it. "
    about += head(PurePath(catalogue.source).name)
    shown = [
        variables.group(catalogue),
        variables.level(),
        variables.instance(catalogue),
        variables.request(),
        variables.search(),
    ]
    marks = annotations.of(catalogue)
    return grafana.dashboard(UID, TITLE, about, shown, marks, _rows(catalogue))


def _rows(catalogue: Catalogue) -> Iterator[list[Json]]:
    errors = catalogue.signals.errors.events
    shown = [*_error_tiles(catalogue), _severe(catalogue), _requests(catalogue)]
    yield grafana.row(4, *[*shown, *tiles.health(catalogue)][: tiles.TILES])
    if errors:
        yield grafana.row(9, grafana.wide(_over_time(catalogue), 15), _kinds(catalogue))
    about = "A diamond is one error: it links to all lines of its request."
    rate = trends.per_minute(catalogue, "Errors", about, queries.regex(errors))
    levels = [_by_level(catalogue), _by_event(catalogue)]
    yield grafana.row(8, *([rate] if errors else []), *levels)
    about = "The errors, the newest first. Click a line, then its request: all lines of it."
    expr = f"{_errors(catalogue)} |~ `(?i)${{search:regex}}`"
    yield grafana.row(
        10, grafana.logs("Lines of errors", about, grafana.loki(expr), empty="no error")
    )
    about = "All lines, as chosen above. A request id in the field above leaves only its lines."
    expr = variables.found(catalogue) + " | request_id=~`${request:regex}.*`"
    target = grafana.loki(expr)
    yield grafana.row(14, grafana.logs("Log", about, target, empty="no line in this time range"))


def _errors(catalogue: Catalogue) -> str:
    """Lines of errors; those of their level, where the catalogue names no event."""
    errors = catalogue.signals.errors.events
    if errors:
        return queries.lines(catalogue, queries.regex(errors))
    return queries.lines(catalogue)[:-1] + f', level=~"{SEVERE}"}}'


def _error_tiles(catalogue: Catalogue) -> Iterator[Json]:
    errors = catalogue.signals.errors.events
    if not errors:
        return
    about = f"Errors of the application. {tiles.EXACT} What failed stands below."
    yield tiles.count(catalogue, "Errors", about, errors, bad=1)
    yield tiles.against_last_week(catalogue, "Errors vs. last week", errors)
    ratio = f"{queries.number(catalogue, errors)} / ({queries.number(catalogue, ())} > 0)"
    yield grafana.stat(
        "Share of errors",
        "Errors among all events. Above five in a hundred something is broken for many people.",
        grafana.prometheus(f"{ratio} or vector(NaN)", instant=True),
        unit="percentunit",
        decimals=2,
        empty="nothing counted yet",
        steps=((None, "text"), (0.01, "orange"), (0.05, "red")),
    )
    yield tiles.last(catalogue, "Last error", "How long ago the last error was.", errors)


def _severe(catalogue: Catalogue) -> Json:
    found = queries.lines(catalogue)[:-1] + f', level=~"{SEVERE}"}}'
    expr = f"sum(count_over_time({found} [$__range])) or vector(0)"
    return grafana.stat(
        "Severe lines",
        "Lines of level error or critical. The log at the bottom shows them: choose the level.",
        grafana.loki(expr, instant=True),
        empty="none",
        steps=((None, "text"), (1, "orange")),
    )


def _requests(catalogue: Catalogue) -> Json:
    found = f'{_errors(catalogue)} | request_id!=""'
    by_request = f"sum by (request_id) (count_over_time({found} [$__range]))"
    return grafana.stat(
        "Requests that failed",
        "Different requests with an error. Many errors of few requests are one cause.",
        grafana.loki(f"count({by_request}) or vector(0)", instant=True),
        empty="none",
        steps=((None, "text"), (1, "orange")),
    )


def _typed(catalogue: Catalogue) -> str:
    kind = catalogue.signals.errors.type
    return f'{_errors(catalogue)} | json {kind}="{kind}"' if kind else _errors(catalogue)


def _over_time(catalogue: Catalogue) -> Json:
    by = catalogue.signals.errors.type or "event"
    expr = f"sum by ({by}) (count_over_time({_typed(catalogue)} [$__interval]))"
    made = grafana.bars(
        "Errors by kind",
        "Errors per interval, by the lines' own time. A new colour is a new error; compare it "
        "with the marks of deployments. A click leads to the lines.",
        [grafana.loki(expr, f"{{{{{by}}}}}")],
        empty="no error in this time range",
    )
    return _with_lines(catalogue, made, "__field.labels")


def _kinds(catalogue: Catalogue) -> Json:
    by = catalogue.signals.errors.type or "event"
    expr = f"sort_desc(topk(10, sum by ({by}) (count_over_time({_typed(catalogue)} [$__range]))))"
    made = grafana.ranking(
        "Most frequent errors",
        "By the lines, which name also what the counter knows as _other. A click leads to them.",
        [grafana.loki(expr, f"{{{{{by}}}}}", instant=True)],
        empty="no error in this time range",
        rows=True,
    )
    return _with_lines(catalogue, made, "__data.fields")


def _with_lines(catalogue: Catalogue, panel: Json, place: str) -> Json:
    """The panel, with a way to the lines behind a value: same kind, same time."""
    by = catalogue.signals.errors.type or "event"
    expr = f"{_typed(catalogue)} | {by}=`${{{place}.{by}}}`"
    return grafana.linked(panel, "Lines of these errors", explore.address(expr))


def _by_level(catalogue: Catalogue) -> Json:
    expr = f"sum by (level) (count_over_time({variables.lines(catalogue)} [$__interval]))"
    about = "Lines of the groups and levels chosen above. More red than usual is worth a look."
    made = grafana.bars(
        "Lines by level", about, [grafana.loki(expr, "{{level}}")], empty="no line in this range"
    )
    for name, color in COLORS.items():
        made = grafana.override(made, name, color={"mode": "fixed", "fixedColor": color})
    return made


def _by_event(catalogue: Catalogue) -> Json:
    found = f"{variables.found(catalogue)} | request_id=~`${{request:regex}}.*`"
    made = grafana.ranking(
        "Lines by event",
        "What the lines in the log below are about; a click shows them alone.",
        [
            grafana.loki(
                f"sort_desc(topk(8, sum by (event) (count_over_time({found} [$__range]))))",
                "{{event}}",
                instant=True,
            )
        ],
        empty="no line in this time range",
        rows=True,
    )
    one = f'{{app="{catalogue.namespace}", event="${{__data.fields.event}}"}}'
    return grafana.linked(made, "Lines of this event", explore.address(one))
