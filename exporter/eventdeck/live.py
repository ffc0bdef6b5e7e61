"""The figures of the live page, as JSON."""

from typing import Any

import msgspec

from eventdeck import __version__
from eventdeck.app import Exporter
from eventdeck.decode import REASONS
from eventdeck.history import STEP, History


def figures(exporter: Exporter) -> bytes:
    """Everything that the page shows. Times are Unix seconds."""
    with exporter.gate.visit():
        exporter.refresh()
        exporter.history.tick()
        return msgspec.json.encode(_figures(exporter))


def _figures(exporter: Exporter) -> dict[str, Any]:
    own, replay = exporter.figures(), None
    if not exporter.ready:
        replay = {"done": exporter.replayed, "total": exporter.backlog}
    return {
        "version": __version__,
        "application": exporter.catalogue.application,
        "catalogue": exporter.catalogue.source,
        "now": exporter.wall(),
        "started": exporter.started,
        "since": exporter.since,
        "ready": exporter.ready,
        "replay": replay,
        "files": _files(exporter),
        "lines": {
            "counted": own.outcomes["counted"],
            "unknown": own.outcomes["unknown"],
            "rejected": sum(own.outcomes[reason] for reason in REASONS),
        },
        "bytes_read": own.bytes_read,
        "bytes_lost": own.bytes_lost,
        "rotations": own.rotations,
        "truncations": own.truncations,
        "events": _events(exporter),
        "history_step": STEP,
        "unknown": [{"name": name, "count": n} for name, n in exporter.tally.names.top()],
        "rejected": [
            {"reason": reason, "count": own.outcomes[reason], "meaning": meaning}
            for reason, meaning in REASONS.items()
        ],
        "gauges": [
            {
                "name": gauge.name,
                "value": exporter.tally.gauges[gauge.name],
                "description": gauge.description,
            }
            for gauge in exporter.catalogue.gauges
        ],
        "checkpoint": {
            "path": exporter.checkpoint.path,
            "age_seconds": own.checkpoint_age,
            "failing": exporter.checkpoint.failing or None,
        },
        "skew_seconds": exporter.skew.seconds,
        "skew_note": exporter.skew.note,
    }


def _files(exporter: Exporter) -> list[dict[str, Any]]:
    seconds = exporter.lag_seconds
    return [
        {
            "path": shown.path,
            "state": shown.state,
            "size": shown.size,
            "offset": shown.offset,
            "lag_bytes": (lag := max(0, shown.size - shown.offset)),
            "lag_seconds": seconds if lag else 0.0,
            "note": shown.note,
        }
        for shown in exporter.tail.overview()
    ]


def _events(exporter: Exporter) -> list[dict[str, Any]]:
    histories = exporter.history.of_each()
    return [
        {
            "name": event.name,
            "group": event.group,
            "description": event.description,
            "count": exporter.tally.events[event.name].total.value,
            "last_seen": exporter.tally.events[event.name].last,
            "per_minute": History.per_minute(history),
            "history": history,
        }
        for event, history in zip(exporter.catalogue.events, histories, strict=True)
    ]
