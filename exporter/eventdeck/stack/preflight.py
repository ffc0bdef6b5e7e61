"""The look before the start: everything that is missing, at once, each with what mends it."""

import os
from collections.abc import Iterator

from eventdeck.catalogue.load import CatalogueError, load
from eventdeck.stack import disk, engine, log_folder, ports, zone
from eventdeck.stack.engine import Ask
from eventdeck.stack.finding import Finding
from eventdeck.stack.settings import Settings

_LOOPBACK = ("127.", "::1")


def look(settings: Settings, run: Ask) -> list[Finding]:
    """Look at everything that a start depends on."""
    found = list(engine.look(run))
    found += ports.look(settings, run)
    found += disk.look(run)
    found += _open_to_others(settings)
    found += settings.receivers.look()
    if not settings.sample:
        found += log_folder.look(settings)
    return found + list(_catalogue(settings))


def _catalogue(settings: Settings) -> Iterator[Finding]:
    """Look at the catalogue, and with its eyes at the log."""
    path = settings.place.deck / "exporter/events.yaml"
    try:
        catalogue = load(os.path.relpath(path))
    except CatalogueError as error:
        yield Finding(str(error), "mend it, then `make render`")
        return
    if settings.sample:
        return
    try:
        logs = log_folder.logs(settings)
    except OSError:
        return  # said already
    if logs:
        yield from zone.look(logs[-1], catalogue.line)


def _open_to_others(settings: Settings) -> Iterator[Finding]:
    address = settings.values["BIND"]
    if not address.startswith(_LOOPBACK):
        yield Finding(
            f"BIND: whoever reaches {address} reads counters and lines: Prometheus, Loki and the "
            "live page ask for no password",
            "set BIND=127.0.0.1 in .env; GRAFANA_BIND alone lets others see the dashboards",
            fatal=False,
        )
