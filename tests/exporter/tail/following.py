"""An exporter that follows a log folder, and the oracle that knows what it has to count.

The oracle knows every line and where it is. A line need not be counted only if one of the limits
that the design names explains it: it was gone from the disk before it was read and saved.
"""

import shutil
import tempfile
from pathlib import Path

from eventdeck import app
from eventdeck.app import Exporter
from eventdeck.catalogue.load import load
from eventdeck.checkpoint import Checkpoint
from eventdeck.tail import follow
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.exporter.soak.counters import Watch
from tests.exporter.tail import weights
from tests.exporter.tail.log_folder import LONGEST_LINE, QUIET, Line, LogFolder, Stream

CHUNK, FOLD = follow.CHUNK, app._FOLD_EVERY  # noqa: SLF001  put back when a machine ends
TICK = 0.05  # seconds between two things that happen


class Following(RuleBasedStateMachine):
    """A log folder, an exporter, and what may happen to the exporter."""

    pattern = "app.jsonl"
    dated = False  # how rotated files are named
    chunk = CHUNK  # bytes read at once

    def __init__(self) -> None:
        """An empty place; the exporter is not running."""
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="eventdeck-"))
        self.log = LogFolder(self.place / "logs", dated=self.dated)
        follow.CHUNK, app._FOLD_EVERY = self.chunk, FOLD if self.chunk == CHUNK else 1  # noqa: SLF001
        catalogue = self.place / "events.yaml"
        catalogue.write_text(weights.CATALOGUE, encoding="utf-8")
        self.catalogue = load(catalogue)
        self.watch = Watch()
        self.exporter: Exporter | None = None
        self.saved = [0] * (weights.MOST + 1)
        self.history: list[Stream] = []  # rotated away before the first start: not to be read

    # What happens to it.

    @rule()
    def read(self) -> None:
        """It looks, and reads all there is."""
        if self.exporter:
            for _ in self.exporter.steps():
                pass
            self.looked()

    @rule(steps=st.integers(1, 5))
    def read_some(self, steps: int) -> None:
        """It looks, and reads a little."""
        if self.exporter:
            for _ in zip(range(steps), self.exporter.steps(), strict=False):
                pass
            self.looked()

    @rule()
    def scrape(self) -> None:
        """It is scraped."""
        if self.exporter and (body := self.exporter.scrape(openmetrics=False)):
            self.watch.see(body)
            assert not self.watch.backward
            self.looked()
            self.saved = weights.counted(self.exporter.tally)

    @rule()
    def keep(self) -> None:
        """It saves its state."""
        if self.exporter:
            assert self.exporter.keep()
            self.saved = weights.counted(self.exporter.tally)

    @precondition(lambda self: self.exporter)
    @rule()
    def crash(self) -> None:
        """It is killed."""
        if self.exporter:
            self.exporter.tail.close()
            self.exporter = None
            self.forget_undecided()
            for file in self.log.files:
                file.held = False
            self.log.removed.clear()
            self.excuse("removed before it was read and saved")

    @precondition(lambda self: self.exporter)
    @rule()
    def stop(self) -> None:
        """It ends in good order."""
        self.keep()
        self.crash()

    @precondition(lambda self: not self.exporter)
    @rule()
    def start(self) -> None:
        """It starts, and saves at once where it stands."""
        checkpoint = Checkpoint(str(self.place / "state"))
        self.exporter = Exporter(
            self.catalogue,
            [str(self.log.folder / self.pattern)],
            checkpoint,
            wall=self.wall,
            monotonic=self.wall,
        )
        self.looked()
        self.keep()

    # The oracle.

    def tick(self) -> None:
        """A moment passes."""
        self.log.wait(TICK)

    def wall(self) -> float:
        """The time."""
        return self.log.now

    def looked(self) -> None:
        """Note which files the exporter has open now; a rotated one until it is quiet."""
        if self.log.live:
            self.log.live.held = True
        for file in [*self.log.rotated, *self.log.removed]:
            file.held = file.held and self.log.now - file.modified < QUIET
            file.undecided = not file.held and not any(line.ended for line in file.stream.lines)
        self.log.removed = [file for file in self.log.removed if file.held]

    def excuse(self, limit: str) -> None:
        """Excuse lines that are nowhere any more, and that the exporter has not counted."""
        times = weights.counted(self.exporter.tally) if self.exporter else self.saved
        kept = [*self.log.files, *self.log.removed]
        for stream in self.log.streams:
            length = max((file.size for file in kept if file.stream is stream), default=0)
            for line in stream.lines:
                if not times[line.number] and line.end > length:
                    line.excuse = line.excuse or limit

    def forget_undecided(self) -> None:
        """Excuse rotated files that held no whole line yet: they are not in the state."""
        for file in self.log.rotated:
            if file.undecided:
                file.quiet = True
                for line in file.stream.lines:
                    line.excuse = line.excuse or "not yet told from a copy when it crashed"

    def must_count(self, line: Line) -> bool:
        """Whether nothing explains that a line is not counted."""
        return self.may_count(line) and not line.excuse and (line.ended or self.is_rotated(line))

    def may_count(self, line: Line) -> bool:
        """Whether a line is an event that the exporter has to count."""
        past = any(line in stream.lines for stream in self.history)
        whole = line.whole and line.number >= 0 and len(line.text) <= LONGEST_LINE
        return whole and not past

    def is_rotated(self, line: Line) -> bool:
        """Whether no newline can come any more, for its stream has been rotated away."""
        return not (self.log.live and line in self.log.live.stream.lines)

    def teardown(self) -> None:
        """In the end all that is there is read: compare."""
        try:
            if not self.exporter:
                self.start()
            self.log.create()  # without its log, a pattern cannot know a rotated file for one
            for _ in range(3):
                self.read()
                self.log.wait(QUIET + 1)
            self.scrape()
            self.compare()
        finally:
            if self.exporter:
                self.exporter.tail.close()
            shutil.rmtree(self.place)
            follow.CHUNK, app._FOLD_EVERY = CHUNK, FOLD  # noqa: SLF001

    def compare(self) -> None:
        """Every line counts once, or a limit explains it; no other line counts."""
        assert self.exporter
        times = weights.counted(self.exporter.tally)
        lines = self.log.lines()
        assert [n.number for n in lines if self.must_count(n) and not times[n.number]] == []
        assert [n.number for n in lines if times[n.number] > self.may_count(n)] == []
        gone = sum(n.end - n.start for n in lines if n.excuse and not times[n.number])
        assert self.exporter.tail.happened.bytes_lost <= gone
