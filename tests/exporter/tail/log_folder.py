"""A log folder in which anything may happen, and the account of every line that was written.

Everything is done to real files; only their times of change are set, by a clock that the test
holds. A `Stream` is what one file held from its creation, or from a truncation, on.
"""

import gzip
import os
import shutil
from pathlib import Path

from tests.exporter.tail import weights

QUIET = 5.0  # seconds after which a rotated file gets no more lines: the exporter's promise
LONGEST_LINE = 262144  # bytes: longer lines are not counted


class Line:
    """A line, from where its first byte is in a stream. A number below 0: it is no event."""

    def __init__(self, number: int, start: int, text: bytes) -> None:
        """Begin a line of which nothing is written yet."""
        self.number = number
        self.start = start
        self.text = text
        self.end = start  # of what is written, newline included
        self.ended = False  # whether its newline is written
        self.excuse = ""  # the limit that explains it, should it not be counted

    @property
    def whole(self) -> bool:
        """Whether all of its text is there."""
        return self.end - self.start >= len(self.text)


class Stream:
    """Bytes that were appended to one file in one life."""

    def __init__(self) -> None:
        """Begin empty."""
        self.lines: list[Line] = []
        self.size = 0


class File:
    """A file on disk: the first `size` bytes of a stream."""

    def __init__(self, path: Path, stream: Stream, modified: float) -> None:
        """A file that is there."""
        self.path = path
        self.stream = stream
        self.size = stream.size
        self.modified = modified
        self.copied = False  # made by a copy, so that no writer has it open
        self.held = False  # open in the exporter
        self.undecided = False  # rotated, and without a whole line when the exporter met it
        self.quiet = False  # was once rotated and without a new line for so long that it ended

    @property
    def packed(self) -> bool:
        """Whether it is compressed."""
        return self.path.suffix == ".gz"


class LogFolder:
    """The folder. Its clock stands still until `wait`.

    Rotated files are numbered, the youngest `.1`, or `dated`: then their names stay.
    """

    def __init__(self, folder: Path, *, dated: bool) -> None:
        """Make the folder, without a log."""
        self.folder = folder
        self.dated = dated
        self.folder.mkdir()
        self.now = 1_800_000_000.0
        self.live: File | None = None
        self.rotated: list[File] = []  # youngest first: .1, .2 …
        self.removed: list[File] = []  # gone, but open in the exporter
        self.streams: list[Stream] = []
        self.written = 0
        self.owed = b""  # what a writer has still to write of a line whose start was truncated

    @property
    def path(self) -> Path:
        """The path that the application opens."""
        return self.folder / "app.jsonl"

    @property
    def files(self) -> list[File]:
        """Every file that is there."""
        return ([self.live] if self.live else []) + self.rotated

    def lines(self) -> list[Line]:
        """Every line ever written, also in part."""
        return [line for stream in self.streams for line in stream.lines]

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    # What a writer does.

    def create(self) -> File:
        """Open the log, as a writer does at its start."""
        if self.live is None:
            self.path.touch()
            self.live = File(self.path, self._stream(), self.now)
            self._stamp(self.live)
        return self.live

    def append(
        self, file: File, *, padding: int = 0, part: float = 1.0, newline: bool = True
    ) -> None:
        """Append a line, or the given part of it; what was left of the last one goes before it."""
        self.finish(file)
        if file is self.live and self.owed:
            self._begin(file, -1, self.owed, self.owed)
            self.finish(file)
            self.owed = b""
        if self.written == weights.MOST:
            return
        text = weights.line(self.written, padding)
        self.written += 1
        self._begin(file, self.written - 1, text, text[: max(1, int(len(text) * part))])
        if newline:
            self.finish(file)

    def finish(self, file: File) -> None:
        """Write what the last line still lacks."""
        if file.stream.lines and not (line := file.stream.lines[-1]).ended:
            self._write(file, line, line.text[line.end - line.start :] + b"\n")
            line.ended = True

    def _begin(self, file: File, number: int, text: bytes, data: bytes) -> None:
        line = Line(number, file.stream.size, text)
        file.stream.lines.append(line)
        self._write(file, line, data)

    def _write(self, file: File, line: Line, data: bytes) -> None:
        file.quiet |= file is not self.live and self.now - file.modified >= QUIET
        if file.quiet:
            line.excuse = "written to a rotated file that had been quiet"
        with file.path.open("ab") as opened:
            opened.write(data)
        line.end += len(data)
        file.stream.size = file.size = line.end
        file.modified = self.now
        self._stamp(file)

    # What a rotation does.

    def rename(self) -> None:
        """Move all names up by one, the log to `.1`."""
        if self.live is None:
            return
        self._move_up()
        path = self._first_name()
        self.path.rename(path)
        self.live.path = path
        self.rotated.insert(0, self.live)
        self.live, self.owed = None, b""

    def copy(self) -> None:
        """Copy the log to `.1`, the first half of `copytruncate`."""
        if self.live is None:
            return
        self._move_up()
        copy = File(self._first_name(), self.live.stream, self.now)
        copy.copied = True
        shutil.copyfile(self.path, copy.path)
        self._stamp(copy)
        self.rotated.insert(0, copy)

    def truncate(self) -> None:
        """Empty the log."""
        if self.live is None:
            return
        os.truncate(self.path, 0)
        if (lines := self.live.stream.lines) and not lines[-1].ended:
            self.owed = lines[-1].text[lines[-1].end - lines[-1].start :]
        self.live.stream, self.live.size = self._stream(), 0
        self.live.modified = self.now
        self._stamp(self.live)

    def pack(self, file: File) -> Path:
        """Compress a rotated file beside itself; return what is then to be removed."""
        old = file.path
        packed = Path(f"{old}.gz")
        packed.write_bytes(gzip.compress(old.read_bytes(), 1))
        file.path = packed
        self._stamp(file)
        if file.held:  # the open one is another file from now on
            self.removed.append(gone := File(old, file.stream, file.modified))
            gone.held, file.held = True, False
        file.copied = True
        return old

    def remove(self, file: File) -> None:
        """Remove a file."""
        file.path.unlink()
        self._forget(file)

    def recreate(self) -> None:
        """Remove the folder and make it anew."""
        shutil.rmtree(self.folder)
        for file in self.files:
            self._forget(file)
        self.folder.mkdir()

    def _forget(self, file: File) -> None:
        if file is self.live:
            self.live, self.owed = None, b""
        else:
            self.rotated.remove(file)
        if file.held:
            self.removed.append(file)

    def back_up(self) -> None:
        """Copy the log as a person does before a change: once, to a name that stays."""
        copy = Path(f"{self.path}.bak")
        if self.live and not copy.exists():
            shutil.copyfile(self.path, copy)
            os.utime(copy, (self.now, self.now))

    def _first_name(self) -> Path:
        if not self.dated:
            return Path(f"{self.path}.1")
        return Path(f"{self.path}-2026-{len(self.streams):05}-{int(self.now * 100) % 10**8:08}")

    def _move_up(self) -> None:
        if self.dated:
            return
        for number in range(len(self.rotated), 0, -1):
            self._move(self.rotated[number - 1], number + 1)

    def _move(self, file: File, number: int) -> None:
        path = Path(f"{self.path}.{number}{'.gz' if file.packed else ''}")
        file.path.rename(path)
        file.path = path

    def _stream(self) -> Stream:
        self.streams.append(Stream())
        return self.streams[-1]

    def _stamp(self, file: File) -> None:
        nanoseconds = int(file.modified * 1e9)
        os.utime(file.path, ns=(nanoseconds, nanoseconds))
