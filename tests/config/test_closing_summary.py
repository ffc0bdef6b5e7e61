"""The last lines of a test run say what was not tested, and why."""

from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
NEEDS = """
    def test_one(require):
        require("{program}")

    def test_two(require):
        require("{program}")
"""


@pytest.fixture(autouse=True)
def _project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    monkeypatch.delenv("CI", raising=False)


def closing_lines(pytester: pytest.Pytester, *flags: str) -> list[str]:
    """Run what the test wrote; every line but the empty ones that the runner adds at the end."""
    return [line for line in pytester.runpytest(*flags).outlines if line]


def test_reason_stands_once_with_its_tests_at_the_very_end(pytester: pytest.Pytester) -> None:
    """A program that two tests lack is one entry: name, way to get it, number of tests, file."""
    pytester.makepyfile(test_it=NEEDS.format(program="no-such-program"))
    lines = closing_lines(pytester, "-rs")
    assert "what was not tested here" in lines[-4]
    assert lines[-3].startswith("no-such-program: not found; get it on Debian: ")
    assert lines[-2] == "    2 tests: test_it.py"
    assert "2 skipped" in lines[-1]


def test_nothing_skipped_is_said_too(pytester: pytest.Pytester) -> None:
    """A run that skipped nothing says so, before pytest's own last line."""
    pytester.makepyfile(NEEDS.format(program="sh"))
    lines = closing_lines(pytester)
    assert lines[-2] == "nothing was skipped"
    assert "2 passed in" in lines[-1]


def test_missing_program_fails_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With CI=true a skip for want of something that Debian offers is a failure with its reason."""
    monkeypatch.setenv("CI", "true")
    pytester.makepyfile(NEEDS.format(program="no-such-program"))
    result = pytester.runpytest()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["nothing may be skipped with CI=true: no-such-program: *"])


def test_whole_file_that_skips_itself_fails_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`importorskip` at the top of a file is no way around the rule."""
    monkeypatch.setenv("CI", "true")
    pytester.makepyfile("import pytest\npytest.importorskip('no_such_module')")
    pytester.runpytest().assert_outcomes(errors=1)


def test_what_nobody_packages_may_be_missing_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loki is in no package archive, so that even CI runs without it, and says so."""
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PATH", "")
    pytester.makepyfile(NEEDS.format(program="loki"))
    result = pytester.runpytest()
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["loki: not found; get it *"])


def test_version_other_than_the_shipped_one_is_told(pytester: pytest.Pytester) -> None:
    """Only the engine whose tested version is not the shipped one is named."""
    pytester.makepyfile("""
        def test_engines(record_engine):
            record_engine("prometheus", "3.5.3", "v3.13.3")
            record_engine("mtail", "3.0.0", "v3.0.0")
    """)
    lines = closing_lines(pytester)
    assert lines[-2] == "prometheus: tested 3.5.3, shipped v3.13.3"
    assert not any(line.startswith("mtail") for line in lines)
