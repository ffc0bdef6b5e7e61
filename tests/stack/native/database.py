"""A database of Prometheus as two weeks of scrapes would have left it, built in seconds.

The figures are the exporter's own: the lines of a sample are counted up to the moment of each
scrape, and what is exposed then goes into the database.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from eventdeck import own
from eventdeck.catalogue.load import load
from eventdeck.catalogue.model import Catalogue
from eventdeck.count import Tally
from eventdeck.decode import Decoder
from eventdeck.expose import Exposition
from msgspec import json

from tests.stack.native import engines as native

DAY = 86400
SERVICES = native.ROOT / "tests/stack/fixtures/services.tsv"
WHO = 'job="exporter",instance="exporter:9867"'
# No panel asks for buckets, and they are two thirds of all series.
LEFT_OUT = re.compile(r"#|\w+_bucket\{|\w+_created\b|process_|$")
SCRAPE = 15  # seconds, as shipped
RARELY = 240  # seconds; Prometheus looks back 300
AT_ONCE = 5500  # scrapes, so that nothing grows beyond all bounds
BEFORE = -1  # the place of what a series was at the end of the scrapes written before
ABOUT_FILES = {"reading": 1, "rotated": 0}

Times = list[int]  # Unix seconds of the scrapes
Samples = dict[str, dict[int, str]]  # series -> the scrapes at which it changed, and its value


def scrapes(now: int, days: int, ahead: int = 0) -> Times:
    """When Prometheus scraped: as often as shipped in the hours that trends show, else rarely.

    `ahead` seconds are added after now, for a reader who takes his time.
    """
    week = 7 * DAY
    hour, day = 3900, 25 * 3600  # and a little
    begin, end = now - days * DAY, now + ahead
    return sorted(
        {
            now,
            *range(begin, now, RARELY),
            *range(now - day, now, 45),
            *range(now - hour, end, SCRAPE),
            *range(now - hour - week, now - week + 300, SCRAPE),
        }
    )


def play(log: Path, catalogue: Path, past: str, per_day: int) -> None:
    """Write sample events up to now."""
    command = [sys.executable, "-m", "eventdeck", "sample", "--out", str(log)]
    command += ["--catalogue", str(catalogue), "--past", past, "--per-day", str(per_day)]
    command += ["--no-live", "--seed", "7", "--time", "timestamp"]
    env = {"PYTHONPATH": str(native.ROOT / "exporter"), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, check=True, capture_output=True, env=env)


def build(folder: Path, log: Path, catalogue: Path, times: Times) -> None:
    """Write what was scraped at these times into `folder/data`, a block after another."""
    samples = {**exposed(load(catalogue), log, times), **services(times)}
    for begin in range(0, len(times), AT_ONCE):
        write(folder, samples, times, begin)


def write(folder: Path, samples: Samples, times: Times, begin: int) -> None:
    """Write some scrapes; `samples` are left as they stand at their end."""
    text = folder / "scraped.om"
    with text.open("w") as out:
        out.writelines(openmetrics(samples, times, begin))
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet"]
    command += ["--max-block-duration=61d", str(text), str(folder / "data")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    text.unlink()


def exposed(catalogue: Catalogue, log: Path, times: Times) -> Samples:
    """Every series of the exporter at each time."""
    tally, decoder = Tally(catalogue), Decoder(catalogue)
    form = Exposition(tally, openmetrics=False)
    samples: Samples = {}
    waiting = lines_by_time(log, catalogue)
    line = next(waiting, None)
    before: set[str] = set()
    for scrape, now in enumerate(times):
        news = scrape == 0
        while line is not None and line[0] <= now:
            tally.add(decoder.rows(line[1]))
            line, news = next(waiting, None), True
        if not news:
            continue
        tally.fold()
        own_families = own.families(about(tally, decoder), form)
        rows = set(form.render(own_families).decode().split("\n"))
        for row in rows - before:
            if not LEFT_OUT.match(row):
                series, _, value = row.rpartition(" ")
                samples.setdefault(labelled(series), {})[scrape] = value
        before = rows
    return samples


def lines_by_time(log: Path, catalogue: Catalogue) -> Iterator[tuple[float, bytes]]:
    """Lines with their own times."""
    field = catalogue.line.time[0].field
    for line in log.read_bytes().splitlines(keepends=True):
        at = datetime.fromisoformat(json.decode(line)[field])
        yield (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp(), line


def about(tally: Tally, decoder: Decoder) -> own.Figures:
    """What an exporter that is well says of itself."""
    counted = sum(event.total.value for event in tally.events.values())
    outcomes = {"counted": counted, "unknown": tally.unknown.total.value}
    return own.Figures(
        outcomes={**outcomes, **decoder.rejected, "blank": decoder.blank},
        bytes_read=counted * 300,
        bytes_lost=0,
        files_lost=0,
        rotations=0,
        truncations=0,
        files=ABOUT_FILES,
        lag_bytes=0,
        lag_seconds=0.0,
        caught_up_at=0.0,
        skew_seconds=0.0,
        checkpoint_age=0.5,
        checkpoint_failures=0,
        unknown_names=len(tally.names.counts),
        tests=0,
        application=tally.catalogue.application,
        namespace=tally.catalogue.namespace,
        catalogue=tally.catalogue.digest,
    )


def labelled(series: str) -> str:
    """The series as Prometheus keeps it, with the target's labels."""
    name, brace, rest = series.partition("{")
    return f"{name}{{{WHO},{rest}" if brace else f"{name}{{{WHO}}}"


def services(times: Times) -> Samples:
    """The series of the other services; the counters grow steadily."""
    samples = {}
    for row in SERVICES.read_text().splitlines()[1:]:
        kind, series, number = row.split("\t")
        value = float(number)
        samples[series] = {0: number}
        if kind == "counter" and value:
            grown = enumerate((now - times[0]) * value for now in times)
            samples[series] = {scrape: f"{growth:.6g}" for scrape, growth in grown}
    return samples


def openmetrics(samples: Samples, times: Times, begin: int) -> Iterable[str]:
    """One untyped family after another, as `promtool` reads them."""
    for series in sorted(samples, key=lambda series: series.partition("{")[0]):
        changes, value = samples[series], samples[series].get(BEFORE, "")
        rows = []
        for scrape, now in enumerate(times[begin : begin + AT_ONCE], begin):
            value = changes.get(scrape, value)
            if value:
                rows.append(f"{series} {value} {now}\n")
        changes[BEFORE] = value
        yield "".join(rows)
    yield "# EOF\n"


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run Prometheus over the database; it scrapes nothing."""
    (folder / "none.yml").write_text("{}\n")
    port = native.free_port()
    url = f"http://127.0.0.1:{port}"
    command = ["prometheus", f"--config.file={folder}/none.yml", "--log.level=error"]
    command += [f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"]
    command += ["--storage.tsdb.retention.time=400d"]
    with native.running(command, folder, f"{url}/-/ready"):
        yield url
