"""The command `eventdeck`."""

import argparse
import sys
from importlib import import_module

from eventdeck import __version__

# Each command is a module with `add_arguments` and `run`, loaded only when it is called: `serve`
# must start in a third of a second and live in 32 MB.
COMMANDS = {
    "up": ("eventdeck.stack.up", "start the stack in Docker, or bring it up to date"),
    "down": ("eventdeck.stack.down", "stop the stack and keep its data"),
    "status": ("eventdeck.stack.status", "show what runs, how it is, where, and how far behind"),
    "logs": ("eventdeck.stack.logs", "show what the services say"),
    "backup": ("eventdeck.stack.backup", "write all that the stack keeps into one file"),
    "restore": ("eventdeck.stack.restore", "bring the stack back from a backup"),
    "alert-test": ("eventdeck.stack.alert_test", "send a test alert and say where it arrived"),
    "destroy": ("eventdeck.stack.destroy", "remove the stack with its data, after asking"),
    "serve": ("eventdeck.run", "follow logs and expose their events as series, with a live page"),
    "demo": ("eventdeck.demo", "serve live sample events, to see what Eventdeck does"),
    "sample": ("eventdeck.sample.command", "write realistic events into a file"),
    "check": ("eventdeck.check.command", "check a catalogue, and logs against it"),
    "render": ("eventdeck.render.command", "write the files that follow from a catalogue"),
}


def main(argv: list[str] | None = None) -> int:
    """Run a command; return its exit code."""
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(
        prog="eventdeck",
        description="Turns an application's JSON event log into Prometheus series and a live page.",
        epilog="`eventdeck COMMAND --help` explains a command.",
    )
    parser.add_argument("--version", action="version", version=f"eventdeck {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if argv[:1] == [name]:
            import_module(module).add_arguments(command)
    args = parser.parse_args(argv)
    result: int = import_module(COMMANDS[args.command][0]).run(args)
    return result
