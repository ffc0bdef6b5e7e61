"""Whether there is room on the disk for what the stack keeps."""

import os
import shutil
from collections.abc import Iterator

from eventdeck.stack.engine import Ask
from eventdeck.stack.finding import Finding

_GIB = 1024**3
_LEAST = 1 * _GIB  # bytes; below, Prometheus and Loki soon cannot write
_AMPLE = 5 * _GIB


def look(run: Ask) -> Iterator[Finding]:
    """Find a disk that is full, or nearly; an engine on another machine is not looked at."""
    answer = run(["docker", "info", "--format", "{{.DockerRootDir}}"])
    folder = answer.out.strip()
    if answer.ok and os.path.isdir(folder):
        yield from judge(folder, shutil.disk_usage(folder).free)


def judge(folder: str, free: int) -> Iterator[Finding]:
    """Judge so many free bytes."""
    if free < _AMPLE:
        yield Finding(
            f"the disk of {folder} has {free / _GIB:.1f} GiB left; images and a few weeks of data "
            "take 5 GiB",
            "docker system df shows what Docker holds, docker image prune removes old images",
            fatal=free < _LEAST,
        )
