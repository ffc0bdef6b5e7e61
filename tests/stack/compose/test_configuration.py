"""A changed line reaches the container that reads it on the next `up`, and no other is touched."""

from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.stack.compose.clone import SERVICES, Clone


def append(path: Path) -> None:
    """Add a comment to a file of YAML."""
    with path.open("a") as file:
        file.write("# changed\n")


CHANGES = {
    "exporter": "exporter/events.yaml",
    "prometheus": "prometheus/prometheus.yml",
    "alertmanager": "alertmanager/alertmanager.yml",
    "loki": "loki/loki.yaml",
    "promtail": "promtail/promtail.yaml",
    "grafana": "grafana/provisioning/datasources",
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_changed_line_replaces_one_container(stack: Clone, service: str) -> None:
    """Data and all other services stay as they are."""
    path = stack.root / CHANGES[service]
    append(next(path.glob("*.y*ml")) if path.is_dir() else path)
    before = stack.runs()
    said = stack.up()
    after = stack.runs()
    assert [name for name in SERVICES if before[name] != after[name]] == [service]
    assert said.count("as it was") == len(SERVICES) - 1


def test_a_changed_setting_replaces_one_container(stack: Clone) -> None:
    """REDACTION is Promtail's alone."""
    before = stack.runs()
    stack.set(REDACTION="mask")
    stack.up()
    stack.set()
    after = stack.runs()
    assert [name for name in SERVICES if before[name] != after[name]] == ["promtail"]


def test_new_source_of_the_exporter_makes_a_new_image(stack: Clone) -> None:
    """After a `git pull` nobody has to know what is built."""
    stack.up()
    before = stack.runs()
    module = stack.root / "exporter/eventdeck/__init__.py"
    module.write_text(module.read_text() + "\n# changed\n")
    said = stack.up()
    assert "building the exporter's image" in said
    after = stack.runs()
    assert [name for name in SERVICES if before[name] != after[name]] == ["exporter"]


def test_a_new_dashboard_restarts_nothing(stack: Clone) -> None:
    """Grafana reads dashboards again by itself."""
    before = stack.runs()
    path = stack.root / "grafana/dashboards/overview.json"
    path.write_text(path.read_text() + "\n")
    stack.up()
    assert stack.runs() == before


def broken(stack: Clone) -> str:
    """`eventdeck up` with a log folder that is not there."""
    stack.set(LOG_PATH=stack.root / "nowhere")
    done = stack.run("up")
    stack.set()
    assert done.returncode == 1
    return done.stdout


def broken_name(stack: Clone) -> str:
    """`eventdeck up` with a typo."""
    stack.set(GRAFNA_PORT=1)
    done = stack.run("up")
    stack.set()
    assert done.returncode == 1
    return done.stdout


@pytest.mark.parametrize(
    ("start", "said"),
    [(broken, "there is no folder"), (broken_name, "-> write GRAFANA_PORT")],
    ids=["folder", "typo"],
)
def test_a_start_that_cannot_be_leaves_what_runs(
    stack: Clone, start: Callable[[Clone], str], said: str
) -> None:
    """The look comes first: nothing was stopped when it finds something."""
    before = stack.runs()
    assert said in start(stack)
    assert stack.runs() == before
    assert requests.get(f"{stack.url('GRAFANA_PORT')}/api/health", timeout=30).ok
