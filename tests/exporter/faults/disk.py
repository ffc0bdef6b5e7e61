"""A small disk that can be full, or read-only. Only root can make one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NEEDS_ROOT = "a small disk: only root can mount one; run the tests as root"


class Disk:
    """A tmpfs of a few blocks."""

    def __init__(self, path: Path) -> None:
        """Mount it."""
        self.path = path
        self._ballast = path / "ballast"
        path.mkdir()
        self._call("mount", "-t", "tmpfs", "-o", "size=256k,mode=755", "eventdeck-test")

    def fill(self) -> None:
        """Leave no room at all."""
        ballast = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            while True:
                os.write(ballast, b"x" * 4096)
        except OSError:
            os.close(ballast)

    def clear(self) -> None:
        """Make room again."""
        self._ballast.unlink()

    def refuse_writing(self) -> None:
        """Answer as a disk that has become read-only, by another mount on top of it."""
        self._call("mount", "-t", "tmpfs", "-o", "ro", "eventdeck-test")

    def allow_writing(self) -> None:
        """Be as before."""
        self._call("umount")

    def take_away(self) -> None:
        """Unmount it, and what may lie on top of it."""
        while self.path.is_mount():
            self._call("umount", "--lazy")

    def _call(self, program: str, *words: str) -> None:
        command = [shutil.which(program) or program, *words, str(self.path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"{NEEDS_ROOT}; {done.stderr.strip()}")


@contextmanager
def small_disk(path: Path) -> Iterator[Disk]:
    """Mount a small disk for as long as a test needs it."""
    if os.geteuid() != 0:
        pytest.skip(NEEDS_ROOT)
    disk = Disk(path)
    try:
        yield disk
    finally:
        disk.take_away()
