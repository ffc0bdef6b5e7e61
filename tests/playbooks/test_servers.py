"""The plays on booted hosts, in the order in which an operator meets them.

Each test goes on where the one before it ended: they are run together, or from the first one on.
"""

import re

import pytest

from tests.conftest import Require
from tests.playbooks.evidence import (
    AGENTS,
    LIVE,
    SERVICES,
    ask,
    counted,
    infra,
    line,
    logged,
    open_ports,
    pushed,
    write,
)
from tests.playbooks.site import Site, changes
from tests.stack.native.engines import BUILD, eventually


def test_a_first_check_passes_and_changes_nothing(site: Site) -> None:
    """On hosts that have nothing yet, --check --diff ends well, and they have nothing then."""
    done = site.play("site", "--check", "--diff")
    assert done.returncode == 0, done.stdout[-6000:]
    assert changes(done.stdout) > 20
    server, agent = infra(site, "server1"), infra(site, "agent1")
    assert not server.package("docker.io").is_installed
    assert not server.file(LIVE).exists
    assert not server.file("/etc/eventdeck").exists
    assert not agent.file("/etc/eventdeck").exists
    assert not agent.user("eventdeck").exists
    assert not (site.inventory / "pki").exists()
    for secret in site.secrets.values():
        assert secret not in done.stdout


def docker_of(site: Site, name: str) -> str:
    """Return what there is of Docker on a host: packages, versions, containers since when."""
    form = "{{.Id}} {{.State.StartedAt}}"
    done = site.hosts[name].run(
        "dpkg-query --show docker.io containerd runc iptables; docker version; "
        f'docker inspect --format "{form}" $(docker ps --all --quiet); '
        "find /usr/local/lib/docker /etc/docker 2>/dev/null"
    )
    return done.stdout


def test_a_deployment_brings_everything(site: Site) -> None:
    """Docker and Compose, every service healthy, two services on every application host.

    Docker that is there already, on an application host, is left alone with what runs in it.
    """
    theirs = docker_of(site, "agent2")
    done = site.deployed()
    assert docker_of(site, "agent2") == theirs
    assert set(site.runs()) == SERVICES
    for name in AGENTS:
        host = infra(site, name)
        for unit in ("eventdeck-exporter", "eventdeck-promtail"):
            assert host.service(unit).is_running
            assert host.service(unit).is_enabled
    assert not infra(site, "agent1").exists("docker")
    for secret in site.secrets.values():
        assert secret not in done.stdout


def test_a_second_run_changes_nothing(site: Site) -> None:
    """Not one task of it reports a change, and no container is another one."""
    before = site.runs()
    done = site.deployed("--diff")
    assert changes(done.stdout) == 0, done.stdout[-6000:]
    assert "WARNING" not in done.stdout
    assert site.runs() == before


def test_a_check_of_what_runs_finds_nothing_to_do(site: Site) -> None:
    """--check on deployed hosts passes, too."""
    done = site.play("site", "--check", "--diff")
    assert done.returncode == 0, done.stdout[-6000:]
    assert changes(done.stdout) == 0, done.stdout[-6000:]


@pytest.mark.parametrize("unit", ["eventdeck-exporter", "eventdeck-promtail"])
def test_a_service_can_do_no_more_than_it_must(site: Site, unit: str) -> None:
    """`systemd-analyze security` gives 2.0 or better."""
    said = site.hosts["agent1"].run(f"systemd-analyze security --no-pager {unit}").stdout
    found = re.search(r"Overall exposure level.*: ([\d.]+)", said)
    assert found, said
    assert float(found[1]) <= 2.0, said


def test_secrets_are_read_by_one_user_only(site: Site) -> None:
    """Mode 0400, owned by who needs it; on no command line, and not in the journal."""
    server = infra(site, "server1")
    folder = server.file("/etc/eventdeck/secrets")
    assert folder.mode == 0o700
    owners = {"grafana-admin-password": 472, "redaction-salt": 10001, "front-key": 10001}
    for name, uid in owners.items():
        file = server.file(f"/etc/eventdeck/secrets/{name}")
        assert (file.mode, file.uid) == (0o400, uid)
    for name in ("server1", *AGENTS):
        said = site.hosts[name].run("journalctl --no-pager; ps -eo args").stdout
        assert not [key for key, secret in site.secrets.items() if secret in said]
    agent = infra(site, "agent1")
    for path in ("exporter.key", "web.yml", "push-password", "promtail.env"):
        assert agent.file(f"/etc/eventdeck/{path}").mode == 0o400


def test_events_of_the_agents_are_counted_on_the_server(site: Site) -> None:
    """Found by Prometheus from the inventory, over TLS, each under its name."""
    write(site, "agent1", 7)
    write(site, "agent2", 11)
    counted(site)


def test_lines_of_the_agents_can_be_searched_on_the_server(site: Site, require: Require) -> None:
    """They pass the front with a password and are in Loki under the labels of the stack."""
    for program in ("loki", "promtail"):
        require(program, BUILD)
    eventually(lambda: logged(site) == {"agent1": "7", "agent2": "11"}, "all lines are in Loki")


def test_without_credentials_nothing_answers_off_the_host(site: Site) -> None:
    """Of the stack only the front is reached, of an agent only the exporter, and both refuse."""
    server, agent = site.hosts["server1"].address, site.hosts["agent1"].address
    for port in (3000, 3100, 9080, 9090, 9093, 9867):
        assert ask(site, f"http://{server}:{port}/") == 0
    assert ask(site, f"http://{agent}:9080/") == 0
    assert open_ports(site, "server1") == {22, 8443}
    assert open_ports(site, "agent1") == {22, 9867}
    push = f"https://{server}:8443/loki/api/v1/push"
    for url in (push, f"https://{server}:8443/", f"https://{agent}:9867/metrics"):
        assert ask(site, url) == 401
        assert ask(site, url, "eventdeck", "guessed") == 401
    assert ask(site, push, "eventdeck", pushed(site), line()) in (200, 204)
    assert ask(site, f"https://{server}:8443/metrics", "eventdeck", pushed(site)) == 404
    scrape = site.secrets["eventdeck_scrape_password"]
    assert ask(site, f"https://{agent}:9867/metrics", "eventdeck", scrape) == 200
