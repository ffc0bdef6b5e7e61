"""Loki with the shipped configuration: what it takes, finds and refuses."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.stack.native import engines as native

pytestmark = pytest.mark.usefixtures("engines")

DAY = 86400.0  # seconds
LONGEST = 256 * 1024  # bytes


@pytest.fixture(scope="module")
def loki(engines: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: ARG001
    """Run Loki with the retention that is shipped."""
    with native.loki(tmp_path_factory.mktemp("loki") / "loki", retention="744h") as url:
        yield url


def push(loki: str, at: float, line: str, app: str) -> "requests.Response":
    """Send one line with a Unix time."""
    stream = {"stream": {"app": app}, "values": [[str(int(at * 1e9)), line]]}
    return requests.post(f"{loki}/loki/api/v1/push", json={"streams": [stream]}, timeout=30)


def test_an_old_log_is_found_at_once(loki: str) -> None:
    """A line of a month ago is there when it was sent, not when its chunk is flushed."""
    at = time.time() - 30 * DAY
    assert push(loki, at, "old", "old").ok
    ((_, _, text),) = native.lines(loki, at - 1, at + 1, '{app="old"}')
    assert text == "old"


def test_rotated_files_may_come_after_the_current_one(loki: str) -> None:
    """Promtail reads all files of a log at once, so lines come two weeks behind their stream."""
    now = time.time()
    for days in (0, 14, 7):
        assert push(loki, now - days * DAY, f"{days}", "rotated").ok
    for days in (0, 14, 7):
        at = now - days * DAY
        assert len(native.lines(loki, at - 1, at + 1, '{app="rotated"}')) == 1


def test_lines_older_than_the_retention_are_refused(loki: str) -> None:
    """What would be deleted at once is not taken."""
    assert push(loki, time.time() - 32 * DAY, "too old", "old").status_code == 400


def test_nobody_deletes_lines_over_the_network(loki: str) -> None:
    """Deletion is off: whoever reaches the port could use it."""
    url = f"{loki}/loki/api/v1/delete"
    answer = requests.post(url, params={"query": '{app="old"}', "start": "1"}, timeout=30)
    assert not answer.ok


def test_the_longest_line_arrives(loki: str, tmp_path: Path) -> None:
    """A line of 256 KiB is an event; of one byte more, only the size arrives."""
    logs = tmp_path / "logs"
    logs.mkdir()
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    head = json.dumps({"timestamp": stamp, "event": "auth.logout", "x": ""})[:-2]
    whole = [f'{head}{"x" * (size - len(head) - 2)}"}}' for size in (LONGEST, LONGEST + 1)]
    (logs / "app.jsonl").write_text("\n".join(whole) + "\n")
    with native.promtail(tmp_path / "promtail", logs, loki, REDACTION="off"):
        query = '{app="timetracker"}'
        found = native.eventually(
            lambda: some(native.lines(loki, now - 60, now + 60, query)), "a line arrives"
        )
    assert [(labels["event"], len(text)) for labels, _, text in found] == [("auth.logout", LONGEST)]


def some(found: list[native.Json]) -> list[native.Json] | None:
    """The lines, if there are any."""
    return found or None
