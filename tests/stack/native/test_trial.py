"""The line by which an installation is tried, through Promtail into Loki."""

import time
from pathlib import Path

import pytest
from eventdeck import trial
from eventdeck.catalogue.load import load

from tests.stack.native import engines as native

pytestmark = pytest.mark.usefixtures("engines")


@pytest.mark.parametrize("mode", ["strict", "mask", "off"])
def test_a_test_event_is_found_and_is_none_of_the_applications(tmp_path: Path, mode: str) -> None:
    """Under an application of its own, by its request; a panel's query does not show it."""
    catalogue = load(native.ROOT / "exporter/events.yaml")
    logs, now = tmp_path / "logs", time.time()
    logs.mkdir()
    other = trial.line(catalogue, "other", now).replace("eventdeck.test", "timer.started")
    (logs / "app.jsonl").write_text(other + "\n")
    beside = logs / "app.jsonl.eventdeck-test"  # the name that the plays write to
    beside.write_text(trial.line(catalogue, "test-1f", now) + "\n")
    with (
        native.loki(tmp_path / "loki") as loki,
        native.promtail(tmp_path / "promtail", logs, loki, REDACTION=mode),
    ):
        query = '{app="eventdeck-test"} | request_id=`test-1f`'
        wanted = {"app": "eventdeck-test", "event": "eventdeck.test", "level": "info"}
        found = native.eventually(lambda: ask(loki, query, now), "the test event is in Loki")
        assert wanted.items() <= found[0]["stream"].items()
        assert len(found) == 1
        app = f'{{app="{catalogue.namespace}"}}'
        native.eventually(lambda: ask(loki, app, now), "the other line is in Loki")
        assert not ask(loki, f"{app} |= `test-1f`", now)
        assert not ask(loki, f'{{app="{catalogue.namespace}", event="eventdeck.test"}}', now)


def ask(loki: str, query: str, now: float) -> list[native.Json]:
    """Return the streams that Loki finds."""
    url = f"{loki}/loki/api/v1/query_range"
    found = native.get(url, query=query, start=f"{now - 60}", end=f"{now + 60}")
    return list(found["data"]["result"])
