"""`eventdeck status`: one table of what runs, how it is, where, and how far behind."""

from argparse import ArgumentParser, Namespace

from eventdeck.stack import address, engine, lag, settings
from eventdeck.stack.container import Container
from eventdeck.stack.place import Misplaced, find
from eventdeck.stack.project import Project, current, other
from eventdeck.stack.say import say

HEADINGS = ("service", "health", "version", "address", "lag")


def add_arguments(parser: ArgumentParser) -> None:
    """`eventdeck status` has no options."""
    parser.epilog = "It ends with 1 where something is not healthy."


def run(args: Namespace) -> int:  # noqa: ARG001  every command takes them
    """Show the table; 0 when everything that should run is healthy."""
    try:
        chosen, _ = settings.load(find())
    except Misplaced as error:
        say(f"eventdeck status: {error}")
        return 1
    project, rival = current(chosen), other(chosen)
    found = project.containers()
    if not found and rival.containers():
        project, found = rival, rival.containers()
    if not found:
        say(engine.silence(engine.ask))
        return 1
    services = project.services() or list(found)
    say(f"{project.name}{': made-up events' if project.sample else ''}")
    say(table([HEADINGS, *(_row(project, name, found.get(name)) for name in services)]))
    return 0 if all(name in found and found[name].well for name in services) else 1


def table(rows: list[tuple[str, ...]]) -> str:
    """Lay out rows in columns as wide as their widest word."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _row(project: Project, service: str, container: Container | None) -> tuple[str, ...]:
    if container is None:
        return (service, "missing", "-", "-", "-")
    version = container.image.rpartition(":")[2]
    where = lag_text = "-"
    if service in address.PUBLISHED and container.ports:
        where = address.url(project.settings, service)
    if container.well and service in lag.ASKED:
        lag_text = lag.ASKED[service](project.settings)
    return (service, container.word, version, where, lag_text)
