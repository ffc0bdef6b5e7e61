"""End at a signal between two lines, never within one."""

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Self


class Signals:
    """Set by SIGINT or SIGTERM. A `threading.Event` would lock up if set by a handler in `wait`."""

    def __init__(self) -> None:
        self._set = False
        self._awake, self._wake = os.pipe()

    def __enter__(self) -> Self:
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        self._before = {
            number: signal.signal(number, self._note) for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        os.close(self._awake)
        os.close(self._wake)

    def is_set(self) -> bool:
        """Whether a signal came."""
        return self._set

    def wait(self, timeout: float) -> bool:
        """Wait as many seconds, or until a signal comes; return whether one came."""
        select.select([self._awake], [], [], timeout)
        return self._set

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  as signal calls it
        self._set = True
