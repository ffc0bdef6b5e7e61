"""Lines in Loki as Promtail would have sent them: labels, metadata, and their own time."""

from pathlib import Path

import requests
from eventdeck.catalogue.model import UNKNOWN, Catalogue
from msgspec import json

from tests.stack.native.database import lines_by_time

Line = tuple[str, str, dict[str, str]]  # nanoseconds, text, structured metadata


def push(url: str, log: Path, catalogue: Catalogue) -> None:
    """Send every line of a log; what Loki has taken, it finds."""
    streams: dict[tuple[str, str], list[Line]] = {}
    for at, text in lines_by_time(log, catalogue):
        fields = json.decode(text)
        name = fields.get("event") or fields["message"]
        event = name if name in catalogue.by_name else UNKNOWN
        level = next(fields[key] for key in catalogue.line.level if key in fields).lower()
        ids = (("request_id", catalogue.line.request_id), ("user_id", catalogue.line.user_id))
        known = {key: str(fields[field]) for key, field in ids if fields.get(field) is not None}
        line = (str(int(at * 1e9)), text.decode().rstrip(), known)
        streams.setdefault((event, level), []).append(line)
    for (event, level), lines in streams.items():
        labels = {"app": catalogue.namespace, "event": event, "level": level}
        answer = requests.post(
            f"{url}/loki/api/v1/push",
            json={"streams": [{"stream": labels, "values": lines}]},
            timeout=30,
        )
        assert answer.ok, answer.text
