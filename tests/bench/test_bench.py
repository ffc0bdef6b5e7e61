"""The benchmark works: it counts exactly and has all its rows. How fast it is, no test says."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.bench import mtail
from tests.bench.__main__ import main
from tests.bench.child import FailedError
from tests.bench.log import Log
from tests.bench.reading import exact
from tests.bench.table import Quantity

READ = {
    "bare limit": 20_000,
    "Eventdeck, count by event": 20_000,
    "Eventdeck, full path": 20_000,
    "Eventdeck, full path, 1 % malformed": 19_783,
    "Eventdeck, full path, from gzip": 20_000,
}
BESIDE = {"mtail, count by event": 20_000, "mtail, labels and histograms": 20_000}
MEASURED = {
    "Eventdeck, count by event",
    "Eventdeck, full path",
    "Eventdeck, full path, 1 % malformed",
    "full path against mtail",
    "peak memory while reading",
    "start to exact /metrics",
    "the same against mtail's count by event",
    "start to exact /metrics, gzip",
    "gzip against mtail's count by event, plain",
    "start to first answer, no backlog",
    "scrape, idle, p50",
    "scrape, idle, p99",
    "in the scrape that follows the write",
    "write to visible on the page",
    "idle CPU",
    "CPU at 2,000 events/s",
    "scrape, catching up, p50",
    "scrape, catching up, p99",
    "ingest while scraped",
    "peak memory while serving",
}
GROWN = ["1 file, 26 events", "10 files, 26 events", "1 file, 26 events", "1 file, 260 events"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with old figures between its marks."""
    page = tmp_path_factory.mktemp("page") / "BENCHMARK.md"
    page.write_text("# Before\n<!-- measured -->\nold\n<!-- end -->\nAfter.\n", "utf-8")
    return page


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, page: Path) -> dict[str, Any]:
    """Run it once, quickly, in a cache of its own."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(Path(__file__).parents[2])
        printed: list[str] = []
        patch.setattr("sys.stdout.write", printed.append)
        words = ["--quick", "--json", "--cache", str(cache), "--page", str(page)]
        assert main(words) == 0
    report: dict[str, Any] = msgspec.json.decode("".join(printed))
    return report


def test_every_way_of_reading_counts_exactly(report: dict[str, Any]) -> None:
    """Each row names what it counted; a wrong count would have ended the run."""
    expected = READ | (BESIDE if mtail.path() else {})
    assert {row["name"]: row["counted"] for row in report["rows"]} == expected
    assert all(row["per_cpu_second"] > 0 for row in report["rows"])


def test_every_quantity_is_there(report: dict[str, Any]) -> None:
    """With its target, where it has one, and whether this run reached it."""
    assert {quantity["name"] for quantity in report["quantities"]} == MEASURED
    assert [one["name"] for one in report["growth"]] == GROWN


def test_a_write_is_in_the_scrape_that_follows(report: dict[str, Any]) -> None:
    """Not a matter of speed: of fifty writes, each was in the next scrape."""
    (seen,) = (q for q in report["quantities"] if q["name"].startswith("in the scrape"))
    assert seen["value"] == 100


@pytest.mark.usefixtures("report")
def test_the_figures_go_between_the_marks_of_the_page(page: Path) -> None:
    """What people wrote around them stays."""
    text = page.read_text("utf-8")
    assert text.startswith("# Before\n<!-- measured -->\n20,000 lines, medians of 1 ")
    assert text.endswith("|\n<!-- end -->\nAfter.\n")
    assert "old" not in text


def test_a_page_without_marks_is_refused_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It stays as it was, be it there or not."""
    page = tmp_path / "page.md"
    assert main(["--page", str(page)]) == 1
    page.write_text("mine\n", "utf-8")
    assert main(["--page", str(page)]) == 1
    assert page.read_text("utf-8") == "mine\n"
    assert f"bench: {page}: has no place for the figures" in capsys.readouterr().err


def test_a_wrong_count_ends_the_run() -> None:
    """The error names the events."""
    log = Log("app.jsonl", 3, 900, {"auth.login": 2, "auth.logout": 1})
    exact("Eventdeck", {"auth.login": 2, "auth.logout": 1, "task.created": 0}, log)
    with pytest.raises(FailedError, match=r"^mtail counted wrong in app\.jsonl: auth\.logout$"):
        exact("mtail", {"auth.login": 2, "auth.logout": 0}, log)


@pytest.mark.parametrize(
    ("quantity", "verdict"),
    [
        (Quantity("x", 0.5, bound="at least", target=0.4), "reached"),
        (Quantity("x", 0.3, bound="at least", target=0.4), "missed by 25%"),
        (Quantity("x", 33.0, "MB", "at most", 30), "missed by 10%"),
        (Quantity("x", None, bound="at most", target=30), ""),
        (Quantity("x", 1.0), ""),
    ],
)
def test_a_missed_target_says_by_how_much(quantity: Quantity, verdict: str) -> None:
    """What was not measured, or has no target, is neither reached nor missed."""
    assert quantity.verdict == verdict
