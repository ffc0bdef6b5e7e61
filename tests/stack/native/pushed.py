"""Lines in Loki as Promtail would have sent them: labels, metadata, and their own time."""

from pathlib import Path

import requests
from eventdeck.catalogue.model import UNKNOWN, Catalogue
from msgspec import json

from tests.stack.native import engines as native
from tests.stack.native.database import lines_by_time

Line = tuple[str, str, dict[str, str]]  # nanoseconds, text, structured metadata


def push(url: str, log: Path, catalogue: Catalogue) -> int:
    """Send every line of a log; returns how many are there when all have arrived."""
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
    sent = 0
    for (event, level), lines in streams.items():
        labels = {"app": catalogue.namespace, "event": event, "level": level}
        answer = requests.post(
            f"{url}/loki/api/v1/push",
            json={"streams": [{"stream": labels, "values": lines}]},
            timeout=30,
        )
        assert answer.ok, answer.text
        sent += len(lines)
    query = {"query": f'sum(count_over_time({{app="{catalogue.namespace}"}} [30d]))'}
    native.eventually(
        lambda: sent == held(native.get(f"{url}/loki/api/v1/query", **query)), "all have arrived"
    )
    return sent


def held(answer: native.Json) -> int:
    """The number in an answer; 0 where there is none."""
    return sum(int(float(series["value"][1])) for series in answer["data"]["result"])
