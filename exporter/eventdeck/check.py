"""`eventdeck check`: whether a catalogue can be used."""

import sys
from argparse import ArgumentParser, Namespace

from eventdeck.catalogue.load import CatalogueError, load
from eventdeck.run import default_catalogue


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the flags of `eventdeck check`."""
    parser.add_argument(
        "--catalogue",
        metavar="FILE",
        default="",
        help="the catalogue to check (default: the one that `eventdeck serve` would take)",
    )


def run(args: Namespace) -> int:
    """Say what is wrong, all of it; 1 when something is."""
    path = args.catalogue or default_catalogue()
    try:
        catalogue = load(path)
    except CatalogueError as error:
        print(error, file=sys.stderr)  # noqa: T201  what went wrong, for the operator
        return 1
    print(f"{path}: {len(catalogue.events)} events of {catalogue.application}, no errors")  # noqa: T201
    return 0
