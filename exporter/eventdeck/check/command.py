"""`eventdeck check`: its flags, and one sentence for whatever goes wrong."""

import sys
from argparse import ArgumentParser, Namespace
from contextlib import ExitStack, closing

import msgspec

from eventdeck import local
from eventdeck.catalogue.load import CatalogueError, load
from eventdeck.catalogue.model import Catalogue
from eventdeck.check import report
from eventdeck.check.lines import Log, UnreadableError
from eventdeck.check.progress import progress
from eventdeck.check.survey import Summary, Survey
from eventdeck.web.door import Door
from eventdeck.web.form import FLAG

_FOUND, _UNREADABLE, _STOPPED = 1, 2, 130  # exit codes


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the flags of `eventdeck check`."""
    add = parser.add_argument
    add(
        "logs",
        metavar="LOG",
        nargs="*",
        help="say how this log conforms to the catalogue; a file, also compressed (.gz), or - for "
        "standard input. Without any, the catalogue itself is checked",
    )
    add(
        "--catalogue",
        metavar="FILE",
        default="",
        help="the catalogue (default: the one that `eventdeck serve` would take)",
    )
    add(
        "--format",
        choices=("table", "json"),
        default="table",
        help="of what is found in logs (default: %(default)s)",
    )
    add(
        FLAG,
        dest="web_config",
        metavar="FILE",
        help="check this web config, with the certificates and keys that it names, and nothing "
        "else",
    )
    add("--strict", action="store_true", help="end with exit code 1 if anything is found in logs")


def run(args: Namespace) -> int:
    """Say what is wrong, all of it.

    1 when the catalogue or the web config cannot be used, or with `--strict` when a log deviates
    from the catalogue; 2 when a log cannot be read.
    """
    path = args.catalogue or local.catalogue()
    try:
        if args.web_config:
            print(_closed(args.web_config, Door(args.web_config)))  # noqa: T201  the answer
            return 0
        catalogue = load(path)
        if not args.logs:
            print(_sound(path, catalogue))  # noqa: T201  the answer
            return 0
        summary = _survey(catalogue, args.logs)
    except (CatalogueError, UnreadableError) as error:
        print(error, file=sys.stderr)  # noqa: T201  what went wrong, for the operator
        return _FOUND if isinstance(error, CatalogueError) else _UNREADABLE
    except KeyboardInterrupt:
        return _STOPPED
    sys.stdout.write(_json(summary) if args.format == "json" else report.text(summary))
    return _FOUND if args.strict and summary.findings else 0


def _sound(path: str, catalogue: Catalogue) -> str:
    return f"{path}: {len(catalogue.events)} events of {catalogue.application}, no errors"


def _closed(path: str, door: Door) -> str:
    return f"{path}: asks for {' and '.join(door.demands) or 'nothing'}, no errors"


def _survey(catalogue: Catalogue, paths: list[str]) -> Summary:
    survey = Survey(catalogue)
    with ExitStack() as stack:
        # All are opened before one is read: a wrong name costs no minutes.
        for log in [stack.enter_context(closing(Log(path))) for path in paths]:
            with progress(log) as advance:
                survey.read(log, advance)
    return survey.summary()


def _json(summary: Summary) -> str:
    return msgspec.json.format(msgspec.json.encode(summary)).decode() + "\n"
