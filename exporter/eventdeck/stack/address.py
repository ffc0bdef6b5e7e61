"""Where the services of the stack answer, for people and for this program."""

from eventdeck.stack.secret import PASSWORD
from eventdeck.stack.settings import Settings

# Service -> variable of its port. Promtail has none: nobody needs it from outside.
PUBLISHED = {
    "grafana": "GRAFANA_PORT",
    "exporter": "EXPORTER_PORT",
    "prometheus": "PROMETHEUS_PORT",
    "alertmanager": "ALERTMANAGER_PORT",
    "loki": "LOKI_PORT",
}
_WHAT = {
    "grafana": "Grafana",
    "exporter": "live page",
    "prometheus": "Prometheus",
    "alertmanager": "Alertmanager",
    "loki": "Loki (API)",
}
_ANY = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  compared, not bound


def url(settings: Settings, service: str) -> str:
    """Return the address of a published service, as it is reached from this machine."""
    port = PUBLISHED[service]
    host = settings.bind(port)
    host = _ANY.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{host}:{settings.values[port]}"


def farewell(settings: Settings) -> str:
    """Say what a person does next."""
    lines = [f"  {_WHAT[name]:<12}  {url(settings, name)}" for name in PUBLISHED]
    password = settings.place.shown(settings.secrets / PASSWORD)
    lines[0] += f"   user admin, password in {password}"
    return "\n".join(["", *lines, "", *_log(settings), *_told(settings)])


def _log(settings: Settings) -> list[str]:
    if settings.sample:
        return [
            "These are sample events, made up. For your own: set LOG_PATH in .env to the folder",
            "of your application's log, then `make up`; the samples keep to volumes of their own.",
        ]
    return [f"Reading {settings.log_path / settings.values['LOG_FILE']}."]


def _told(settings: Settings) -> list[str]:
    """Say who hears of alerts; of the samples nobody does."""
    if settings.sample:
        return []
    if told := settings.receivers.filled():
        return [f"Alerts go to {', '.join(told)}; `make alert-test` tries it."]
    return ["Nobody is told of alerts yet: alertmanager/receivers/ says how to change that."]
