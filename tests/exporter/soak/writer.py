"""An application that logs at a steady rate, and the rotation of its log, in a process of its own.

    python -m tests.exporter.soak.writer LOG --rate 5000 --rotate rename --seed 1

On SIGTERM it ends after a whole line and prints what it wrote, as JSON: lines by event, the sum of
each histogram's values, bytes, rotations.
"""

import argparse
import gzip
import json
import os
import random
import shutil
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

KEPT = 60  # rotated files: none is removed before an exporter that was killed has read it
BATCH_SECONDS = 0.01
PLAIN = 4  # the youngest rotated files stay uncompressed


class Log:
    """A log file, its rotation, and the account of what was written."""

    def __init__(self, path: Path) -> None:
        """Create the log."""
        self.path = path
        self.lines = {"job.started": 0, "job.ended": 0, "page.viewed": 0}
        self.sums = {"duration_seconds": 0, "number": 0}
        self.bytes = 0
        self.rotations = 0
        self._file = path.open("ab", buffering=0)

    def write(self, count: int) -> None:
        """Write lines, each batch in one call, as loggers do with each line."""
        stamp = datetime.now(UTC).isoformat()
        data = b"".join(self._line(stamp) for _ in range(count))
        self.bytes += len(data)
        self._file.write(data)

    def rename(self) -> None:
        """Rotate as logrotate does with `create`: all names move up by one."""
        self._move_up()
        self._file.close()
        self.path.rename(f"{self.path}.1")
        self._file = self.path.open("ab", buffering=0)
        self.rotations += 1

    def copytruncate(self) -> None:
        """Rotate as logrotate does with `copytruncate`, while nothing is written."""
        self._move_up()
        shutil.copyfile(self.path, f"{self.path}.1")
        os.truncate(self.path, 0)
        self.rotations += 1

    def account(self) -> dict[str, object]:
        """What was written."""
        return {
            "lines": self.lines,
            "sums": self.sums,
            "bytes": self.bytes,
            "rotations": self.rotations,
        }

    def _move_up(self) -> None:
        for number in range(KEPT, 0, -1):
            for ending in ("", ".gz"):
                old = Path(f"{self.path}.{number}{ending}")
                if old.exists():
                    old.rename(f"{self.path}.{number + 1}{ending}")
        Path(f"{self.path}.{KEPT + 1}.gz").unlink(missing_ok=True)
        compress(Path(f"{self.path}.{PLAIN + 1}"))

    def _line(self, stamp: str) -> bytes:
        number = sum(self.lines.values())
        event = tuple(self.lines)[number % 3]
        self.lines[event] += 1
        fields: dict[str, object] = {
            "timestamp": stamp,
            "event": event,
            "request_id": f"r-{number:09}",
        }
        if event == "job.ended":
            outcome, seconds = ("good", "bad", "odd")[number % 7 % 3], number % 150
            self.sums["duration_seconds"] += seconds
            fields |= {"outcome": outcome, "duration_seconds": seconds}
        elif event == "page.viewed":
            self.sums["number"] += number
            fields |= {"number": number, "path": "/orders/4711/lines"}
        return json.dumps(fields).encode() + b"\n"


def compress(path: Path) -> None:
    """Replace a file by its `.gz`, keeping the time of its last change, as gzip does."""
    if not path.exists():
        return
    status = path.stat()
    packed = Path(f"{path}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes(), 1))
    os.utime(packed, ns=(status.st_atime_ns, status.st_mtime_ns))
    path.unlink()


def main(argv: list[str] | None = None) -> int:
    """Write until SIGTERM."""
    parser = argparse.ArgumentParser(description="Write a log at a steady rate.")
    parser.add_argument("log", type=Path)
    parser.add_argument("--rate", type=float, default=5000, help="lines a second")
    parser.add_argument("--rotate", choices=("rename", "copytruncate"), default="rename")
    parser.add_argument("--every", type=float, default=1.0, help="seconds, between half and twice")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(argv)
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    log = Log(args.log)
    rotate = log.rename if args.rotate == "rename" else log.copytruncate
    chance = random.Random(args.seed)  # noqa: S311  for repeatable moments
    started = time.monotonic()
    written, rotate_at = 0, started + args.every
    while not ended:
        now = time.monotonic()
        if (due := int((now - started) * args.rate) - written) > 0:
            log.write(due)
            written += due
        if now >= rotate_at:
            rotate()
            rotate_at = now + args.every * chance.uniform(0.5, 2)
        time.sleep(BATCH_SECONDS)
    sys.stdout.write(json.dumps(log.account()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
