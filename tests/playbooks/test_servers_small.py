"""The common small case: one host runs the application and the stack. It had both before."""

import pytest

from tests.conftest import Require
from tests.playbooks.evidence import SERVICES, infra, logged, open_ports, write
from tests.playbooks.site import LOGS, Site, changes
from tests.stack.native.engines import BUILD, eventually

HOST = "server1"


@pytest.fixture(scope="module")
def small(site: Site) -> Site:
    """Deploy to one host in both groups, onto what a removal left of the server."""
    site.play("remove")
    made = site.hosts[HOST].run(
        f"mkdir -p {LOGS} && touch {LOGS}/app.jsonl && chgrp adm {LOGS}/app.jsonl"
    )
    assert made.returncode == 0, made.stdout
    site.settings["exporter_logrotate"] = True
    site.write()
    site.write_hosts(server=[HOST], agents=[HOST])
    site.bring_images(HOST)
    write(site, HOST, 5)
    site.deployed()
    return site


def test_one_host_in_both_groups_has_the_stack_alone(small: Site) -> None:
    """The stack reads the log itself: no service beside it, no front, nothing to reach from far."""
    assert set(small.runs()) == SERVICES - {"front"}
    host = infra(small, HOST)
    for unit in ("eventdeck-exporter", "eventdeck-promtail"):
        assert not host.file(f"/etc/systemd/system/{unit}.service").exists
    assert open_ports(small, HOST) == {22}


def test_its_events_are_counted_through_a_rotation(small: Site) -> None:
    """By logrotate, as it was asked for: what is written before and after is counted once."""
    assert infra(small, HOST).file("/etc/logrotate.d/eventdeck").exists
    done = small.hosts[HOST].run("logrotate --force /etc/logrotate.d/eventdeck")
    assert done.returncode == 0, done.stdout
    write(small, HOST, 4)
    counter = 'sum(timetracker_events_total{instance="exporter:9867"})'
    eventually(lambda: [one["value"][1] for one in small.query(counter)] == ["9"], "9 are counted")


def test_its_lines_can_be_searched(small: Site, require: Require) -> None:
    """All of them; they carry no host, because there is one only."""
    for program in ("loki", "promtail"):
        require(program, BUILD)
    eventually(lambda: logged(small).get("") == "9", "all lines are in Loki")


def test_what_was_kept_is_there_again(small: Site) -> None:
    """The volumes that `remove` kept: what was counted in another life can still be asked for."""
    kept = small.query('max_over_time(timetracker_events_total{event="timer.started"}[2h])')
    assert {"agent1", "agent2"} <= {one["metric"]["instance"] for one in kept}


def test_a_second_run_changes_nothing_there(small: Site) -> None:
    """Nor does a check find anything to do."""
    done = small.deployed("--diff")
    assert changes(done.stdout) == 0, done.stdout[-6000:]
