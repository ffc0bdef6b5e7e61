"""Silence for the seconds of a copy: what runs is stopped, and started again whatever happens."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from eventdeck.stack.engine import ask
from eventdeck.stack.project import Project
from eventdeck.stack.say import say

_RUNNING = {"running", "restarting"}
_ENDINGS = (signal.SIGTERM, signal.SIGHUP)
_LOOK_EVERY = 0.2  # seconds
_PATIENCE = 180.0  # seconds until services that are started again are given up


class NotQuietError(Exception):
    """The services would not stop; what Docker says."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Take a wish to end, from wherever it comes, as Ctrl-C."""
    before = {number: signal.signal(number, _interrupt) for number in _ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  as signal calls it
    raise KeyboardInterrupt


@contextmanager
def quiet(project: Project) -> Iterator[list[str]]:
    """Stop what runs of a project, for as long as it lasts; give the services."""
    found = project.containers().values()
    running = [one for one in found if one.state in _RUNNING]
    services = [one.service for one in running]
    began = time.monotonic()
    try:
        if services:
            stopped = project.run("stop", *services)
            if not stopped.ok:
                raise NotQuietError(stopped.complaint)
        yield services
    finally:
        if services:
            with _undisturbed():
                _start([one.id for one in running], began)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let nobody end us, nor what we start, before all runs again."""
    numbers = (signal.SIGINT, *_ENDINGS)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start(containers: list[str], began: float) -> None:
    # Not by Compose, which would let each wait for others to be healthy; none of them needs that.
    started = ask(["docker", "container", "start", *containers])
    if not started.ok:
        say(f"They cannot be started again: {started.complaint}; mend that, then `make up`.")
        return
    say(f"All were stopped for {time.monotonic() - began:.1f} s, and run again.")


def healthy(project: Project, services: list[str]) -> bool:
    """Wait until these services are well; False when that does not come about."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        now = project.containers()
        if all(name in now and now[name].well for name in services):
            return True
        if any(name not in now or now[name].state == "exited" for name in services):
            return False
        time.sleep(_LOOK_EVERY)
    return False
