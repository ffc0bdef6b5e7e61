"""`eventdeck serve`: the exporter as a process, from its flags to its last checkpoint."""

import contextlib
import gc
import logging
import os
import sys
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from eventdeck import __version__, local
from eventdeck.address import AddressError, parse, printable
from eventdeck.app import CHECKPOINT_EVERY, Exporter
from eventdeck.catalogue.load import CatalogueError, load
from eventdeck.checkpoint import Checkpoint, StateError
from eventdeck.serve import Server
from eventdeck.signals import Signals
from eventdeck.web.door import Door

POLL = 0.25  # seconds between two looks at quiet files; a scrape looks for itself
_WATCH = 5.0  # seconds after which the server wakes though nobody asked: that costs processor time
_KEPT = 2 << 20  # bytes
_SWITCH = 0.001  # seconds after which a scrape gets its turn while the reader computes

log = logging.getLogger(__name__)


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the flags of `eventdeck serve`, each also by environment."""
    add = parser.add_argument
    environ = os.environ
    paths = environ.get("EVENTDECK_LOG_PATH", "").split(os.pathsep)
    add(
        "--log.path",
        dest="log_path",
        metavar="GLOB",
        action="append",
        default=None,
        help="log to follow, a path or a pattern such as 'logs/*.jsonl'; may be given several "
        f"times (EVENTDECK_LOG_PATH, several separated by '{os.pathsep}')",
    )
    parser.set_defaults(log_path_environment=[path for path in paths if path])
    add(
        "--catalogue",
        metavar="FILE",
        default=environ.get("EVENTDECK_CATALOGUE", ""),
        help="the documented events (default: the one that Eventdeck comes with; "
        "EVENTDECK_CATALOGUE)",
    )
    add(
        "--web.listen-address",
        dest="listen",
        metavar="HOST:PORT",
        default=environ.get("EVENTDECK_WEB_LISTEN_ADDRESS", "127.0.0.1:9867"),
        help="where to answer; port 0 takes a free one (default: %(default)s; "
        "EVENTDECK_WEB_LISTEN_ADDRESS)",
    )
    add(
        "--web.config.file",
        dest="web_config",
        metavar="FILE",
        default=environ.get("EVENTDECK_WEB_CONFIG_FILE", ""),
        help="TLS and passwords, in the form that Prometheus exporters share; read again when it "
        "has changed (EVENTDECK_WEB_CONFIG_FILE)",
    )
    add(
        "--state.path",
        dest="state_path",
        metavar="FILE",
        default=environ.get("EVENTDECK_STATE_PATH", "state/eventdeck.state"),
        help="what survives a restart: counts, and how far each log was read (default: "
        "%(default)s; EVENTDECK_STATE_PATH)",
    )
    add(
        "--log.level",
        dest="level",
        choices=("debug", "info", "warning", "error"),
        default=environ.get("EVENTDECK_LOG_LEVEL", "info"),
        help="of the exporter's own log (default: %(default)s; EVENTDECK_LOG_LEVEL)",
    )
    add(
        "--log.format",
        dest="format",
        choices=("json", "text"),
        default=environ.get("EVENTDECK_LOG_FORMAT") or None,
        help="of the exporter's own log (default: text on a terminal, else json; "
        "EVENTDECK_LOG_FORMAT)",
    )


def run(args: Namespace) -> int:
    """Serve until a signal; 0 after a clean end, 1 when the start or the last save failed."""
    from eventdeck import journal  # noqa: PLC0415  only a process has a log of its own

    journal.begin(args.level, args.format or "")
    patterns = args.log_path or args.log_path_environment
    if not patterns:
        return refuse("no log to follow: give --log.path FILE (or EVENTDECK_LOG_PATH)")
    with Signals() as signals:
        try:
            exporter, server = prepare(args, patterns, args.web_config)
        except StartError as error:
            return refuse(str(error))
        catalogue = exporter.catalogue
        log.info(
            "Eventdeck %s counts %d events of %s; live page and /metrics on %s://%s",
            __version__,
            len(catalogue.events),
            catalogue.application,
            server.door.scheme,
            printable(server.server_address),
        )
        return serve(exporter, server, signals)


class StartError(Exception):
    """Why the exporter cannot start: one sentence, what, where and what to do."""


def prepare(args: Namespace, patterns: list[str], web_config: str = "") -> tuple[Exporter, Server]:
    """Load catalogue and web config, take state and address, find the logs. Raises StartError."""
    try:
        address = parse(args.listen)
        catalogue = load(args.catalogue or local.catalogue())
        door = Door(web_config)
        checkpoint = Checkpoint(args.state_path)
        checkpoint.lock()
        server = _bind(address, args.listen, door)  # before a file is looked at: it may be refused
        server.exporter = exporter = Exporter(catalogue, patterns, checkpoint)
    except (CatalogueError, StateError, AddressError) as error:
        raise StartError(str(error)) from error
    return exporter, server


def _bind(address: tuple[str, int], text: str, door: Door) -> Server:
    try:
        return Server(address, door)
    except OSError as error:
        raise StartError(
            f"{text}: cannot listen there: {error.strerror}; stop what uses the port, or choose "
            "another --web.listen-address"
        ) from error


def serve(exporter: Exporter, server: Server, signals: Signals) -> int:
    """Count and answer until a signal, then save; 1 when the state could not be saved."""
    sys.setswitchinterval(_SWITCH)
    # glibc gives the end of its heap back to the system after every chunk, and takes it again page
    # by page: a sixth of all time. Freeing one large block makes it keep twice that size.
    bytes(_KEPT)
    gc.collect()
    gc.freeze()  # what lives from here on dies young: the collector need not look at the rest
    with _answering(server), _keeping(exporter):
        announced = False
        while not signals.is_set():
            busy = _read(exporter, signals)
            if exporter.ready and not announced:
                announced = True
                log.info("ready: %d bytes of log counted", exporter.replayed)
            if not busy:
                signals.wait(POLL)
    saved = exporter.keep()
    with exporter.gate.visit():  # a scrape that is still being answered must not meet closed files
        exporter.tail.close()
    log.info("ended; the state is %s", "saved" if saved else "NOT saved")
    return 0 if saved else 1


def _read(exporter: Exporter, signals: Signals) -> bool:
    """Read on until all is read, or a signal comes; whether there was anything."""
    busy = False
    for read in exporter.steps():
        busy = busy or read
        if signals.is_set():
            break
    return busy


@contextlib.contextmanager
def _answering(server: Server) -> Iterator[None]:
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": _WATCH}, name="http", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        server.hush()
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def _keeping(exporter: Exporter) -> Iterator[None]:
    """Save about once a second from a thread of its own: a slow disk must not stop the counting.

    Where nothing has changed it sleeps on: each time it wakes costs as much as hundreds of lines.
    """
    ending = threading.Event()

    def keep() -> None:
        exporter.unsaved.set()  # which files there are: a kill in the first second may lose none
        while exporter.unsaved.wait() and not ending.is_set():
            if not exporter.keep():
                exporter.unsaved.set()
            ending.wait(CHECKPOINT_EVERY)

    thread = threading.Thread(target=keep, name="checkpoint", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        exporter.unsaved.set()
        thread.join(timeout=0.5)


def refuse(sentence: str) -> int:
    """Say why a command ends, and return its exit code."""
    print(f"eventdeck: {sentence}", file=sys.stderr)  # noqa: T201  for the operator
    return 1
