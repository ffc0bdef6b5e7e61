"""The dashboard about the way of a line, from the file to Prometheus and Loki."""

from collections.abc import Iterator
from pathlib import PurePath

from eventdeck.catalogue.model import UNKNOWN, Catalogue
from eventdeck.render import annotations, queries, tiles, variables
from eventdeck.render import dashboard as grafana
from eventdeck.render.dashboard import Json
from eventdeck.render.seal import head

UID = "eventdeck-pipeline"
ORANGE: grafana.Steps = ((None, "text"), (1, "orange"))
RED: grafana.Steps = ((None, "text"), (1, "red"))
OFF = "not scraped"  # what panels about a service say that does not run
REJECTED = 'outcome!~"counted|unknown|blank"'


def render(catalogue: Catalogue) -> str:
    """Write the dashboard."""
    about = "Whether every line arrives, and what happens to it on its way. "
    about += head(PurePath(catalogue.source).name)
    shown, marks = [variables.instance(catalogue)], annotations.of(catalogue)
    rows = _rows(catalogue)
    return grafana.dashboard(UID, "Pipeline", about, shown, marks, rows, begin="now-24h")


def _rows(catalogue: Catalogue) -> Iterator[list[Json]]:
    yield grafana.row(
        4,
        tiles.behind(),
        tiles.rejected(),
        tiles.undocumented(catalogue),
        _lost(),
        _grown(
            "Dropped on the way",
            "Lines that Promtail gave up. They are counted, but not to be found in Loki. Below "
            "stands why.",
            "promtail_dropped_entries_total",
        ),
        _grown(
            "Refused by Loki",
            "Lines that Loki did not take: too old, too far behind, too many. Below stands why.",
            "loki_discarded_samples_total",
        ),
    )
    yield grafana.row(9, grafana.wide(_on_their_way(), 15), _arrived(catalogue))
    yield grafana.row(8, _lag(), _reasons(), _skew())
    yield grafana.row(8, *_drift(catalogue))
    yield grafana.row(8, _checkpoint(), _files(), _reduced())
    about = "Lines without a documented event. The log pipeline leaves their name and size only."
    target = grafana.loki(queries.lines(catalogue, UNKNOWN))
    yield grafana.row(9, grafana.logs("Not understood", about, target, empty="all is documented"))


def _lost() -> Json:
    lost = queries.counted_since_seen(queries.select("eventdeck_bytes_lost_total"))
    return grafana.stat(
        "Lost",
        "Bytes that were in the log and were gone before they were read: removed, or truncated "
        "while the exporter was down. Keep one rotated file uncompressed.",
        grafana.prometheus(f"sum({lost})", instant=True),
        unit="decbytes",
        empty="exporter is down",
        steps=RED,
    )


def _grown(title: str, about: str, counter: str) -> Json:
    """A counter of another program, which begins at zero with each of its starts."""
    expr = f"round(sum(increase({counter}[$__range]))) or vector(0)"
    target = grafana.prometheus(expr, instant=True)
    return grafana.stat(title, about, target, empty=OFF, steps=ORANGE)


def _on_their_way() -> Json:
    steps = {
        "read by the exporter": queries.select("eventdeck_lines_total"),
        "read by Promtail": "promtail_read_lines_total",
        "sent by Promtail": "promtail_sent_entries_total",
        "taken by Loki": "loki_distributor_lines_received_total",
    }
    return grafana.lines(
        "Lines per minute, on their way",
        "The four should lie on one another. Where one falls behind, the step before it is where "
        "to look.",
        [
            grafana.prometheus(f"60 * sum(rate({counter}[$__rate_interval]))", name)
            for name, counter in steps.items()
        ],
        unit="suffix: /min",
        empty="nothing is read",
        min=0,
    )


def _arrived(catalogue: Catalogue) -> Json:
    read = queries.counted_since_seen(queries.select("eventdeck_lines_total"))
    counted = grafana.prometheus(f"sum({read})", "read by the exporter", instant=True)
    expr = f"sum(count_over_time({queries.lines(catalogue)} [$__range]))"
    made = grafana.ranking(
        "Lines of this time range",
        "What the exporter counted, exactly, and what Loki holds of these hours. Loki has fewer "
        "where Promtail lost lines in a rotation, more where an old log was read first.",
        [counted, grafana.loki(expr, "held by Loki", instant=True)],
        empty="no line in this time range",
    )
    made = grafana.override(made, "Value #B", displayName="held by Loki")
    return made | {"datasource": grafana.MIXED}


