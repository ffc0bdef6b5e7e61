"""`eventdeck demo`: the exporter on live sample events, with Python alone."""

import contextlib
import os
import sys
import tempfile
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from eventdeck import journal
from eventdeck.address import printable
from eventdeck.app import Exporter
from eventdeck.run import StartError, default_catalogue, prepare, refuse, serve
from eventdeck.sample.play import play
from eventdeck.serve import Server
from eventdeck.signals import Signals

_ADDRESS = "127.0.0.1:9867"
_PAST = 86400.0  # seconds of events before the live ones, so that every event was seen


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the flags of `eventdeck demo`."""
    add = parser.add_argument
    add(
        "--web.listen-address",
        dest="listen",
        metavar="HOST:PORT",
        help=f"where to answer (default: {_ADDRESS}, or a free port where that is taken)",
    )
    add("--catalogue", metavar="FILE", default="", help="the events to play and to count")
    add("--rate", type=float, default=5.0, metavar="N", help="events a second (default: 5)")
    add("--seed", type=int, metavar="N", help="play the same events again")


def run(args: Namespace) -> int:
    """Serve sample events from a folder of its own until a signal, and remove it."""
    journal.begin("warning", "text")
    with Signals() as signals, tempfile.TemporaryDirectory(prefix="eventdeck-demo-") as folder:
        path = Path(folder, "app.jsonl")
        args.state_path = os.path.join(folder, "state")
        try:
            exporter, server = _prepare(args, str(path))
        except StartError as error:
            return refuse(str(error))
        _greet(printable(server.server_address), path)
        with _playing(path, exporter, args):
            return serve(exporter, server, signals)


def _prepare(args: Namespace, path: str) -> tuple[Exporter, Server]:
    """Bind the usual port, or any other where nobody asked for a certain one."""
    chosen, args.listen = args.listen, args.listen or _ADDRESS
    args.catalogue = args.catalogue or default_catalogue()
    try:
        return prepare(args, [path])
    except StartError:
        if chosen:
            raise
    args.listen = "127.0.0.1:0"
    args.state_path += "-again"  # the first try holds the lock of the other
    return prepare(args, [path])


def _greet(address: str, path: Path) -> None:
    print(  # noqa: T201  what the command has to say
        "Eventdeck counts sample events, live.\n\n"
        f"  page     http://{address}\n"
        f"  metrics  http://{address}/metrics\n"
        f"  log      {path}\n\n"
        "Ctrl-C ends it and leaves nothing behind.",
        flush=True,
    )


@contextlib.contextmanager
def _playing(path: Path, exporter: Exporter, args: Namespace) -> Iterator[None]:
    """Write sample events from a thread of its own, as an application would."""
    ending = threading.Event()

    def write() -> None:
        try:
            play(path, exporter.catalogue, args.rate, args.seed, _PAST, ending)
        except OSError as error:
            print(f"eventdeck: {path}: no more events: {error.strerror}", file=sys.stderr)  # noqa: T201

    thread = threading.Thread(target=write, name="sample", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
