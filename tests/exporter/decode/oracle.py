"""What a line is, by Python's `json` alone, written without a look at the decoder.

It leaves open what `json` and msgspec see differently and both may: a line in which the name of
the event stands twice, and one nested so deeply that one of them gives up.
"""

import json
import re
from typing import Any

_NAME_IN_MESSAGE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
NAMES = ("event", "message")

Outcome = tuple[str, str]  # ("event", name), ("rejected", reason) or ("blank", "")


def outcome(line: bytes) -> Outcome | None:
    """What becomes of a line without its newline; None where more than one answer is right."""
    if not line.strip():
        return "blank", ""
    repeated: list[str] = []

    def fields_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        repeated.extend(key for key in NAMES if keys.count(key) > 1)
        return dict(pairs)

    try:
        value = json.loads(
            line.decode("utf-8-sig", "replace"),
            parse_int=lambda _: 0,  # int() refuses more than 4,300 digits
            parse_float=float,
            object_pairs_hook=fields_of,
        )
    except RecursionError:
        return None
    except ValueError:
        return "rejected", "not_json"
    if repeated:
        return None
    if not isinstance(value, dict):
        return "rejected", "not_object"
    # What no encoding can carry, half a surrogate pair, is a question mark.
    name = _name(value).encode("utf-8", "replace").decode()
    return ("event", name) if name else ("rejected", "no_event")


def _name(fields: dict[str, Any]) -> str:
    name, message = (fields.get(field) for field in NAMES)
    if isinstance(name, str) and name:
        return name
    if isinstance(message, str) and _NAME_IN_MESSAGE.fullmatch(message):
        return message
    return ""
