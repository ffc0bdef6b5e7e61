"""The volumes of a project, and the way in and out of them: through the stack's own containers.

So no further image is needed. A container need not run for it, its root may be read-only, and
owners and modes are kept.
"""

import contextlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from typing import IO, Any, Protocol

from msgspec import Struct

from eventdeck.stack.project import Project

_PIECE = 1 << 20  # bytes


class CopyError(Exception):
    """Docker would not copy; its own words."""


class Sink(Protocol):
    """What takes bytes."""

    def write(self, data: bytes, /) -> int:
        """Take some."""


class Volume(Struct, frozen=True):
    """A volume, and the service that writes to it."""

    name: str  # in compose.yaml
    service: str
    path: str  # in the service's containers
    covered: tuple[str, ...]  # folders in it that something else is mounted on


def volumes(project: Project) -> list[Volume]:
    """Return the volumes that the Compose files name. Raises CopyError."""
    answer = project.run("config", "--format", "json")
    if not answer.ok:
        raise CopyError(answer.complaint)
    found: dict[str, Volume] = {}
    for service, described in json.loads(answer.out)["services"].items():
        for volume in _of(service, described.get("volumes", [])):
            found.setdefault(volume.name, volume)
    return list(found.values())


def _of(service: str, mounts: list[dict[str, Any]]) -> list[Volume]:
    targets = [mount["target"].rstrip("/") for mount in mounts]
    return [
        Volume(
            name=mount["source"],
            service=service,
            path=(path := mount["target"].rstrip("/")),
            covered=tuple(t[len(path) + 1 :] for t in targets if t.startswith(f"{path}/")),
        )
        for mount in mounts
        if mount["type"] == "volume" and not mount.get("read_only") and mount.get("source")
    ]


def copy_out(container: str, volume: Volume, sink: Sink) -> None:
    """Write a volume's content as a tar. Raises CopyError, and OSError of the sink."""

    def carry(pipe: IO[bytes]) -> None:
        if volume.covered:
            _uncovered(pipe, sink, volume.covered)
        shutil.copyfileobj(pipe, sink, _PIECE)

    _docker_cp([f"{container}:{volume.path}/.", "-"], "stdout", carry)


def copy_in(container: str, volume: Volume, source: IO[bytes]) -> None:
    """Unpack the tar of a volume into it. Raises CopyError."""

    def carry(pipe: IO[bytes]) -> None:
        try:
            shutil.copyfileobj(source, pipe, _PIECE)
            pipe.close()
        except BrokenPipeError:  # what Docker says about it follows
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    _docker_cp(["-", f"{container}:{volume.path}"], "stdin", carry)


def _docker_cp(words: list[str], end: str, carry: Callable[[IO[bytes]], None]) -> None:
    process = None
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(  # noqa: S603
                ["docker", "container", "cp", *words],  # noqa: S607  found on PATH, as everywhere
                stderr=said,
                stdin=subprocess.PIPE if end == "stdin" else subprocess.DEVNULL,
                stdout=subprocess.PIPE if end == "stdout" else subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is our business
            )
            with getattr(process, end) as pipe:
                carry(pipe)
            code = process.wait()
        except BaseException:  # at whatever moment: nobody may wait for a copy that nobody wants
            if process:
                process.kill()
                process.wait()
            raise
        if code:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            raise CopyError(lines[-1] if lines else f"exit code {code}")


def _uncovered(source: IO[bytes], sink: Sink, covered: tuple[str, ...]) -> None:
    """Leave out what is no part of the volume: it could not be unpacked there either."""
    with (
        tarfile.open(fileobj=source, mode="r|") as whole,
        tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as rest,  # type: ignore[call-overload]
    ):
        for entry in whole:
            name = entry.name.removeprefix("./")
            if not any(name == folder or name.startswith(f"{folder}/") for folder in covered):
                rest.addfile(entry, whole.extractfile(entry) if entry.isreg() else None)
