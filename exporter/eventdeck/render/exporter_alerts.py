"""Alerts over the exporter: whether it reads the log, all of it, now, and forgets nothing."""

from collections.abc import Iterator

from eventdeck.catalogue import series
from eventdeck.catalogue.model import UNKNOWN, Catalogue
from eventdeck.render.alert import Alert, Trial
from eventdeck.render.event_alerts import HERE, JOB, PIPELINE
from eventdeck.render.recordings import muted
from eventdeck.render.thresholds import Thresholds, duration, number, words

STACK = "eventdeck-stack"
INSTANCE = {"instance": "exporter:9867", **JOB}
_WHERE = "{{ $labels.instance }}"
_AGE = "{{ $value | humanizeDuration }}"
_REJECTED = 'eventdeck_lines_total{outcome!~"counted|unknown|blank"}'
_ALL = 'eventdeck_lines_total{outcome!="blank"}'
_WIDEST_ZONE = 54000  # seconds: what is farther off is an old log, not a wrong zone


def alerts(catalogue: Catalogue, limits: Thresholds) -> Iterator[Alert]:
    """The alerts."""
    yield _down(limits)
    yield _absent(limits)
    yield _lagging(limits)
    yield _skew(limits)
    yield _rejected(limits)
    yield _drift(catalogue, limits)
    yield _stale(limits)
    yield _lost(limits)


def _down(limits: Thresholds) -> Alert:
    return Alert(
        name="ExporterDown",
        severity="critical",
        expr='up{job="exporter"} == 0',
        minutes=limits["ExporterDown"]["for_minutes"],
        summary="The exporter does not answer: nothing is counted.",
        description=f"Prometheus does not reach the exporter {_WHERE}. Nothing is lost as long as"
        " the log is kept: it is counted later.",
        dashboard=STACK,
        trial=Trial(
            series={f"up{HERE}": "1x9 0x60"},
            begins=10,
            labels=INSTANCE,
            fills=("exporter:9867",),
        ),
    )


def _absent(limits: Thresholds) -> Alert:
    return Alert(
        name="ExporterAbsent",
        severity="critical",
        expr='absent(up{job="exporter"})',
        minutes=limits["ExporterAbsent"]["for_minutes"],
        summary="Prometheus knows of no exporter.",
        description="No exporter stands in prometheus/targets/exporter*.yml.",
        dashboard=STACK,
        trial=Trial(series={'up{job="loki", instance="x"}': "1x60"}, begins=0, labels=JOB),
    )


def _lagging(limits: Thresholds) -> Alert:
    mine = limits["ExporterLagging"]
    return Alert(
        name="ExporterLagging",
        severity="warning",
        expr=f"max_over_time(eventdeck_lag_seconds[{duration(mine['window_minutes'])}])"
        f" > {number(mine['seconds'])}",
        minutes=mine["for_minutes"],
        summary="The exporter does not keep up with the log.",
        description=f"{_WHERE} is {_AGE} behind the end of the log.",
        dashboard=PIPELINE,
        trial=Trial(
            series={f"eventdeck_lag_seconds{HERE}": f"0x9 {number(mine['seconds'] + 60)}x60"},
            begins=10,
            labels=INSTANCE,
            fills=("exporter:9867", _short(mine["seconds"] + 60)),
        ),
    )


def _skew(limits: Thresholds) -> Alert:
    mine = limits["ClockSkew"]
    window, most = duration(mine["window_minutes"]), number(mine["seconds"])
    skew = "eventdeck_clock_skew_seconds"
    return Alert(
        name="ClockSkew",
        severity="warning",
        expr=f"(\n  round(max_over_time({skew}[{window}]), 60) > {most}\n"
        f"  or round(min_over_time({skew}[{window}]), 60) < -{most}\n)\n"
        f"and on (job, instance) abs({skew}) < {_WIDEST_ZONE}",
        minutes=mine["for_minutes"],
        summary="The times in the log are wrong.",
        description=f"The lines that {_WHERE} reads are {_AGE} off the clock; hours mean that"
        " line.zone in the catalogue is not the application's.",
        dashboard=PIPELINE,
        trial=Trial(
            series={f"{skew}{HERE}": "0x9 -7200x60"},
            begins=10,
            labels=INSTANCE,
            fills=("exporter:9867", "-2h 0m 0s"),
        ),
    )


