"""What an operator changes on hosts that run, and what must not land."""

import re

import pytest

from tests.conftest import Require
from tests.playbooks import shipped
from tests.playbooks.evidence import LIVE, SERVICES, ask, counted, infra, line, pushed, write
from tests.playbooks.site import LOGS, SECRETS, Site, changes, recap
from tests.stack.native.engines import BUILD

pytestmark = pytest.mark.usefixtures("deployed")


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


def test_a_changed_password_takes_effect(site: Site) -> None:
    """The new one opens exporter, front and Grafana, the old one none; the scrape goes on."""
    old = dict(site.secrets)
    site.secrets["eventdeck_scrape_password"] = "scrape-5edb8655a6"  # noqa: S105  made up
    site.secrets["eventdeck_push_password"] = "push-5edb8655a655"  # noqa: S105  made up
    site.secrets["eventdeck_grafana_password"] = "grafana-5edb8655"  # noqa: S105  made up
    site.write()
    done = site.deployed("--diff")
    assert not [key for key, secret in {**old, **site.secrets}.items() if secret in done.stdout]
    server, agent = site.hosts["server1"].address, site.hosts["agent1"].address
    metrics, push = f"https://{agent}:9867/metrics", f"https://{server}:8443/loki/api/v1/push"
    scrape = "eventdeck_scrape_password"
    assert ask(site, metrics, "eventdeck", site.secrets[scrape]) == 200
    assert ask(site, metrics, "eventdeck", old[scrape]) == 401
    assert ask(site, push, "eventdeck", pushed(site), line()) in (200, 204)
    assert ask(site, push, "eventdeck", old["eventdeck_push_password"]) == 401
    write(site, "agent1", 3)
    counted(site)


def test_grafana_takes_the_new_password_only(site: Site, require: Require) -> None:
    """It was changed by the play above; what is in Grafana's database is the inventory's."""
    require("grafana", BUILD)
    script = f"""
import base64, urllib.request, urllib.error
for password in ({SECRETS["eventdeck_grafana_password"]!r}, {grafana(site)!r}):
    request = urllib.request.Request("http://127.0.0.1:3000/api/org")
    token = base64.b64encode(f"admin:{{password}}".encode()).decode()
    request.add_header("Authorization", "Basic " + token)
    try:
        print(urllib.request.urlopen(request).status)
    except urllib.error.HTTPError as error:
        print(error.code)
"""
    assert site.hosts["server1"].python(script).split() == ["401", "200"]


def grafana(site: Site) -> str:
    """Return the password of Grafana's user admin."""
    return site.secrets["eventdeck_grafana_password"]


def test_a_failing_server_leaves_the_next_one_untouched(site: Site) -> None:
    """One server at a time: where the first cannot take what is new, the second never hears of it.

    It was looked at before, like all hosts, and has nothing afterwards.
    """
    path = site.root / "loki/loki.yaml"
    text = path.read_text()
    path.write_text(text + "\nnonsense: true\n")
    site.write_hosts(server=["server1", "spare"])
    done = site.play("site", "--limit", "server")
    path.write_text(text)
    site.write_hosts()
    assert done.returncode != 0
    assert "NO MORE HOSTS LEFT" in done.stdout
    found = recap(done.stdout)
    assert found["server1"]["failed"] == 1
    assert found["spare"]["ok"] > 0
    spare = infra(site, "spare")
    assert not spare.exists("docker")
    assert not spare.file("/opt/eventdeck").exists
    site.deployed("--limit", "server")


def test_a_log_is_rotated_where_that_is_wanted(site: Site) -> None:
    """By the real logrotate, twice, while the application writes: no event is lost or doubled."""
    site.write(exporter_logrotate=True)
    site.deployed("--limit", "agent1")
    write(site, "agent1", 5)
    for _ in range(2):
        done = site.hosts["agent1"].run("logrotate --force /etc/logrotate.d/eventdeck")
        assert done.returncode == 0, done.stdout
        write(site, "agent1", 5)
    found = site.hosts["agent1"].run(f"ls {LOGS}").stdout.split()
    assert found == ["app.jsonl", "app.jsonl.1", "app.jsonl.2.gz", "app.jsonl.eventdeck-test"]
    counted(site)


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
