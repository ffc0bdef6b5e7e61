"""A backup as a file: what is in it, and whether it is whole.

A tar that can be unpacked by hand: `about.txt`, `env`, `secrets/…`, a tar of the folder `local`
and of each volume, `manifest.json`, and last `SHA256SUMS`, without which it was cut short.
"""

import hashlib
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

FORMAT = 1
ABOUT, ENV, LOCAL, MANIFEST, SUMS = "about.txt", "env", "local.tar", "manifest.json", "SHA256SUMS"
SECRETS, VOLUMES = "secrets/", "volumes/"
FIRST_WORDS = b"A backup of Eventdeck"

_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")
_MEMBER = re.compile(
    r"about\.txt|env|local\.tar|manifest\.json|SHA256SUMS"
    r"|secrets/[A-Za-z0-9_-][A-Za-z0-9._-]*|volumes/[A-Za-z0-9_-]+\.tar"
)
_PIECE = 1 << 20  # bytes
_ODD = "is no backup that this version can have made"


class Unusable(Exception):  # noqa: N818  it is no error of the program
    """A file that cannot be restored from; the sentence says why, and what to do."""


class Manifest(Struct, kw_only=True):
    """What was backed up, of what, and by which version."""

    format: int
    eventdeck: str
    made: str  # UTC, as in the file's name
    project: str
    sample: bool
    images: dict[str, str]  # variable -> name and tag


class Archive:
    """An archive that was found to be whole."""

    def __init__(self, path: Path) -> None:
        """Read it from end to end. Raises Unusable."""
        self.path = path
        self._tar = self._opened()
        try:
            self.members = {entry.name: entry for entry in self._entries()}
            self._compare(self._sums())
            self.manifest = self._manifest()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._tar.close()

    @property
    def volumes(self) -> dict[str, int]:
        """Volumes by their name in compose.yaml, with the bytes that each takes."""
        return {
            name.removeprefix(VOLUMES).removesuffix(".tar"): entry.size
            for name, entry in self.members.items()
            if name.startswith(VOLUMES)
        }

    @property
    def secrets(self) -> dict[str, bytes]:
        """Secrets by the name of their file."""
        return {
            name.removeprefix(SECRETS): self.content(name)
            for name in self.members
            if name.startswith(SECRETS)
        }

    def content(self, name: str) -> bytes:
        """Return a small member; empty where there is none."""
        if name not in self.members:
            return b""
        with self.member(name) as stream:
            return stream.read()

    @contextmanager
    def member(self, name: str) -> Iterator[IO[bytes]]:
        """Give a member to read from."""
        stream = self._tar.extractfile(self.members[name])
        if stream is None:
            raise Unusable(f"{self.path}: {name} {_ODD}")
        with stream:
            yield stream

    def _opened(self) -> tarfile.TarFile:
        try:
            return tarfile.open(self.path, "r:")
        except OSError as error:
            reason = error.strerror or "it is no tar"
            raise Unusable(f"{self.path}: cannot be read: {reason}") from None
        except tarfile.TarError:
            raise self._foreign() from None

    def _foreign(self) -> Unusable:
        return Unusable(f"{self.path}: is no backup of Eventdeck; `make backup` writes one")

    def _cut(self) -> Unusable:
        return Unusable(
            f"{self.path}: is cut short; take another backup, or copy this one once more"
        )

    def _entries(self) -> list[tarfile.TarInfo]:
        try:
            first = self._tar.next()
            begun = first is not None and first.isfile() and first.name == ABOUT
            stream = self._tar.extractfile(first) if first and begun else None
            if stream is None or not stream.read().startswith(FIRST_WORDS):
                raise self._foreign()
            entries = self._tar.getmembers()
        except (tarfile.TarError, OSError):
            raise self._cut() from None
        for entry in entries:
            if not entry.isfile() or not _MEMBER.fullmatch(entry.name):
                raise Unusable(f"{self.path}: {entry.name} {_ODD}")
        if entries[-1].name != SUMS or len({entry.name for entry in entries}) != len(entries):
            raise self._cut()
        return entries

    def _sums(self) -> dict[str, str]:
        lines = self.content(SUMS).decode(errors="replace").splitlines()
        found = [_LINE.fullmatch(line) for line in lines]
        return {match[2]: match[1] for match in found if match}

    def _compare(self, sums: dict[str, str]) -> None:
        for name in self.members:
            if name == SUMS:
                continue
            with self.member(name) as stream:
                if digest(stream) != sums.pop(name, ""):
                    raise Unusable(
                        f"{self.path}: {name} has another checksum than when it was written; "
                        "take another backup, or copy this one once more"
                    )
        if sums:
            raise Unusable(f"{self.path}: lacks {', '.join(sorted(sums))}; take another backup")

    def _manifest(self) -> Manifest:
        try:
            return msgspec.json.decode(self.content(MANIFEST), type=Manifest)
        except msgspec.MsgspecError:
            raise Unusable(f"{self.path}: {MANIFEST} {_ODD}") from None


def digest(stream: IO[bytes]) -> str:
    """Sum up what a stream holds, in hexadecimal."""
    total = hashlib.sha256()
    read: Callable[[], bytes] = lambda: stream.read(_PIECE)  # noqa: E731
    for piece in iter(read, b""):
        total.update(piece)
    return total.hexdigest()
