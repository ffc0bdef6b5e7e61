"""Logs against a catalogue: every line is read, and what deviates is found."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from msgspec import Struct, field

from eventdeck.catalogue.model import TEST, Catalogue
from eventdeck.check import privacy
from eventdeck.check.conform import Conform
from eventdeck.check.finding import Finding, Findings, Topic
from eventdeck.check.lines import Log
from eventdeck.check.moment import Moments
from eventdeck.check.record import Block, Reader
from eventdeck.decode import REASONS

_MOST_NAMES = 100  # of undocumented events that are told one by one
_BATCH = 16  # pieces looked at together: about 3,500 lines

Progress = Callable[[int], object]  # takes the bytes that were read since


class Summary(Struct):
    """What the logs hold; lines are counted as the exporter counts them."""

    catalogue: str
    application: str
    logs: list[str]
    counted: int = 0  # lines of documented events
    unknown: int = 0  # lines of other events
    rejected: int = 0
    blank: int = 0
    events: dict[str, int] = field(default_factory=dict)  # every documented event
    findings: list[Finding] = field(default_factory=list)


class Survey:
    """Reads one log after another."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Begin with nothing read."""
        self._catalogue = catalogue
        self._findings = Findings()
        self._conform = Conform(catalogue, self._findings)
        self._reader = Reader(catalogue, self._reject, self._meet_stranger)
        self._counts: Counter[str] = Counter()
        self._strangers: Counter[str] = Counter()
        self._rejected = 0
        self._logs: list[str] = []

    def read(self, log: Log, progress: Progress) -> None:
        """Read a log to its end. Raises UnreadableError."""
        self._logs.append(log.name)
        self._findings.log = log.name
        moments = Moments(self._catalogue.line, self._findings)
        batch: list[Block] = []
        line = 1
        for piece in log.pieces():
            progress(piece.taken)
            if piece.too_long:
                self._reject("too_long", line)
                line += 1
                continue
            batch.append(self._reader.read(piece.data, line))
            line = batch[-1].following
            if len(batch) == _BATCH:
                self._look(batch, moments)
                batch.clear()
        self._look(batch, moments)
        if log.modified is not None:
            moments.compare(log.modified)

    def summary(self) -> Summary:
        """Everything found in the logs that were read; call it once, after the last one."""
        events = {event.name: self._counts.pop(event.name, 0) for event in self._catalogue.events}
        for name, count in events.items():
            if not count:
                self._findings.add(Topic("never_seen", name), {}, tuple)
        return Summary(
            catalogue=self._catalogue.source,
            application=self._catalogue.application,
            logs=self._logs,
            counted=sum(events.values()),
            unknown=self._counts.total() + self._strangers.total(),
            rejected=self._rejected,
            blank=self._reader.blank,
            events=events,
            findings=self._findings.all(),
        )

    def _look(self, batch: list[Block], moments: Moments) -> None:
        waiting: dict[type[Any], list[Any]] = {}
        for block in batch:
            for record in block.records:
                try:
                    waiting[type(record)].append(record)
                except KeyError:
                    waiting[type(record)] = [record]
            moments.follow(block.records, block.numbers)
        for kind, records in waiting.items():
            self._counts[kind.name] += len(records)
            self._conform.check(kind, records, _Lines(kind, batch))

    def _reject(self, reason: str, line: int) -> None:
        self._rejected += 1
        self._findings.add(Topic("rejected", reason=reason), {REASONS[reason]: 1}, lambda: [line])

    def _meet_stranger(self, name: str, line: int) -> None:
        """Count an event that has no record type; a log may hold millions of such names."""
        if name == TEST:  # of the installation, not of the application
            return
        name = privacy.shown_name(name)
        if name not in self._strangers and len(self._strangers) >= _MOST_NAMES:
            name = "(more names)"
        self._strangers[name] += 1
        self._findings.add(Topic("unknown_event", name), {"": 1}, lambda: [line])


class _Lines:
    """The line numbers of one type's records in a batch, worked out when they are asked for."""

    def __init__(self, kind: type[Any], batch: list[Block]) -> None:
        self._kind, self._batch = kind, batch
        self._numbers: list[int] | None = None

    def __call__(self) -> list[int]:
        if self._numbers is None:
            self._numbers = [
                number
                for block in self._batch
                for record, number in zip(block.records, block.numbers, strict=True)
                if type(record) is self._kind
            ]
        return self._numbers
