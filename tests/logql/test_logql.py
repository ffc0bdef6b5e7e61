"""Every LogQL query is one to the grammar that Grafana's own editor uses, with no Loki at hand."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.exporter.render.dashboards import EVERY, dashboard
from tests.stack.native.asking import Asker

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", "parse.mjs")
LOCKED = "npm: cannot reach its registry, and has not kept what package-lock.json names"


@pytest.fixture(scope="module")
def grammar(require: Require, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install what is locked into a folder of the test's own."""
    require("node")
    npm = require("npm")
    folder = tmp_path_factory.mktemp("logql")
    for name in FILES:
        shutil.copy(HERE / name, folder)
    command = [str(npm), "ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0 and "network" in done.stderr.lower():
        pytest.skip(LOCKED)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


def refused(grammar: Path, queries: list[str]) -> list[tuple[str, int]]:
    """The queries that are none, and where."""
    done = subprocess.run(
        ["/usr/bin/env", "node", "parse.mjs"],
        cwd=grammar,
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        check=True,
    )
    return [(query, place) for query, place in json.loads(done.stdout)]


def queries() -> list[str]:
    """Those of every panel and annotation of every dashboard, as Grafana would send them."""
    found = set()
    for made in (dashboard(*which) for which in EVERY):
        asker = Asker(made, now=0, scrape=15)
        found |= {target["expr"] for _, target in asker.targets("loki")}
        found |= {annotation["expr"] for annotation in asker.annotations("loki")}
    return sorted(asker.filled(expr, 604800, 3600) for expr in found)


def test_every_query_is_one(grammar: Path) -> None:
    """None is refused, and there are many."""
    asked = queries()
    assert len(asked) > 40
    assert refused(grammar, asked) == []


def test_a_broken_query_is_refused(grammar: Path) -> None:
    """The grammar does refuse."""
    assert refused(grammar, ['sum(count_over_time({app="a"} |~ `x` [1h])', '{app="a"}'])
