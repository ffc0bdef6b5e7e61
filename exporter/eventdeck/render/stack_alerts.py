"""Alerts over the rest of the stack, and the two that watch over alerting itself."""

from collections.abc import Iterator

from eventdeck.render import log_alerts
from eventdeck.render.alert import Alert, Trial
from eventdeck.render.exporter_alerts import STACK
from eventdeck.render.log_alerts import grows, simple
from eventdeck.render.thresholds import Thresholds, duration, number

_WHERE = "{{ $labels.instance }}"
_SHARE = "{{ $value | humanizePercentage }}"


def alerts(limits: Thresholds) -> Iterator[Alert]:
    """The alerts, in the order of the runbook."""
    yield _watchdog()
    yield _info_inhibitor()
    yield _target_down(limits)
    yield from log_alerts.alerts(limits)
    yield from _prometheus(limits)
    yield from _alertmanager(limits)
    yield _disk(limits)


def _watchdog() -> Alert:
    return Alert(
        name="Watchdog",
        severity="info",
        expr="vector(1)",
        summary="Alerting works.",
        description="This alert always fires. When its receiver hears nothing of it any more,"
        " something between Prometheus and him is broken.",
        dashboard=STACK,
        trial=Trial(series={}, begins=0),
    )


def _info_inhibitor() -> Alert:
    others = 'alertname!~"Watchdog|InfoInhibitor"'
    return Alert(
        name="InfoInhibitor",
        severity="info",
        expr=f'max by (job) (ALERTS{{severity="info", alertstate="firing", {others}}}) == 1\n'
        'unless on (job) ALERTS{severity=~"warning|critical", alertstate="firing"} == 1',
        summary="Nothing but hints: they are shown, and nobody is told.",
        description="Of {{ $labels.job }} only alerts of severity info fire.",
        dashboard=STACK,
        trial=Trial(
            series={
                'ALERTS{alertname="A", severity="info", alertstate="firing", job="x"}': "_x10 1x9"
            },
            begins=10,
            labels={"job": "x"},
            fills=("x",),
        ),
    )


def _target_down(limits: Thresholds) -> Alert:
    """The exporter has an alert of its own."""
    mine = limits["TargetDown"]
    return Alert(
        name="TargetDown",
        severity="warning",
        expr='count by (job) (up{job!="exporter"} == 0)'
        f' / count by (job) (up{{job!="exporter"}}) > {number(mine["share"])}',
        minutes=mine["for_minutes"],
        summary="A service of the stack does not answer.",
        description=f"{_SHARE} of the targets of {{{{ $labels.job }}}} do not answer.",
        dashboard=STACK,
        trial=Trial(
            series={'up{job="loki", instance="loki:3100"}': "1x9 0x60"},
            begins=10,
            labels={"job": "loki"},
            fills=("100%", "loki"),
        ),
    )


def _prometheus(limits: Thresholds) -> Iterator[Alert]:
    mine = {"job": "prometheus", "instance": "p"}
    labels = '{job="prometheus", instance="p"}'
    window = duration(limits["PrometheusBadConfig"]["window_minutes"])
    yield simple(
        limits,
        "PrometheusBadConfig",
        "critical",
        f"max_over_time(prometheus_config_last_reload_successful[{window}]) == 0",
        "Prometheus has refused its configuration and works with the old one.",
        f"{_WHERE} did not take its last configuration.",
        trial=_falls(
            f"prometheus_config_last_reload_successful{labels}",
            mine,
            limits["PrometheusBadConfig"]["window_minutes"],
        ),
    )
    window = duration(limits["PrometheusRuleFailures"]["window_minutes"])
    yield simple(
        limits,
        "PrometheusRuleFailures",
        "critical",
        "sum by (job, instance, rule_group)"
        f" (increase(prometheus_rule_evaluation_failures_total[{window}])) > 0",
        "Rules cannot be computed: alerts may be missing.",
        f"{_WHERE} fails at the rules of {{{{ $labels.rule_group }}}}.",
        trial=grows(
            f'prometheus_rule_evaluation_failures_total{{rule_group="g", {labels[1:]}',
            mine | {"rule_group": "g"},
            ("p", "g"),
        ),
    )
    window = duration(limits["PrometheusNotConnectedToAlertmanagers"]["window_minutes"])
    yield simple(
        limits,
        "PrometheusNotConnectedToAlertmanagers",
        "warning",
        f"max_over_time(prometheus_notifications_alertmanagers_discovered[{window}]) < 1",
        "Prometheus has nobody to give alerts to.",
        f"{_WHERE} knows of no Alertmanager.",
        trial=_falls(
            f"prometheus_notifications_alertmanagers_discovered{labels}",
            mine,
            limits["PrometheusNotConnectedToAlertmanagers"]["window_minutes"],
        ),
    )
    yield simple(
        limits,
        "PrometheusStorageAlmostFull",
        "warning",
        "(prometheus_tsdb_storage_blocks_bytes + prometheus_tsdb_wal_storage_size_bytes)\n"
        "  / (prometheus_tsdb_retention_limit_bytes > 0)"
        f" > {number(limits['PrometheusStorageAlmostFull']['share'])}",
        "The space for counters is almost used up; the oldest are about to be removed.",
        f"{_WHERE} uses {_SHARE} of what it may.",
        trial=Trial(
            series={
                f"prometheus_tsdb_storage_blocks_bytes{labels}": "100x9 970x60",
                f"prometheus_tsdb_wal_storage_size_bytes{labels}": "10x90",
                f"prometheus_tsdb_retention_limit_bytes{labels}": "1000x90",
            },
            begins=10,
            labels=mine,
            fills=("p", "98%"),
        ),
    )


