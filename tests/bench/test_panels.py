"""The benchmark of the dashboards works. How fast they are, no test says."""

import pytest

from tests.bench.panels import main
from tests.conftest import Require


def test_it_asks_every_query(require: Require, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the slowest, and ends with the figure that has an aim."""
    require("prometheus")
    require("promtool")
    assert main(["--days", "1", "--scrape", "240"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 13
    assert said[-3].startswith("waited: median ")
    assert "queries, 1 days, a scrape every 240 s" in said[-1]
