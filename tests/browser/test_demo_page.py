"""The real exporter behind the real page: lines are appended, numbers move in the browser."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.browser.chromium import Tab, eventually

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "exporter" / "events.yaml"
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
COUNT = """[...document.querySelectorAll('#events tbody tr')]
    .find(r => r.querySelector('.name')?.textContent === '%s')
    .querySelector('.count').textContent"""
REASONS = "[...document.querySelectorAll('#rejected-body tr')].map(r => r.textContent)"


class Log:
    """An application's log."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def write(self, *names: str) -> None:
        """Append a line for each event, as an application does."""
        now = datetime.now(UTC).isoformat()
        lines = [json.dumps({"event": name, "timestamp": now}) for name in names]
        self.append("".join(f"{line}\n" for line in lines))

    def append(self, text: str) -> None:
        """Append anything."""
        with self.path.open("a") as file:
            file.write(text)


@contextmanager
def serving(log: Log, state: Path, said: Path) -> Iterator[str]:
    """Run `eventdeck serve`; the address that its log names."""
    flags = {"--log.path": log.path, "--catalogue": CATALOGUE, "--state.path": state}
    pairs = [str(word) for pair in flags.items() for word in pair]
    command = [sys.executable, "-m", "eventdeck", "serve", *pairs]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "exporter")}
    with said.open("w") as output:
        process = subprocess.Popen(
            [*command, "--web.listen-address", "127.0.0.1:0"],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    try:
        yield eventually(lambda: address(process, said), "the exporter names its address")
    finally:
        process.terminate()
        process.wait(10)


def address(process: "subprocess.Popen[bytes]", said: Path) -> str | None:
    """Return the address once it is said; an exporter that ended fails with what it said."""
    assert process.poll() is None, said.read_text()
    found = ADDRESS.search(said.read_text())
    return found.group() if found else None


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """Make an empty log."""
    return Log(tmp_path / "app.jsonl")


@pytest.fixture
def page(tab: Tab, log: Log, tmp_path: Path) -> Iterator[Tab]:
    """Open the page of an exporter that follows the log."""
    with serving(log, tmp_path / "state.json", tmp_path / "said") as url:
        tab.open(f"{url}/")
        tab.until("document.querySelector('#status').innerText === 'Live'")
        yield tab


def test_appended_lines_are_counted_before_the_eyes(page: Tab, log: Log) -> None:
    """Every documented event is there from the start; what is written shows within seconds."""
    assert page.js("document.querySelectorAll('#events tbody tr:not(.group)').length") == 26
    log.write("auth.login", "auth.login", "timer.started")
    page.until(f"{COUNT % 'auth.login'} === '2' && {COUNT % 'timer.started'} === '1'")
    log.write("auth.login")
    page.until(f"{COUNT % 'auth.login'} === '3'")
    assert "Timers running1" in page.text("#figures")
    assert page.errors == []


def test_what_is_not_documented_is_named(page: Tab, log: Log) -> None:
    """An unknown name is listed as text, a line that is no JSON is counted with its reason."""
    log.write("<b>comment</b>.created")
    log.append("not JSON\n")
    page.until("document.querySelector('#unknown-body bdi') !== null")
    assert page.text("#unknown-body bdi") == "<b>comment</b>.created"
    page.until(f"{REASONS}.some(said => /JSON.*1$/.test(said))")
    assert page.errors == []
