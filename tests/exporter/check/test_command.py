"""`eventdeck check` as an operator runs it: where it reads, what it returns, what it refuses."""

import gzip
import io
import json
import os
import pty
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from eventdeck.check.lines import Log, UnreadableError
from eventdeck.check.progress import progress

from tests.exporter.check.conftest import Check
from tests.exporter.check.logs import CATALOGUE, placed, times, write

NOBODY = 65534
EXPORTER = Path(__file__).parents[3] / "exporter"
GENUINE = Path(__file__).parents[1] / "fixtures" / "genuine.jsonl"


def test_without_a_log_the_catalogue_is_checked(check: Check) -> None:
    """It says what it holds."""
    said = check()
    assert said.out == f"{CATALOGUE}: 2 events of Shop, no errors\n"
    assert said.code == 0


def test_a_wrong_catalogue_is_refused_before_any_log(tmp_path: Path, check: Check) -> None:
    """The sentence is the catalogue's, the exit code 1."""
    wrong = tmp_path / "wrong.yaml"
    said = check("--catalogue", wrong, "app.jsonl")
    assert said.err == f"{wrong}: there is no such file; --catalogue names another one\n"
    assert (said.code, said.out) == (1, "")


def test_strict_ends_with_1_when_anything_is_found(log: Path, check: Check) -> None:
    """Without it, findings are no error; without findings, strictness is none."""
    write(log, *times(4))
    assert check("--strict", log).code == 0
    write(log, *times(4), "broken")
    assert check(log).code == 0
    assert check("--strict", log).code == 1


def test_json_holds_everything_for_machines(log: Path, check: Check) -> None:
    """Counts as the exporter counts, every documented event, every finding with its places."""
    write(log, *times(3), "", "broken", placed(4, event="order.lost"), last=5)
    assert json.loads(check("--format", "json", log).out) == {
        "catalogue": str(CATALOGUE),
        "application": "Shop",
        "logs": ["app.jsonl"],
        "counted": 3,
        "unknown": 1,
        "rejected": 1,
        "blank": 1,
        "events": {"order.placed": 2, "order.cancelled": 1},
        "findings": [
            {
                "kind": "rejected",
                "event": "",
                "property": "",
                "reason": "not_json",
                "count": 1,
                "details": {"the line is not JSON": 1},
                "examples": [{"log": "app.jsonl", "line": 5}],
            },
            {
                "kind": "unknown_event",
                "event": "order.lost",
                "property": "",
                "reason": "",
                "count": 1,
                "details": {"carries order_id, channel, gift, price": 1},
                "examples": [{"log": "app.jsonl", "line": 6}],
            },
        ],
    }


def test_an_empty_log_holds_no_event(log: Path, check: Check) -> None:
    """Everything documented is missing from it, and nothing else is wrong."""
    write(log)
    said = check(log)
    assert said.out.splitlines()[0] == (
        "app.jsonl: 0 lines of documented events, 0 of others, 0 not counted"
    )
    assert said.out.splitlines()[-1] == "2 findings"


def test_a_compressed_log_reads_as_the_same(tmp_path: Path, check: Check) -> None:
    """Also one of several parts, as `cat a.gz b.gz` makes it; its name does not matter."""
    lines = [f"{line}\n".encode() for line in times(3000)]
    packed = tmp_path / "packed"
    packed.write_bytes(
        gzip.compress(b"".join(lines[:1000])) + gzip.compress(b"".join(lines[1000:]))
    )
    assert check(packed).out.splitlines()[0] == (
        f"{packed}: 3,000 lines of documented events, 0 of others, 0 not counted"
    )


