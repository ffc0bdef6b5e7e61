"""Which file is which, and how far it was read.

Device and inode numbers change on a restore or a reboot, and inodes are used again, so they are
hints. What decides is content: the first bytes of the file, and the bytes before the offset. A log
line carries its time, so two files that agree in both are one file, or a copy of it.
"""

import re
from functools import lru_cache
from zlib import crc32

from msgspec import Struct

HEAD = 1024  # bytes at the start of a file that tell it from others
BEHIND = 256  # bytes before the offset


class Mark(Struct):
    """How far one file was read. Kept in the state, so names are part of its format."""

    path: str
    log: str = ""  # the path at which the application writes; `path`, until the file is rotated
    device: int = 0
    inode: int = 0
    offset: int = 0  # bytes read, of the uncompressed content; the start of a line
    size: int = 0  # bytes the file had when last looked at
    modified: int = 0  # its mtime then, nanoseconds
    head_length: int = 0
    head: str = ""  # digest of the first `head_length` bytes
    lines: tuple[str, ...] = ()  # digests of those up to each newline, to know part of a copy
    behind_length: int = 0
    behind: str = ""  # digest of the `behind_length` bytes before the offset
    rotated: bool = False  # no longer the file that the application opens by its path
    skipping: bool = False  # the offset lies inside a line that is too long
    ended: bool = False  # rotated, read to its end, its last line counted
    left: bool = False  # older than what was read first, so it is never to be read; only its head


def digest(data: bytes) -> str:
    """Fingerprint of some bytes, in hexadecimal.

    It tells apart files that nobody made alike; hashlib would cost 4 MB of memory for OpenSSL.
    """
    return f"{crc32(data):08x}{crc32(data[::-1]):08x}"


@lru_cache
def beginnings(start: bytes) -> tuple[str, ...]:
    """Digests of some first bytes up to the end of each line in them."""
    return tuple(digest(start[: found.end()]) for found in re.finditer(b"\n", start))


def telling(start: bytes) -> bytes:
    """As much of a file's first bytes as tells it from others: half a line does not."""
    return start[:HEAD] if len(start) >= HEAD else start[: start.rfind(b"\n") + 1]
