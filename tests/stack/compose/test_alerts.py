"""Alerts in the containers: computed, routed, and told to whoever is filled in."""

import requests

from tests.stack.compose.clone import SERVICES, Clone
from tests.stack.native.engines import Json, eventually, get

# Somebody in the same network who takes any POST: a query with an answer of its own.
ANYBODY = "http://prometheus:9090/api/v1/query?query=1"
OWN = "groups: [{ name: own, rules: [{ record: 'own:up:sum', expr: sum(up) }] }]\n"


def groups(stack: Clone) -> dict[str, list[Json]]:
    """Each group's rules, as Prometheus has them."""
    found = get(f"{stack.url('PROMETHEUS_PORT')}/api/v1/rules")["data"]["groups"]
    return {group["name"]: group["rules"] for group in found}


def healthy(stack: Clone) -> bool:
    """Whether every rule was computed without an error."""
    return all(rule["health"] == "ok" for rules in groups(stack).values() for rule in rules)


def test_every_rule_is_computed(stack: Clone) -> None:
    """On the real series, without an error."""
    assert set(groups(stack)) == {"eventdeck.events", "eventdeck.exporter", "eventdeck.stack"}
    eventually(lambda: healthy(stack), "every rule is computed")


def test_nothing_but_the_watchdog_fires_in_a_stack_that_is_well(stack: Clone) -> None:
    """And Alertmanager has it from Prometheus."""

    def names() -> set[str]:
        alerts = get(f"{stack.url('ALERTMANAGER_PORT')}/api/v2/alerts")
        return {alert["labels"]["alertname"] for alert in alerts}

    eventually(names, "the Watchdog is heard")
    assert names() == {"Watchdog"}


def test_links_begin_with_the_address_of_grafana(stack: Clone) -> None:
    """That which a browser sees; its label is not on the alert."""
    url = f"{stack.url('ALERTMANAGER_PORT')}/api/v2/alerts"
    (alert,) = eventually(lambda: get(url), "the Watchdog is heard")
    assert alert["annotations"]["dashboard_url"] == "http://localhost:3000/d/eventdeck-stack"
    assert set(alert["labels"]) == {"alertname", "severity"}


def test_nobody_is_told_until_somebody_is_filled_in(stack: Clone) -> None:
    """The test alert says so; one file and `make up` change it, and one container."""
    done = stack.run("alert-test")
    assert done.returncode == 1
    assert "Nobody is told: no receiver is filled in." in done.stdout
    (stack.root / ".secrets/alert-webhook-url").write_text(ANYBODY)
    before = stack.runs()
    assert "Alerts go to webhook; `make alert-test` tries it." in stack.up()
    after = stack.runs()
    assert [name for name in SERVICES if before[name] != after[name]] == ["alertmanager"]
    done = stack.run("alert-test")
    assert done.returncode == 0, done.stdout
    assert "webhook  arrived after" in done.stdout


def test_a_rule_of_ones_own_is_loaded(stack: Clone) -> None:
    """From local/rules, at the next `make up`."""
    (stack.root / "local/rules/mine.yml").write_text(OWN)
    stack.up()
    assert "own" in groups(stack)
    eventually(lambda: healthy(stack), "every rule is computed")


def test_grafana_lists_alerts(stack: Clone) -> None:
    """By the data source `alertmanager`, in which the Watchdog is."""
    password = (stack.root / ".secrets/grafana-admin-password").read_text()
    url = f"{stack.url('GRAFANA_PORT')}/api/alertmanager/alertmanager/api/v2/alerts"

    def listed() -> set[str]:
        answer = requests.get(url, auth=("admin", password), timeout=30)
        assert answer.ok, answer.text
        return {alert["labels"]["alertname"] for alert in answer.json()}

    eventually(lambda: "Watchdog" in listed(), "the Watchdog is listed")
