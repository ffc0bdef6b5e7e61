"""Follow growing log files: through rename, truncation, copy, compression, crash and restart.

`mark` says which file is which, `source` reads bytes of a plain or compressed file, `folder` finds
files, `identify` compares them. `follow` knows one file that is read, `known` those that need not
be, `files` holds both. `meet` decides about a new file, `resume` takes up where the state left off,
`tail` looks and reads. Nothing here knows what a line means.
"""

from eventdeck.tail.follow import Chunk
from eventdeck.tail.happened import Happened
from eventdeck.tail.mark import Mark
from eventdeck.tail.tail import Tail

__all__ = ["Chunk", "Happened", "Mark", "Tail"]
