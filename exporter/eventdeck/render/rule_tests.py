"""Tests of the rules for promtool: each alert alone, all on healthy data, all on an old log.

A trial's alert is silent one step before its `for` has passed, and fires at that step.
"""

from collections.abc import Iterable, Mapping

from eventdeck.catalogue import series
from eventdeck.catalogue.model import UNKNOWN, Catalogue
from eventdeck.render.alert import Alert, Json
from eventdeck.render.event_alerts import HERE

GRAFANA = "https://grafana.example"
_LENGTH = 150  # minutes, of which the last two hours are looked at
_LONG_AGO = -1_814_400  # seconds: three weeks before the beginning
_FIRED = 'sum by (alertname) (count_over_time(ALERTS{alertstate="firing", alertname!="Watchdog"}'


def of_alert(alert: Alert, panel: int) -> Json:
    """The test of one alert."""
    fires_at = alert.trial.begins + round(alert.minutes)
    expected = [(fires_at, [alert.fires(GRAFANA, panel)])]
    if fires_at:
        expected.insert(0, (fires_at - 1, []))
    return _group(
        alert.name,
        alert.trial.series,
        alert_rule_test=[
            {"eval_time": f"{minute}m", "alertname": alert.name, "exp_alerts": found}
            for minute, found in expected
        ],
    )


def together(catalogue: Catalogue) -> list[Json]:
    """The tests in which nothing but the Watchdog may fire."""
    calm = {**_stack(), **_exporter(), **_events(catalogue)}
    begins = f"_x30 {{}}x{_LENGTH}"
    fresh = {name: begins.format(value) for name, value in _old(catalogue).items()}
    late = {name: f"0x59 {value}x{_LENGTH}" for name, value in _old(catalogue, at=3600).items()}
    return [
        _silent("two hours of healthy data", calm),
        _silent("the exporter has just started on an old log", {**_stack(), **fresh}),
        _silent("a running exporter is given an old log", {**calm, **late}),
    ]


def _silent(name: str, found: Mapping[str, str]) -> Json:
    return _group(
        name,
        found,
        promql_expr_test=[{"expr": f"{_FIRED}[2h]))", "eval_time": "150m", "exp_samples": []}],
    )


def _group(name: str, found: Mapping[str, str], **tests: list[Json]) -> Json:
    return {
        "name": name,
        "interval": "1m",
        "external_labels": {"grafana": f"{GRAFANA}/"},
        "input_series": [{"series": one, "values": values} for one, values in found.items()],
        **tests,
    }


def _events(catalogue: Catalogue) -> dict[str, str]:
    """A quiet afternoon: few errors, few failures, nobody is given rights, a backup an hour ago."""
    signals, name = catalogue.signals, series.events(catalogue.namespace)
    seldom = {*signals.errors.events, *signals.sign_in.failed}
    never = {*signals.role_changes, UNKNOWN}
    found = {}
    for event in (*(event.name for event in catalogue.events), UNKNOWN):
        values = f"0x{_LENGTH}" if event in never else f"0+3x{_LENGTH}"
        found[_of(name, event)] = f"0x99 1x{_LENGTH}" if event in seldom else values
    last = series.last_event(catalogue.namespace)
    return found | {_of(last, event): f"-3600+60x{_LENGTH}" for event in signals.backups}


def _exporter() -> dict[str, str]:
    """It reads what is written, and saves it."""
    still = {
        "eventdeck_lag_seconds": 0,
        "eventdeck_clock_skew_seconds": -0.1,
        "eventdeck_checkpoint_age_seconds": 1,
        "eventdeck_checkpoint_failures_total": 0,
        "eventdeck_bytes_lost_total": 0,
        "eventdeck_files_lost_total": 0,
        "eventdeck_catch_up_timestamp_seconds": _LONG_AGO,
    }
    found = {f"{name}{HERE}": f"{value}x{_LENGTH}" for name, value in still.items()}
    found[_line("counted")] = f"0+100x{_LENGTH}"
    found[_line("not_json")] = f"0x{_LENGTH}"
    return found


def _old(catalogue: Catalogue, at: int = 1800) -> dict[str, str]:
    """The first samples of an exporter that has read the log of weeks, and lines that are none."""
    names = [*(event.name for event in catalogue.events), UNKNOWN]
    counter = series.events(catalogue.namespace)
    last = series.last_event(catalogue.namespace)
    found = {_of(counter, event): "5000" for event in names}
    found |= {_of(last, event): str(_LONG_AGO) for event in names}
    found[f"eventdeck_catch_up_timestamp_seconds{HERE}"] = str(at)
    found[f"eventdeck_clock_skew_seconds{HERE}"] = str(_LONG_AGO)
    if at == 1800:  # noqa: PLR2004  of a first start; later, such lines are news
        found[_line("not_json")] = "2000"
    return found


def _stack() -> dict[str, str]:
    """Every service is there and does its work."""
    jobs = ("exporter", "prometheus", "loki", "promtail", "grafana", "alertmanager")
    up = {_up(job): f"1x{_LENGTH}" for job in jobs}
    return up | _still(_GAUGES) | _growing(_COUNTERS)


def _still(gauges: Mapping[str, float]) -> dict[str, str]:
    return {name: f"{value}x{_LENGTH}" for name, value in gauges.items()}


def _growing(counters: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(counters, f"0+100x{_LENGTH}")


def _up(job: str) -> str:
    return f'up{{job="{job}", instance="{job}:9867"}}'


def _line(outcome: str) -> str:
    return f'eventdeck_lines_total{{outcome="{outcome}", {HERE[1:]}'


def _of(name: str, event: str) -> str:
    return f'{name}{{event="{event}", {HERE[1:]}'


_COUNTERS = (
    'loki_distributor_lines_received_total{job="loki"}',
    'loki_request_duration_seconds_count{job="loki", route="push", status_code="204"}',
    'promtail_request_duration_seconds_count{job="promtail", instance="p", status_code="204"}',
    'promtail_file_bytes_total{job="promtail", instance="p", path="/l"}',
    'promtail_read_bytes_total{job="promtail", instance="p", path="/l"}',
    'alertmanager_notifications_total{job="alertmanager", instance="a", integration="slack"}',
)
_GAUGES = {
    'loki_request_duration_seconds_count{job="loki", route="push", status_code="500"}': 7,
    'loki_request_duration_seconds_count{job="loki", route="ready", status_code="503"}': 30,
    'loki_discarded_samples_total{job="loki", reason="rate_limited"}': 3,
    'promtail_dropped_entries_total{job="promtail", instance="p", reason="line_too_long"}': 3,
    'prometheus_config_last_reload_successful{job="prometheus"}': 1,
    'prometheus_rule_evaluation_failures_total{job="prometheus", rule_group="g"}': 0,
    'prometheus_notifications_alertmanagers_discovered{job="prometheus"}': 1,
    'prometheus_tsdb_storage_blocks_bytes{job="prometheus"}': 100,
    'prometheus_tsdb_wal_storage_size_bytes{job="prometheus"}': 10,
    'prometheus_tsdb_retention_limit_bytes{job="prometheus"}': 1000,
    'alertmanager_config_last_reload_successful{job="alertmanager"}': 1,
    'alertmanager_notifications_failed_total{job="alertmanager", instance="a",'
    ' integration="slack", reason="other"}': 2,
    'node_filesystem_avail_bytes{job="node", fstype="ext4", mountpoint="/"}': 50,
    'node_filesystem_size_bytes{job="node", fstype="ext4", mountpoint="/"}': 100,
    'node_filesystem_readonly{job="node", fstype="ext4", mountpoint="/"}': 0,
}
