"""The alerts: computed by the real rules, explained in the runbook, led to from every place."""

import json
import re
from pathlib import Path

import pytest
import yaml
from eventdeck.catalogue.load import load
from eventdeck.catalogue.model import Signals
from eventdeck.render import files, rules, runbook, thresholds
from eventdeck.render.fill import Json
from eventdeck.render.rules import Rules
from msgspec import structs

from tests.config.test_configurations import ROOT, run
from tests.conftest import Require

TESTS = sorted(path.name for path in (ROOT / "prometheus/tests").glob("*.yml"))
SHOP = ROOT / "tests/exporter/sample/shop.yaml"


def shipped() -> Rules:
    """The rules as the repository has them."""
    return rules.load(str(ROOT / thresholds.FILE), ROOT / runbook.FILE)


def alerts(folder: Path = ROOT / "prometheus/rules") -> list[Json]:
    """Every alert that stands in the rule files."""
    groups = [
        g for path in folder.glob("*.yml") for g in yaml.safe_load(path.read_text())["groups"]
    ]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def dashboards() -> set[str]:
    """Uids of the dashboards that Grafana is given."""
    paths = (ROOT / "grafana/dashboards").glob("*.json")
    return {json.loads(path.read_text())["uid"] for path in paths}


def recorded() -> list[str]:
    """Names of the recording rules."""
    text = (ROOT / "prometheus/rules/events.yml").read_text()
    return re.findall(r"- record: (\S+)", text)


def test_the_rules_are_as_the_catalogue_and_the_thresholds_say() -> None:
    """Nobody forgot `make render`."""
    catalogue = load(ROOT / "exporter/events.yaml")
    behind = files.render(catalogue, ROOT, check=True, outputs=shipped().outputs())
    assert [file.name for file in behind] == []


def test_promtool_finds_nothing_wrong(require: Require) -> None:
    """Rules, lints included."""
    require("promtool")
    names = [f"prometheus/rules/{path.name}" for path in (ROOT / "prometheus/rules").glob("*.yml")]
    run("promtool", "check", "rules", "--lint=all", "--lint-fatal", *names)


@pytest.mark.parametrize("name", TESTS)
def test_alerts_fire_when_they_should_and_only_then(require: Require, name: str) -> None:
    """Silent one step before `for`, firing at it; silent on healthy data and on an old log."""
    require("promtool")
    run("promtool", "test", "rules", f"prometheus/tests/{name}")


def test_every_alert_has_a_test() -> None:
    """Both at its `for` and one step before."""
    tested = [
        test["name"]
        for name in TESTS
        if name != "healthy.yml"
        for test in yaml.safe_load((ROOT / "prometheus/tests" / name).read_text())["tests"]
    ]
    assert sorted(tested) == sorted(alert["alert"] for alert in alerts())


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_an_alert_says_what_a_person_needs(alert: Json) -> None:
    """How bad, what, with figures, what to do, where to look; the summary is constant."""
    assert re.fullmatch(r"[A-Z][A-Za-z]+", alert["alert"])
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    said = alert["annotations"]
    assert set(said) == {"summary", "description", "runbook_url", "dashboard_url"}
    assert "{{" not in said["summary"]
    assert said["summary"].endswith(".")
    assert said["description"].endswith(".")
    found = re.fullmatch(r"\{\{.*\}\}/d/(eventdeck-\w+)", said["dashboard_url"])
    assert found
    assert found[1] in dashboards()


def test_the_runbook_has_each_alert_and_no_other() -> None:
    """A heading for each; with what it means, where to see it, what to do, when it is false."""
    chapters = runbook.chapters((ROOT / runbook.FILE).read_text())
    assert sorted(chapters) == sorted(alert["alert"] for alert in alerts())
    for name, text in chapters.items():
        parts = re.findall(r"^\*\*([^*]+):\*\*", text, re.MULTILINE)
        assert parts == ["Means", "See it", "First", "False when"], name


def test_a_link_leads_to_its_heading() -> None:
    """The panel that the link names is that of the alert."""
    titles = runbook.panels((ROOT / runbook.FILE).read_text())
    for alert in alerts():
        link = alert["annotations"]["runbook_url"]
        assert link.endswith(f"/d/eventdeck-runbook?viewPanel={titles[alert['alert']]}")


def test_recording_rules_are_named_by_level_metric_and_operations() -> None:
    """As the documentation of Prometheus has it."""
    assert recorded()
    for name in recorded():
        assert re.fullmatch(r"[a-z_]+:[a-z_]+:[a-z0-9_]+", name), name


def test_thresholds_have_an_alert_each() -> None:
    """No number without an alert; the two that watch over alerting have none."""
    names = {alert["alert"] for alert in alerts()}
    assert names - set(thresholds.KEYS) == {"Watchdog", "InfoInhibitor"}
    assert set(thresholds.KEYS) <= names


@pytest.mark.parametrize("errors", [True, False])
def test_a_catalogue_has_alerts_over_what_it_signals_only(
    require: Require, tmp_path: Path, *, errors: bool
) -> None:
    """A web shop that says nothing of sign-ins: its rules hold for it, and pass the same tests."""
    require("promtool")
    catalogue = load(SHOP)
    if not errors:
        catalogue = structs.replace(catalogue, signals=Signals())
    files.render(catalogue, tmp_path, outputs=shipped().outputs())
    text = (tmp_path / "prometheus/rules/events.yml").read_text()
    names = {alert["alert"] for alert in alerts(tmp_path / "prometheus/rules")}
    assert "timetracker" not in text
    assert not names & {"LoginBruteForce", "BackupMissing", "AdminRoleChanged"}
    assert ("ErrorBurst" in names) == errors
    for name in TESTS:
        run("promtool", "test", "rules", str(tmp_path / "prometheus/tests" / name))


def test_another_catalogue_with_signals_passes_too(require: Require, tmp_path: Path) -> None:
    """The same shop, whose refused payments are errors, and which counts its stock as a backup."""
    require("promtool")
    path = tmp_path / "shop.yaml"
    signals = {
        "sign_in": {"succeeded": ["visitor.registered"], "failed": ["payment.refused"]},
        "errors": {"events": ["stock.import_error", "order.cancelled"]},
        "backups": ["stock.counted"],
        "role_changes": ["parcel.moved"],
    }
    shop = yaml.safe_load(SHOP.read_text()) | {"signals": signals}
    path.write_text(yaml.safe_dump(shop, sort_keys=False))
    files.render(load(path), tmp_path, outputs=shipped().outputs())
    assert {a["alert"] for a in alerts(tmp_path / "prometheus/rules")} == {
        a["alert"] for a in alerts()
    }
    for name in TESTS:
        run("promtool", "test", "rules", str(tmp_path / "prometheus/tests" / name))


def test_rules_of_ones_own_are_loaded_and_left_alone() -> None:
    """Prometheus reads local/rules; git does not, and no output is there."""
    config = yaml.safe_load((ROOT / "prometheus/prometheus.yml").read_text())
    assert config["rule_files"] == ["rules/*.yml", "/etc/own-rules/*.yml"]
    compose = (ROOT / "compose/compose.yaml").read_text()
    assert "source: ../local/rules, target: /etc/own-rules }" in compose
    assert run("git", "check-ignore", "local/rules/mine.yml").stdout == "local/rules/mine.yml\n"
    assert not [name for name in shipped().outputs() if name.startswith("local")]
