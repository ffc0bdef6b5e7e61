"""kill -9 at random moments, with a writer and rotation going on; every line counts once.

The exporter is killed while it starts, catches up, counts, answers or saves: the moments are drawn
from a seed. Scrapes go on all the time. In the end each counter must equal what was written, and no
scrape may have seen one below an earlier scrape.
"""

import random
import threading
import time
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.exporter.soak.counters import Watch
from tests.exporter.soak.process import Exporter, Writer, wait_for

SHORTEST, LONGEST = 0.02, 1.6  # seconds from the start of listening to the kill
EVERY = 1.0  # seconds between two rotations, between half and twice
LONGEST_PAUSE = 0.5  # seconds between a kill and the next start
BETWEEN_SCRAPES = 0.02  # seconds


class Result(Struct):
    """What a soak ended with. `wrong` holds a sentence for each claim that does not hold."""

    rotate: str
    seed: int
    kills: int
    seconds: float
    scrapes: int
    written: dict[str, Any]
    wrong: list[str]

    def __str__(self) -> str:
        """One line for people, then one for each thing that is wrong."""
        lines = sum(self.written["lines"].values())
        summary = (
            f"kill -9, rotation by {self.rotate}, seed {self.seed}: {self.kills} kills in "
            f"{self.seconds:.0f} s, {lines} lines, {self.written['rotations']} rotations, "
            f"{self.scrapes} scrapes: {'exact' if not self.wrong else 'WRONG'}"
        )
        return "\n  ".join([summary, *self.wrong])


def soak(folder: Path, *, kills: int, seed: int, rotate: str, rate: float = 5000) -> Result:
    """Kill an exporter `kills` times in an empty folder, and compare its counts in the end."""
    (folder / "logs").mkdir(parents=True)
    exporter, watch = Exporter(folder), Watch()
    begun = time.monotonic()
    writer = Writer(folder / "logs" / "app.jsonl", rate=rate, rotate=rotate, every=EVERY, seed=seed)
    try:
        _kill_again_and_again(exporter, watch, kills, random.Random(seed))  # noqa: S311
        written = writer.stop()
        settle(exporter, watch)
    finally:
        exporter.kill()
    wrong = [*watch.backward[:20], *differences(watch.values, written), *exporter.errors()[:20]]
    seconds = time.monotonic() - begun
    return Result(rotate, seed, kills, seconds, watch.scrapes, written, wrong)


def differences(values: dict[str, float], written: dict[str, Any]) -> list[str]:
    """Compare every figure that is known beforehand; a sentence for each that differs."""
    expected = {f'soak_events_total{{event="{name}"}}': n for name, n in written["lines"].items()}
    ended = [f'soak_job_ended_total{{outcome="{o}"}}' for o in ("good", "bad", "_other")]
    expected |= {
        "soak_job_ended_duration_seconds_sum": written["sums"]["duration_seconds"],
        "soak_job_ended_duration_seconds_count": written["lines"]["job.ended"],
        "soak_page_viewed_number_sum": written["sums"]["number"],
        "soak_page_viewed_number_count": written["lines"]["page.viewed"],
        "eventdeck_bytes_read_total": written["bytes"],
        "eventdeck_bytes_lost_total": 0,
        "eventdeck_files_lost_total": 0,
        'eventdeck_lines_total{outcome="not_json"}': 0,
    }
    found = values | {"job.ended by outcome": sum(values.get(series, 0) for series in ended)}
    expected["job.ended by outcome"] = written["lines"]["job.ended"]
    return [
        f"{series}: {found.get(series)} instead of {n}"
        for series, n in expected.items()
        if found.get(series) != n
    ]


def settle(exporter: Exporter, watch: Watch) -> None:
    """Scrape until the exporter has read all there is."""
    exporter.start()

    def all_is_read() -> bool:
        body = exporter.scrape()
        if body is not None:
            watch.see(body)
        return body is not None and b"\neventdeck_lag_bytes 0\n" in body

    wait_for(all_is_read, "the exporter to read the rest")


def _kill_again_and_again(
    exporter: Exporter, watch: Watch, kills: int, chance: random.Random
) -> None:
    for _ in range(kills):
        exporter.start()
        done = threading.Event()
        scraper = threading.Thread(target=_scrape, args=(exporter, watch, done))
        scraper.start()
        # The shorter moments lie in the replay and in the first saves.
        time.sleep(SHORTEST * (LONGEST / SHORTEST) ** chance.random())
        exporter.kill()
        done.set()
        scraper.join()
        time.sleep(chance.uniform(0, LONGEST_PAUSE))


def _scrape(exporter: Exporter, watch: Watch, done: threading.Event) -> None:
    while not done.is_set():
        body = exporter.scrape()
        if body is not None:
            watch.see(body)
        done.wait(BETWEEN_SCRAPES)
