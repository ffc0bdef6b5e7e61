"""Nobody's first look is empty, and samples never mix with real events."""

import shutil
import time

from tests.exporter.render.dashboards import CATALOGUES
from tests.stack.compose.clone import SERVICES, Clone
from tests.stack.native.engines import eventually, lines

DAY = 86400.0
Filters = dict[str, str | list[str] | bool]


def sampled(clone: Clone) -> None:
    """Start without a log."""
    clone.set(LOG_PATH="")
    said = clone.up()
    assert "These are sample events" in said
    assert "set LOG_PATH in .env" in said


def test_without_a_log_there_are_samples_of_past_days_and_live_ones(clone: Clone) -> None:
    """Counters stand at once, old lines are in Loki, and new ones follow."""
    sampled(clone)
    counted = eventually(lambda: past(clone), "the past is counted")
    eventually(lambda: sum(clone.counts().values()) > counted, "events go on")
    now = time.time()
    eventually(
        lambda: lines(clone.url("LOKI_PORT"), now - 6 * DAY, now - 4 * DAY),
        "lines of five days ago are in Loki",
    )


def past(clone: Clone) -> int:
    """Return the sum of all counters, once there are many."""
    total = sum(clone.counts().values())
    return total if total > 5_000 else 0


def test_a_restart_does_not_play_the_past_again(clone: Clone) -> None:
    """Down and up go on with the log that is there."""
    sampled(clone)
    counted = sum(clone.counts().values())
    assert clone.run("down").returncode == 0
    sampled(clone)
    assert counted <= sum(clone.counts().values()) < counted + 1000


def test_the_users_log_has_a_stack_of_its_own(clone: Clone) -> None:
    """It takes the place of the samples, whose data is kept; none of it is in the new counters."""
    sampled(clone)
    clone.write("")
    clone.set()
    said = clone.up()
    assert "stopping the sample stack" in said
    assert sum(clone.counts().values()) == 0
    assert {name: clone.healthy(name) for name in SERVICES} == dict.fromkeys(SERVICES, True)
    labels: Filters = {"label": f"com.docker.compose.project={clone.project}-sample"}
    assert clone.client.containers.list(all=True, filters=labels) == []
    assert len(clone.client.volumes.list(filters=labels)) == 7


def test_destroy_asks_and_without_an_answer_removes_nothing(clone: Clone) -> None:
    """Nobody at a terminal is a no; --yes is a yes, and .env and secrets stay."""
    clone.set()
    clone.write("")
    clone.up()
    refused = clone.run("destroy")
    assert refused.returncode == 1
    assert "Nothing was removed." in refused.stdout
    labels: Filters = {"label": f"com.docker.compose.project={clone.project}"}
    assert len(clone.client.volumes.list(filters=labels)) == 6
    assert clone.run("destroy", "--yes").returncode == 0
    assert clone.client.volumes.list(filters=labels) == []
    assert clone.client.containers.list(all=True, filters=labels) == []
    assert (clone.root / ".secrets/grafana-admin-password").is_file()


def test_samples_are_those_of_the_users_own_catalogue(clone: Clone) -> None:
    """It is played and counted; but for the few strays of every sample, all of it is documented."""
    assert clone.run("destroy", "--yes", "--sample").returncode == 0
    own = clone.root / "local/exporter/events.yaml"
    own.parent.mkdir(parents=True)
    shutil.copy(CATALOGUES["shop"], own)
    done = clone.run("render")
    assert done.returncode == 0, done.stdout + done.stderr
    sampled(clone)
    eventually(lambda: clone.counts("shop").get("order.placed"), "orders are counted")
    counts = clone.counts("shop")
    assert counts["parcel.sent"]
    assert counts["_unknown"] < sum(counts.values()) / 20
