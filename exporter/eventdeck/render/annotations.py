"""What happened to the system itself, as marks in every trend."""

from typing import Any

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import dashboard as grafana
from eventdeck.render import queries
from eventdeck.render.dashboard import Json

STEP = "60s"
FIRING = 'ALERTS{alertstate="firing", alertname!~"Watchdog|InfoInhibitor"}'


def of(catalogue: Catalogue) -> list[Json]:
    """Backups and deployments from the log, new versions, restarts and alerts from Prometheus."""
    signals = catalogue.signals
    return [
        *_events("Backups", "green", catalogue, signals.backups),
        *_events("Deployments", "purple", catalogue, signals.deployments),
        _metric(
            "New versions",
            "purple",
            f"{_versions()} unless {_versions(' offset $__interval')}",
            titleFormat="Eventdeck {{version}}, catalogue {{digest}}",
        ),
        _metric(
            "Restarts",
            "blue",
            "1000 * max by (job, instance) (process_start_time_seconds)",
            titleFormat="{{job}} started",
            useValueForTime=True,
        ),
        # At the time since which each has been active, which is one mark. A region would fall to
        # pieces: Grafana asks for a hundred points, however long the range.
        _metric(
            "Alerts",
            "red",
            "1000 * max_over_time(ALERTS_FOR_STATE[$__interval])"
            f" and ignoring (alertstate) max_over_time({FIRING}[$__interval])",
            titleFormat="{{alertname}}",
            textFormat="{{severity}}",
            useValueForTime=True,
        ),
    ]


def _versions(when: str = "") -> str:
    return (
        f"sum by (version, digest) (eventdeck_build_info{when}"
        f" * on (instance, job) group_left (digest) eventdeck_catalogue_info{when})"
    )


def _events(name: str, color: str, catalogue: Catalogue, events: tuple[str, ...]) -> list[Json]:
    expr = queries.lines(catalogue, queries.regex(events))
    about = {"expr": expr, "titleFormat": "{{event}}", "tagKeys": "event"}
    return [_annotation(name, color, grafana.LOKI, **about)] if events else []


def _metric(name: str, color: str, expr: str, **more: Any) -> Json:  # noqa: ANN401
    return _annotation(name, color, grafana.PROMETHEUS, expr=expr, step=STEP, **more)


def _annotation(name: str, color: str, source: Json, **more: Any) -> Json:  # noqa: ANN401
    return {"name": name, "datasource": source, "enable": True, "iconColor": color, **more}
