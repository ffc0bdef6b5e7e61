"""`eventdeck up` brings everything up, changes nothing the second time, and says where all is."""

import time

import pytest
import requests
from eventdeck.stack.project import ORDER

from tests.stack.compose.clone import PORTS, SERVICES, Clone

GRAFANA_LOG = "/etc/grafana"


def test_every_service_is_healthy(stack: Clone) -> None:
    """Each health check works in the image that it is for."""
    assert {name: stack.healthy(name) for name in SERVICES} == dict.fromkeys(SERVICES, True)


def test_a_second_up_changes_nothing(stack: Clone) -> None:
    """No container is touched."""
    before = stack.runs()
    said = stack.up()
    assert stack.runs() == before
    assert "Nothing had to be changed." in said


def test_the_end_says_what_a_person_does_next(stack: Clone) -> None:
    """Addresses that answer, the user, and a file that holds the password; never the password."""
    said = stack.up()
    for port in PORTS:
        assert stack.url(port) in said
    assert "user admin, password in .secrets/grafana-admin-password" in said
    password = (stack.root / ".secrets/grafana-admin-password").read_text()
    assert password not in said
    answer = requests.get(
        f"{stack.url('GRAFANA_PORT')}/api/org", auth=("admin", password), timeout=30
    )
    assert answer.ok


def test_admin_is_not_the_password(stack: Clone) -> None:
    """Nobody signs in with what everybody knows."""
    url = f"{stack.url('GRAFANA_PORT')}/api/org"
    assert requests.get(url, auth=("admin", "admin"), timeout=30).status_code == 401


def test_status_is_one_table(stack: Clone) -> None:
    """A line per service, with health, version, address and lag."""
    done = stack.run("status")
    assert done.returncode == 0, done.stdout
    _, headings, *rows = [line.split() for line in done.stdout.splitlines()]
    assert headings == ["service", "health", "version", "address", "lag"]
    assert [row[:2] for row in rows] == [[n, "healthy"] for n in ORDER if n != "sample"]
    assert rows[0][3:] == [stack.url("EXPORTER_PORT"), "0", "B,", "0.0", "s"]


def test_logs_shows_what_a_service_says(stack: Clone) -> None:
    """Only of the service asked for."""
    done = stack.run("logs", "--tail", "5", "exporter")
    lines = done.stdout.splitlines()
    assert lines
    assert all(line.startswith("exporter-1") for line in lines)


def test_grafana_has_its_data_sources_and_opens_with_the_overview(stack: Clone) -> None:
    """Provisioned from the folders that Compose mounts."""
    password = (stack.root / ".secrets/grafana-admin-password").read_text()
    url, sign_in = stack.url("GRAFANA_PORT"), ("admin", password)
    sources = requests.get(f"{url}/api/datasources", auth=sign_in, timeout=30).json()
    assert {source["uid"] for source in sources} == {"prometheus", "loki", "alertmanager"}
    home = requests.get(f"{url}/api/dashboards/home", auth=sign_in, timeout=30).json()
    assert "Overview" in home["dashboard"]["title"]


def test_every_target_of_prometheus_answers(stack: Clone) -> None:
    """All are scraped, under the names that Compose gives them."""
    url = f"{stack.url('PROMETHEUS_PORT')}/api/v1/targets"
    end = time.monotonic() + 60
    while True:
        targets = requests.get(url, timeout=30).json()["data"]["activeTargets"]
        health = {target["labels"]["job"]: target["health"] for target in targets}
        if health == dict.fromkeys((*SERVICES,), "up"):
            return
        if time.monotonic() > end:
            pytest.fail(f"not all up: {health}")
        time.sleep(1)
