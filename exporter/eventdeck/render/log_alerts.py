"""Alerts over the way of the lines: Promtail and Loki."""

from collections.abc import Iterator

from eventdeck.render.alert import Alert, Severity, Trial
from eventdeck.render.event_alerts import PIPELINE
from eventdeck.render.exporter_alerts import STACK
from eventdeck.render.thresholds import Thresholds, duration, number, words

_WHERE = "{{ $labels.instance }}"
_REASON = "{{ $labels.reason }}"
_SHARE = "{{ $value | humanizePercentage }}"


def alerts(limits: Thresholds) -> Iterator[Alert]:
    """The alerts."""
    yield from _promtail(limits)
    yield from _loki(limits)


def _promtail(limits: Thresholds) -> Iterator[Alert]:
    minutes = limits["PromtailDroppingEntries"]["window_minutes"]
    window = duration(minutes)
    yield simple(
        limits,
        "PromtailDroppingEntries",
        "warning",
        f"sum by (job, instance, reason) (increase(promtail_dropped_entries_total[{window}])) > 0",
        "Promtail gives up lines that Loki does not take.",
        f"{_WHERE} dropped lines in {words(minutes)}: {_REASON}.",
        trial=grows(
            'promtail_dropped_entries_total{job="promtail", instance="p", reason="line_too_long"}',
            {"job": "promtail", "instance": "p", "reason": "line_too_long"},
            ("p", "line_too_long"),
        ),
    )
    yield _failing(
        limits,
        "PromtailRequestErrors",
        "promtail_request_duration_seconds_count",
        'status_code=~"5..|failed"',
        "instance",
        "Promtail cannot deliver lines to Loki.",
        f"{_SHARE} of the deliveries of {_WHERE} fail; lines wait in their file.",
    )
    yield simple(
        limits,
        "PromtailFileMissing",
        "warning",
        "promtail_file_bytes_total unless on (job, instance, path) promtail_read_bytes_total",
        "Promtail sees a log and does not read it.",
        f"{_WHERE} does not read {{{{ $labels.path }}}}.",
        trial=Trial(
            series={'promtail_file_bytes_total{job="promtail", instance="p", path="/l"}': "9x90"},
            begins=0,
            labels={"job": "promtail", "instance": "p", "path": "/l"},
            fills=("p", "/l"),
        ),
    )


def _loki(limits: Thresholds) -> Iterator[Alert]:
    yield _failing(
        limits,
        "LokiRequestErrors",
        "loki_request_duration_seconds_count",
        'status_code=~"5.."',
        "route",
        "Loki answers with errors.",
        f"{_SHARE} of the requests to {{{{ $labels.route }}}} fail.",
        'route!="ready"',  # which says 503 many times in one start
    )
    minutes = limits["LokiDiscardingSamples"]["window_minutes"]
    window = duration(minutes)
    yield simple(
        limits,
        "LokiDiscardingSamples",
        "warning",
        f"sum by (job, reason) (increase(loki_discarded_samples_total[{window}])) > 0",
        "Loki refuses lines.",
        f"Loki refused lines in {words(minutes)}: {_REASON}.",
        trial=grows(
            'loki_discarded_samples_total{job="loki", instance="l", reason="rate_limited"}',
            {"job": "loki", "reason": "rate_limited"},
            ("rate_limited",),
        ),
    )
    mine = limits["LokiIngestionStalled"]
    window = duration(mine["window_minutes"])
    yield simple(
        limits,
        "LokiIngestionStalled",
        "warning",
        f"sum by (job) (increase(loki_distributor_lines_received_total[{window}])) == 0\n"
        f'and on () sum(increase(eventdeck_lines_total{{outcome!="blank"}}[{window}]))'
        f" >= {number(mine['least'])}",
        "Lines are counted, but none arrives in Loki.",
        "The exporter reads the log, and Loki has received nothing in"
        f" {words(mine['window_minutes'])}.",
        trial=Trial(
            series={
                'loki_distributor_lines_received_total{job="loki", instance="l"}': "5x90",
                'eventdeck_lines_total{outcome="counted", job="exporter"}': "0x29 0+100x90",
            },
            begins=31,
            labels={"job": "loki"},
        ),
    )


def simple(  # noqa: PLR0913, PLR0917  what every alert must say
    limits: Thresholds,
    name: str,
    severity: Severity,
    expr: str,
    summary: str,
    description: str,
    *,
    trial: Trial,
) -> Alert:
    """An alert over a service of the stack."""
    return Alert(
        name=name,
        severity=severity,
        expr=expr,
        minutes=limits[name]["for_minutes"],
        summary=summary,
        description=description,
        dashboard=PIPELINE if name.startswith(("Promtail", "Loki")) else STACK,
        trial=trial,
    )


def _failing(  # noqa: PLR0913, PLR0917  two alerts that differ in all of it
    limits: Thresholds,
    name: str,
    counter: str,
    wrong: str,
    by: str,
    summary: str,
    description: str,
    all_of: str = "",
) -> Alert:
    """Requests of which a large part fails."""
    mine = limits[name]
    window, job = duration(mine["window_minutes"]), counter.partition("_")[0]
    bad, total = (
        f"sum by (job, {by}) (\n  increase({counter}{{{chosen}}}[{window}])\n)"
        for chosen in (", ".join(filter(None, (wrong, all_of))), all_of)
    )
    labels = {"job": job, by: "here"}
    inside = ", ".join(f'{key}="{value}"' for key, value in labels.items())
    return simple(
        limits,
        name,
        "critical",
        f"{bad} / ({total.replace('{}', '')} > 0) > {number(mine['share'])}\n"
        f"and {bad} >= {number(mine['least'])}",
        summary,
        description,
        trial=Trial(
            series={
                f'{counter}{{{inside}, status_code="500"}}': "0x9 0+100x60",
                f'{counter}{{{inside}, status_code="204"}}': "0x9 0+100x60",
            },
            begins=11,
            labels=labels,
            fills=("50%", "here"),
        ),
    )


def grows(counter: str, labels: dict[str, str], fills: tuple[str, ...]) -> Trial:
    """A counter that stood still and grows by ten a minute."""
    return Trial(series={counter: "0x29 10+10x60"}, begins=30, labels=labels, fills=fills)