def _rejected(limits: Thresholds) -> Alert:
    mine = limits["LinesRejected"]
    window = duration(mine["window_minutes"])
    bad, total = (
        f"sum by (job, instance) (\n  {name}\n  - {name} offset {window}\n)"
        for name in (_REJECTED, _ALL)
    )
    return Alert(
        name="LinesRejected",
        severity="warning",
        expr=f"{bad} / ({total} > 0) > {number(mine['share'])}\n"
        f"and {bad} >= {number(mine['least'])}",
        minutes=mine["for_minutes"],
        summary="Lines of the log are no events that can be read.",
        description=f"{{{{ $value | humanizePercentage }}}} of the lines that {_WHERE} read in"
        f" {words(mine['window_minutes'])} hold no event.",
        dashboard=PIPELINE,
        trial=Trial(
            series={
                f'eventdeck_lines_total{{outcome="not_json", {HERE[1:]}': "0x"
                f"{round(mine['window_minutes']) + 9} 0+100x60",
                f'eventdeck_lines_total{{outcome="counted", {HERE[1:]}': "0x"
                f"{round(mine['window_minutes']) + 9} 0+100x60",
            },
            begins=round(mine["window_minutes"]) + 11,
            labels=INSTANCE,
            fills=("50%", "exporter:9867"),
        ),
    )


def _drift(catalogue: Catalogue, limits: Thresholds) -> Alert:
    mine = limits["SchemaDrift"]
    minutes = mine["window_minutes"]
    name = f'{series.events(catalogue.namespace)}{{event="{UNKNOWN}"}}'
    window = duration(minutes)
    return Alert(
        name="SchemaDrift",
        severity="info",
        expr=f"sum by (job, instance) (\n  {name} - {name} offset {window}\n"
        f"  unless on (job, instance) {muted(minutes)}\n) > 0",
        minutes=mine["for_minutes"],
        summary="The application logs events that the catalogue does not document.",
        description='{{ $value | printf "%.0f" }} undocumented events in'
        f" {words(minutes)}; the page of {_WHERE} lists their names.",
        dashboard=PIPELINE,
        trial=Trial(
            series={
                f'{series.events(catalogue.namespace)}{{event="{UNKNOWN}", {HERE[1:]}': "0x"
                f"{round(minutes) + 9} 3x60"
            },
            begins=round(minutes) + 10,
            labels=INSTANCE,
            fills=("3", "exporter:9867"),
        ),
    )


def _stale(limits: Thresholds) -> Alert:
    """Age since the last save; where nothing was ever saved there is none, only failures."""
    mine = limits["CheckpointStale"]
    window = duration(mine["window_minutes"])
    return Alert(
        name="CheckpointStale",
        severity="warning",
        expr=f"max_over_time(eventdeck_checkpoint_age_seconds[{window}]) > "
        f"{number(mine['seconds'])}\n"
        "or eventdeck_checkpoint_failures_total > 0"
        " unless on (job, instance) eventdeck_checkpoint_age_seconds",
        minutes=mine["for_minutes"],
        summary="The exporter cannot save how far it has read.",
        description=f"{_WHERE} cannot save its state. It counts on, but after a restart it reads"
        " again from the last save: what the log has lost until then is not counted.",
        dashboard=PIPELINE,
        trial=Trial(
            series={f"eventdeck_checkpoint_age_seconds{HERE}": "1x9 600+60x60"},
            begins=10,
            labels=INSTANCE,
            fills=("exporter:9867",),
        ),
    )


def _lost(limits: Thresholds) -> Alert:
    mine = limits["BytesLost"]
    window = duration(mine["window_minutes"])
    return Alert(
        name="BytesLost",
        severity="warning",
        expr="sum by (job, instance) (\n"
        f"  eventdeck_bytes_lost_total - eventdeck_bytes_lost_total offset {window}\n"
        f"  + eventdeck_files_lost_total - eventdeck_files_lost_total offset {window}\n) > 0",
        minutes=mine["for_minutes"],
        summary="A part of the log was gone before it was read.",
        description=f"Log that {_WHERE} had not read yet was removed in the last"
        f" {words(mine['window_minutes'])}; its"
        " events are missing in the counts.",
        dashboard=PIPELINE,
        trial=Trial(
            series={
                f"eventdeck_bytes_lost_total{HERE}": f"0x{round(mine['window_minutes']) + 9} 512x9",
                f"eventdeck_files_lost_total{HERE}": "0x90",
            },
            begins=round(mine["window_minutes"]) + 10,
            labels=INSTANCE,
            fills=("exporter:9867",),
        ),
    )


def _short(seconds: float) -> str:
    """Seconds as Prometheus' humanizeDuration writes minutes."""
    return f"{round(seconds) // 60}m {round(seconds) % 60}s"
