"""A small catalogue, logs that follow it or not, and the command as an operator runs it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from eventdeck.cli import main

from tests.exporter.check.logs import CATALOGUE, Said

Check = Callable[..., Said]


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a log in the working folder; `events` of it are what a test writes into it."""
    monkeypatch.chdir(tmp_path)
    return Path("app.jsonl")


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    """Run `eventdeck check` and give its exit code, its table and its errors."""

    def run(*arguments: str | Path) -> Said:
        code = main(["check", "--catalogue", str(CATALOGUE), *map(str, arguments)])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run


@pytest.fixture
def findings(check: Check) -> Callable[..., list[dict[str, object]]]:
    """Run it with `--format json` and give the findings alone."""

    def run(*arguments: str | Path) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(check("--format", "json", *arguments).out)[
            "findings"
        ]
        return found

    return run
