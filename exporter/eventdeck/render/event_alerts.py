"""Alerts over what the application logs: those that the catalogue's signals ask for."""

from collections.abc import Iterator

from eventdeck.catalogue import series
from eventdeck.catalogue.model import Catalogue
from eventdeck.render.alert import Alert, Trial
from eventdeck.render.queries import regex
from eventdeck.render.recordings import CAUGHT_UP, grown
from eventdeck.render.thresholds import Thresholds, duration, number, words

SIGN_IN, ERRORS = "eventdeck-signin", "eventdeck-errors"
OVERVIEW, PIPELINE = "eventdeck-overview", "eventdeck-pipeline"
HERE = '{instance="exporter:9867", job="exporter"}'
JOB = {"job": "exporter"}
_COUNT = '{{ $value | printf "%.0f" }}'
_AGE = "{{ $value | humanizeDuration }}"


def alerts(catalogue: Catalogue, limits: Thresholds) -> Iterator[Alert]:
    """The alerts; a signal that the catalogue does not name has none."""
    signals = catalogue.signals
    if signals.errors.events:
        yield _error_burst(catalogue, limits)
        yield _error_ratio(catalogue, limits)
    if signals.sign_in.failed:
        yield _brute_force(catalogue, limits)
    if signals.sign_in.failed and signals.sign_in.succeeded:
        yield _failure_ratio(catalogue, limits)
    if signals.role_changes:
        yield _role_changed(catalogue, limits)
    if signals.backups:
        yield _backup_missing(catalogue, limits)
        yield _backup_never_seen(catalogue, limits)
    yield _stalled(catalogue, limits)
    yield _muted(limits)


def _error_burst(catalogue: Catalogue, limits: Thresholds) -> Alert:
    mine = limits["ErrorBurst"]
    events, least, minutes = catalogue.signals.errors.events, mine["errors"], mine["window_minutes"]
    return Alert(
        name="ErrorBurst",
        severity="critical",
        expr=f"{grown(catalogue, events, minutes)} >= {number(least)}",
        minutes=mine["for_minutes"],
        keeps=limits["ErrorRatioHigh"]["window_minutes"],
        summary="The application fails again and again.",
        description=f"{catalogue.application} logged {_COUNT} errors in {words(minutes)}.",
        dashboard=ERRORS,
        trial=_jump(catalogue, events[0], least, minutes),
    )


def _error_ratio(catalogue: Catalogue, limits: Thresholds) -> Alert:
    mine, name = limits["ErrorRatioHigh"], catalogue.namespace
    window = duration(mine["window_minutes"])
    events = catalogue.signals.errors.events
    return Alert(
        name="ErrorRatioHigh",
        severity="warning",
        expr=f"job:{name}_errors_per_events:ratio_increase{window} > {number(mine['share'])}\n"
        f"and job:{name}_errors:increase{window} >= {number(mine['least'])}",
        minutes=mine["for_minutes"],
        summary="A large part of what the application does fails.",
        description=f"{{{{ $value | humanizePercentage }}}} of the events that "
        f"{catalogue.application} logged in {words(mine['window_minutes'])} are errors.",
        dashboard=ERRORS,
        trial=_jump(catalogue, events[0], mine["least"], mine["window_minutes"], "100%"),
    )


def _brute_force(catalogue: Catalogue, limits: Thresholds) -> Alert:
    mine = limits["LoginBruteForce"]
    events, minutes = catalogue.signals.sign_in.failed, mine["window_minutes"]
    return Alert(
        name="LoginBruteForce",
        severity="critical",
        expr=f"{grown(catalogue, events, minutes)} >= {number(mine['failures'])}",
        minutes=mine["for_minutes"],
        keeps=limits["LoginFailureRatioHigh"]["window_minutes"],
        summary="Somebody may be guessing passwords.",
        description=f"{_COUNT} sign-ins to {catalogue.application} failed in {words(minutes)}.",
        dashboard=SIGN_IN,
        trial=_jump(catalogue, events[0], mine["failures"], minutes),
    )


def _failure_ratio(catalogue: Catalogue, limits: Thresholds) -> Alert:
    mine, name = limits["LoginFailureRatioHigh"], catalogue.namespace
    window = duration(mine["window_minutes"])
    events = catalogue.signals.sign_in.failed
    return Alert(
        name="LoginFailureRatioHigh",
        severity="warning",
        expr=f"job:{name}_sign_ins_failed_per_sign_ins:ratio_increase{window}"
        f" > {number(mine['share'])}\n"
        f"and job:{name}_sign_ins_failed:increase{window} >= {number(mine['least'])}",
        minutes=mine["for_minutes"],
        summary="Most people who try to sign in do not get in.",
        description=f"{{{{ $value | humanizePercentage }}}} of the sign-ins to "
        f"{catalogue.application} failed in {words(mine['window_minutes'])}.",
        dashboard=SIGN_IN,
        trial=_jump(catalogue, events[0], mine["least"], mine["window_minutes"], "100%"),
    )


def _role_changed(catalogue: Catalogue, limits: Thresholds) -> Alert:
    mine, events = limits["AdminRoleChanged"], catalogue.signals.role_changes
    minutes = mine["window_minutes"]
    return Alert(
        name="AdminRoleChanged",
        severity="warning",
        expr=f"{grown(catalogue, events, minutes)} > 0",
        minutes=mine["for_minutes"],
        summary="Somebody was given other rights.",
        description=f"{_COUNT} changes of rights in {catalogue.application} in {words(minutes)}.",
        dashboard=SIGN_IN,
        trial=_jump(catalogue, events[0], 1, minutes),
    )


