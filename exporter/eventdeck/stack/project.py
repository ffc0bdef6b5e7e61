"""A Compose project: the commands to it, with what they fill in."""

import os
import subprocess
from pathlib import Path
from typing import IO

from msgspec import Struct

from eventdeck.stack import env_file
from eventdeck.stack.container import Container, containers
from eventdeck.stack.engine import Answer, ask
from eventdeck.stack.settings import Settings

# The way of a line through the stack.
ORDER = ("sample", "exporter", "loki", "promtail", "prometheus", "alertmanager", "grafana")


class Project(Struct, frozen=True):
    """The stack on the user's log, or the one on samples."""

    settings: Settings
    sample: bool

    @property
    def name(self) -> str:
        """Its name, which its containers and volumes begin with."""
        return self.settings.project(sample=self.sample)

    @property
    def files(self) -> list[Path]:
        """The Compose files, each laid over the one before."""
        names = ["compose.yaml", "sample.yaml"] if self.sample else ["compose.yaml"]
        return [self.settings.place.compose / name for name in names]

    def command(self, *words: str) -> list[str]:
        """Return the whole command line."""
        place = self.settings.place
        start = ["docker", "compose", "--project-name", self.name]
        start += ["--env-file", str(place.versions)]  # and with it no .env that lies somewhere
        return [*start, *(part for file in self.files for part in ("-f", str(file))), *words]

    def environment(self) -> dict[str, str]:
        """Return this process's environment, but with every name of the stack as `.env` has it."""
        ours = env_file.documented(self.settings.place.example)
        inherited = {name: value for name, value in os.environ.items() if name not in ours}
        return inherited | self.settings.environment()

    def run(self, *words: str) -> Answer:
        """Run a command to its end, unseen."""
        return ask(self.command(*words), self.environment())

    def show(self, *words: str) -> int:
        """Run a command that writes on the terminal; return its exit code."""
        return subprocess.call(self.command(*words), env=self.environment())  # noqa: S603

    def start(self, *words: str, said: IO[bytes]) -> "subprocess.Popen[bytes]":
        """Start a command that goes on beside us; what it says goes to a file."""
        return subprocess.Popen(  # noqa: S603
            self.command(*words),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )

    def containers(self) -> dict[str, Container]:
        """Return its containers by service."""
        return containers(ask, self.name)

    def services(self) -> list[str]:
        """Return the services that it should have."""
        found = self.run("config", "--services").out.split()
        return sorted(found, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


def current(settings: Settings) -> Project:
    """Return the project that these settings are for."""
    return Project(settings, settings.sample)


def other(settings: Settings) -> Project:
    """Return the project that must not run beside it, for it has the same ports."""
    return Project(settings, not settings.sample)
