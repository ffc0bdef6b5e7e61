"""Lines of a log, and what a check says of them."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

CATALOGUE = Path(__file__).parent / "orders.yaml"
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp()


class Said(Struct):
    """What the command said, and its exit code."""

    code: int
    out: str
    err: str


def asctime(seconds: float) -> str:
    """Write a time as logging does, in UTC."""
    moment = datetime.fromtimestamp(BEGIN + seconds, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S},{moment.microsecond // 1000:03}"


def placed(second: float = 0.0, **changed: object) -> str:
    """Write an order that is as documented but for what is changed; `None` stays null."""
    fields = {
        "asctime": asctime(second),
        "levelname": "INFO",
        "message": "order.placed",
        "request_id": "r-1",
        "event": "order.placed",
        "order_id": 7,
        "channel": "web",
        "gift": True,
        "price": 12.5,
    }
    return json.dumps(fields | changed)


def cancelled(second: float = 0.0) -> str:
    """Write the other documented event."""
    fields = {"asctime": asctime(second), "request_id": 1, "event": "order.cancelled"}
    return json.dumps(fields | {"order_id": "7"})


def without(line: str, *names: str) -> str:
    """Leave fields out of a line."""
    fields = json.loads(line)
    return json.dumps({name: value for name, value in fields.items() if name not in names})


def write(path: Path, *lines: str, last: float | None = None) -> Path:
    """Write a log whose file was last changed when its last line was written."""
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    seconds = BEGIN + (last if last is not None else max(0, len(lines) - 1))
    os.utime(path, (seconds, seconds))
    return path


def times(count: int) -> list[str]:
    """Write as many documented orders, a second apart, the last one cancelled."""
    return [*(placed(second) for second in range(count - 1)), cancelled(count - 1)]