def _backup_missing(catalogue: Catalogue, limits: Thresholds) -> Alert:
    """Only where the exporter was there a whole window ago: an old log has old backups."""
    mine, pattern = limits["BackupMissing"], regex(catalogue.signals.backups)
    last, counter = series.last_event(catalogue.namespace), series.events(catalogue.namespace)
    hours, event = mine["hours"], catalogue.signals.backups[0]
    return Alert(
        name="BackupMissing",
        severity="critical",
        expr=f'time() - max by (job) (\n  {last}{{event=~"{pattern}"}}\n)'
        f" > {number(hours * 3600)}\n"
        f"and on (job) {counter} offset {duration(hours * 60)}",
        minutes=mine["for_minutes"],
        summary="There was no backup for too long.",
        description=f"The last backup of {catalogue.application} was {_AGE} ago.",
        dashboard=OVERVIEW,
        trial=Trial(
            series={
                _series(last, event): f"60x{_minutes(hours) + 60}",
                _series(counter, event): f"1x{_minutes(hours) + 60}",
            },
            begins=_minutes(hours) + 2,
            labels=JOB,
            fills=(_age((_minutes(hours) + 2 + mine["for_minutes"]) * 60 - 60),),
        ),
    )


def _backup_never_seen(catalogue: Catalogue, limits: Thresholds) -> Alert:
    mine, pattern = limits["BackupNeverSeen"], regex(catalogue.signals.backups)
    counter = f'{series.events(catalogue.namespace)}{{event=~"{pattern}"}}'
    event, hours = catalogue.signals.backups[0], mine["hours"]
    return Alert(
        name="BackupNeverSeen",
        severity="warning",
        expr=f"sum by (job) ({counter}) == 0\nand on (job) {counter} offset {duration(hours * 60)}",
        minutes=mine["for_minutes"],
        summary="The log has never told of a backup.",
        description=f"{catalogue.application} has logged no backup in {words(hours * 60)} of"
        " watching.",
        dashboard=OVERVIEW,
        trial=Trial(
            series={_series(series.events(catalogue.namespace), event): f"0x{_minutes(hours) + 9}"},
            begins=_minutes(hours),
            labels=JOB,
        ),
    )


def _stalled(catalogue: Catalogue, limits: Thresholds) -> Alert:
    """Against the same hour a week ago, or every Saturday would fire."""
    mine, counter = limits["EventsStalled"], series.events(catalogue.namespace)
    window, ago = mine["window_minutes"], mine["ago_hours"] * 60
    before = f"{counter} offset {duration(ago)}\n  - {counter} offset {duration(ago + window)}"
    event = catalogue.events[0].name
    return Alert(
        name="EventsStalled",
        severity="warning",
        expr=f"sum by (job) ({counter} - {counter} offset {duration(window)}) == 0\n"
        f"and sum by (job) (\n  {before}\n) >= {number(mine['least'])}",
        minutes=mine["for_minutes"],
        summary="The application has stopped to log events.",
        description=f"{catalogue.application} logged nothing in {words(window)}; at the same"
        f" time {words(ago)} earlier it did.",
        dashboard=PIPELINE,
        trial=Trial(  # events at the end of the first window only, and a week later there are none
            series={
                _series(counter, event): f"0x{round(window) - 1}"
                f" {number(mine['least'])}x{round(ago) + 120}"
            },
            begins=round(ago + window),
            labels=JOB,
        ),
    )


def _muted(limits: Thresholds) -> Alert:
    mine = limits["EventAlertsMuted"]
    return Alert(
        name="EventAlertsMuted",
        severity="warning",
        expr=f"{CAUGHT_UP} < 300",
        minutes=mine["for_minutes"],
        summary="Alerts over events are silent, for the log is read long after it is written.",
        description="{{ $labels.instance }} has been catching up with its log for"
        f" {words(mine['for_minutes'])}; until it is done no alert over events fires.",
        dashboard=PIPELINE,
        trial=Trial(
            series={f"eventdeck_catch_up_timestamp_seconds{HERE}": "0x9 600+60x120"},
            begins=10,
            labels={"instance": "exporter:9867", **JOB},
            fills=("exporter:9867",),
        ),
    )


def _jump(
    catalogue: Catalogue, event: str, number_of: float, minutes: float, fill: str = ""
) -> Trial:
    """Nothing in a window, then all events at once, a window of quiet behind them."""
    window = round(minutes)
    counter = _series(series.events(catalogue.namespace), event)
    begins = window + 5
    return Trial(
        series={counter: f"7x{begins - 1} {number(7 + number_of)}x{window + 120}"},
        begins=begins,
        labels=JOB,
        fills=(fill or number(number_of),),
    )


def _series(name: str, event: str) -> str:
    return f'{name}{{event="{event}", {HERE[1:]}'


def _minutes(hours: float) -> int:
    return round(hours * 60)


def _age(seconds: float) -> str:
    """Seconds as Prometheus' humanizeDuration writes those of a day and more."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    return f"{day}d {hour}h {minute}m {second}s" if day else f"{hour}h {minute}m {second}s"
