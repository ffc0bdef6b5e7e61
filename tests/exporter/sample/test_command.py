"""`eventdeck sample` at the command line: options, exit codes, signals, one sentence each."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path

import pytest
from eventdeck.sample.command import add_arguments, run

ROOT = Path(__file__).parents[3]
CATALOGUE = str(ROOT / "exporter" / "events.yaml")
START = "2026-11-02T00:00:00Z"
TWO_DAYS = ("--past", "2d", "--per-day", "500", "--no-live", "--seed", "3", "--start", START)
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "exporter")}
MAIN = (
    "import sys, argparse; from eventdeck.sample.command import add_arguments, run; "
    "parser = argparse.ArgumentParser(prog='eventdeck sample'); add_arguments(parser); "
    "sys.exit(run(parser.parse_args()))"
)


def sample(*arguments: str | Path) -> int:
    """Run the command in this process; return its exit code."""
    parser = ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args([str(argument) for argument in arguments]))


def test_past_days_are_written_at_once(tmp_path: Path) -> None:
    """Every line is JSON with its own time; the seed and the start repeat it to the byte."""
    for name in "ab":
        assert sample("--out", tmp_path / name, "--catalogue", CATALOGUE, *TWO_DAYS) == 0
    lines = [json.loads(line) for line in (tmp_path / "a").read_text().splitlines()]
    assert len(lines) > 500
    assert all(
        line["asctime"].startswith(("2026-11-02", "2026-11-03", "2026-11-04")) for line in lines
    )
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_zone_can_be_another(tmp_path: Path) -> None:
    """`--zone` moves asctime and the working day with it."""
    options = ("--zone", "Asia/Tokyo", *TWO_DAYS)
    sample("--out", tmp_path / "a", "--catalogue", CATALOGUE, *options)
    lines = (tmp_path / "a").read_text().splitlines()
    hours = [json.loads(line)["asctime"][11:13] for line in lines]
    assert hours.count("10") > 5 * hours.count("04")


def test_a_full_disk_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, the file and the reason; the lines before are kept."""
    path = tmp_path / "s.jsonl"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, before[1]))
    try:
        assert sample("--out", path, "--catalogue", CATALOGUE, *TWO_DAYS) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    said = capsys.readouterr().err
    assert said == f"eventdeck sample: cannot write {path}: File too large\n"
    assert len(path.read_text().splitlines()) > 10


def test_a_foreign_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, one sentence that names the file, and the file as it was."""
    path = tmp_path / "app.jsonl"
    path.write_text('{"name": "timetracker"}\n')
    assert sample("--out", path, "--catalogue", CATALOGUE) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(path) in said
    assert "name another file" in said
    assert path.read_text() == '{"name": "timetracker"}\n'


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--out", "/dev/full"], 2, "/dev/full is not a file"),
        (["--out", "/proc/none/s.jsonl"], 1, "cannot write /proc/none"),
        (["--out", "s.jsonl", "--no-live"], 2, "nothing to write"),
        (["--out", "s.jsonl", "--catalogue", "/none.yaml"], 1, "/none.yaml"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    arguments: list[str], code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What, where and what to do, without a traceback."""
    if "--catalogue" not in arguments:
        arguments = [*arguments, "--catalogue", CATALOGUE]
    assert sample(*arguments) == code
    said = capsys.readouterr().err.splitlines()
    assert sentence in said[-1]
    assert len(said) == 1


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--past", "15 days", "write it like 90m, 3h or 15d"),
        ("--past", "99999d", "3650d, is the most"),
        ("--rate", "0", "a number above 0"),
        ("--rate", "nan", "a number above 0"),
        ("--count", "1.5", "a whole number above 0"),
        ("--start", "yesterday", "no time like"),
        ("--zone", "Rome", "write it like Europe/Rome"),
        ("--undocumented", "2", "a share from 0 to 0.5"),
    ],
)
def test_a_wrong_option_is_explained(
    option: str, value: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and how to write it."""
    with pytest.raises(SystemExit) as ended:
        sample("--out", "s.jsonl", option, value)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_bytes_do_not_depend_on_the_order_of_hashes(tmp_path: Path) -> None:
    """Another process, whose strings hash otherwise, writes the same."""
    for name, hashes in (("a", "1"), ("b", "2")):
        options = ["--out", str(tmp_path / name), "--catalogue", CATALOGUE, *TWO_DAYS]
        subprocess.run(
            [sys.executable, "-c", MAIN, *options],
            env={**ENVIRONMENT, "PYTHONHASHSEED": hashes},
            check=True,
        )
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_a_whole_line(tmp_path: Path, number: signal.Signals) -> None:
    """At once, also in the middle of a long wait; exit code 0."""
    path = tmp_path / "s.jsonl"
    options = ["--out", str(path), "--catalogue", CATALOGUE, "--rate", "0.001"]
    with subprocess.Popen(
        [sys.executable, "-c", MAIN, *options],
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as process:
        while not path.exists() or path.stat().st_size == 0:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert b"1 sample events written" in process.stderr.read()
    assert path.read_bytes().endswith(b"}\n")
