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

_PAGE = """# What it costs
Written by `make bench ARGS="--page exporter/BENCHMARK.md"`, as measured; do not edit it. Each line
of the log has 297 bytes on average and one of the 26 events of `events.yaml` with all its
properties. Machines differ, and one machine differs from minute to minute, so what counts are the
ratios within one run: all ways of reading take turns on the same core.

- The *bare limit* decodes one field of each line with msgspec and counts it. It would not notice an
  undocumented name, a malformed line or a truncated file.
- *Eventdeck* is the exporter as it runs, without its HTTP server. *Count by event* has a catalogue
  without labels and histograms; the *full path* has the shipped one.
- *mtail* runs programs made from the same catalogue. It has less to do: no last-seen time, no
  exemplar, no list of allowed label values. Both count every line, or the run fails.

"""


def main(argv: list[str] | None = None) -> int:
    """Measure and print; 1 when something counted wrong. A missed target is no error."""
    args = _parser().parse_args(argv)
    try:
        report = _measure(args)
    except FailedError as error:
        _say(str(error))
        return 1
    sys.stdout.write(_json(report) if args.json else text(report))
    if args.page:
        args.page.write_text(_PAGE + text(report), "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    add = parser.add_argument
    add("--json", action="store_true", help="print JSON instead of tables")
    add("--page", type=Path, help="also write the tables to this page, as exporter/BENCHMARK.md")
    add("--quick", action="store_true", help="see that it works: 20,000 lines, once; no figures")
    add("--lines", type=int, help="lines to read (default: 2,000,000)")
    add("--repetitions", type=int, help="turns, of which the median counts (default: 3)")
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
    repetitions = args.repetitions or (1 if args.quick else 3)
    seconds = 0.5 if args.quick else 20.0
    _say(f"{lines:,} lines: generating them, if they are not there from an earlier run")
    logs = log.make(load(catalogues.SHIPPED), lines, args.cache)
    log.warm(logs.plain, logs.malformed, logs.compressed)
    # On disk like the logs of users, and beside the cache: /tmp may be memory and small.
    with tempfile.TemporaryDirectory(dir=args.cache) as name:
        folder = Path(name)
        rows = reading.measure(logs, repetitions, folder, _say)
        serving = Serving(logs, folder, seconds, repetitions, _say)
        quantities = [*reading.quantities(rows), *serving.measure()]
        sizes = ((1, 10), (26, 260)) if args.quick else ((1, 10, 100), (26, 260, 2600))
        growth = Growing(folder, lines // 10, seconds / 4, _say).measure(*sizes)
    return Report(lines, repetitions, machine, rows, quantities, growth)


def _machine() -> str:
    cores = len(os.sched_getaffinity(0))
    beside = "" if mtail.path() else ", no mtail here"
    load_before = f"load {os.getloadavg()[0]:.1f} before"
    return f"Python {platform.python_version()}, {cores} cores, {load_before}{beside}"


def _json(report: Report) -> str:
    plain = msgspec.to_builtins(report)
    for form, quantity in zip(plain["quantities"], report.quantities, strict=True):
        form["reached"] = quantity.reached
    return msgspec.json.format(msgspec.json.encode(plain)).decode() + "\n"


def _say(sentence: str) -> None:
    print(f"bench: {sentence}", file=sys.stderr, flush=True)  # noqa: T201  progress, for people


if __name__ == "__main__":
    sys.exit(main())
