"""`thresholds.yaml`: when alerts fire. The one place where those numbers stand."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from eventdeck.catalogue.problem import CatalogueError, Problem, nearest, whole
from eventdeck.catalogue.yaml_file import YamlFile
from eventdeck.render.fill import Words, table

FILE = "prometheus/thresholds.yaml"
NAMES = ("events", "exporter", "stack")  # files of alerts
# Alert -> the numbers that it needs.
KEYS: Mapping[str, list[str]] = {
    alert["alert"]: alert["numbers"]
    for name in NAMES
    for alert in table(f"alerts/{name}.yaml")["alerts"]
    if "numbers" in alert
}
_MINUTES = {"hours": 60, "minutes": 1, "seconds": 1 / 60}
_MILLISECONDS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}

Numbers = Mapping[str, float]
Found = Iterator[tuple[tuple[str, ...], str]]  # where, and what is wrong


class Thresholds(dict[str, Numbers]):
    """The numbers of each alert."""

    def words(self, alert: str) -> Words:
        """The numbers of an alert, and its times as Prometheus and people write them."""
        numbers, times = self.get(alert, {}), {}
        for key, value in numbers.items():
            name, _, unit = key.rpartition("_")
            if unit in _MINUTES:
                times[name or "limit"] = value * _MINUTES[unit]
        for one, other in (("ago", "window"), ("limit", "for")):
            if one in times and other in times:
                times[f"{one} and {other}"] = times[one] + times[other]
        found: Words = dict(numbers)
        for name, minutes in times.items():
            found |= {
                name: duration(minutes),
                f"{name} in words": words(minutes),
                f"{name} minutes": round(minutes),
                f"{name} seconds": minutes * 60,
                f"a minute after {name}": humanized(minutes + 1),
            }
        return found


def load(path: str) -> Thresholds:
    """Read the file. Raises `CatalogueError` with every problem in it."""
    if not Path(path).exists():
        raise whole(path, "is not there; `git checkout` brings it back, --thresholds names another")
    file = YamlFile(path)
    if found := [*_problems(file.data)]:
        lines = file.lines()
        raise CatalogueError(
            Problem(file=path, line=lines.of(at), event=".".join(at), property="", sentence=wrong)
            for at, wrong in found
        )
    return Thresholds(cast("dict[str, Numbers]", file.data))


def duration(minutes: float) -> str:
    """A time as Prometheus writes it, in its largest whole unit: 1560 minutes are 26h."""
    time = round(minutes * _MILLISECONDS["m"])
    fits = (f"{time // size}{unit}" for unit, size in _MILLISECONDS.items() if time % size == 0)
    return next(fits) if time else "0s"


def words(minutes: float) -> str:
    """The same for people: 26 hours, 1 hour, 5 minutes."""
    for unit, size in (("hour", 60.0), ("minute", 1.0)):
        if minutes >= size and minutes % size == 0:
            count = round(minutes / size)
            return f"{count} {unit}{'s' * (count != 1)}"
    return f"{minutes * 60:.15g} seconds"


def humanized(minutes: float) -> str:
    """The same as `humanizeDuration` of Prometheus writes it, from a minute on."""
    minute, second = divmod(round(minutes * 60), 60)
    hour, minute = divmod(minute, 60)
    day, hour = divmod(hour, 24)
    parts = f"{day}d {hour}h " if day else f"{hour}h " if hour else ""
    return f"{parts}{minute}m {second}s"


def _problems(data: object) -> Found:
    if not isinstance(data, dict):
        yield (), "holds no alerts; `git checkout` brings the file back as it was"
        return
    for name in map(str, data):
        if name not in KEYS:
            yield (name,), f"there is no alert of this name; {nearest(name, KEYS)}"
    for name, keys in KEYS.items():
        if name not in data:
            yield (name,), f"is missing; it has {', '.join(keys)}"
        elif isinstance(data[name], dict):
            yield from _of_alert(name, keys, data[name])
        else:
            yield (name,), f"needs {', '.join(keys)}, such as {{ {keys[0]}: 5 }}"


def _of_alert(name: str, keys: list[str], values: dict[object, object]) -> Found:
    for key in map(str, values):
        if key not in keys:
            yield (name, key), f"{name} has no such number; {nearest(key, keys)}"
    for key in keys:
        wrong = _wrong(key, values[key]) if key in values else "is missing"
        if wrong:
            yield (name, key), wrong


def _wrong(key: str, value: object) -> str:
    """What is wrong with a value; only `for_minutes` may be zero."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return f'"{value}" is no number; write one, such as 5'
    if value < 0 or (value == 0 and key != "for_minutes"):
        return f"{value} is too small; write a number above 0"
    if key == "share" and value >= 1:
        return f"{value} is no share; write one below 1: 0.1 is 10 %"
    return ""
