"""How long every query of every dashboard takes, over a month of scrapes.

    python -m tests.bench.panels [--days 30] [--scrape 60]

A scrape every 15 seconds, as shipped, makes four times as many samples as one a minute, and takes
four times as long to prepare. Times are those of a real Prometheus on this machine, each query once
cold and then five times; the median of the five counts.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from eventdeck.catalogue.load import load
from eventdeck.render.outputs import OUTPUTS

from tests.exporter.render.dashboards import CATALOGUES, FOLDER, NAMES
from tests.stack.native import database
from tests.stack.native.asking import Asker

TARGET_MS = 100
REPETITIONS = 5


def main() -> int:
    """Build the database, ask, print the slowest and the 95th percentile."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--scrape", type=int, default=60, help="seconds (%(default)s)")
    parser.add_argument("--keep", type=Path, help="folder of the database, made if it is missing")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = args.keep or Path(folder, "panels")
        now = prepared(place, args.days, args.scrape)
        with database.serving(place) as url:
            took = sorted(measured(url, now, args.scrape), reverse=True)
    milliseconds = [ms for ms, _, _ in took]
    for ms, title, expr in took[:10]:
        print(f"{ms:8.1f} ms  {title}  {expr[:90]}")  # noqa: T201  the answer of the command
    p95 = statistics.quantiles(milliseconds, n=20)[-1]
    print(  # noqa: T201  the answer of the command
        f"{len(took)} queries over {args.days} days, a scrape every {args.scrape} s: "
        f"median {statistics.median(milliseconds):.1f} ms, p95 {p95:.1f} ms (aim: {TARGET_MS} ms)"
    )
    return 0


def prepared(folder: Path, days: int, scrape: int) -> int:
    """Build the database, a few days at a time; returns the time of its end."""
    stamp = folder / "now"
    if stamp.exists():
        return int(stamp.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    catalogue = CATALOGUES["real"]
    log = folder / "logs/app.jsonl"
    database.play(log, catalogue, f"{days}d", per_day=2000)
    now = int(time.time())
    times = range(now - days * database.DAY, now + 1, scrape)
    database.build(folder, log, catalogue, times)
    stamp.write_text(str(now))
    return now


def measured(url: str, now: int, scrape: int) -> list[tuple[float, str, str]]:
    """Milliseconds, panel and query."""
    found = []
    catalogue = load(CATALOGUES["real"])
    for name in NAMES:
        made = json.loads(OUTPUTS[f"{FOLDER}{name}.json"](catalogue))
        asker = Asker(made, now, scrape, prometheus=url)
        for panel, target in asker.targets("prometheus"):
            times = []
            for _ in range(REPETITIONS + 1):
                begin = time.perf_counter()
                asker.ask(panel, target)
                times.append(1000 * (time.perf_counter() - begin))
            found.append((statistics.median(times[1:]), panel["title"], target["expr"]))
    return found


if __name__ == "__main__":
    sys.exit(main())
