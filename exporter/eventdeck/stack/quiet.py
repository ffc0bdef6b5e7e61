"""Silence for the seconds of a copy: what runs is stopped, and started again whatever happens."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType

from eventdeck.stack.engine import Answer, ask
from eventdeck.stack.project import Project
from eventdeck.stack.say import say

_RUNNING = {"running", "restarting"}
# What the others read from or write to: Prometheus would find it down, Promtail could not empty its
# hands. All others are stopped before.
_LAST = {"sample", "exporter", "loki"}
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
    running = [one for one in project.containers().values() if one.state in _RUNNING]
    began = time.monotonic()
    try:
        for last in (False, True):
            _stop([one.id for one in running if (one.service in _LAST) is last])
        yield [one.service for one in running]
    finally:
        if running:
            _start([one.id for one in running], began)


def _stop(containers: list[str]) -> None:
    refused = _told("stop", containers)
    if refused:
        raise NotQuietError(f"the services would not stop: {refused[0].complaint}")


def _start(containers: list[str], began: float) -> None:
    # Not by Compose, which would let each wait for others to be healthy; none of them needs that.
    refused = _told("start", containers)
    if refused:
        say(f"They cannot be started again: {refused[0].complaint}; mend that, then `make up`.")
        return
    say(f"All were stopped for {time.monotonic() - began:.1f} s, and run again.")


def _told(what: str, containers: list[str]) -> list[Answer]:
    """Stop or start all of them at once; return refusals. Whoever wants to end us waits for it.

    Half told, the engine would go on by itself, and stop what we have just started again.
    """
    held = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, *_ENDINGS))
    try:
        with ThreadPoolExecutor(max_workers=max(1, len(containers))) as each:
            answers = each.map(
                lambda one: ask(["docker", "container", what, one], apart=True), containers
            )
            return [answer for answer in answers if not answer.ok]
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


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
