"""What every test can ask for, and the closing summary: what was not tested here, and why."""

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

PACKAGES = "on Debian: sudo bash tests/system-packages.sh"

# What neither Debian nor PyPI nor npm offers: the only skips that a run with CI=true accepts.
MAY_BE_MISSING = ("grafana", "loki", "promtail")

ENGINES = pytest.StashKey[dict[str, tuple[str, str]]]()

Require = Callable[..., Path]
RecordEngine = Callable[[str, str, str], None]


@pytest.fixture(scope="session")
def require() -> Require:
    """Give the path of a program, or skip with a reason that the closing summary groups by.

    `require("promtool")`, or `require("loki", "build it from source")` with the way to get it
    where tests/system-packages.sh does not install it.
    """

    def find(program: str, how: str = PACKAGES) -> Path:
        path = shutil.which(program)
        if path is None:
            pytest.skip(f"{program}: not found; get it {how}")
        return Path(path)

    return find


@pytest.fixture(scope="session")
def record_engine(request: pytest.FixtureRequest) -> RecordEngine:
    """Take `(name, tested, shipped)`: the summary names versions that are not the shipped ones."""
    engines = request.config.stash.setdefault(ENGINES, {})

    def record(name: str, tested: str, shipped: str) -> None:
        engines[name] = (tested, shipped)

    return record


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true, fail a test that is skipped for want of something that can be had."""
    report = yield
    refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Hold files that skip themselves as a whole to the same rule."""
    report = yield
    refuse_skip(report)
    return report


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where all that tests need is supposed to be installed."""
    if os.environ.get("CI") != "true" or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = skip_reason(report)
    if not reason.startswith(tuple(f"{name}:" for name in MAY_BE_MISSING)):
        report.outcome = "failed"
        report.longrepr = f"nothing may be skipped with CI=true: {reason}"


def skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return the words given to `pytest.skip`, without what pytest puts before them."""
    longrepr = report.longrepr
    words = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return words.removeprefix("Skipped: ")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """Close every run with what it did not test; only pytest's own last line comes after it."""
    yield
    terminalreporter.section("what was not tested here")
    for line in closing_lines(terminalreporter):
        terminalreporter.line(line)


def closing_lines(terminalreporter: pytest.TerminalReporter) -> list[str]:
    """Name every reason once with its tests, then the versions that differ from the shipped."""
    groups = defaultdict(list)
    for report in terminalreporter.stats.get("skipped", []):
        groups[skip_reason(report)].append(report.nodeid)
    lines = [f"{reason}\n    {tests_in_words(ids)}" for reason, ids in sorted(groups.items())]
    if not lines:
        lines = ["nothing was skipped"]
    if left := len(terminalreporter.stats.get("deselected", [])):
        lines.append(f"{left} tests were not chosen on the command line")
    engines = terminalreporter.config.stash.get(ENGINES, {})
    return lines + [
        f"{name}: tested {tested}, shipped {shipped}"
        for name, (tested, shipped) in sorted(engines.items())
        if tested.removeprefix("v") != shipped.removeprefix("v")
    ]


def tests_in_words(node_ids: list[str]) -> str:
    """`3 tests: tests/stack/test_loki.py`; the count is of the tests, the names are of files."""
    files = sorted({node_id.partition("::")[0] for node_id in node_ids})
    return f"{len(node_ids)} test{'s' * (len(node_ids) > 1)}: {', '.join(files)}"
