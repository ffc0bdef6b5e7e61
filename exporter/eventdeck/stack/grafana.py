"""Whether Grafana reaches its data sources: its own health stays green when one has vanished."""

from collections.abc import Iterator

from eventdeck.stack import address, secret, web
from eventdeck.stack.settings import Settings

SOURCES = ("prometheus", "loki", "alertmanager")
_BROWSER_ONLY = ("alertmanager",)  # no part of it runs in Grafana's server, which could be asked
_UNAUTHORIZED, _NOT_FOUND, _OK = 401, 404, 200


def troubles(settings: Settings) -> Iterator[str]:
    """Say which data source does not work; nothing where the password was changed in Grafana."""
    password = secret.password(settings.secrets)
    if password is None:
        return
    base = f"{address.url(settings, 'grafana')}/api/datasources/uid"
    for uid in SOURCES:
        status, source = web.get(f"{base}/{uid}", "admin", password)
        if status == _UNAUTHORIZED:
            return
        if status == _NOT_FOUND:
            yield f"Grafana has no data source {uid}: `make logs ARGS=grafana` says why."
            continue
        if uid in _BROWSER_ONLY:
            continue
        status, answer = web.get(f"{base}/{uid}/health", "admin", password)
        # Older ones answer 404 for Loki: the source is there and has no health to ask for.
        if status not in {_OK, _NOT_FOUND}:
            why = answer.get("message", "") if isinstance(answer, dict) else ""
            yield f"Grafana does not reach {source.get('name', uid) if source else uid}: {why}"
