"""One thing at a time in the exporter's figures, and whoever asks goes before the reader.

A plain lock is not enough: the reader would give it back and take it again before a waiting scrape
had woken, for as long as there is a backlog.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Held by the reader while it works on a chunk, and by a visitor while it looks."""

    def __init__(self) -> None:
        """Open."""
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._visitors = 0
        self._nobody = threading.Event()
        self._nobody.set()

    @contextmanager
    def visit(self) -> Iterator[None]:
        """Have the figures to oneself; the reader waits."""
        with self._counting:
            self._visitors += 1
            self._nobody.clear()
        try:
            with self._lock:
                yield
        finally:
            with self._counting:
                self._visitors -= 1
                if not self._visitors:
                    self._nobody.set()

    @contextmanager
    def read(self) -> Iterator[None]:
        """Have the figures for one piece of reading, when nobody wants to look."""
        self._nobody.wait()
        with self._lock:
            yield
