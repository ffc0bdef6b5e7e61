"""The log that is measured: made once from a seed, kept for as long as its parameters stay."""

import gzip
import hashlib
import inspect
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from random import Random
from uuid import UUID

import msgspec
from eventdeck.catalogue.model import Catalogue, Event
from eventdeck.sample import value
from msgspec import Struct

LENGTH = 297  # bytes of a line, on average
_SEED = 20_261_123
_BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC).timestamp()
_PAUSE = 0.5  # seconds between two events, on average
_MALFORMED = 0.01  # share of the lines, in the log that has such lines
_WORDS = ("review", "of", "the", "draft", "with", "client", "and", "team", "before", "release")
# Timers start about as often as they stop; what is not named here has the weight 1.
WEIGHTS = {
    "timer.started": 20, "timer.stopped": 17, "timer.idle_detected": 3,
    "task.updated": 9, "task.status_changed": 8, "task.created": 6, "auth.login": 7,
    "auth.logout": 5, "auth.login_failed": 2, "report.generated": 4, "project.updated": 3,
    "export.csv": 2, "export.pdf": 2, "client.updated": 2,
}  # fmt: skip


class Log(Struct, frozen=True):
    """A file, and what is known to be in it."""

    path: str
    lines: int
    size: int  # bytes, uncompressed
    events: dict[str, int]
    malformed: int = 0

    @property
    def counted(self) -> int:
        """Lines that are events."""
        return self.lines - self.malformed


class Logs(Struct, frozen=True):
    """The same events three times."""

    plain: Log
    malformed: Log
    compressed: Log


def make(catalogue: Catalogue, lines: int, cache: Path) -> Logs:
    """Give the logs of a catalogue, from the cache where they are there already."""
    folder = cache / f"{lines}-{_key(catalogue)}"
    paths = [folder / name for name in ("plain.jsonl", "malformed.jsonl", "plain.jsonl.gz")]
    known = folder / "logs.json"
    if not known.exists():
        for outdated in cache.glob(f"{lines}-*"):
            shutil.rmtree(outdated)
        folder.mkdir(parents=True)
        plain = _write(paths[0], catalogue, lines, malformed=0.0)
        malformed = _write(paths[1], catalogue, lines, malformed=_MALFORMED)
        with paths[0].open("rb") as source, gzip.open(paths[2], "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target, 1 << 20)
        compressed = msgspec.structs.replace(plain, path=str(paths[2]))
        known.write_bytes(msgspec.json.encode(Logs(plain, malformed, compressed)))
    return msgspec.json.decode(known.read_bytes(), type=Logs)


def write(path: Path, catalogue: Catalogue, lines: int) -> Log:
    """Write a log without malformed lines. Not kept by parameters."""
    return _write(path, catalogue, lines, malformed=0.0)


def _key(catalogue: Catalogue) -> str:
    made_by = inspect.getsource(sys.modules[__name__]) + inspect.getsource(value)
    return hashlib.sha256(f"{catalogue.digest} {made_by}".encode()).hexdigest()[:16]


def _write(path: Path, catalogue: Catalogue, lines: int, *, malformed: float) -> Log:
    rng = Random(_SEED)  # noqa: S311  no secret
    breaks = Random(_SEED + 1)  # noqa: S311
    events: Counter[str] = Counter()
    broken = size = 0
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="ascii", buffering=1 << 20) as file:
        for name, line in _lines(catalogue, lines, rng):
            if breaks.random() < malformed:
                line, broken = _break(line, broken), broken + 1  # noqa: PLW2901
            else:
                events[name] += 1
            size += file.write(line)
    unfinished.replace(path)
    return Log(str(path), lines, size, dict(events), broken)


def _lines(catalogue: Catalogue, count: int, rng: Random) -> Iterator[tuple[str, str]]:
    makers = {event.name: _maker(event) for event in catalogue.events}
    names = list(makers)
    weights = list(accumulate(WEIGHTS.get(name, 1) for name in names))
    now, owed = _BEGIN, 0
    chosen = iter(rng.choices(names, cum_weights=weights, k=count))
    for name in chosen:
        now += rng.expovariate(1 / _PAUSE)
        fields = _head(name, now, rng) | makers[name](rng)
        line = json.dumps(fields)
        owed += LENGTH - 1 - len(line)
        note = max(0, min(owed, 150) - len(', "note": ""'))
        if note:
            line = f'{line[:-1]}, "note": "{_note(rng, note)}"}}'
            owed -= len(', "note": ""') + note
        yield name, line + "\n"


def _head(name: str, now: float, rng: Random) -> dict[str, object]:
    """Return what python-json-logger writes on every line, in its order."""
    moment = datetime.fromtimestamp(now, UTC)
    return {
        "asctime": f"{moment:%Y-%m-%d %H:%M:%S},{moment.microsecond // 1000:03}",
        "levelname": "INFO",
        "name": "timetracker",
        "message": name,
        "request_id": str(UUID(int=rng.getrandbits(128), version=4)),
        "event": name,
    }


def _maker(event: Event) -> Callable[[Random], dict[str, object]]:
    makers = {
        prop.name: (lambda rng: rng.randint(1, 5000))
        if prop.type == "id"
        else value.maker(prop, {})
        for prop in event.properties
    }
    return lambda rng: {name: make(rng) for name, make in makers.items()}


def _note(rng: Random, length: int) -> str:
    words = " ".join(rng.choices(_WORDS, k=length // 3))
    return words[:length].ljust(length, ".")


def _break(line: str, number: int) -> str:
    """Return a line as they go wrong: half of it, none of it, or another value than an event."""
    forms: tuple[Callable[[str], str], ...] = (
        lambda line: line[: len(line) // 2] + "\n",
        lambda _: '  File "app/routes/api.py", line 212, in create_entry\n',
        lambda line: f"[{line[:-1]}]\n",
        lambda line: line.replace('"event": ', '"kind": ').replace('"message": ', '"text": '),
    )
    return forms[number % len(forms)](line)


def warm(*logs: Log) -> None:
    """Read the files once, so that no measurement pays for the disk."""
    for log in logs:
        with open(log.path, "rb", buffering=0) as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_WILLNEED)
            while file.read(1 << 22):
                pass
