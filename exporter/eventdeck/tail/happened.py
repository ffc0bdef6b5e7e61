"""What has happened to the files of a log, counted: rotations, truncations, bytes read and lost."""

import logging

from msgspec import Struct

from eventdeck.tail.mark import Mark

log = logging.getLogger(__name__)


class Happened(Struct):
    """What has happened to the files. Lost bytes were there, unread, and are gone for certain."""

    rotations: int = 0
    truncations: int = 0
    bytes_read: int = 0
    bytes_lost: int = 0
    files_lost: int = 0  # gone before their end was read: how much more they held, nobody knows

    def lose(self, mark: Mark, why: str, found: int = 0) -> None:
        """Declare what was seen of a file and not read; `found` bytes of it are elsewhere."""
        lost = mark.size - max(mark.offset, found)
        if lost > 0:
            self.bytes_lost += lost
            log.warning("%s %s: %d bytes are lost", mark.path, why, lost)
