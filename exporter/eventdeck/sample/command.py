"""`eventdeck sample`: options, and one sentence for whatever goes wrong."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction, Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from eventdeck import local
from eventdeck.catalogue.load import CatalogueError, load
from eventdeck.catalogue.model import Catalogue
from eventdeck.sample.file import RefusedError
from eventdeck.sample.play import Wishes, perform
from eventdeck.sample.story import DAY, seconds
from eventdeck.signals import Signals

FAILED, REFUSED = 1, 2  # exit codes
HALF = 0.5
LONGEST = 3650 * DAY


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `eventdeck sample`."""
    add = parser.add_argument
    add(
        "--out",
        metavar="FILE",
        type=Path,
        required=True,
        help="append to this file; its folder is made",
    )
    add(
        "--catalogue",
        metavar="FILE",
        type=Path,
        help="events to play (default: yours in local/, or exporter/events.yaml)",
    )
    add(
        "--rate",
        metavar="N",
        type=_above_zero,
        default=2.0,
        help="live events a second, on average (default: 2)",
    )
    add(
        "--past",
        metavar="DURATION",
        type=_duration,
        default=0.0,
        help="first write past events up to now, at once: 15d, 3h",
    )
    add(
        "--per-day",
        metavar="N",
        type=_above_zero,
        default=2000.0,
        help="past events a day, on average (default: 2000)",
    )
    add(
        "--live",
        action=BooleanOptionalAction,
        default=True,
        help="go on live after the past (default: yes)",
    )
    add("--count", metavar="N", type=_count, help="end after N events")
    add("--seed", metavar="N", type=int, help="repeatable events; with --start the same bytes")
    add(
        "--start",
        metavar="TIME",
        type=_moment,
        help="time of the first event, RFC 3339 (default: --past before now)",
    )
    add(
        "--time",
        choices=("asctime", "timestamp", "both"),
        default="asctime",
        help="format of a line's time (default: asctime)",
    )
    add(
        "--zone",
        metavar="ZONE",
        type=_zone,
        help="zone of asctime and of the working day (default: the catalogue's)",
    )
    add(
        "--undocumented",
        metavar="SHARE",
        type=_share,
        default=0.02,
        help="share of undocumented events (default: 0.02)",
    )


def run(args: Namespace) -> int:
    """Write sample events until asked to end; return the exit code."""
    if not args.live and not args.past:
        return _say(REFUSED, "nothing to write: give --past, or leave out --no-live")
    try:
        catalogue = load(args.catalogue or local.catalogue())
        if args.zone:
            catalogue = replace(catalogue, line=replace(catalogue.line, zone=args.zone))
        return _write(args, catalogue)
    except CatalogueError as error:
        return _say(FAILED, str(error))
    except RefusedError as error:
        return _say(REFUSED, str(error))
    except OSError as error:
        place = error.filename or args.out
        return _say(FAILED, f"cannot write {place}: {error.strerror or error}")


def _write(args: Namespace, catalogue: Catalogue) -> int:
    wishes = Wishes(
        rate=args.rate if args.live else None,
        past=args.past,
        per_day=args.per_day,
        count=args.count,
        seed=args.seed,
        start=args.start,
        times=args.time,
        undocumented=args.undocumented,
    )

    def opened() -> None:
        if args.live:
            _tell(f"sample events go to {args.out}; Ctrl-C ends")

    with Signals() as signals:
        written = perform(args.out, catalogue, wishes, signals, opened=opened)
    _tell(f"{written} sample events written to {args.out}")
    return 0


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def _say(code: int, sentence: str) -> int:
    _tell(f"eventdeck sample: {sentence}")
    return code


def _number(text: str, right: Callable[[float], bool], wanted: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not right(number):
        raise ArgumentTypeError(f'"{text}" should be {wanted}')
    return number


def _above_zero(text: str) -> float:
    return _number(text, lambda number: 0 < number < float("inf"), "a number above 0")


def _share(text: str) -> float:
    return _number(text, lambda number: 0 <= number <= HALF, "a share from 0 to 0.5")


def _count(text: str) -> int:
    return int(_number(text, lambda n: n >= 1 and n % 1 == 0, "a whole number above 0"))


def _duration(text: str) -> float:
    try:
        duration = seconds(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
    if duration > LONGEST:
        raise ArgumentTypeError(f"{text} is too long; ten years, 3650d, is the most")
    return duration


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f'"{text}" is no time like 2026-11-23T08:00:00Z') from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        raise ArgumentTypeError(f'"{text}" is no zone; write it like Europe/Rome or UTC') from None
