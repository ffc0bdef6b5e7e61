"""`eventdeck up`: look, make what is missing, start, wait, and say where everything is."""

import shutil
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from typing import IO

from eventdeck.stack import address, grafana, images, preflight, secret, settings
from eventdeck.stack.board import Board
from eventdeck.stack.container import Container
from eventdeck.stack.engine import ask
from eventdeck.stack.finding import Finding
from eventdeck.stack.place import Misplaced, Place, find
from eventdeck.stack.project import Project, current, other
from eventdeck.stack.say import say
from eventdeck.stack.settings import Settings

PATIENCE = 180.0  # seconds until what is not healthy is given up
_LOOK_EVERY = 0.3  # seconds
_LAST_LINES = "15"


def add_arguments(parser: ArgumentParser) -> None:
    """`eventdeck up` has no options: what can be set stands in `.env`."""
    parser.epilog = "What can be set is explained in compose/env.example."


def run(args: Namespace) -> int:  # noqa: ARG001  every command takes them
    """Start the stack; 0 when all is healthy, else 1."""
    try:
        place = find()
        _make_env(place)
        project = _look(place)
    except (Misplaced, OSError) as error:
        say(f"eventdeck up: {error}")
        return 1
    if project is None:
        return 1
    try:
        return start(project)
    except KeyboardInterrupt:
        say("\nThe stack goes on starting: `make status` shows it, `make down` stops it.")
        return 130


def _make_env(place: Place) -> None:
    if not place.env.exists():
        shutil.copyfile(place.example, place.env)
        say("made .env: what you may set, all of it still at its default")


def _look(place: Place) -> Project | None:
    """Look before the start; None when something is in the way, which was said."""
    chosen, findings = settings.load(place)
    findings += preflight.look(chosen, ask)
    _tell([one for one in findings if not one.fatal], "Note:")
    fatal = [one for one in findings if one.fatal]
    _tell(fatal, "The stack cannot start:")
    if fatal:
        return None
    furnish(chosen)
    return current(chosen)


def furnish(chosen: Settings) -> None:
    """Make what the containers will look for and the user has not made. Raises `OSError`."""
    for own in (chosen.place.own_dashboards, chosen.place.own_rules):
        own.mkdir(parents=True, exist_ok=True)
    for path in secret.prepare(chosen.secrets):
        say(f"made {chosen.place.shown(path)}")
    chosen.receivers.prepare()
    chosen.receivers.write()


def _tell(findings: list[Finding], heading: str) -> None:
    if findings:
        say("\n".join([heading, *(f"  {number}. {one}" for number, one in enumerate(findings, 1))]))


def start(project: Project) -> int:
    """Start a stack that may start, and wait until it is well; 0, or 1 with the reasons said."""
    if not _stop_other(project) or not images.prepare(project):
        return 1
    services, before = project.services(), project.containers()
    board = Board(services, before)
    began = time.monotonic()
    with tempfile.TemporaryFile() as said:
        code = _wait(project, services, board, began, said)
        if code != 0:
            return _explain(project, services, said)
    if board.unchanged:
        say("Nothing had to be changed.")
    else:
        say(f"All healthy after {time.monotonic() - began:.1f} s.")
    for sentence in grafana.troubles(project.settings):
        say(sentence)
    say(address.farewell(project.settings))
    return 0


def _stop_other(project: Project) -> bool:
    rival = other(project.settings)
    if not rival.containers():
        return True
    what = "sample stack" if rival.sample else "stack on your own log"
    say(f"stopping the {what}, which has the same ports; its data is kept")
    done = rival.run("down", "--remove-orphans")
    if not done.ok:
        say(f"It cannot be stopped: {done.complaint}")
    return done.ok


def _wait(
    project: Project, services: list[str], board: Board, began: float, said: IO[bytes]
) -> int:
    """Let Compose work and show how far it is; 0 when all is well."""
    compose = project.start("up", "--detach", "--no-build", "--remove-orphans", said=said)
    while True:
        code = compose.poll()
        now = project.containers()
        board.show(now, time.monotonic() - began, settled=code == 0)
        if code == 0 and all(name in now and now[name].well for name in services):
            return 0
        if code or (code == 0 and _hopeless(now)) or time.monotonic() - began > PATIENCE:
            compose.terminate()
            return code or 1
        time.sleep(_LOOK_EVERY)


def _hopeless(now: dict[str, Container]) -> bool:
    return any(one.health == "unhealthy" or one.state == "exited" for one in now.values())


def _explain(project: Project, services: list[str], said: IO[bytes]) -> int:
    """Show what Compose said and the last words of whatever is not well."""
    said.seek(0)
    text = said.read().decode(errors="replace")
    lines = [line.strip() for line in text.splitlines() if "rror" in line or "nvalid" in line]
    say("\n".join(list(dict.fromkeys(lines))[-5:]))
    now = project.containers()
    for name in services:
        if name in now and not now[name].well and now[name].state != "created":
            say(f"\n{name} is {now[name].word}; its last words:")
            sys.stdout.write(project.run("logs", "--tail", _LAST_LINES, "--no-color", name).out)
    say("\nThe stack is not healthy. After mending, `make up` again; `make logs` shows all.")
    return 1
