"""A log as pieces of whole lines: a file, a compressed one, or standard input."""

import os
import sys
from collections.abc import Iterator
from typing import BinaryIO

from isal import isal_zlib
from msgspec import Struct

from eventdeck.tail.follow import LONGEST_LINE

STDIN = "-"
_CHUNK = 65536  # bytes; larger pieces fall out of the processor's cache
_GZIP = b"\x1f\x8b"


class UnreadableError(Exception):
    """A log that cannot be read; the sentence names it and says what to do."""


class Piece(Struct):
    """Whole lines."""

    data: bytes
    taken: int  # bytes of the file, compressed or not, that were read for it
    too_long: bool = False  # there is no data: this one line is longer than any may be


class Log:
    """One log, read from its first line to its last."""

    def __init__(self, path: str) -> None:
        """Open it; `-` is standard input. Raises UnreadableError."""
        self.name = "standard input" if path == STDIN else path
        self.compressed = False
        try:
            self._file: BinaryIO = sys.stdin.buffer if path == STDIN else open(path, "rb")  # noqa: SIM115
            status = os.fstat(self._file.fileno())
        except OSError as error:
            raise _unreadable(path, error) from None
        self.size = None if path == STDIN else status.st_size
        self.modified = None if path == STDIN else status.st_mtime

    def pieces(self) -> Iterator[Piece]:
        """Pieces of about 64 KiB. Raises UnreadableError."""
        try:
            yield from _whole_lines(self._blocks())
        except OSError as error:
            raise _unreadable(self.name, error) from None
        except isal_zlib.error:  # type: ignore[misc]  # a class; its stub is wrong
            raise UnreadableError(
                f"{self.name}: is damaged: gzip cannot decompress it to its end; "
                "check what can be saved of it: gzip -cd FILE | eventdeck check -"
            ) from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _blocks(self) -> Iterator[tuple[bytes, int]]:
        first = self._file.read(_CHUNK)
        self.compressed = first.startswith(_GZIP)
        return self._inflated(first) if self.compressed else self._plain(first)

    def _plain(self, data: bytes) -> Iterator[tuple[bytes, int]]:
        while data:
            yield data, len(data)
            data = self._file.read(_CHUNK)

    def _inflated(self, data: bytes) -> Iterator[tuple[bytes, int]]:
        inflate, whole = isal_zlib.decompressobj(wbits=31), True
        while data:
            size = len(data)
            while data:
                whole = False
                yield inflate.decompress(data, _CHUNK), size
                data, size = inflate.unconsumed_tail, 0
                if inflate.eof:  # a file may hold several compressed parts, and end in zeros
                    data = inflate.unused_data.lstrip(b"\0")
                    inflate, whole = isal_zlib.decompressobj(wbits=31), True
            data = self._file.read(_CHUNK)
        if not whole:
            yield inflate.flush(), 0
            if not inflate.eof:
                raise isal_zlib.error


def _whole_lines(blocks: Iterator[tuple[bytes, int]]) -> Iterator[Piece]:
    """Cut blocks at their last newline; the file's last line may lack it."""
    rest, skipping = b"", False
    for block, taken in blocks:
        data = rest + block
        if skipping:  # until the end of a line that is too long
            end = data.find(b"\n") + 1
            skipping, data = not end, data[end:] if end else b""
        elif len(data) > LONGEST_LINE:
            end = data.find(b"\n")
            if not 0 <= end <= LONGEST_LINE:
                yield Piece(b"", 0, too_long=True)
                skipping, data = end < 0, data[end + 1 :] if end >= 0 else b""
        end = data.rfind(b"\n") + 1
        yield Piece(data[:end], taken)
        rest = data[end:]
    if rest:
        yield Piece(rest, 0)


def _unreadable(path: str, error: OSError) -> UnreadableError:
    if isinstance(error, FileNotFoundError):
        return UnreadableError(
            f"{path}: there is no such file; name a log, or - for standard input"
        )
    if isinstance(error, IsADirectoryError):
        return UnreadableError(f"{path}: is a folder; name the logs in it, as {path.rstrip('/')}/*")
    if isinstance(error, PermissionError):
        return UnreadableError(f"{path}: may not be read by this user; chmod g+r lets its group")
    return UnreadableError(f"{path}: cannot be read: {error.strerror}")
