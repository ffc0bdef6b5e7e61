"""`eventdeck logs`: what the services say."""

from argparse import ArgumentParser, Namespace

from eventdeck.stack import settings
from eventdeck.stack.place import Misplaced, find
from eventdeck.stack.project import current, other
from eventdeck.stack.say import say


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of `eventdeck logs`."""
    add = parser.add_argument
    add("services", nargs="*", metavar="SERVICE", help="only of these (default: all)")
    add("-f", "--follow", action="store_true", help="go on until Ctrl-C")
    add("--tail", default="100", metavar="N", help="lines of each (default: 100)")


def run(args: Namespace) -> int:
    """Show the logs of the stack that runs."""
    try:
        chosen, _ = settings.load(find())
    except Misplaced as error:
        say(f"eventdeck logs: {error}")
        return 1
    project, rival = current(chosen), other(chosen)
    if not project.containers() and rival.containers():
        project = rival
    follow = ["--follow"] if args.follow else []
    try:
        return project.show("logs", "--tail", args.tail, *follow, *args.services)
    except KeyboardInterrupt:
        return 0
