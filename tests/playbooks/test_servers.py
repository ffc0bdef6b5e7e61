"""The plays on booted hosts, in the order in which an operator meets them.

Each test goes on where the one before it ended: they are run together, or from the first one on.
"""

import base64
import json
import re
import time

import pytest
import testinfra

from tests.conftest import Require
from tests.playbooks import shipped
from tests.playbooks.hosts import ssh_options
from tests.playbooks.site import LOGS, Site, changes
from tests.stack import images
from tests.stack.native.engines import BUILD, eventually

SERVICES = {*images.SERVICES, "exporter", "front"}
LIVE = "/opt/eventdeck/stack"
AGENTS = ("agent1", "agent2")


def infra(site: Site, name: str) -> testinfra.host.Host:
    """Look at a host by ssh and sudo, as a person would."""
    host = site.hosts[name]
    proxy = f"ProxyCommand=ip netns exec {site.lan.name} busybox nc %h %p"
    options = [*ssh_options(site.lan), "-o", f'"{proxy}"']
    extra = " ".join(options)
    return testinfra.get_host(f"ssh://maria@{host.address}", ssh_extra_args=extra, sudo=True)


def ask(site: Site, url: str, user: str = "", password: str = "", body: str = "") -> int:
    """Return the status of an answer to the controller; 0 where nobody answers."""
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    script = f"""
import ssl, urllib.request, urllib.error
trust = ssl.create_default_context(cafile={str(site.inventory / "pki/ca.pem")!r})
data = {body.encode()!r} or None
request = urllib.request.Request({url!r}, data, {{"Content-Type": "application/json"}})
if {user!r}:
    request.add_header("Authorization", "Basic {token}")
try:
    print(urllib.request.urlopen(request, timeout=10, context=trust).status)
except urllib.error.HTTPError as error:
    print(error.code)
except OSError as error:
    print(0, error)
"""
    done = site.lan.run("python3", "-c", script)
    assert done.returncode == 0, done.stdout
    return int(done.stdout.split()[0])


def write(site: Site, name: str, count: int) -> None:
    """Let the application on a host write events."""
    now = time.time()
    lines = [
        json.dumps(
            {
                "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
                "level": "INFO",
                "event": "timer.started",
                "request_id": f"{name}-{now}-{number}",
                "user_id": number,
                "project_id": 1,
            }
        )
        for number in range(count)
    ]
    text = "\n".join(lines) + "\n"
    site.hosts[name].python(f"open('{LOGS}/app.jsonl', 'a').write({text!r})")


def counted(site: Site) -> None:
    """Wait until the server has counted every line of every agent's log, and none twice."""
    read = f"print(sum(1 for _ in open('{LOGS}/app.jsonl')))"
    lines = {name: int(site.hosts[name].python(read)) for name in AGENTS}
    eventually(lambda: site.events() == lines, f"{lines} events are counted")


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


def test_a_deployment_brings_everything(site: Site) -> None:
    """Docker and Compose, every service healthy, two services on every application host."""
    done = site.deployed()
    assert set(site.runs()) == SERVICES
    for name in AGENTS:
        host = infra(site, name)
        for unit in ("eventdeck-exporter", "eventdeck-promtail"):
            assert host.service(unit).is_running
            assert host.service(unit).is_enabled
        assert not host.exists("docker")
    for secret in site.secrets.values():
        assert secret not in done.stdout


def test_a_second_run_changes_nothing(site: Site) -> None:
    """Not one task of it reports a change, and no container is another one."""
    before = site.runs()
    done = site.deployed("--diff")
    assert changes(done.stdout) == 0, done.stdout[-6000:]
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
    query = 'sum by (host) (count_over_time({app="timetracker", event="timer.started"}[1h]))'
    script = f"""
import urllib.parse, urllib.request
url = "http://127.0.0.1:3100/loki/api/v1/query?query=" + urllib.parse.quote({query!r})
print(urllib.request.urlopen(url).read().decode())
"""

    def found() -> dict[str, str]:
        result = json.loads(site.hosts["server1"].python(script))["data"]["result"]
        return {one["metric"]["host"]: one["value"][1] for one in result}

    eventually(lambda: found() == {"agent1": "7", "agent2": "11"}, "all lines are in Loki")


