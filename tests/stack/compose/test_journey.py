"""Lines travel from the application's log to Prometheus and Loki: all of them, once."""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests
from eventdeck.catalogue.load import load
from eventdeck.catalogue.model import UNKNOWN

from tests.exporter.service import GENUINE
from tests.stack.compose.clone import Clone
from tests.stack.native.engines import ROOT, Json, eventually, lines

SAMPLES = 1000
CATALOGUE = load(ROOT / "exporter/events.yaml")
ZONE = ZoneInfo(CATALOGUE.line.zone)
ASCTIME = "%Y-%m-%d %H:%M:%S,%f"
PERSON = "zaphod"  # in everything that is planted

# Personal values in every place where they might hide: private properties, undocumented ones,
# behind escapes, in nested objects, in broken lines, in tracebacks, in ids, in names.
PLANTED = (ROOT / "tests/stack/compose/planted.jsonl").read_text().splitlines()


class Written:
    """What stands in the log: counts by name, and the moment, name and level of every line."""

    def __init__(self, text: str) -> None:
        """Read it once more, plainly."""
        self.lines = [json.loads(line) for line in text.splitlines()]
        self.names = Counter(documented(line) for line in self.lines)

    def expected(self) -> "Counter[tuple[int, str, str]]":
        """Milliseconds, event and level, as often as they stand there."""
        return Counter(
            (milliseconds(line["asctime"]), documented(line), line["levelname"].lower())
            for line in self.lines
        )


def documented(line: Json) -> str:
    """Return the label of a line's event."""
    name = line.get("event")
    return name if name in CATALOGUE.by_name else UNKNOWN


def milliseconds(asctime: str) -> int:
    """Return a line's own time in Unix milliseconds."""
    return round(datetime.strptime(asctime, ASCTIME).replace(tzinfo=ZONE).timestamp() * 1000)


def shifted(text: str) -> str:
    """Move the times of a log to the last minutes, each as far as the others."""
    found = re.findall(r'"asctime": "([^"]+)"', text)
    newest = max(datetime.strptime(one, ASCTIME).replace(tzinfo=ZONE) for one in found)
    by = datetime.now(ZONE) - timedelta(minutes=1) - newest

    def move(match: "re.Match[str]") -> str:
        moment = datetime.strptime(match[1], ASCTIME).replace(tzinfo=ZONE) + by
        return f'"asctime": "{moment.strftime(ASCTIME)[:-3]}"'

    return re.sub(r'"asctime": "([^"]+)"', move, text)


def samples(folder: Path) -> str:
    """Play a thousand events of the last hours."""
    path = folder / "sample.jsonl"
    flags = ["--no-live", "--past", "5h", "--per-day", "20000", "--count", str(SAMPLES)]
    subprocess.run(
        [sys.executable, "-m", "eventdeck", "sample", "--out", str(path), "--seed", "4", *flags],
        env={**os.environ, "PYTHONPATH": str(ROOT / "exporter")},
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return path.read_text()


@pytest.fixture(scope="module")
def written(stack: Clone, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Write the genuine log, moved to now, and a thousand samples, as an application does."""
    text = samples(tmp_path_factory.mktemp("sample")) + shifted(GENUINE.read_text())
    stack.write(text)
    return Written(text)


@pytest.fixture(scope="module")
def arrived(stack: Clone, written: Written) -> list[Json]:
    """Wait until as many lines are in Loki as were written; give them."""

    def all_there() -> list[Json] | None:
        found = in_loki(stack)
        return found if len(found) >= len(written.lines) else None

    return eventually(all_there, "every line is in Loki")


def in_loki(stack: Clone) -> list[Json]:
    """Return every line of the last day."""
    return lines(stack.url("LOKI_PORT"), time.time() - 86400, time.time() + 3600)


def test_prometheus_holds_the_exact_count_of_every_event(stack: Clone, written: Written) -> None:
    """By name; events that never occurred are there, at 0."""
    expected = {name: written.names[name] for name in (*CATALOGUE.by_name, UNKNOWN)}
    assert sum(expected.values()) == len(written.lines)
    eventually(lambda: sum(stack.scraped().values()) >= len(written.lines), "all are scraped")
    assert stack.scraped() == expected


def test_loki_holds_every_line_at_its_own_time(arrived: list[Json], written: Written) -> None:
    """To the millisecond, with the event and the level as labels."""
    found = Counter(
        (at // 1_000_000, labels["event"], labels["level"]) for labels, at, _ in arrived
    )
    assert found == written.expected()


def test_labels_are_those_designed(stack: Clone, arrived: list[Json]) -> None:
    """Streams are told apart by app, event and level only; ids and file names are no labels."""
    assert arrived
    url = f"{stack.url('LOKI_PORT')}/loki/api/v1/labels"
    labels = requests.get(url, params={"start": str(int(time.time() - 86400))}, timeout=30).json()
    assert set(labels["data"]) == {"app", "event", "level"}


def test_the_lines_of_a_request_are_found_by_its_id(stack: Clone, arrived: list[Json]) -> None:
    """The request id is structured metadata, which a query can ask for."""
    assert arrived
    wanted = Written(stack.log.read_text()).lines[-1]["request_id"]
    query = f'{{app=~".+"}} | request_id="{wanted}"'
    begin, end = time.time() - 86400, time.time() + 3600
    found = lines(stack.url("LOKI_PORT"), begin, end, query)
    assert found
    assert {labels["request_id"] for labels, _, _ in found} == {wanted}


@pytest.fixture(scope="module")
def planted(stack: Clone, arrived: list[Json]) -> int:
    """Write lines that hold personal values; give how many there are with those before."""
    now = datetime.now(ZONE)
    for number, line in enumerate(PLANTED):
        moment = (now + timedelta(milliseconds=number)).strftime(ASCTIME)[:-3]
        stack.write(line.replace("{time}", moment) + "\n")
    return len(arrived) + len(PLANTED)


def test_nothing_that_is_personal_reaches_loki(stack: Clone, planted: int) -> None:
    """Neither in a line, nor in a label, nor in structured metadata; yet each line arrives."""
    eventually(lambda: len(in_loki(stack)) >= planted, "the lines that were planted are in Loki")
    found = in_loki(stack)
    assert len(found) == planted
    assert [entry for entry in found if PERSON in json.dumps(entry).lower()] == []
    assert "example.org" not in json.dumps(found)


def test_a_failed_login_keeps_a_hash_of_its_user(stack: Clone, planted: int) -> None:
    """So that one attacked account can be told from many; the salt is this stack's own."""
    assert planted
    begin, end = time.time() - 600, time.time() + 3600
    query = '{event="auth.login_failed"} |= "user_not_found"'
    *_, (_, _, text) = lines(stack.url("LOKI_PORT"), begin, end, query)
    assert re.fullmatch(r"#[0-9a-f]{16}", json.loads(text)["username"])
