"""One line per service while the stack starts: what it waits for, and how long it took."""

import sys
from typing import TextIO

from eventdeck.stack.container import Container

_UP, _CLEAR = "\x1b[{}A", "\x1b[2K"


class Board:
    """Redraws its lines on a terminal; elsewhere writes each when its service is well."""

    def __init__(
        self, services: list[str], before: dict[str, Container], out: TextIO | None = None
    ) -> None:
        """Begin with the containers that were there before."""
        self._services = services
        self._before = before
        self._out = out or sys.stdout
        self._width = max(map(len, services), default=0)
        self._done: dict[str, str] = {}
        self._drawn = False
        self._live = self._out.isatty()

    def show(self, now: dict[str, Container], seconds: float, *, settled: bool) -> None:
        """Show how things are after so many seconds.

        Until Compose has `settled`, a container that is as it was may yet be replaced.
        """
        lines = [
            self._line(name, now.get(name), seconds, settled=settled) for name in self._services
        ]
        if self._live:
            if self._drawn:
                self._out.write(_UP.format(len(lines)))
            self._out.writelines(f"{_CLEAR}{line}\n" for line in lines)
            self._drawn = True
        self._out.flush()

    def _line(
        self, service: str, container: Container | None, seconds: float, *, settled: bool
    ) -> str:
        name = f"  {service:<{self._width}}  "
        if service in self._done:
            return name + self._done[service]
        kept = self._before.get(service)
        same = (
            kept is not None
            and container is not None
            and (kept.id, kept.started) == (container.id, container.started)
        )
        if container is None or not container.well or (same and not settled):
            return f"{name}{self._waiting(container)} …"
        self._done[service] = "healthy, as it was" if same else f"healthy after {seconds:.0f} s"
        if not self._live:
            self._out.write(f"{name}{self._done[service]}\n")
        return name + self._done[service]

    @staticmethod
    def _waiting(container: Container | None) -> str:
        return container.word if container and container.state != "created" else "waits for others"

    @property
    def unchanged(self) -> bool:
        """Whether every service is well and as it was."""
        as_it_was = [text for text in self._done.values() if text.endswith("as it was")]
        return len(as_it_was) == len(self._services)
