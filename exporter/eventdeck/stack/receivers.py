"""Who is told of alerts: the receivers that are filled in, put into Alertmanager's configuration.

One that is not filled in stands nowhere in it: Alertmanager would take it, and fail at each alert.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

import yaml

from eventdeck.replace import replace
from eventdeck.stack.finding import Finding
from eventdeck.stack.place import Place

FOLDER = "alertmanager"
BASE, FILLED = "alertmanager.yml", "filled.yml"
# Names of .env that stand in receivers/email.yml.
SETTINGS = ("ALERT_EMAIL_TO", "ALERT_EMAIL_FROM", "SMTP_SERVER", "SMTP_USER")
SMTP_PASSWORD = "alert-smtp-password"  # noqa: S105  the name of its file
# Receiver -> the secret that fills it in. E-mail is filled in by settings.
SECRETS = {
    "slack": "alert-slack-url",
    "webhook": "alert-webhook-url",
    "pagerduty": "alert-pagerduty-key",
    "watchdog": "alert-watchdog-url",
}
FILES = (*SECRETS.values(), SMTP_PASSWORD)
_MODE = 0o644  # in a folder that lets nobody in
_URL = re.compile(r"https?://\S+")
_KEY = re.compile(r"[0-9A-Za-z]{20,64}")


class Receivers:
    """What the user has filled in."""

    def __init__(self, place: Place, values: dict[str, str], secrets: Path) -> None:
        """Take the settings and the folder of the secrets."""
        self._place = place
        self._secrets = secrets
        self._values = {name: values.get(name, "") for name in SETTINGS}
        self._values["ALERT_EMAIL_FROM"] = (
            self._values["ALERT_EMAIL_FROM"] or self._values["ALERT_EMAIL_TO"]
        )

    def filled(self) -> list[str]:
        """Names of those that are told."""
        email = self._values["ALERT_EMAIL_TO"] and self._values["SMTP_SERVER"]
        by_file = [name for name, file in SECRETS.items() if self._secret(file)]
        return ["email"] * bool(email) + by_file

    def look(self) -> Iterator[Finding]:
        """Find what is filled in by half, or with what cannot be."""
        values = self._values
        for one, other in (("ALERT_EMAIL_TO", "SMTP_SERVER"), ("SMTP_SERVER", "ALERT_EMAIL_TO")):
            if values[one] and not values[other]:
                yield Finding(f"{one} is set, and {other} is not", f"set {other} in .env as well")
        for file in SECRETS.values():
            pattern, what = (_KEY, "a key") if file.endswith("key") else (_URL, "an address")
            text = self._secret(file)
            if text and not pattern.fullmatch(text):
                shown = self._place.shown(self._secrets / file)
                yield Finding(
                    f"{shown} does not hold {what}",
                    f"write {what} into it and nothing else, or empty it",
                )
        if values["SMTP_USER"] and not self._secret(SMTP_PASSWORD):
            shown = self._place.shown(self._secrets / SMTP_PASSWORD)
            yield Finding(f"SMTP_USER is set, and {shown} is empty", "write the password into it")

    def prepare(self) -> None:
        """Make the files to fill in, readable for Alertmanager's user. Raises `OSError`."""
        for file in FILES:
            path = self._secrets / file
            if not path.exists():
                path.touch()
            if path.stat().st_mode & 0o777 != _MODE:  # an editor wrote it anew
                path.chmod(_MODE)

    def write(self) -> None:
        """Make the configuration of those that are filled in. Raises `OSError`."""
        path = self._place.root / FOLDER / FILLED
        found = self.filled()
        if not found:
            path.unlink(missing_ok=True)
            return
        text = self._text(found)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            replace(path, text)

    def _text(self, found: list[str]) -> str:
        folder = self._place.root / FOLDER
        made = yaml.safe_load((folder / BASE).read_text(encoding="utf-8"))
        told = {receiver["name"]: receiver for receiver in made["receivers"]}
        for name in found:
            part = self._part(folder / "receivers" / f"{name}.yml")
            for receiver in part.pop("told"):
                for kind, configs in part.items():
                    told[receiver].setdefault(kind, []).extend(configs)
        stamps = " ".join(f"{file}@{self._stamp(file)}" for file in FILES)
        head = f"# Made by `make up` from {BASE} and receivers/: edit those.\n# Secrets: {stamps}\n"
        return head + yaml.dump(made, Dumper=_Plain, sort_keys=False, allow_unicode=True)

    def _part(self, path: Path) -> dict[str, Any]:
        """A receiver's own file with what the user has set; what he has not is left out."""
        part: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for configs in part.values():
            for config in configs:
                if isinstance(config, dict):
                    self._fill(config)
        return part

    def _fill(self, config: dict[str, Any]) -> None:
        for key, value in list(config.items()):
            if isinstance(value, str) and value.startswith("${"):
                config[key] = Template(value).substitute(self._values)
                if not config[key]:
                    del config[key]
            elif key.endswith("_file") and not self._secret(os.path.basename(value)):
                del config[key]

    def _secret(self, file: str) -> str:
        try:
            return (self._secrets / file).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""

    def _stamp(self, file: str) -> int:
        """When a secret was last written: a container sees a file that took its place only anew."""
        path = self._secrets / file
        return path.stat().st_mtime_ns if path.exists() else 0


class _Plain(yaml.SafeDumper):
    """Repeats what stands twice, instead of pointing at it."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  PyYAML's signature
        return True