def _alertmanager(limits: Thresholds) -> Iterator[Alert]:
    window = duration(limits["AlertmanagerBadConfig"]["window_minutes"])
    yield simple(
        limits,
        "AlertmanagerBadConfig",
        "critical",
        f"max_over_time(alertmanager_config_last_reload_successful[{window}]) == 0",
        "Alertmanager has refused its configuration and works with the old one.",
        f"{_WHERE} did not take its last configuration.",
        trial=_falls(
            'alertmanager_config_last_reload_successful{job="alertmanager", instance="p"}',
            {"job": "alertmanager", "instance": "p"},
            limits["AlertmanagerBadConfig"]["window_minutes"],
        ),
    )
    mine = limits["AlertmanagerFailedToSendAlerts"]
    window = duration(mine["window_minutes"])
    failed, sent = (
        f"sum by (job, instance, integration) (increase({name}[{window}]))"
        for name in ("alertmanager_notifications_failed_total", "alertmanager_notifications_total")
    )
    labels = {"job": "alertmanager", "instance": "a", "integration": "slack"}
    inside = 'job="alertmanager", instance="a", integration="slack"'
    yield simple(
        limits,
        "AlertmanagerFailedToSendAlerts",
        "critical",
        f"{failed}\n  / ({sent} > 0) > {number(mine['share'])}",
        "Alertmanager cannot reach one of the receivers.",
        f"{_SHARE} of the notifications by {{{{ $labels.integration }}}} fail.",
        trial=Trial(
            series={
                f"alertmanager_notifications_failed_total{{{inside}}}": "0x9 0+1x60",
                f"alertmanager_notifications_total{{{inside}}}": "0x9 0+2x60",
            },
            begins=11,
            labels=labels,
            fills=("50%", "slack"),
        ),
    )


def _disk(limits: Thresholds) -> Alert:
    share = number(limits["NodeFilesystemAlmostOutOfSpace"]["share"])
    labels = '{job="node", instance="n", fstype="ext4", mountpoint="/"}'
    return simple(
        limits,
        "NodeFilesystemAlmostOutOfSpace",
        "critical",
        'node_filesystem_avail_bytes{fstype!=""} / node_filesystem_size_bytes{fstype!=""}'
        f' < {share}\nand node_filesystem_readonly{{fstype!=""}} == 0',
        "A disk is almost full.",
        f"{_SHARE} of {{{{ $labels.mountpoint }}}} on {_WHERE} are left.",
        trial=Trial(
            series={
                f"node_filesystem_avail_bytes{labels}": "90x9 2x60",
                f"node_filesystem_size_bytes{labels}": "100x90",
                f"node_filesystem_readonly{labels}": "0x90",
            },
            begins=10,
            labels={"job": "node", "instance": "n", "fstype": "ext4", "mountpoint": "/"},
            fills=("2%", "/", "n"),
        ),
    )


def _falls(gauge: str, labels: dict[str, str], minutes: float) -> Trial:
    """A gauge that falls from 1 to 0; the last 1 must leave the window."""
    return Trial(
        series={gauge: "1x9 0x90"},
        begins=9 + round(minutes),
        labels=labels,
        fills=(labels["instance"],),
    )
