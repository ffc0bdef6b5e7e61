"""`thresholds.yaml`: when alerts fire. The one place where those numbers stand."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import cast

from eventdeck.catalogue.problem import CatalogueError, Path, Problem, nearest, whole
from eventdeck.catalogue.yaml_file import YamlFile
from eventdeck.render.fill import Words, table

FILE = "prometheus/thresholds.yaml"
# Alert -> the numbers that it needs.
KEYS: Mapping[str, list[str]] = {
    alert["alert"]: alert["numbers"]
    for name in ("events", "exporter", "stack")
    for alert in table(f"alerts/{name}.yaml")["alerts"]
    if "numbers" in alert
}
_UNITS = (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000))

Numbers = Mapping[str, float]


class Thresholds(dict[str, Numbers]):
    """The numbers of each alert."""

    def words(self, alert: str) -> Words:
        """The numbers of an alert, and its times as Prometheus and people write them."""
        numbers = self.get(alert, {})
        found: Words = dict(numbers)
        for key, value in numbers.items():
            if key.endswith(("hours", "minutes")):
                minutes = value * 60 if key.endswith("hours") else value
                found |= _times(key.rpartition("_")[0] or "limit", minutes)
        if "ago" in found:
            found["ago and window"] = duration(
                (found["ago seconds"] + found["window seconds"]) / 60
            )
        if "limit" in found:
            after = found["limit seconds"] + found["for seconds"] + 60
            found["limit and for"] = humanized(after)
        if "seconds" in found:
            found["a minute more"] = humanized(found["seconds"] + 60)
        return found


def _times(name: str, minutes: float) -> Words:
    return {
        name: duration(minutes),
        f"{name} in words": words(minutes),
        f"{name} minutes": round(minutes),
        f"{name} seconds": minutes * 60,
    }


def humanized(seconds: float) -> str:
    """Seconds as `humanizeDuration` of Prometheus writes those of a minute and more."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    parts = f"{day}d {hour}h " if day else f"{hour}h " if hour else ""
    return f"{parts}{minute}m {second}s"


def load(path: str) -> Thresholds:
    """Read the file. Raises `CatalogueError` with every problem in it."""
    if not FilePath(path).exists():
        raise whole(path, "is not there; `git checkout` brings it back, --thresholds names another")
    file = YamlFile(path)
    lines = file.lines()
    problems = [
        Problem(
            file=path,
            line=lines.of(where),
            event=".".join(map(str, where)),
            property="",
            sentence=sentence,
        )
        for where, sentence in _problems(file.data)
    ]
    if problems:
        raise CatalogueError(problems)
    return Thresholds(cast("dict[str, Numbers]", file.data))


def duration(minutes: float) -> str:
    """A time as Prometheus writes it, in its largest whole unit: 1560 minutes are 26h."""
    milliseconds = round(minutes * 60_000)
    for unit, size in _UNITS:
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms" if milliseconds else "0s"


def words(minutes: float) -> str:
    """The same for people: 26 hours, 1 hour, 5 minutes."""
    for unit, size in (("hour", 60.0), ("minute", 1.0)):
        if minutes >= size and minutes % size == 0:
            count = round(minutes / size)
            return f"{count} {unit}{'s' * (count != 1)}"
    return f"{minutes * 60:.15g} seconds"


def _problems(data: object) -> Iterator[tuple[Path, str]]:
    if not isinstance(data, dict):
        yield (), "holds no alerts; `git checkout` brings the file back as it was"
        return
    for name in data:
        if name not in KEYS:
            yield (name,), f"there is no alert of this name; {nearest(str(name), KEYS)}"
    for name, keys in KEYS.items():
        if name not in data:
            yield (name,), f"is missing; it has {', '.join(keys)}"
        elif not isinstance(data[name], dict):
            yield (name,), f"needs {', '.join(keys)}, such as {{ {keys[0]}: 5 }}"
        else:
            yield from _of_alert(name, keys, data[name])


def _of_alert(
    name: str, keys: list[str], values: dict[object, object]
) -> Iterator[tuple[Path, str]]:
    for key in values:
        if key not in keys:
            yield (name, str(key)), f"{name} has no such number; {nearest(str(key), keys)}"
    for key in keys:
        if key not in values:
            yield (name, key), "is missing"
        elif wrong := _wrong(key, values[key]):
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
