"""One event that occurred, before anything writes it."""

from random import Random
from typing import Any, NamedTuple


class Occurrence(NamedTuple):
    """When (Unix seconds), at which level of `logging`, which event and what it carries."""

    moment: float
    level: int
    event: str
    properties: dict[str, Any]
    request_id: str
    traceback: str  # "" where there is none


def request_id(rng: Random) -> str:
    """Return an id of the form of a version 4 UUID."""
    digits = f"{rng.getrandbits(128):032x}"
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
