"""Follow growing log files: through rename, truncation, copy, compression, crash and restart.

`mark` says which file is which, `source` reads bytes of a plain or compressed file, `folder` finds
files, `follow` knows one file, `tail` all of them. Nothing here knows what a line means.
"""

from eventdeck.tail.follow import Chunk
from eventdeck.tail.mark import Mark
from eventdeck.tail.tail import Tail

__all__ = ["Chunk", "Mark", "Tail"]
