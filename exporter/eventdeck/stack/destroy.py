"""`eventdeck destroy`: remove the stack with its data, after asking."""

import sys
from argparse import ArgumentParser, Namespace

from eventdeck.stack import settings
from eventdeck.stack.engine import ask
from eventdeck.stack.place import Misplaced, find
from eventdeck.stack.project import Project
from eventdeck.stack.say import say


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of `eventdeck destroy`."""
    add = parser.add_argument
    add("--yes", action="store_true", help="do not ask")
    add("--sample", action="store_true", help="the sample stack, also where LOG_PATH is set")


def run(args: Namespace) -> int:
    """Remove containers and volumes of one stack; 1 when it was not wanted, or failed."""
    try:
        chosen, _ = settings.load(find())
    except Misplaced as error:
        say(f"eventdeck destroy: {error}")
        return 1
    project = Project(chosen, chosen.sample or args.sample)
    doomed = volumes(project.name)
    if not doomed and not project.containers():
        say(f"There is nothing of {project.name}.")
        return 0
    say(f"This removes {project.name} and all it has kept: {', '.join(doomed) or 'no volume'}.")
    if not args.yes and not confirmed():
        say("Nothing was removed.")
        return 1
    done = project.run("down", "--volumes", "--remove-orphans")
    say("Removed; .env and .secrets stay." if done.ok else f"It failed: {done.complaint}")
    return 0 if done.ok else 1


def volumes(project: str) -> list[str]:
    """Return the names of a project's volumes."""
    label = f"label=com.docker.compose.project={project}"
    return ask(["docker", "volume", "ls", "-q", "--filter", label]).out.split()


def confirmed() -> bool:
    """Ask; without a terminal the answer is no."""
    if not sys.stdin.isatty():
        say("Nobody is there to be asked; --yes says yes.")
        return False
    return input("Remove it for good? [y/N] ").strip().lower() in {"y", "yes"}
