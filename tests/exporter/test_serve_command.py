"""`eventdeck serve` at the command line: refusals in one sentence, flags, environment, signals."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.exporter.service import CATALOGUE, GENUINE, ROOT, Service, eventually

LINE = b'{"event": "auth.login", "auth_method": "local", "timestamp": "2026-11-23T10:00:00Z"}\n'


def eventdeck(*words: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "eventdeck", *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT / "exporter"), **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def serve(*flags: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `eventdeck serve` on a log of its own, where it will refuse to start."""
    base = ["serve", "--log.path", "app.jsonl", "--web.listen-address", "127.0.0.1:0"]
    return eventdeck(*base, *flags, cwd=cwd, **environment)


def test_without_a_log_it_says_how_to_name_one(tmp_path: Path) -> None:
    """No --log.path is a sentence, not a trace."""
    ended = eventdeck("serve", cwd=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr == (
        "eventdeck: no log to follow: give --log.path FILE (or EVENTDECK_LOG_PATH)\n"
    )


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """The sentence says which address, why, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ended = serve("--web.listen-address", address, cwd=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr == (
        f"eventdeck: {address}: cannot listen there: Address already in use; stop what uses the "
        "port, or choose another --web.listen-address\n"
    )


@pytest.mark.parametrize("address", ["9867", "host:port", "127.0.0.1:70000", ""])
def test_an_address_that_is_none_is_refused_with_an_example(tmp_path: Path, address: str) -> None:
    """HOST:PORT, and nothing else."""
    ended = serve("--web.listen-address", address, cwd=tmp_path)
    assert ended.returncode == 1
    assert f"eventdeck: {address}: is no address to listen on; write HOST:PORT" in ended.stderr


def test_a_catalogue_with_errors_is_refused_with_all_of_them(tmp_path: Path) -> None:
    """Each error has file, line, event and property."""
    text = CATALOGUE.read_text()
    broken = text.replace("namespace: timetracker", "namespace: time-tracker", 1)
    broken = broken.replace("triggered: When user explicitly logs out", 'triggered: ""', 1)
    (tmp_path / "events.yaml").write_text(broken)
    ended = serve("--catalogue", "events.yaml", cwd=tmp_path)
    assert ended.returncode == 1
    assert "events.yaml:6:" in ended.stderr
    assert "auth.logout" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_catalogue_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """One sentence with the file's name."""
    ended = serve("--catalogue", "nowhere.yaml", cwd=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("eventdeck: nowhere.yaml")
    assert len(ended.stderr.splitlines()) == 1


def test_a_state_that_cannot_be_kept_is_refused_at_start(tmp_path: Path) -> None:
    """A folder in which nothing can be made: said before anything is counted."""
    (tmp_path / "file").write_text("")
    ended = serve("--state.path", "file/state", cwd=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("eventdeck: file/state: the state cannot be kept there: ")
    assert "--state.path" in ended.stderr


def test_two_exporters_cannot_share_a_state(tmp_path: Path) -> None:
    """The second is told, and the first goes on."""
    with Service(tmp_path) as first:
        second = serve("--state.path", str(first.state), cwd=tmp_path)
        assert second.returncode == 1
        assert "another eventdeck is using this state" in second.stderr
        assert first.get("/-/healthy").ok


def test_every_flag_can_be_given_by_environment(tmp_path: Path) -> None:
    """As a container does; a flag wins over its variable."""
    (tmp_path / "app.jsonl").write_bytes(LINE)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        environment = {
            "EVENTDECK_LOG_PATH": "app.jsonl",
            "EVENTDECK_CATALOGUE": str(CATALOGUE),
            "EVENTDECK_STATE_PATH": "kept",
            "EVENTDECK_WEB_LISTEN_ADDRESS": address,
            "EVENTDECK_LOG_FORMAT": "text",
        }
        with Service(tmp_path, env=environment) as service:  # on the port that its flag names
            assert service.ready().counts()["auth.login"] == 1
            assert b"INFO    Eventdeck 0.1.0 counts 26 events of TimeTracker" in service.said
        refused = eventdeck("serve", cwd=tmp_path, **environment)
    assert f"{address}: cannot listen there" in refused.stderr
    assert (tmp_path / "kept.lock").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_a_second_with_the_state_saved(
    tmp_path: Path, number: signal.Signals
) -> None:
    """The next start goes on where this one ended."""
    (tmp_path / "app.jsonl").write_bytes(LINE * 3)
    with Service(tmp_path) as service:
        service.ready()
        begun = time.monotonic()
        assert service.stop(number) == 0
        took = time.monotonic() - begun
        assert b"ended; the state is saved" in service.said
    assert took < 5, "a second, and what a loaded machine adds"
    with Service(tmp_path) as service:
        assert service.ready().counts()["auth.login"] == 3


def test_its_own_log_is_json_lines(tmp_path: Path) -> None:
    """Each line is an object with time, level, logger and a sentence."""
    with Service(tmp_path) as service:
        service.ready()
        service.stop()
        entries = [json.loads(line) for line in service.said.splitlines()]
    assert all({"timestamp", "level", "logger", "message"} <= entry.keys() for entry in entries)
    messages = "\n".join(entry["message"] for entry in entries)
    assert "live page and /metrics on http://127.0.0.1:" in messages


def test_a_log_that_is_not_there_is_waited_for(tmp_path: Path) -> None:
    """The exporter starts, says so, and counts the first line when it comes."""
    with Service(tmp_path) as service:
        service.ready()
        note = service.get("/live.json").json()["files"][0]
        assert note["state"] == "waiting"
        assert note["note"] == "does not exist yet; waiting for its first line"
        (tmp_path / "app.jsonl").write_bytes(LINE)
        assert service.counts()["auth.login"] == 1, "in the scrape that follows the write"


def test_help_and_version_are_for_people(tmp_path: Path) -> None:
    """`--help` explains every flag with its variable; `--version` is one line."""
    text = eventdeck("serve", "--help", cwd=tmp_path).stdout
    flags = ("--log.path", "--catalogue", "--web.listen-address", "--web.config.file")
    for flag in (*flags, "--state.path"):
        assert flag in text
        assert f"EVENTDECK_{flag[2:].upper().replace('.', '_').replace('-', '_')}" in text
    assert eventdeck("--version", cwd=tmp_path).stdout == "eventdeck 0.1.0\n"


def test_check_says_whether_the_catalogue_can_be_used(tmp_path: Path) -> None:
    """0 and a count, or 1 and the errors."""
    good = eventdeck("check", "--catalogue", str(CATALOGUE), cwd=tmp_path)
    assert (good.returncode, good.stdout) == (
        0,
        f"{CATALOGUE}: 26 events of TimeTracker, no errors\n",
    )
    bad = eventdeck("check", "--catalogue", str(GENUINE), cwd=tmp_path)
    assert bad.returncode == 1


def test_the_demo_counts_sample_events_and_leaves_nothing(tmp_path: Path) -> None:
    """It names its address; Ctrl-C ends it, and its folder is gone."""
    command = [sys.executable, "-m", "eventdeck", "demo", "--web.listen-address", "127.0.0.1:0"]
    said = tmp_path / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--catalogue", str(CATALOGUE)],
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONPATH": str(ROOT / "exporter"), "TMPDIR": str(tmp_path)},
        )
    try:
        eventually(lambda: b"Ctrl-C ends it" in said.read_bytes(), "the demo greets")
        text = said.read_text()
        address = text.partition("page     ")[2].split()[0]
        eventually(lambda: _seen(address) == 26, "every event was seen once")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.wait()
    assert [path.name for path in tmp_path.iterdir()] == ["said"]


def _seen(address: str) -> int:
    import requests  # noqa: PLC0415  used here only

    events = requests.get(f"{address}/live.json", timeout=10).json()["events"]
    return sum(event["count"] > 0 for event in events)
