"""`eventdeck demo`: the exporter on live sample events, with Python alone."""

import os
import sys
import tempfile
import threading
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Self

from eventdeck import journal, local
from eventdeck.address import printable
from eventdeck.app import Exporter
from eventdeck.catalogue.load import CatalogueError, load
from eventdeck.catalogue.model import Catalogue
from eventdeck.run import StartError, prepare, refuse, serve
from eventdeck.sample.play import Wishes, perform
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
    args.catalogue = args.catalogue or local.catalogue()
    with Signals() as signals, tempfile.TemporaryDirectory(prefix="eventdeck-demo-") as folder:
        path = Path(folder, "app.jsonl")
        args.state_path = os.path.join(folder, "state")
        try:
            with Play(path, load(args.catalogue), args):
                exporter, server = _prepare(args, str(path))
                _greet(printable(server.server_address), path)
                return serve(exporter, server, signals)
        except (CatalogueError, StartError) as error:
            return refuse(str(error))


class Play:
    """Sample events, written by a thread as by an application; begun with those of a day ago."""

    def __init__(self, path: Path, catalogue: Catalogue, args: Namespace) -> None:
        self._path, self._catalogue = path, catalogue
        self._wishes = Wishes(rate=args.rate, seed=args.seed, past=_PAST)
        self._ending, self._live = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._write, name="sample", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._live.wait()  # the past is replayed at start, so that it is no burst on the page
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def is_set(self) -> bool:
        """Whether to end, as the player asks."""
        return self._ending.is_set()

    def wait(self, timeout: float) -> bool:
        """Wait for the next event: from the first wait on, they are live."""
        self._live.set()
        return self._ending.wait(timeout)

    def _write(self) -> None:
        try:
            perform(self._path, self._catalogue, self._wishes, self)
        except OSError as error:
            print(f"eventdeck: {self._path}: no more events: {error.strerror}", file=sys.stderr)  # noqa: T201
        finally:
            self._live.set()


def _prepare(args: Namespace, path: str) -> tuple[Exporter, Server]:
    """Bind the usual port, or any other where nobody asked for a certain one."""
    chosen, args.listen = args.listen, args.listen or _ADDRESS
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
