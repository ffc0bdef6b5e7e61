"""Rotation by the real logrotate, under a writer at full speed in a process of its own."""

import gzip
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.exporter.faults.conftest import Serve
from tests.exporter.faults.exporter_process import ExporterProcess

CATALOGUE = Path(__file__).with_name("blocks.yaml")
BLOCK, DIGITS = 1000, "0123456789abcdefghij"  # lines that carry the same digits, in a row
BLOCKS = len(DIGITS) ** 2  # lines beyond the last one carry a value that no list has
ROTATIONS = 4
ENOUGH = 20_000  # lines between two rotations: a few looks
_LINE = re.compile(rb'^{"timestamp".* (\d+)}$', re.MULTILINE)
# Appends as fast as it can, each line in one write, and opens the log again when it was renamed.
# On end of input it says how many lines it wrote.
WRITER = """
import os, sys, threading
from datetime import UTC, datetime
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
path, digits, number, log = sys.argv[1], sys.argv[2], 0, -1
def renamed():
    try:
        return log < 0 or os.stat(path).st_ino != os.fstat(log).st_ino
    except FileNotFoundError:
        return True
while not stop.is_set():
    if renamed():
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    row, column = (digits[n:n + 1] for n in divmod(number // 1000, 20))
    head = '{"timestamp": "%s", "event": "line.written", "row": "%s", "column": "%s", '
    head += '"number": %%d}\\n'
    head %= (datetime.now(UTC).isoformat(), row, column)
    for number in range(number, number + 50):
        os.write(log, (head % number).encode())
    number += 1
print(number)
"""


class FullSpeed:
    """The writer's process."""

    def __init__(self, path: Path) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), DIGITS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def stop(self) -> int:
        """End it; the lines it wrote."""
        said, _ = self._process.communicate(timeout=30)
        return int(said)

    def kill(self) -> None:
        """End it if it is still there."""
        with self._process:
            self._process.kill()


@contextmanager
def writing(path: Path) -> Iterator[FullSpeed]:
    """Write while a test goes on."""
    writer = FullSpeed(path)
    try:
        yield writer
    finally:
        writer.kill()


def rotate(program: Path, place: Path, *words: str) -> None:
    """Call logrotate as cron does."""
    folder = place / "logs"
    configuration = place / "logrotate.conf"
    directives = "\n".join(("rotate 30", "missingok", *words))
    configuration.write_text(f"{folder}/app.jsonl {{\n{directives}\n}}\n")
    configuration.chmod(0o644)
    command = [str(program), "--force", "--state", str(place / "logrotate.state")]
    subprocess.run([*command, str(configuration)], check=True)


def numbers(folder: Path) -> list[int]:
    """The numbers of all whole lines in all files that are there, read independently."""
    found = []
    for path in folder.iterdir():
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        found += [int(match[1]) for match in _LINE.finditer(data)]
    return found


@pytest.fixture
def logs(place: Path) -> Path:
    """Give a folder that logrotate takes for safe."""
    folder = place / "logs"
    folder.mkdir(mode=0o755)
    return folder


def run(serve: Serve, logs: Path, program: Path, *words: str) -> tuple[ExporterProcess, int]:
    """Rotate a few times while lines are written and scraped; the exporter, and lines written."""
    log = logs / "app.jsonl"
    exporter = serve(log, catalogue=CATALOGUE)
    with writing(log) as writer, exporter.scraped():
        for number in range(1, ROTATIONS + 1):
            exporter.wait_for(lambda s, n=number: s.counted >= n * ENOUGH, "lines come")  # type: ignore[misc]
            rotate(program, logs.parent, *words)
        exporter.wait_for(lambda s: s.counted >= (ROTATIONS + 1) * ENOUGH, "lines come")
        return exporter, writer.stop()


@pytest.mark.parametrize("words", [("nocompress",), ("compress", "delaycompress"), ("compress",)])
def test_rename_by_logrotate(
    serve: Serve, require: Require, logs: Path, words: tuple[str, ...]
) -> None:
    """Every line counts once. With `compress`, logrotate itself drops what comes after its copy."""
    exporter, written = run(serve, logs, require("logrotate"), *words)
    there = numbers(logs)
    assert len(there) == len(set(there))
    if "compress" not in words or "delaycompress" in words:
        assert len(there) == written
    exporter.settles_at(written)


def test_copytruncate_by_logrotate(serve: Serve, require: Require, logs: Path) -> None:
    """Every line that is in a file afterwards counts once, and of the others at most each once.

    Lines written between the copy and the truncation are in no file any more: that is the race of
    copytruncate itself. The exporter may have read them in time.
    """
    exporter, written = run(serve, logs, require("logrotate"), "copytruncate")
    there = numbers(logs)
    assert len(there) == len(set(there))
    scrape = exporter.wait_for(lambda scrape: scrape.own("lag_bytes") == 0, "all is read")
    exporter.settles_at(scrape.counted)
    assert len(there) <= scrape.counted <= written
    whole = Counter(number // BLOCK for number in there)
    for block in range(min(written // BLOCK, BLOCKS)):
        row, column = (DIGITS[digit] for digit in divmod(block, len(DIGITS)))
        counted = scrape[f'writer_line_written_total{{row="{row}",column="{column}"}}']
        assert whole[block] <= counted <= BLOCK
    assert scrape.own("truncations_total") == ROTATIONS