def _lag() -> Json:
    return grafana.lines(
        "Not read yet",
        "Bytes written and not read. A slope that does not come down is a log that the exporter "
        "cannot read or keep up with.",
        [grafana.prometheus(queries.select("eventdeck_lag_bytes"), "{{instance}}")],
        unit="decbytes",
        empty="exporter is down",
        min=0,
    )


def _reasons() -> Json:
    lines = queries.counted_since_seen(queries.select("eventdeck_lines_total", REJECTED))
    expr = f"sort_desc(sum by (outcome) ({lines}))"
    return grafana.ranking(
        "Rejected, by reason",
        "Why the exporter found no event in a line. not_json is a second program that writes into "
        "the log, or a traceback; `eventdeck check` shows the lines.",
        [grafana.prometheus(expr, "{{outcome}}", instant=True)],
        empty="exporter is down",
    )


def _skew() -> Json:
    return grafana.lines(
        "Clock against log",
        "Time of the last line less the time of its writing. Whole hours are a wrong zone in the "
        "catalogue, anything else a clock that goes wrong.",
        [grafana.prometheus(queries.select("eventdeck_clock_skew_seconds"), "{{instance}}")],
        unit="s",
        empty="exporter is down",
        steps=((None, "text"), (300, "orange")),
    )


def _drift(catalogue: Catalogue) -> Iterator[Json]:
    never = f"sum by (event) ({queries.events(catalogue)}) == 0"
    yield grafana.table(
        "Documented, never seen",
        "Events of the catalogue that this log never had. Some are rare; some are misspelt, or no "
        "longer written: then say deprecated.",
        [grafana.prometheus(never, instant=True)],
        hide=("Value",),
        empty="all have been seen",
    )
    found = f'{queries.lines(catalogue, UNKNOWN)} | json name="event" | name!=""'
    by_name = f"sort_desc(topk(10, sum by (name) (count_over_time({found} [$__range]))))"
    yield grafana.ranking(
        "Seen, never documented",
        "Names in the log that the catalogue lacks. Document them, and they are counted.",
        [grafana.loki(by_name, "{{name}}", instant=True)],
        empty="all are documented",
        rows=True,
    )
    errors = queries.counted_since_seen(queries.select("eventdeck_property_errors_total"))
    expr = f"sort_desc(topk(10, sum by (event, problem) ({errors}) > 0))"
    yield grafana.ranking(
        "Not as documented",
        "Properties that are missing, of another type, or outside their list. The event is counted "
        "all the same. Mend the application or the catalogue.",
        [grafana.prometheus(expr, "{{event}}: {{problem}}", instant=True)],
        empty="all as documented",
    )


def _checkpoint() -> Json:
    age = queries.select("eventdeck_checkpoint_age_seconds")
    return grafana.lines(
        "Age of the saved state",
        "How long ago the exporter saved what it counted. Above a minute its disk is full or not "
        "writable; nothing is lost before it ends.",
        [grafana.prometheus(age, "{{instance}}")],
        unit="s",
        empty="exporter is down",
        steps=((None, "text"), (60, "red")),
        min=0,
    )


def _files() -> Json:
    names = ("rotations", "truncations", "files_lost")
    return grafana.lines(
        "Files",
        "What happened to the log's files. A file lost is one that was removed before it was read.",
        [
            grafana.prometheus(
                f"sum(rate({queries.select(f'eventdeck_{name}_total')}[$__rate_interval])) * 3600",
                name.replace("_", " "),
            )
            for name in names
        ],
        unit="suffix: /h",
        empty="exporter is down",
        min=0,
    )


def _reduced() -> Json:
    causes = {
        "reduced": "eventdeck_promtail_reduced_lines_total",
        "dropped": "promtail_dropped_entries_total",
        "refused": "loki_discarded_samples_total",
    }
    return grafana.lines(
        "Reduced, dropped, refused",
        "Lines that reached Loki as name and size only, that Promtail gave up, or that Loki did "
        "not take, by reason.",
        [
            grafana.prometheus(
                f"60 * sum by (reason) (rate({counter}[$__rate_interval]))",
                f"{what}: {{{{reason}}}}",
            )
            for what, counter in causes.items()
        ],
        unit="suffix: /min",
        empty="none",
        min=0,
    )
