"""The exporter: lines from the tail through the decoder into the tally, kept by checkpoints.

`step` reads on, from one thread. `scrape`, `live` and the rest may be called from any other; they
see offsets and counts that belong together, because both change under the same gate.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator

from eventdeck import own
from eventdeck.catalogue.model import Catalogue
from eventdeck.catch_up import CatchUp
from eventdeck.checkpoint import Checkpoint, encode
from eventdeck.count import Tally
from eventdeck.decode import Decoder
from eventdeck.expose import Exposition
from eventdeck.gate import Gate
from eventdeck.history import History
from eventdeck.skew import Skew
from eventdeck.state import State, gather, restore
from eventdeck.tail import Chunk, Tail

DRAIN = 0.010  # seconds that an answer may spend on lines that were written before it
_DRAINED = 4 << 20  # bytes; more cannot be read in that time, and whoever asks need not wait for it
CHECKPOINT_EVERY = 1.0  # seconds
_FOLD_EVERY = 32  # chunks: about 7,000 lines, so that what a series costs is paid rarely
_STEP = 4  # chunks, one millisecond: whoever wants to look waits no longer

log = logging.getLogger(__name__)


class Exporter:
    """One catalogue, one log, and everything that is known of them."""

    def __init__(
        self,
        catalogue: Catalogue,
        patterns: list[str],
        checkpoint: Checkpoint,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Load the state and find the files. Raises StateError."""
        self.catalogue = catalogue
        self.checkpoint = checkpoint
        self.gate = Gate()
        self.decoder = Decoder(catalogue)
        self.tally = Tally(catalogue)
        self.wall, self.monotonic = wall, monotonic
        self.started = wall()
        self._unfolded = 0  # chunks read since the last fold
        state = checkpoint.load() or State()
        if dropped := restore(state, self.tally, self.decoder):
            for sentence in dropped:
                log.warning("the catalogue has changed: %s", sentence)
            checkpoint.keep_copy()
        self.tail = Tail(patterns, state.marks, state.happened, wall)
        self.history = History(self._counts, monotonic)
        self.skew = Skew(catalogue.line.zone)
        self.catch_up = CatchUp(wall)
        self._texts = {form: Exposition(self.tally, openmetrics=form) for form in (True, False)}
        self.backlog = self.tail.lag  # bytes to be replayed before the first answer
        self._replayed_from = self.tail.happened.bytes_read
        self.ready = False
        self._caught_up_at = monotonic()
        self._saved_sequence = self._sequence = 0
        self._changes = self.tail.changes  # of the files, as of that sequence number
        self._current_at: float | None = None  # when the state was last known to be saved
        self._saving = threading.Lock()
        self.unsaved = threading.Event()  # set when there is something to keep
        self._finish_replay()

    # Reading.

    def steps(self) -> Iterator[bool]:
        """Look at the files and read what is new, in steps between which others may look.

        Yields whether something was read; ends when all is read.
        """
        with self.gate.read():
            self.history.tick()
            self.tail.look()
            self._note_changes()
            chunks = self.tail.chunks()
        read = 1
        while read:
            with self.gate.read():
                read = self._read(chunks, _STEP)
                self._finish_replay()
            yield bool(read)

    def _read(self, chunks: Iterator[Chunk], most: int, deadline: float | None = None) -> int:
        """Take up to `most` chunks, or those until the deadline, and say how many there were."""
        read = 0
        for chunk in chunks:
            self.decoder.rejected["too_long"] += chunk.oversized
            if chunk.data:
                self.tally.add(self.decoder.rows(chunk.data))
            read += 1
            self._unfolded += 1
            if self._unfolded >= _FOLD_EVERY:
                self._fold()
            if read >= most or (deadline is not None and self.monotonic() >= deadline):
                break
        if read:
            self._change()
        if not self.tail.lag:
            self._caught_up_at = self.monotonic()
        return read

    def _fold(self) -> None:
        """Bring the figures up to date with what was read: for whoever looks, and now and then."""
        if self._unfolded:
            self.tally.fold()
            self._unfolded = 0
            self.catch_up.note(self.tally.first, self.tally.latest, finished=not self.tail.lag)
            if not self.tail.lag:
                self.skew.compare(self.tally.latest, self.tail.files)

    def _finish_replay(self) -> None:
        if self.ready:
            return
        if self.replayed >= self.backlog or not self.tail.unread:
            self.history.begin()
            self.ready = True

    @property
    def replayed(self) -> int:
        """Bytes read since the start."""
        return self.tail.happened.bytes_read - self._replayed_from

    # Answers.

    def scrape(self, *, openmetrics: bool) -> bytes | None:
        """All series as text, up to date with what was written before; None during the replay."""
        with self.gate.visit():
            if not self.ready:
                return None
            self.refresh()
            text = self._texts[openmetrics]
            body = text.render(own.families(self.figures(), text))
            data, sequence = self._encode()
        self._save(data, sequence, durable=False)
        return body

    def refresh(self) -> None:
        """Count what was written before now, for a bounded time; beyond that the lag says so.

        Call it within the gate, before looking at any figure.
        """
        if self.ready:
            self.tail.look()
            if self.tail.lag <= _DRAINED:
                self._read(self.tail.chunks(), 1_000_000, self.monotonic() + DRAIN)
        self._fold()

    def figures(self) -> own.Figures:
        """What the exporter knows of itself. Call it within the gate."""
        happened, tally = self.tail.happened, self.tally
        outcomes = {
            "counted": sum(event.total.value for event in tally.events.values()),
            "unknown": tally.unknown.total.value,
            **self.decoder.rejected,
            "blank": self.decoder.blank,
        }
        age = None if self._current_at is None else max(0.0, self.monotonic() - self._current_at)
        return own.Figures(
            outcomes=outcomes,
            bytes_read=happened.bytes_read,
            bytes_lost=happened.bytes_lost,
            files_lost=happened.files_lost,
            rotations=happened.rotations,
            truncations=happened.truncations,
            files=self.tail.states(),
            lag_bytes=self.tail.lag,
            lag_seconds=self.lag_seconds,
            skew_seconds=self.skew.seconds,
            caught_up_at=self.catch_up.at,
            checkpoint_age=0.0 if self._is_saved() else age,
            checkpoint_failures=self.checkpoint.failures,
            unknown_names=len(tally.names.counts),
            tests=tally.tests,
            application=self.catalogue.application,
            namespace=self.catalogue.namespace,
            catalogue=self.catalogue.digest,
        )

    @property
    def since(self) -> float | None:
        """When the oldest line that was counted happened, Unix seconds."""
        tallies = (*self.tally.events.values(), self.tally.unknown)
        return min((t.total.created for t in tallies if t.total.created is not None), default=None)

    @property
    def lag_seconds(self) -> float:
        """Time since all that was written had been read; 0 when it has."""
        return max(0.0, self.monotonic() - self._caught_up_at) if self.tail.lag else 0.0

    # Keeping.

    def keep(self, *, durable: bool = True) -> bool:
        """Save the state if it has changed; False when the disk refused."""
        with self.gate.visit():
            data, sequence = self._encode()
            self.unsaved.clear()
        return self._save(data, sequence, durable=durable)

    def _note_changes(self) -> None:
        """A rotation or a loss is to be kept, though no line was read."""
        if self._changes != self.tail.changes:
            self._changes = self.tail.changes
            self._change()

    def _change(self) -> None:
        """There is something to keep; until now the state on disk may have held all there was."""
        if self._is_saved():
            self._current_at = self.monotonic()
        self._sequence += 1
        self.unsaved.set()

    def _is_saved(self) -> bool:
        """Whether the state on disk holds all there is."""
        return self._sequence == self._saved_sequence and self._current_at is not None

    def _encode(self) -> tuple[bytes, int]:
        self._note_changes()
        if self._is_saved():
            return b"", self._sequence
        self._fold()
        state = gather(self.tally, self.decoder, self.tail.happened, self.tail.marks())
        state.catalogue = self.catalogue.digest
        return encode(state), self._sequence

    def _save(self, data: bytes, sequence: int, *, durable: bool) -> bool:
        if not data:
            return True
        if not self.checkpoint.save(data, sequence, durable=durable):
            return False
        with self._saving:
            if durable:
                self._saved_sequence = max(self._saved_sequence, sequence)
            self._current_at = self.monotonic()
        return True

    def _counts(self) -> list[int]:
        self._fold()
        return [event.total.value for event in self.tally.events.values()]
