"""How far a check is, on a terminal, for logs that take more than a moment."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from eventdeck.check.lines import Log

_AFTER = 1.0  # seconds; most logs are read by then


@contextmanager
def progress(
    log: Log, terminal: TextIO | None = None, after: float = _AFTER
) -> Iterator[Callable[[int], object]]:
    """Give what takes the bytes read; it draws a bar only where somebody watches."""
    terminal = terminal or sys.stderr
    if not terminal.isatty():
        yield lambda _: None
        return
    from tqdm import tqdm  # noqa: PLC0415  a cron job and a pipeline need none

    with tqdm(
        total=log.size,
        desc=log.name,
        unit="B",
        unit_scale=True,
        delay=after,
        leave=False,
        file=terminal,
    ) as bar:
        yield bar.update
