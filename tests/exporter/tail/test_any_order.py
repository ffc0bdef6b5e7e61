"""Whatever happens to a log, in whatever order, each line counts once, and no value steps back.

Hypothesis makes up the order, the same ones in each run. To try many others:
EVENTDECK_PROPERTY=2000 make test ARGS=tests/exporter/tail
"""

import os

from eventdeck.tail.mark import HEAD
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.exporter.tail.following import Following
from tests.exporter.tail.log_folder import LONGEST_LINE

EXAMPLES = int(os.environ.get("EVENTDECK_PROPERTY", "150"))

paddings = st.sampled_from([0, 0, 0, 0, 300, 1500, 70_000])


class AnyOrder(Following):
    """What may happen to a log."""

    @initialize(rotations=st.integers(0, 2), lines=st.integers(0, 3))
    def first_start(self, rotations: int, lines: int) -> None:
        """Start for the first time, on a log that may have a past."""
        for _ in range(rotations):
            self.append(1, 0)
            self.rename(create=False)
        if "*" not in self.pattern:
            self.history = [file.stream for file in self.log.rotated]
        for _ in range(lines):
            self.append(1, 0)
        self.start()

    # The writer.

    @rule(lines=st.integers(1, 4), padding=paddings)
    def append(self, lines: int, padding: int) -> None:
        """Whole lines."""
        for _ in range(lines):
            self.log.append(self.log.create(), padding=padding)
        self.tick()

    @rule(part=st.sampled_from([0.0, 0.5, 0.9, 1.0]), padding=paddings)
    def append_part(self, part: float, padding: int) -> None:
        """A line without its newline, and perhaps without its end."""
        self.log.append(self.log.create(), padding=padding, part=part, newline=False)
        self.tick()

    @rule()
    def append_too_long(self) -> None:
        """A line that is longer than any may be."""
        self.log.append(self.log.create(), padding=LONGEST_LINE)
        self.tick()

    @rule()
    def append_to_old(self) -> None:
        """A writer that keeps the old file after a rename."""
        for file in self.log.rotated[:1]:
            if not file.copied:
                self.log.append(file)
        self.tick()

    @rule()
    def create(self) -> None:
        """A writer starts, and writes nothing yet."""
        self.log.create()
        self.tick()

    # The rotation.

    @rule(create=st.booleans())
    def rename(self, create: bool) -> None:
        """Rotation by rename."""
        self.log.rename()
        if create:
            self.log.create()
        self.tick()

    @rule(late=st.integers(0, 2), looks=st.booleans())
    def copytruncate(self, late: int, looks: bool) -> None:
        """Rotation by copy; `late` lines come between its halves."""
        self.log.copy()
        self.tick()
        for _ in range(late if self.log.live else 0):
            self.append(1, 0)
        if looks:
            self.read()
        self.truncate()

    @rule(spared=st.integers(0, 2))
    def empty(self, spared: int) -> None:
        """The log is emptied, now and then."""
        if not spared:
            self.truncate()

    def truncate(self) -> None:
        """The log is emptied."""
        self.log.truncate()
        self.excuse("truncated before it was read")
        self.tick()

    @rule(place=st.integers(0, 3), looks=st.booleans())
    def compress(self, place: int, looks: bool) -> None:
        """A rotated file is compressed; the exporter may look before the plain one is removed."""
        plain = [file for file in self.log.rotated if not file.packed]
        for file in plain[place : place + 1]:
            old = self.log.pack(file)
            self.tick()
            if looks:
                self.read()
            old.unlink()
            self.excuse("removed before it was read")
        self.tick()

    @rule(spared=st.integers(0, 5))
    def remove(self, spared: int) -> None:
        """The oldest rotated file is removed, or the log itself, or all with the folder."""
        match spared:
            case 0:
                self.log.recreate()
            case 1 if self.log.live:
                self.log.remove(self.log.live)
            case 2 if self.log.rotated:
                self.log.remove(self.log.rotated[-1])
        self.excuse("removed before it was read")
        self.tick()

    @rule()
    def back_up(self) -> None:
        """Somebody copies the log for himself."""
        self.log.back_up()
        self.tick()

    @rule(seconds=st.sampled_from([0.5, 4.0, 6.0]))
    def wait(self, seconds: float) -> None:
        """Nothing happens."""
        self.log.wait(seconds)


class AnyOrderByGlob(AnyOrder):
    """The same for a pattern that names the rotated files as well."""

    pattern = "app.jsonl*"


class AnyOrderInBits(AnyOrder):
    """The same, when a file is read in many small pieces, with other looks in between."""

    chunk = HEAD  # the smallest that may be


class AnyOrderDated(AnyOrder):
    """The same, when rotated files have a date in their names that stays."""

    pattern = "app.jsonl*"
    dated = True
    chunk = HEAD  # the smallest that may be


PROFILE = settings(
    max_examples=EXAMPLES,
    stateful_step_count=40,
    derandomize="EVENTDECK_PROPERTY" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestAnyOrderInBits = AnyOrderInBits.TestCase
TestAnyOrderInBits.settings = PROFILE
TestAnyOrderDated = AnyOrderDated.TestCase
TestAnyOrderDated.settings = PROFILE
TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = PROFILE
TestAnyOrderByGlob = AnyOrderByGlob.TestCase
TestAnyOrderByGlob.settings = PROFILE
