"""Growth: the exporter with more files, and with more events."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import msgspec
from eventdeck.catalogue.load import load

from tests.bench import catalogues, log
from tests.bench.child import python, run
from tests.bench.read import Cost
from tests.bench.reading import exact
from tests.bench.served import served
from tests.bench.table import Growth

_SCRAPES = 100


class Growing:
    """Measures one size after another."""

    def __init__(
        self, folder: Path, lines: int, seconds: float, say: Callable[[str], None]
    ) -> None:
        self._folder, self._lines, self._seconds, self._say = folder, lines, seconds, say

    def measure(self, files: Sequence[int], events: Sequence[int]) -> list[Growth]:
        """So many files with the shipped catalogue, then one file with so many events."""
        by_files = [self._files(count) for count in files]
        return by_files + [self._events(count) for count in events]

    def _files(self, count: int) -> Growth:
        whole = log.write(self._folder / "whole.jsonl", load(catalogues.SHIPPED), self._lines)
        lines = Path(whole.path).read_bytes().splitlines(keepends=True)
        paths = [self._folder / f"part-{number}.jsonl" for number in range(count)]
        for number, path in enumerate(paths):
            path.write_bytes(b"".join(lines[number::count]))
        name = f"{count} file{'s' * (count > 1)}, 26 events"
        grown = self._measure(name, catalogues.SHIPPED, paths, whole)
        for path in paths:
            path.unlink()
        return grown

    def _events(self, count: int) -> Growth:
        catalogue = catalogues.of_size(count, self._folder)
        whole = log.write(self._folder / "whole.jsonl", load(catalogue), self._lines)
        name = f"1 file, {count:,} events"
        return self._measure(name, catalogue, [Path(whole.path)], whole)

    def _measure(self, name: str, catalogue: Path, paths: list[Path], whole: log.Log) -> Growth:
        self._say(f"growth: {name}")
        logs = [str(path) for path in paths]
        ended = run(python("tests.bench.read", "eventdeck", str(catalogue), *logs))
        cost = msgspec.json.decode(ended.output, type=Cost)
        exact("eventdeck", cost.events, whole)
        start = self._start(catalogue, paths)
        with served(catalogue, *logs) as exporter:
            exporter.first_answer()
            scrapes = []
            for _ in range(_SCRAPES):
                time.sleep(0.002)
                scrapes.append(exporter.scrape()[0])
            idle = exporter.share_of_core(self._seconds)
            peak = exporter.peak()
        per_second = whole.counted / cost.cpu / 1e6
        return Growth(name, start, peak, 1000 * median(scrapes), per_second, idle)

    def _start(self, catalogue: Path, paths: list[Path]) -> float:
        """Seconds to the first answer with files that hold nothing."""
        empty = [path.with_suffix(".empty") for path in paths]
        for path in empty:
            path.write_bytes(b"")
        with served(catalogue, *map(str, empty)) as exporter:
            took = exporter.first_answer()
        for path in empty:
            path.unlink()
        return took