def test_a_damaged_compressed_log_is_refused(tmp_path: Path, check: Check) -> None:
    """Figures of a part of it would be taken for figures of the whole."""
    packed = tmp_path / "app.jsonl.gz"
    packed.write_bytes(gzip.compress(b"".join(f"{line}\n".encode() for line in times(900)))[:-20])
    said = check(packed)
    assert said.err == (
        f"{packed}: is damaged: gzip cannot decompress it to its end; check what can be saved "
        "of it: gzip -cd FILE | eventdeck check -\n"
    )
    assert (said.code, said.out) == (2, "")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input_is_read(pack: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` takes what a pipe brings, compressed or not; it has no file to compare a zone with."""
    data = "".join(f"{line}\n" for line in times(4)).encode()
    packed = gzip.compress(data) if pack is gzip.compress else data
    command = [sys.executable, "-m", "eventdeck", "check", "--catalogue", str(CATALOGUE), "-"]
    monkeypatch.setenv("PYTHONPATH", str(EXPORTER))
    done = subprocess.run(command, input=packed, capture_output=True, check=True)
    assert done.stdout.decode().splitlines()[0] == (
        "standard input: 4 lines of documented events, 0 of others, 0 not counted"
    )
    assert done.stderr == b""


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, check: Check) -> None:
    """And no report, for it would be one of other logs only."""
    good = write(tmp_path / "good.jsonl", *times(2))
    missing = tmp_path / "missing.jsonl"
    said = check(good, missing)
    assert said.err == f"{missing}: there is no such file; name a log, or - for standard input\n"
    assert (said.code, said.out) == (2, "")
    said = check(tmp_path)
    assert said.err == f"{tmp_path}: is a folder; name the logs in it, as {tmp_path}/*\n"
    assert said.code == 2


def test_a_log_that_may_not_be_read_is_named(log: Path) -> None:
    """The sentence says how its group gets the right."""
    write(log, *times(2)).chmod(0)
    me = os.geteuid()
    try:
        if me == 0:
            os.seteuid(NOBODY)
        with pytest.raises(UnreadableError) as caught:
            Log(str(log))
    finally:
        os.seteuid(me)
    assert str(caught.value) == "app.jsonl: may not be read by this user; chmod g+r lets its group"


def test_a_last_line_without_its_end_counts(log: Path, check: Check) -> None:
    """As it does in a rotated file."""
    log.write_text("\n".join(times(3)))
    assert check(log).out.startswith("app.jsonl: 3 lines of documented events")


def test_a_bar_is_drawn_only_on_a_terminal(log: Path) -> None:
    """A pipeline gets none; somebody who watches gets the share that was read."""
    write(log, *times(100))
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal, closing(Log(str(log))) as opened:
        with progress(opened, terminal, after=0) as advance:
            advance(1)
        drawn = os.read(master, 4096).decode()
        os.close(master)
        assert "app.jsonl:   0%" in drawn
        silent = io.StringIO()
        with progress(opened, silent, after=0) as advance:
            advance(1)
        assert silent.getvalue() == ""


def test_the_genuine_log_deviates_as_is_known(check: Check) -> None:
    """What TimeTracker writes and does not document, and the other way round, all of it."""
    said = check("--catalogue", EXPORTER / "events.yaml", "--format", "json", GENUINE)
    summary = json.loads(said.out)
    assert (summary["counted"], summary["unknown"], summary["rejected"]) == (232, 33, 0)
    found: dict[str, dict[str, int]] = {}
    for finding in summary["findings"]:
        about = ".".join(part for part in (finding["event"], finding["property"]) if part)
        found.setdefault(finding["kind"], {})[about] = finding["count"]
    found.pop("wrong_zone", None)  # it depends on when the fixture was checked out
    assert found["unknown_event"] == {
        "comment.created": 15,
        "report.viewed": 15,
        "admin.telemetry_dashboard_viewed": 1,
        "admin.telemetry_toggled": 1,
        "client.archived": 1,
    }
    assert found["undocumented_property"] == {
        "export.csv.date_range_days": 23,
        "task.updated.project_id": 1,
    }
    assert {"invoice.created", "invoice.sent", "invoice.paid", "report.generated"} <= set(
        found["never_seen"]
    )
    assert set(found) == {"unknown_event", "never_seen", "undocumented_property"}
