"""One file being read: whole lines from its offset, and whether it still is the file it was."""

from msgspec import Struct

from eventdeck.tail.mark import BEHIND, HEAD, Mark, beginnings, digest, telling
from eventdeck.tail.source import Source

CHUNK = 65536  # bytes read at once; larger chunks fall out of the processor's cache
LONGEST_LINE = 262144  # bytes, without its newline; Promtail and Loki have the same limit


class ReplacedError(Exception):
    """The bytes before the offset are no longer what was read: truncated, or written anew."""


class Chunk(Struct):
    """Whole lines of one file, in order. `oversized` lines were skipped on the way."""

    data: bytes
    oversized: int = 0


class Followed:
    """A file and how far it was read. `mark` is what the state keeps of it."""

    def __init__(self, source: Source, mark: Mark, changed_at: float = 0.0) -> None:
        """Read `source` on from the mark, which the caller has found to match it."""
        self.source = source
        self.mark = mark
        self.changed_at = changed_at  # Unix seconds when a look last found something new about it
        self.closed = False
        self.failing = False  # whether the last read met an error
        self.start = source.read(0, HEAD)  # the first bytes, to know copies of the file
        self._behind = self._before(mark.offset)
        self._read_at: tuple[int, int] | None = None  # size and mtime when all of it was read

    @property
    def stale(self) -> bool:
        """Whether the file has changed since all of it was read."""
        return self._read_at != (self.mark.size, self.mark.modified)

    @property
    def lag(self) -> int:
        """Bytes that are there and were not read."""
        return max(0, self.mark.size - self.mark.offset)

    def take(self) -> Chunk | None:
        """Read the next whole lines; None when there are none. Raises ReplacedError, OSError."""
        if self.mark.skipping:
            return self._skip()
        data, back = self._next(CHUNK)
        end = data.rfind(b"\n", back) + 1
        if not end and len(data) - back >= CHUNK:
            data, back = self._next(LONGEST_LINE + 1)
            end = data.rfind(b"\n", back) + 1
            if not end and len(data) - back > LONGEST_LINE:
                self.mark.skipping = True
                self._advance(data, back, len(data))
                return Chunk(b"", oversized=1)
        if not end:
            return None
        self._advance(data, back, end)
        return Chunk(data[back:end])

    def take_unterminated(self) -> Chunk | None:
        """Read a last line that will never get its newline: the file is rotated and quiet."""
        data, back = self._next(LONGEST_LINE + 1)
        skipped, self.mark.skipping = self.mark.skipping, False
        self._advance(data, back, len(data))
        return None if skipped or len(data) == back else Chunk(data[back:])

    def intact(self) -> bool:
        """Whether the bytes before the offset are still those that were read. Raises OSError.

        Where nothing was read yet, those that were there when this was last asked.
        """
        if self.mark.offset:
            return self._before(self.mark.offset) == self._behind
        start = self.source.read(0, HEAD)
        if not start.startswith(telling(self.start)):
            return False
        self.start = start  # a copy made by now is to be known as one
        return True

    def rest(self) -> None:
        """Leave the file alone until it changes: all of it was read, as it was when looked at."""
        self._read_at = (self.mark.size, self.mark.modified)

    def wake(self) -> None:
        """Try again to read a file that was left alone."""
        self._read_at = None

    def renew(self) -> None:
        """Begin again at the first byte: the file was truncated. Raises OSError."""
        start = self.source.read(0, HEAD)
        old = self.mark
        self.mark = Mark(old.path, old.log, old.device, old.inode, rotated=old.rotated)
        self.start, self._behind = start, b""
        self.wake()

    def cut(self) -> None:
        """Go on behind what is left: only the end of the file was cut off, and it grows again."""
        size, _ = self.source.status()
        self.mark.offset = self.mark.size = size
        self.mark.skipping = False
        self.start = self.start[:size]
        self._behind = self._before(size)
        self.wake()

    def remember(self) -> Mark:
        """Bring the fingerprints up to date and return the mark. Touches no file."""
        mark = self.mark
        start = telling(read := self.start[: mark.offset or None])
        if mark.offset and not start and read.endswith(b"}"):
            start = read  # a last line without its newline; any less would tell no file from others
        mark.head_length, mark.head = len(start), digest(start)
        mark.lines = beginnings(start)
        mark.behind_length, mark.behind = len(self._behind), digest(self._behind)
        return mark

    def _before(self, offset: int) -> bytes:
        """The last bytes before an offset."""
        behind = min(offset, BEHIND)
        return self.source.read(offset - behind, behind)

    def _next(self, size: int) -> tuple[bytes, int]:
        """Bytes from the offset on, behind those that were read last, and how many these are."""
        back = len(self._behind)
        data = self.source.read(self.mark.offset - back, back + size)
        if not data.startswith(self._behind if self.mark.offset else telling(self.start)):
            raise ReplacedError
        return data, back

    def _advance(self, data: bytes, back: int, end: int) -> None:
        offset = self.mark.offset
        if offset < HEAD:  # what was read, not what was there when the file was opened
            self.start = self.start[:offset] + data[back:end][: HEAD - offset]
        self.mark.offset += end - back
        self._behind = data[max(0, end - BEHIND) : end]

    def _skip(self) -> Chunk | None:
        """Pass over the rest of a line that is too long."""
        data, back = self._next(CHUNK)
        if len(data) == back:
            return None
        end = data.find(b"\n", back) + 1
        self.mark.skipping = not end
        self._advance(data, back, end or len(data))
        return Chunk(b"")