def test_without_credentials_nothing_answers_off_the_host(site: Site) -> None:
    """Of the stack only the front is reached, of an agent only the exporter, and both refuse."""
    server, agent = site.hosts["server1"].address, site.hosts["agent1"].address
    for port in (3000, 3100, 9080, 9090, 9093, 9867):
        assert ask(site, f"http://{server}:{port}/") == 0
    assert ask(site, f"http://{agent}:9080/") == 0
    push = f"https://{server}:8443/loki/api/v1/push"
    for url in (push, f"https://{server}:8443/", f"https://{agent}:9867/metrics"):
        assert ask(site, url) == 401
        assert ask(site, url, "eventdeck", "guessed") == 401
    assert ask(site, push, "eventdeck", pushed(site), line()) in (200, 204)
    assert ask(site, f"https://{server}:8443/metrics", "eventdeck", pushed(site)) == 404
    scrape = site.secrets["eventdeck_scrape_password"]
    assert ask(site, f"https://{agent}:9867/metrics", "eventdeck", scrape) == 200


def line() -> str:
    """Return a line for Loki, of an application of its own."""
    entry = [str(time.time_ns()), "from the tests"]
    return json.dumps({"streams": [{"stream": {"app": "eventdeck-test"}, "values": [entry]}]})


def pushed(site: Site) -> str:
    """Return the password that agents push with."""
    return site.secrets["eventdeck_push_password"]


def test_a_changed_line_is_shown_and_touches_its_service_only(site: Site) -> None:
    """--check --diff shows that line and no secret; then only that container is another one."""
    path = site.root / "loki/loki.yaml"
    text = path.read_text()
    path.write_text(text.replace("max_line_size: 256KB", "max_line_size: 257KB"))
    before = site.runs()
    checked = site.play("site", "--check", "--diff", "--limit", "server")
    assert checked.returncode == 0, checked.stdout[-6000:]
    assert "+  max_line_size: 257KB" in checked.stdout
    assert site.runs() == before
    done = site.deployed("--diff", "--limit", "server")
    for said in (checked.stdout, done.stdout):
        removed = [line for line in said.splitlines() if re.match(r"-(?!--)", line)]
        assert len(removed) == 2, removed  # that line, and the digest of Loki's configuration
        assert not [key for key, secret in site.secrets.items() if secret in said]
    after = site.runs()
    assert {name for name in SERVICES if after[name] != before[name]} == {"loki"}
    loki = site.hosts["server1"].run(f"cat {LIVE}/loki/loki.yaml").stdout
    assert "max_line_size: 257KB" in loki


def test_a_broken_configuration_is_rejected_before_it_lands(site: Site) -> None:
    """Promtool says no; what runs is untouched, file by file."""
    path = site.root / "prometheus/prometheus.yml"
    text, before = path.read_text(), site.runs()
    path.write_text(text + "\nnonsense: true\n")
    done = site.play("site", "--limit", "server")
    path.write_text(text)
    assert done.returncode != 0
    assert "nonsense" in done.stdout
    assert "nonsense" not in site.hosts["server1"].run(f"cat {LIVE}/prometheus/*.yml").stdout
    assert site.runs() == before
    assert changes(site.deployed("--limit", "server").stdout) <= 1  # what was laid ready goes


def test_an_unhealthy_upgrade_goes_back(site: Site) -> None:
    """An image that ends at once: the play fails with the reason, and what ran before runs."""
    images = site.settings["stack_settings"]
    before = site.runs()
    site.write(stack_settings={**images, "GRAFANA_IMAGE": shipped.BROKEN})
    done = site.play("site", "--limit", "server")
    site.write()
    assert done.returncode != 0
    assert "does not become healthy" in done.stdout
    assert "What ran before runs again" in done.stdout
    env = site.hosts["server1"].run(f"cat {LIVE}/.env").stdout
    assert shipped.BROKEN not in env
    after = site.runs()
    assert {name for name in SERVICES if after[name] != before[name]} == {"grafana"}
    counted(site)


def test_an_agent_that_was_cut_off_catches_up(site: Site) -> None:
    """What it wrote meanwhile is counted, once."""
    host = site.hosts["agent2"]
    write(site, "agent2", 5)
    host.cut()
    eventually(lambda: "agent2" not in up(site), "the server misses the agent")
    host.join()
    counted(site)


def up(site: Site) -> set[str]:
    """Return the agents that Prometheus reaches."""
    return {one["metric"]["instance"] for one in site.query('up{job="exporter"} == 1')}


def test_power_off_and_on_brings_everything_back(site: Site) -> None:
    """Server and agent come back by themselves; nothing is counted twice or lost."""
    write(site, "agent1", 2)
    for name in ("server1", "agent1"):
        site.hosts[name].power_off()
    for name in ("server1", "agent1"):
        site.hosts[name].boot()
    write(site, "agent1", 4)
    eventually(lambda: set(running(site)) == SERVICES, "every service runs again")
    counted(site)
    for unit in ("eventdeck-exporter", "eventdeck-promtail"):
        assert infra(site, "agent1").service(unit).is_running


def running(site: Site) -> dict[str, str]:
    """Return what runs, or nothing while the engine starts."""
    try:
        return site.runs()
    except AssertionError:
        return {}
