"""The dashboard about the services themselves: a row for each."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import annotations, runbook
from eventdeck.render import dashboard as grafana
from eventdeck.render.dashboard import Json
from eventdeck.render.seal import head

UID = "eventdeck-stack"
OFF = "not scraped"
RATE = "[$__rate_interval]"
LOKI_REQUESTS = 'loki_request_duration_seconds_count{route!="ready"}'  # 503 while it starts

# Service -> title, what it means, unit, legend, query: what is worth to see of it alone.
Own = tuple[str, str, str, str, str]
SERVICES: dict[str, tuple[Own, ...]] = {
    "exporter": (
        (
            "Time to answer",
            "How long a scrape takes. Above a second the exporter is catching up with a long log.",
            "s",
            "{{instance}}",
            'scrape_duration_seconds{job="exporter"}',
        ),
        (
            "Read",
            "Bytes of log read a second. Zero by day means that the application is silent.",
            "Bps",
            "{{instance}}",
            f"rate(eventdeck_bytes_read_total{RATE})",
        ),
    ),
    "prometheus": (
        (
            "Samples",
            "Samples taken a second. A jump is a new target, or one with too many series.",
            "cps",
            "taken",
            f"sum(rate(prometheus_tsdb_head_samples_appended_total{RATE}))",
        ),
        (
            "Time of a query",
            "Nine of ten are faster. Above a second, choose a shorter range for the dashboards.",
            "s",
            "{{slice}}",
            'max by (slice) (prometheus_engine_query_duration_seconds{quantile="0.9"})',
        ),
    ),
    "loki": (
        (
            "Requests by status",
            "5xx is Loki failing: see its log. 429 is too much at once.",
            "reqps",
            "{{status_code}}",
            f"sum by (status_code) (rate({LOKI_REQUESTS}{RATE}))",
        ),
        (
            "Lines",
            "Lines taken a second. Fewer than the exporter reads: see the Pipeline dashboard.",
            "cps",
            "taken",
            f"sum(rate(loki_distributor_lines_received_total{RATE}))",
        ),
    ),
    "promtail": (
        (
            "Sendings by status",
            "Anything but 204 is repeated, then dropped: see what Loki says.",
            "reqps",
            "{{status_code}}",
            f"sum by (status_code) (rate(promtail_request_duration_seconds_count{RATE}))",
        ),
        (
            "Files followed",
            "Zero means that Promtail does not find the log: check LOG_PATH and LOG_GID.",
            "short",
            "{{instance}}",
            "promtail_files_active_total",
        ),
    ),
    "grafana": (
        (
            "Requests by status",
            "5xx is Grafana failing, or a data source that does not answer.",
            "reqps",
            "{{status_code}}",
            f"sum by (status_code) (rate(grafana_http_request_duration_seconds_count{RATE}))",
        ),
        (
            "Dashboards",
            "Dashboards that Grafana knows. A sudden zero is a folder that it cannot read.",
            "short",
            "dashboards",
            "max(grafana_stat_totals_dashboard)",
        ),
    ),
    "alertmanager": (
        (
            "Notifications",
            "Sent and failed a minute. One failed is one that nobody read: check the receiver.",
            "suffix: /min",
            "{{integration}} failed",
            f"60 * sum by (integration) (rate(alertmanager_notifications_failed_total{RATE}))",
        ),
        (
            "Alerts held",
            "Alerts by state. Suppressed ones are silenced, or inhibited by a worse one.",
            "short",
            "{{state}}",
            "sum by (state) (alertmanager_alerts)",
        ),
    ),
}


def render(catalogue: Catalogue) -> str:
    """Write the dashboard."""
    about = "Whether the services run, and what they need. "
    about += head(PurePath(catalogue.source).name)
    marks = annotations.of(catalogue)
    return grafana.dashboard(UID, "Stack", about, [], marks, _rows(), begin="now-24h")


def _rows() -> Iterator[list[Json]]:
    yield grafana.row(4, *_tiles())
    yield grafana.row(9, grafana.wide(_up(), 15), _firing())
    for service, own in SERVICES.items():
        yield grafana.heading(service.capitalize())
        yield grafana.row(7, *(_trend(*about) for about in (*_usual(service), *own)))


def _tile(title: str, about: str, expr: str, **more: Any) -> Json:  # noqa: ANN401
    target = grafana.prometheus(expr, instant=True)
    return grafana.stat(title, about, target, **({"empty": OFF} | more))


def _tiles() -> Iterator[Json]:
    red: grafana.Steps = ((None, "text"), (1, "red"))
    yield _tile(
        "Services down",
        "Targets that Prometheus cannot scrape. See below which; `make status` says more.",
        "count(up == 0) or vector(0)",
        steps=red,
    )
    yield _tile(
        "Alerts firing",
        "Watchdog, which always fires, is left out. The list below links to the runbook.",
        f"count({annotations.FIRING}) or vector(0)",
        steps=red,
    )
    yield _tile(
        "Restarts",
        "How often a service started in the time range. More than you did yourself is a crash, "
        "or too little memory.",
        "sum(changes(process_start_time_seconds[$__range]))",
        steps=((None, "text"), (6, "orange")),
    )
    yield _tile(
        "Memory",
        "Of all services together. The limits stand in compose.yaml.",
        "sum(process_resident_memory_bytes)",
        unit="bytes",
        decimals=0,
    )
    yield _tile(
        "Series",
        "Series in Prometheus. They follow from the catalogue; a jump is a target gone wrong.",
        "sum(prometheus_tsdb_head_series)",
    )
    yield _tile(
        "Stored",
        "Bytes that Prometheus keeps on disk. Retention by size and time stands in .env.",
        "sum(prometheus_tsdb_storage_blocks_bytes)",
        unit="bytes",
        decimals=0,
    )


def _up() -> Json:
    made = grafana.panel(
        "state-timeline",
        "Services",
        "Whether Prometheus could scrape each. Red is down: `make logs` says why.",
        [grafana.prometheus("min by (job) (up)", "{{job}}")],
        empty="nothing is scraped",
        options={"showValue": "never", "mergeValues": True, "legend": {"showLegend": False}},
        steps=((None, "red"), (1, "green")),
        custom={"fillOpacity": 70, "lineWidth": 0},
        color={"mode": "thresholds"},
        mappings=[
            {"type": "value", "options": {"0": {"text": "down"}, "1": {"text": "up"}}},
        ],
    )
    return made | {"maxDataPoints": 200}


def _firing() -> Json:
    made = grafana.table(
        "Firing now",
        "What Alertmanager is told. A click leads to the runbook: what it means, what to do first.",
        [grafana.prometheus(annotations.FIRING, instant=True)],
        hide=("Value", "__name__", "alertstate", "job"),
        empty="nothing is wrong",
    )
    return grafana.linked(made, "Runbook", f"/d/{runbook.DASHBOARD}")


def _usual(service: str) -> Iterator[Own]:
    job = f'{{job="{service}"}}'
    yield (
        "Memory",
        "Memory in use. A line that only rises ends at the limit in compose.yaml.",
        "bytes",
        "{{instance}}",
        f"process_resident_memory_bytes{job}",
    )
    yield (
        "Processor",
        "Share of one core. Long at its limit, it is too slow for what is asked of it.",
        "percentunit",
        "{{instance}}",
        f"rate(process_cpu_seconds_total{job}{RATE})",
    )


def _trend(title: str, about: str, unit: str, legend: str, expr: str) -> Json:
    target = grafana.prometheus(expr, legend)
    return grafana.lines(title, about, [target], unit=unit, empty=OFF, min=0)
