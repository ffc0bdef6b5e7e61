"""The user's own folder, which no repository has: into an archive, and out of it again."""

import tarfile
from pathlib import Path
from typing import IO

from eventdeck.stack.volume import Sink


def pack(folder: Path, sink: Sink) -> None:
    """Write its files as a tar. Raises OSError."""
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                tar.add(path, path.relative_to(folder).as_posix())


def holds_files(folder: Path) -> bool:
    """Whether there is anything that could be lost."""
    return any(path.is_file() for path in folder.rglob("*"))


def unpack(source: IO[bytes], folder: Path) -> None:
    """Write the files of a tar into a folder, and nothing outside of it. Raises OSError."""
    with tarfile.open(fileobj=source, mode="r|") as tar:
        for entry in tar:
            path = folder / entry.name
            content = tar.extractfile(entry) if entry.isreg() else None
            if content is not None and ".." not in path.parts and path.is_relative_to(folder):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())
