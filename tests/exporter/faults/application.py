"""An application that logs one event a line, and what happens to its log meanwhile."""

import gzip
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Self


class Application:
    """Writes lines that can be told apart, as a logger does: each in one write, appended."""

    def __init__(self, path: Path) -> None:
        """Open the log."""
        self.path = path
        self.written = 0  # whole lines
        self._file = path.open("ab", buffering=0)

    def write(self, lines: int) -> None:
        """Write lines, in one call: it has returned before the next scrape begins."""
        self._file.write(b"".join(line(self.written + n) + b"\n" for n in range(lines)))
        self.written += lines

    def write_bytes(self, data: bytes) -> None:
        """Write anything."""
        self._file.write(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def reopen(self) -> None:
        """Open the log again, as applications do after a rotation."""
        self._file.close()
        self._file = self.path.open("ab", buffering=0)

    def rotate(self, *, reopen: bool = True) -> None:
        """Rotation by rename: every name moves up by one."""
        self._move_up()
        self.path.rename(self.sibling(1))
        if reopen:
            self.reopen()

    def copytruncate(self) -> None:
        """Rotation by copy, while nothing is written."""
        self._move_up()
        shutil.copyfile(self.path, self.sibling(1))
        os.truncate(self.path, 0)

    def compress(self, number: int) -> None:
        """Compress a rotated file as logrotate does: the time of the file is kept."""
        plain = self.sibling(number)
        status = plain.stat()
        packed = Path(f"{plain}.gz")
        packed.write_bytes(gzip.compress(plain.read_bytes()))
        os.utime(packed, ns=(status.st_atime_ns, status.st_mtime_ns))
        plain.unlink()

    def sibling(self, number: int) -> Path:
        """The path of a rotated file."""
        return Path(f"{self.path}.{number}")

    def _move_up(self) -> None:
        for number in range(20, 0, -1):
            for suffix in ("", ".gz"):
                old = Path(f"{self.sibling(number)}{suffix}")
                if old.exists():
                    old.rename(f"{self.sibling(number + 1)}{suffix}")


def line(number: int, **more: object) -> bytes:
    """An event that no other line is like, without its newline."""
    event = {
        "timestamp": datetime.now(UTC).isoformat(),
        "event": "auth.login",
        "request_id": f"request-{number}",
        "user_id": number,
        "auth_method": "local",
    }
    return json.dumps(event | more).encode()
