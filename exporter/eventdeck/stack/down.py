"""`eventdeck down`: stop whatever runs and keep its data."""

from argparse import ArgumentParser, Namespace

from eventdeck.stack import engine, settings
from eventdeck.stack.place import Misplaced, find
from eventdeck.stack.project import Project
from eventdeck.stack.say import say


def add_arguments(parser: ArgumentParser) -> None:
    """`eventdeck down` has no options."""
    parser.epilog = "`eventdeck destroy` removes the data as well."


def run(args: Namespace) -> int:  # noqa: ARG001  every command takes them
    """Stop the stack on the user's log and the one on samples; 1 where one would not."""
    try:
        chosen, _ = settings.load(find())
    except Misplaced as error:
        say(f"eventdeck down: {error}")
        return 1
    running = [
        project
        for project in (Project(chosen, sample=False), Project(chosen, sample=True))
        if project.containers()
    ]
    if not running:
        say(engine.silence(engine.ask))
    return max((stop(project) for project in running), default=0)


def stop(project: Project) -> int:
    """Stop one and say so."""
    say(f"stopping {project.name} …")
    done = project.run("down", "--remove-orphans")
    if not done.ok:
        say(f"It cannot be stopped: {done.complaint}")
        return 1
    say("Stopped. Its data is kept; `make up` goes on with it.")
    return 0
