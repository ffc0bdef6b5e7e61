"""What the user has set, checked, and what follows from it for Compose."""

import os
import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path

from msgspec import Struct

from eventdeck.stack import env_file
from eventdeck.stack.finding import Finding
from eventdeck.stack.fingerprint import fingerprints
from eventdeck.stack.place import Place
from eventdeck.stack.receivers import FILLED, FOLDER, SETTINGS, Receivers

PORTS = ("GRAFANA_PORT", "EXPORTER_PORT", "PROMETHEUS_PORT", "ALERTMANAGER_PORT", "LOKI_PORT")
_HIGHEST_PORT = 65535
_LARGEST_GID = 2**32 - 2


class Settings(Struct, frozen=True):
    """The values of every name: the user's, or else the default."""

    place: Place
    values: dict[str, str]

    @property
    def sample(self) -> bool:
        """Whether the sample stack is to run, for want of a log."""
        return not self.values["LOG_PATH"]

    def project(self, *, sample: bool) -> str:
        """Name the Compose project of the user's log, or that of the samples."""
        return self.values["PROJECT"] + ("-sample" if sample else "")

    @property
    def log_path(self) -> Path:
        """The application's folder; a relative one begins at the clone."""
        return self.place.root / Path(self.values["LOG_PATH"]).expanduser()

    @property
    def secrets(self) -> Path:
        """The folder of the secrets; a relative one begins at `compose/`, as Compose has it."""
        return Path(os.path.normpath(self.place.compose / self.values["SECRETS_PATH"]))

    @property
    def receivers(self) -> Receivers:
        """Who is told of alerts."""
        return Receivers(self.place, self.values, self.secrets)

    @property
    def images(self) -> list[str]:
        """Every image that is run."""
        return [self.values[name] for name in sorted(self.values) if name.endswith("_IMAGE")]

    @property
    def named_images(self) -> dict[str, str]:
        """Every image that is run, by its variable; the one that ours is built on is none."""
        return {
            name: self.values[name]
            for name in sorted(self.values)
            if name.endswith("_IMAGE") and name != "PYTHON_IMAGE"
        }

    def bind(self, port: str) -> str:
        """Return the address that one of `PORTS` is opened on."""
        return self.values["GRAFANA_BIND" if port == "GRAFANA_PORT" else "BIND"]

    def environment(self) -> dict[str, str]:
        """Return what Compose fills in, with the digests that make it replace a container."""
        given = {n: value for n, value in self.values.items() if value and n not in SETTINGS}
        if not self.sample:
            given["LOG_PATH"] = str(self.log_path)
        elif "LOG_FILE" in given:
            del given["LOG_FILE"]  # of the user's own log
        if self.place.deck != self.place.root:
            given["DECK"] = str(self.place.deck)
        if not self.sample and (self.place.root / FOLDER / FILLED).exists():
            given["ALERTMANAGER_FILE"] = FILLED
        return given | fingerprints(self.place)


def load(place: Place, env: Path | None = None) -> tuple[Settings, list[Finding]]:
    """Read what is set, in `.env` or another file; all that is wrong with it is found at once."""
    defaults = env_file.documented(place.example)
    versions = env_file.values(place.versions)
    lines, garbled = env_file.read(env or place.env)
    name = place.shown(place.env)
    found = [
        Finding(f'{name}, line {line.number}: "{line.text}" sets nothing', "write it as NAME=value")
        for line in garbled
    ]
    own = {}
    for line in lines:
        found += (
            Finding(f"{name}, line {line.number}: {problem}", remedy)
            for problem, remedy in _problems(line, defaults)
        )
        if line.value:
            own[line.name] = line.value
    values = defaults | {"LOG_PATH": own.get("LOG_PATH", "")} | versions
    return Settings(place, values | {key: own[key] for key in own if key in values}), found


def _problems(line: env_file.Line, defaults: dict[str, str]) -> Iterator[tuple[str, str]]:
    if line.name not in defaults:
        near = get_close_matches(line.name.upper(), defaults, n=1, cutoff=0.5)
        yield (
            f"{line.name} is not a name that the stack knows",
            f"write {near[0]}" if near else "remove it; compose/env.example lists every name",
        )
        return
    wrong = _VALUES.get(line.name)
    if line.value and wrong and (wanted := wrong(line.value)):
        yield f'{line.name} cannot be "{line.value}"', wanted


def _whole(least: int, largest: int, wanted: str) -> Callable[[str], str]:
    def wrong(value: str) -> str:
        return "" if re.fullmatch(r"\d{1,10}", value) and least <= int(value) <= largest else wanted

    return wrong


def _matches(pattern: str, wanted: str) -> Callable[[str], str]:
    return lambda value: "" if re.fullmatch(pattern, value) else wanted


def _address(value: str) -> str:
    try:
        ip_address(value)
    except ValueError:
        return "write an address of this machine, such as 127.0.0.1"
    return ""


_MAIL = r"[^\s@,]+@[^\s@,]+"
_MAILS = rf"{_MAIL}(, ?{_MAIL})*"
_PORT = _whole(1, _HIGHEST_PORT, "write a port from 1 to 65535")
_VALUES = {
    **dict.fromkeys(PORTS, _PORT),
    **dict.fromkeys(("BIND", "GRAFANA_BIND"), _address),
    "PROJECT": _matches(r"[a-z0-9][a-z0-9_-]*", "write lower case letters, digits and -"),
    "LOG_GID": _whole(0, _LARGEST_GID, "write the number of a group: `getent group adm` shows it"),
    "LOG_FILE": _matches(r"[^/]+", "write a name without a folder; the folder is LOG_PATH"),
    "REDACTION": _matches(r"strict|mask|off", "write strict, mask or off"),
    "ALERT_EMAIL_TO": _matches(_MAILS, "write an address; several are divided by commas"),
    "ALERT_EMAIL_FROM": _matches(_MAIL, "write an address such as eventdeck@example.org"),
    "SMTP_SERVER": _matches(
        r"[^\s/:]+:\d{1,5}", "write name and port, such as smtp.example.org:587"
    ),
    "GRAFANA_URL": _matches(r"https?://\S+", "write an address such as http://localhost:3000/"),
    "PROMETHEUS_RETENTION_TIME": _matches(r"\d+[hdwy]", "write a duration such as 400d"),
    "PROMETHEUS_RETENTION_SIZE": _matches(r"\d+(MB|GB|TB)", "write a size such as 5GB"),
    "LOKI_RETENTION": _matches(r"\d+h", "write it in hours, such as 744h"),
}
