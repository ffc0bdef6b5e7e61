"""The `docker` program: what it answers, and whether it, its engine and Compose will do."""

import re
import subprocess
from collections.abc import Callable, Iterator
from shutil import which

from msgspec import Struct

from eventdeck.stack.finding import Finding

OLDEST_ENGINE = (20, 10)
OLDEST_COMPOSE = (2, 20)
_DOCS = "https://docs.docker.com/engine/install/"
_UPGRADE_COMPOSE = (
    "sudo apt-get install docker-compose-plugin, or see https://docs.docker.com/compose/install/"
)


class Answer(Struct, frozen=True):
    """What a program said, and its exit code."""

    code: int
    out: str = ""
    err: str = ""

    @property
    def ok(self) -> bool:
        """Whether it did what was asked."""
        return self.code == 0

    @property
    def complaint(self) -> str:
        """The last line of what it said about its failure."""
        lines = (self.err.strip() or self.out.strip()).splitlines()
        return lines[-1] if lines else f"exit code {self.code}"


Ask = Callable[[list[str]], Answer]

ABSENT = 127  # exit code of a program that is not there, as shells have it


def ask(
    command: list[str], environment: dict[str, str] | None = None, *, apart: bool = False
) -> Answer:
    """Run a program to its end, without a terminal; one that runs apart sees no Ctrl-C."""
    try:
        done = subprocess.run(  # noqa: S603  every caller names the program itself
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            env=environment,
            start_new_session=apart,
        )
    except OSError as error:
        return Answer(ABSENT, err=str(error))
    return Answer(done.returncode, done.stdout, done.stderr)


def silence(run: Ask) -> str:
    """Say why there are no containers: none were started, or nobody can tell."""
    answer = run(["docker", "version", "--format", "{{.Server.Version}}"])
    return "Nothing runs." if answer.ok else f"Docker does not answer: {answer.complaint}"


def look(run: Ask) -> Iterator[Finding]:
    """Find what is wrong with Docker here; Compose is looked at also where no engine answers."""
    client = run(["docker", "--version"])
    if client.code == ABSENT:
        yield Finding(
            "Docker is not here: there is no program `docker`",
            f"sudo apt-get install docker.io, or see {_DOCS}; without Docker there is `make demo`",
        )
        return
    yield from _engine(run(["docker", "version", "--format", "{{.Server.Version}}"]))
    yield from _compose(run)


def _engine(answer: Answer) -> Iterator[Finding]:
    if not answer.ok:
        yield _unreachable(answer)
        return
    version = answer.out.strip()
    if _numbers(version) < OLDEST_ENGINE:
        yield Finding(
            f"Docker's engine is too old: {version}, and 20.10 is the oldest that will do",
            f"upgrade it: {_DOCS}",
        )


def _unreachable(answer: Answer) -> Finding:
    if "permission denied" in answer.err.lower():
        return Finding(
            "Docker's engine does not let this user in",
            "sudo usermod -aG docker $USER, then sign in again",
        )
    start = "sudo systemctl start docker" if which("systemctl") else "sudo dockerd &"
    return Finding(
        f"Docker's engine does not answer: {answer.complaint}", f"{start}, or start Docker Desktop"
    )


def _compose(run: Ask) -> Iterator[Finding]:
    answer = run(["docker", "compose", "version", "--short"])
    if answer.ok and _numbers(answer.out) >= OLDEST_COMPOSE:
        return
    if answer.ok:
        yield Finding(
            f"Docker Compose is too old: {answer.out.strip()}, and 2.20 is the oldest that will do",
            _UPGRADE_COMPOSE,
        )
        return
    old = run(["docker-compose", "version", "--short"])
    if old.ok and _numbers(old.out) < (2,):
        sentence = f"there is only Docker Compose {old.out.strip()}, whose life ended in 2023"
    else:
        sentence = "Docker Compose is not here: `docker compose` is no command"
    yield Finding(sentence, _UPGRADE_COMPOSE)


def _numbers(version: str) -> tuple[int, ...]:
    """Return the leading numbers: `v2.40.3-3` gives (2, 40, 3)."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", version.strip())
    return tuple(map(int, found[1].split("."))) if found else (0,)
