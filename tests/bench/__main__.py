"""`make bench`: what Eventdeck costs on this machine, beside the limit and beside mtail."""

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

import msgspec
from eventdeck.catalogue.load import load

from tests.bench import catalogues, log, mtail, reading
from tests.bench.child import FailedError
from tests.bench.growth import Growing
from tests.bench.serving import Serving
from tests.bench.table import Report, text

_SERVED = 3  # turns of what takes longest: starts, and catching up
_BEGIN, _END = "<!-- measured -->\n", "<!-- end -->\n"


def main(argv: list[str] | None = None) -> int:
    """Measure and print; 1 when something counted wrong. A missed target is no error."""
    args = _parser().parse_args(argv)
    if args.page and not _has_place(args.page):
        marks = f"a line {_BEGIN.strip()} and, below it, {_END.strip()}"
        _say(f"{args.page}: has no place for the figures; write {marks}")
        return 1
    try:
        report = _measure(args)
    except FailedError as error:
        _say(str(error))
        return 1
    sys.stdout.write(_json(report) if args.json else text(report))
    if args.page:
        _put(args.page, text(report))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    add = parser.add_argument
    add("--json", action="store_true", help="print JSON instead of tables")
    add("--page", type=Path, help="also lay the tables into this page, as exporter/BENCHMARK.md")
    add("--quick", action="store_true", help="see that it works: 20,000 lines, once; no figures")
    add("--lines", type=int, help="lines to read (default: 2,000,000)")
    add("--repetitions", type=int, help="turns, of which the median counts (default: 5)")
    add(
        "--cache",
        type=Path,
        default=cache / "eventdeck" / "bench",
        help="where the generated logs are kept, 1.3 GB (default: %(default)s)",
    )
    return parser


def _measure(args: argparse.Namespace) -> Report:
    lines = args.lines or (20_000 if args.quick else 2_000_000)
    machine = _machine()
    repetitions = args.repetitions or (1 if args.quick else 5)
    seconds = 0.5 if args.quick else 20.0
    _say(f"{lines:,} lines: generating them, if they are not there from an earlier run")
    logs = log.make(load(catalogues.SHIPPED), lines, args.cache)
    log.warm(logs.plain, logs.malformed, logs.compressed)
    # On disk like the logs of users, and beside the cache: /tmp may be memory and small.
    with tempfile.TemporaryDirectory(dir=args.cache) as name:
        folder = Path(name)
        rows = reading.measure(logs, repetitions, folder, _say)
        serving = Serving(logs, folder, seconds, min(repetitions, _SERVED), _say)
        quantities = [*reading.quantities(rows), *serving.measure()]
        sizes = ((1, 10), (26, 260)) if args.quick else ((1, 10, 100), (26, 260, 2600))
        growth = Growing(folder, lines // 10, seconds / 4, _say).measure(*sizes)
    return Report(lines, repetitions, machine, rows, quantities, growth)


def _machine() -> str:
    cores = len(os.sched_getaffinity(0))
    beside = "" if mtail.path() else ", no mtail here"
    load_before = f"load {os.getloadavg()[0]:.1f} before"
    return f"Python {platform.python_version()}, {cores} cores, {load_before}{beside}"


def _has_place(page: Path) -> bool:
    text_before = page.read_text("utf-8") if page.exists() else ""
    return _END in text_before.partition(_BEGIN)[2]


def _put(page: Path, figures: str) -> None:
    """Lay the figures between the page's marks; what people wrote around them stays."""
    before, _, rest = page.read_text("utf-8").partition(_BEGIN)
    after = rest.partition(_END)[2]
    page.write_text(f"{before}{_BEGIN}{figures}{_END}{after}", "utf-8")


def _json(report: Report) -> str:
    plain = msgspec.to_builtins(report)
    for form, quantity in zip(plain["quantities"], report.quantities, strict=True):
        form["reached"] = quantity.reached
    return msgspec.json.format(msgspec.json.encode(plain)).decode() + "\n"


def _say(sentence: str) -> None:
    print(f"bench: {sentence}", file=sys.stderr, flush=True)  # noqa: T201  progress, for people


if __name__ == "__main__":
    sys.exit(main())
