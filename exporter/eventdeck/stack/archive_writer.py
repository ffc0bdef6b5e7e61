"""Writes a backup: under another name until it is whole, and nothing of it when it fails."""

import fcntl
import hashlib
import os
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from eventdeck.stack.archive import ABOUT, FIRST_WORDS, MANIFEST, SUMS, Manifest

_BLOCK = tarfile.BLOCKSIZE
_ABOUT = (
    FIRST_WORDS + b". `make restore FILE=...` in a clone of the same version brings it back.\n"
    b"By hand: `tar xf FILE && sha256sum -c SHA256SUMS`; each volume is a tar of its own.\n"
    b"It holds passwords.\n"
)


class BusyError(Exception):
    """Somebody else is at work on this clone."""


class Member:
    """What is written into one member; its size and checksum are known in the end."""

    def __init__(self, file: BinaryIO) -> None:
        """Begin where the file is."""
        self._file = file
        self._sum = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        """Write a piece. Raises OSError."""
        self._file.write(data)
        self._sum.update(data)
        self.size += len(data)
        return len(data)

    @property
    def digest(self) -> str:
        """The SHA-256 of what was written, in hexadecimal."""
        return self._sum.hexdigest()


class ArchiveWriter:
    """A tar whose members are streams: what they will hold is not on any disk before."""

    def __init__(self, file: BinaryIO) -> None:
        """Begin a file that can be written anywhere."""
        self._file = file
        self._sums: dict[str, str] = {}
        self._now = int(time.time())
        self.add(ABOUT, _ABOUT)

    @contextmanager
    def member(self, name: str) -> Iterator[Member]:
        """Give what to write into; its header follows when the size is known."""
        start = self._file.tell()
        self._file.write(bytes(_BLOCK))
        member = Member(self._file)
        yield member
        self._file.write(bytes(-member.size % _BLOCK))
        end = self._file.tell()
        self._file.seek(start)
        self._file.write(self._header(name, member.size))
        self._file.seek(end)
        self._sums[name] = member.digest

    def add(self, name: str, content: bytes) -> None:
        """Write a small member."""
        with self.member(name) as member:
            member.write(content)

    def finish(self, manifest: Manifest) -> None:
        """Write what says that all is there."""
        self.add(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
        sums = "".join(f"{digest}  {name}\n" for name, digest in self._sums.items())
        self.add(SUMS, sums.encode())
        self._file.write(bytes(2 * _BLOCK))

    def _header(self, name: str, size: int) -> bytes:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, self._now
        return entry.tobuf(tarfile.GNU_FORMAT)  # one block, whatever the size


@contextmanager
def growing(path: Path) -> Iterator[BinaryIO]:
    """Give a file that gets this name, 0600, when all is in it and on the disk. Raises OSError."""
    partial = path.with_name(f".{path.name}.partial")
    file = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(file, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(file)
        partial.rename(path)
        _keep_name(path.parent)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Have a clone to oneself for as long as it lasts. Raises BusyError."""
    held = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError("another backup or restore is at work; wait for its end") from None
        yield
    finally:
        os.close(held)


def _keep_name(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
