"""`thresholds.yaml`: when alerts fire. The one place where those numbers stand."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import cast

from eventdeck.catalogue.problem import CatalogueError, Path, Problem, nearest, whole
from eventdeck.catalogue.yaml_file import YamlFile

FILE = "prometheus/thresholds.yaml"
_WINDOW = ("window_minutes", "for_minutes")
_SHARE = ("share", "least", *_WINDOW)
# Alert -> the numbers that it needs.
KEYS: Mapping[str, tuple[str, ...]] = {
    "ErrorBurst": ("errors", *_WINDOW),
    "ErrorRatioHigh": _SHARE,
    "LoginBruteForce": ("failures", *_WINDOW),
    "LoginFailureRatioHigh": _SHARE,
    "AdminRoleChanged": _WINDOW,
    "BackupMissing": ("hours", "for_minutes"),
    "BackupNeverSeen": ("hours", "for_minutes"),
    "EventsStalled": ("least", "ago_hours", *_WINDOW),
    "EventAlertsMuted": ("for_minutes",),
    "ExporterDown": ("for_minutes",),
    "ExporterAbsent": ("for_minutes",),
    "ExporterLagging": ("seconds", *_WINDOW),
    "ClockSkew": ("seconds", *_WINDOW),
    "LinesRejected": _SHARE,
    "SchemaDrift": _WINDOW,
    "CheckpointStale": ("seconds", *_WINDOW),
    "BytesLost": _WINDOW,
    "TargetDown": ("share", "for_minutes"),
    "PromtailDroppingEntries": _WINDOW,
    "PromtailRequestErrors": _SHARE,
    "PromtailFileMissing": ("for_minutes",),
    "LokiRequestErrors": _SHARE,
    "LokiDiscardingSamples": _WINDOW,
    "LokiIngestionStalled": ("least", *_WINDOW),
    "PrometheusBadConfig": _WINDOW,
    "PrometheusRuleFailures": _WINDOW,
    "PrometheusNotConnectedToAlertmanagers": _WINDOW,
    "PrometheusStorageAlmostFull": ("share", "for_minutes"),
    "AlertmanagerBadConfig": _WINDOW,
    "AlertmanagerFailedToSendAlerts": ("share", *_WINDOW),
    "NodeFilesystemAlmostOutOfSpace": ("share", "for_minutes"),
}
_UNITS = (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000))

Numbers = Mapping[str, float]


class Thresholds(dict[str, Numbers]):
    """The numbers of each alert."""


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


def number(value: float) -> str:
    """A number as PromQL writes it."""
    return f"{value:.15g}"


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
    name: str, keys: tuple[str, ...], values: dict[object, object]
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
