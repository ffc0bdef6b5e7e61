"""Bytes of a log file from a given offset, be it plain or compressed by gzip."""

import os
from typing import Protocol

from isal import isal_zlib  # three times as fast as zlib, which would be half of all work

_GZIP = b"\x1f\x8b"
# Larger steps are hardly faster, and what they take for a moment the process keeps: a megabyte.
_STEP = 16384  # bytes of compressed data taken at once
_MOST = 65536  # bytes decompressed at once: a few bytes may stand for many


class Source(Protocol):
    """What a file's content is read from. Offsets and sizes are those of uncompressed content."""

    def read(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes at `offset`; fewer, or none, at the end. Raises OSError."""

    def status(self) -> tuple[int, int]:
        """Bytes that are there to be read, as far as is known now, and mtime in nanoseconds."""

    def close(self) -> None:
        """Give the file back."""


Opened = tuple[str, Source, os.stat_result]  # under which path, and what the system says of it


class Plain:
    """A file as it is."""

    def __init__(self, fd: int) -> None:
        """Own `fd`."""
        self._fd = fd

    def read(self, offset: int, size: int) -> bytes:
        """Bytes at an offset."""
        return os.pread(self._fd, size, offset)

    def status(self) -> tuple[int, int]:
        """The file's size and mtime."""
        status = os.fstat(self._fd)
        return status.st_size, status.st_mtime_ns

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)


class Gzip:
    """A compressed file, read forwards; a step back begins again.

    A file that is still being written ends where its data ends for now; a damaged one, where it
    can no longer be read.
    """

    def __init__(self, fd: int) -> None:
        """Own `fd`."""
        self._fd = fd
        self._rewind()

    def read(self, offset: int, size: int) -> bytes:
        """Bytes of the uncompressed content at an offset."""
        if offset < self._start:
            self._rewind()
        while self._start + len(self._held) < offset + size:
            # What lies before the offset is dropped as it comes: memory stays flat.
            drop = min(offset - self._start, len(self._held))
            del self._held[:drop]
            self._start += drop
            if not self._more():
                break
        skip = offset - self._start
        return bytes(self._held[skip : skip + size]) if skip >= 0 else b""

    def status(self) -> tuple[int, int]:
        """Bytes of the content, as the file itself says until all are decompressed; mtime."""
        status = os.fstat(self._fd)
        size = self._start + len(self._held)
        if not self._damaged and (self._waiting or self._position < status.st_size):
            # A file of several parts, or one that is still being written, does not say it right.
            said = int.from_bytes(os.pread(self._fd, 4, max(0, status.st_size - 4)), "little")
            size = max(size + 1, said)
        return size, status.st_mtime_ns

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)

    def _rewind(self) -> None:
        self._position = 0  # in the compressed file
        self._start = 0  # offset of the first byte held
        self._held = bytearray()
        self._waiting = b""  # compressed bytes taken from the file, not yet decompressed
        self._inflate = isal_zlib.decompressobj(wbits=31)
        self._damaged = False

    def _more(self) -> bool:
        if self._damaged:
            return False
        if not self._waiting:
            self._waiting = os.pread(self._fd, _STEP, self._position)
            self._position += len(self._waiting)
            if not self._waiting:
                return False
        try:
            self._held += self._inflate.decompress(self._waiting, _MOST)
        except isal_zlib.error:  # type: ignore[misc]  # a class; its stub is wrong
            self._damaged = True
            return False
        self._waiting = self._inflate.unconsumed_tail
        if self._inflate.eof:  # one file may hold several compressed parts
            self._waiting = self._inflate.unused_data
            self._inflate = isal_zlib.decompressobj(wbits=31)
        return True


def open_source(path: str) -> tuple[Source, os.stat_result]:
    """Open a log file for reading, with what the system says of it. Raises OSError."""
    # Not blocking: a pipe in the place of a log must not hang the reader.
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        status = os.fstat(fd)
        compressed = os.pread(fd, 2, 0) == _GZIP
    except OSError:
        os.close(fd)
        raise
    return (Gzip(fd) if compressed else Plain(fd)), status
