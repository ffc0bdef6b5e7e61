"""How long every query of every dashboard takes, over a month of scrapes.

    python -m tests.bench.panels [--days 30] [--scrape 60]

A scrape every 15 seconds, as shipped, makes four times as many samples as one a minute, and takes
four times as long to prepare. Times are those of a real Prometheus on this machine, each query once
cold and then five times; the median of the five counts.
"""

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import requests
from eventdeck.catalogue.load import load
from eventdeck.render.outputs import OUTPUTS

from tests.exporter.render.dashboards import CATALOGUES, FOLDER, NAMES
from tests.stack.native import database
from tests.stack.native.asking import Asker

TARGET_MS = 100
REPETITIONS = 5


def main(argv: list[str] | None = None) -> int:
    """Build the database, ask, print the slowest and the 95th percentile."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--scrape", type=int, default=60, help="seconds (%(default)s)")
    parser.add_argument("--keep", type=Path, help="folder of the database, made if it is missing")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        place = args.keep or Path(folder, "panels")
        now = prepared(place, args.days, args.scrape)
        with database.serving(place) as url:
            took = sorted(measured(url, now, args.scrape), reverse=True)
    for query in took[:10]:
        say(f"{query.waited:8.1f} ms, processor {query.worked:6.1f} ms  {query.title}")
    for name in ("waited", "worked"):
        figures = [getattr(query, name) for query in took]
        p95 = statistics.quantiles(figures, n=20)[-1]
        say(f"{name}: median {statistics.median(figures):.1f} ms, p95 {p95:.1f} ms")
    say(f"{len(took)} queries, {args.days} days, a scrape every {args.scrape} s; aim: {TARGET_MS}")
    return 0


def say(text: str) -> None:
    """Print: it is the answer of the command."""
    sys.stdout.write(f"{text}\n")


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
    times = list(range(now - days * database.DAY, now + 1, scrape))
    database.build(folder, log, catalogue, times)
    stamp.write_text(str(now))
    return now


class Took(NamedTuple):
    """Milliseconds of one query, on the clock and of the processor."""

    waited: float
    worked: float
    title: str


def measured(url: str, now: int, scrape: int) -> list[Took]:
    """Ask for every panel."""
    found = []
    catalogue = load(CATALOGUES["real"])
    for name in NAMES:
        made = json.loads(OUTPUTS[f"{FOLDER}{name}.json"](catalogue))
        asker = Asker(made, now, scrape, prometheus=url)
        for panel, target in asker.targets("prometheus"):
            times, worked = [], 0.0
            for repetition in range(REPETITIONS + 1):
                begin = time.perf_counter()
                asker.ask(panel, target)
                times.append(1000 * (time.perf_counter() - begin))
                worked = worked or (cpu(url) if repetition == 0 else 0.0)
            worked = (cpu(url) - worked) / REPETITIONS
            found.append(Took(statistics.median(times[1:]), worked, panel["title"]))
    return found


def cpu(url: str) -> float:
    """Milliseconds of processor time that Prometheus has used."""
    text = requests.get(f"{url}/metrics", timeout=30).text
    found = re.search(r"^process_cpu_seconds_total (\S+)$", text, re.MULTILINE)
    assert found
    return 1000 * float(found[1])


if __name__ == "__main__":
    sys.exit(main())
