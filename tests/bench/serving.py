"""Latency: from the start to an exact answer, scrapes idle and busy, and what idling costs."""

import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from tests.bench import catalogues, mtail
from tests.bench.log import Log, Logs
from tests.bench.reading import exact
from tests.bench.served import Served, fill, served
from tests.bench.table import Quantity

_PER_SECOND = 2000  # events that a writer adds while the exporter has nothing else to do
_TICK = 0.01  # seconds between two of its writes
_SCRAPES = 10  # a second, while catching up

Say = Callable[[str], None]


class Serving:
    """Measures a served exporter; `seconds` is how long it watches one that has nothing to do."""

    def __init__(
        self, logs: Logs, folder: Path, seconds: float, repetitions: int, say: Say
    ) -> None:
        self._logs, self._folder, self._say = logs, folder, say
        self._seconds, self._repetitions = seconds, repetitions
        self._peaks: list[float] = []

    def measure(self) -> list[Quantity]:
        """Everything, one after the other."""
        return [
            *self._starts(),
            *self._idle(),
            *self._catching_up(),
            Quantity("peak memory while serving", max(self._peaks), "MB", "at most", 32),
        ]

    def _starts(self) -> list[Quantity]:
        plain, gzip, nothing, beside = [], [], [], []
        empty = self._empty("empty.jsonl")
        for turn in range(self._repetitions):
            self._say(f"process start to exact /metrics, turn {turn + 1} of {self._repetitions}")
            plain.append(self._start(self._logs.plain))
            gzip.append(self._start(self._logs.compressed))
            nothing.append(self._start(None, empty))
            if mtail.path():
                ended, events = mtail.count(mtail.counting(), self._logs.plain.path, self._folder)
                exact("mtail", events, self._logs.plain)
                beside.append(ended.wall)
        return self._start_quantities(
            median(plain), median(gzip), median(nothing), median(beside) if beside else None
        )

    def _start_quantities(
        self, plain: float, gzip: float, nothing: float, beside: float | None
    ) -> list[Quantity]:
        scale = self._logs.plain.lines / 2_000_000
        return [
            Quantity("start to exact /metrics", plain, "s"),
            Quantity(
                "the same against mtail's count by event",
                plain / beside if beside else None,
                "of mtail's time",
                "at most",
                0.27,
                "" if beside is None else f"mtail --one_shot: {beside:.2f} s",
            ),
            Quantity("start to exact /metrics, gzip", gzip, "s", "at most", 2 * scale),
            Quantity(
                "gzip against mtail's count by event, plain",
                gzip / beside if beside else None,
                "of mtail's time",
                "at most",
                0.42,
                "2 s where mtail takes 4.8 s",
            ),
            Quantity("start to first answer, no backlog", nothing, "s", "at most", 0.3),
        ]

    def _start(self, log: Log | None, path: Path | None = None) -> float:
        with served(catalogues.SHIPPED, log.path if log else str(path)) as exporter:
            took = exporter.first_answer()
            if log:
                exact("eventdeck serve", exporter.scrape()[1], log)
            self._peaks.append(exporter.peak())
        return took

    def _idle(self) -> list[Quantity]:
        path = self._empty("followed.jsonl")
        some = _lines(self._logs.plain, 20_000)
        path.write_bytes(b"".join(some))
        with served(catalogues.SHIPPED, str(path)) as exporter:
            exporter.first_answer()
            self._say("scrapes of an idle exporter")
            scrapes = [_paused(exporter) for _ in range(300)]
            series = sum(line[:1] not in b"#" for line in exporter.get("/metrics")[1].splitlines())
            self._say("write to visible")
            seen, on_page = self._visible(exporter, path, some)
            self._say(f"idle CPU, {self._seconds:g} s")
            idle = exporter.share_of_core(self._seconds)
            self._say(f"CPU at {_PER_SECOND:,} events a second, {self._seconds:g} s")
            busy = self._at_rate(exporter, path, some)
            self._peaks.append(exporter.peak())
        p50, p99 = _p50_p99(scrapes)
        note = f"{series} series"
        return [
            Quantity("scrape, idle, p50", p50, "ms", "at most", 1, note),
            Quantity("scrape, idle, p99", p99, "ms", "at most", 3, note),
            Quantity("in the scrape that follows the write", seen, "%", "at least", 100),
            Quantity("write to visible on the page", on_page, "s", "at most", 1),
            Quantity("idle CPU", idle, "%", "at most", 0.2),
            Quantity(f"CPU at {_PER_SECOND:,} events/s", busy, "%", "at most", 0.6),
        ]

    def _visible(self, exporter: Served, path: Path, lines: list[bytes]) -> tuple[float, float]:
        """Percent of writes that the next scrape had, and seconds until the page had one."""
        hits, trials = 0, 50
        expected = sum(exporter.scrape()[1].values())
        with path.open("ab", buffering=0) as file:
            for line in lines[:trials]:
                file.write(line)
                expected += 1
                hits += sum(exporter.scrape()[1].values()) == expected
            file.write(lines[0])
            wrote = time.perf_counter()
            while _on_page(exporter) <= expected:
                time.sleep(0.005)
        return 100 * hits / trials, time.perf_counter() - wrote

    def _at_rate(self, exporter: Served, path: Path, lines: list[bytes]) -> float:
        step = int(_PER_SECOND * _TICK)
        before, began = exporter.cpu(), time.perf_counter()
        with path.open("ab", buffering=0) as file:
            for tick in itertools.count(1):
                file.write(b"".join(lines[:step]))
                time.sleep(max(0.0, began + tick * _TICK - time.perf_counter()))
                if time.perf_counter() - began >= self._seconds:
                    break
        return 100 * (exporter.cpu() - before) / (time.perf_counter() - began)

    def _catching_up(self) -> list[Quantity]:
        self._say("catching up on what was written after the start")
        undisturbed, disturbed = [], []
        scrapes: list[float] = []
        for _ in range(self._repetitions):
            undisturbed.append(self._ingest(None))
            disturbed.append(self._ingest(scrapes))
        p50, p99 = _p50_p99(scrapes)
        share = 100 * median(undisturbed) / median(disturbed)
        note = f"{len(scrapes)} scrapes, {_SCRAPES} a second"
        return [
            Quantity("scrape, catching up, p50", p50, "ms", note=note),
            Quantity("scrape, catching up, p99", p99, "ms", "at most", 25, note),
            Quantity("ingest while scraped", share, "% of undisturbed", "at least", 80),
        ]

    def _ingest(self, scrapes: list[float] | None) -> float:
        """Seconds that the exporter takes for all lines, appended while it runs."""
        plain = self._logs.plain
        path = self._empty("appended.jsonl")
        with served(catalogues.SHIPPED, str(path)) as exporter:
            exporter.first_answer()
            before = exporter.bytes_read()
            began = time.perf_counter()
            fill(path, plain.path, plain.size)
            due = began
            while exporter.bytes_read() - before < plain.size:
                if scrapes is not None and time.perf_counter() >= due:
                    scrapes.append(exporter.scrape()[0])
                    due += 1 / _SCRAPES
                time.sleep(0.002)
            took = time.perf_counter() - began
            while sum(exporter.scrape()[1].values()) < plain.counted:
                time.sleep(0.05)
            exact("eventdeck serve", exporter.scrape()[1], plain)
            self._peaks.append(exporter.peak())
        path.unlink()
        return took

    def _empty(self, name: str) -> Path:
        path = self._folder / name
        path.write_bytes(b"")
        return path


def _paused(exporter: Served) -> float:
    time.sleep(0.005)
    return exporter.scrape()[0]


def _p50_p99(seconds: list[float]) -> tuple[float, float] | tuple[None, None]:
    """Milliseconds; nothing of fewer than two."""
    if len(seconds) < 2:
        return None, None
    cuts = quantiles(seconds, n=100, method="inclusive")
    return 1000 * cuts[49], 1000 * cuts[98]


def _on_page(exporter: Served) -> int:
    figures = json.loads(exporter.get("/live.json")[1])
    counted: int = figures["lines"]["counted"]
    return counted


def _lines(log: Log, count: int) -> list[bytes]:
    with open(log.path, "rb") as file:
        return list(itertools.islice(file, count))
