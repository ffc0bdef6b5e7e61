"""The configurations of the stack, checked by the programs that read them."""

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import Require

ROOT = Path(__file__).parents[2]
BUILD = "it is not packaged: build it from its source"
PROMTAIL = ["-config.file", "promtail/promtail.yaml", "-config.expand-env=true"]


def run(*command: str, said: str = "") -> "subprocess.CompletedProcess[str]":
    """Run a program at the root of the repository; it must succeed."""
    done = subprocess.run(
        command, cwd=ROOT, input=said, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def settings(name: str) -> dict[str, object]:
    """A YAML file of the stack."""
    read: dict[str, object] = yaml.safe_load((ROOT / name).read_text())
    return read


def test_prometheus_takes_its_configuration(require: Require) -> None:
    """Promtool finds nothing wrong, and every list of targets that is named is there."""
    require("promtool")
    said = run("promtool", "check", "config", "prometheus/prometheus.yml")
    assert "SUCCESS" in said.stdout
    assert "WARNING" not in said.stdout + said.stderr
    for job in settings("prometheus/prometheus.yml")["scrape_configs"]:  # type: ignore[attr-defined]
        for pattern in job["file_sd_configs"][0]["files"]:
            assert list((ROOT / "prometheus").glob(pattern)), pattern


def test_loki_takes_its_configuration(require: Require) -> None:
    """Loki refuses what it does not know, so this finds misspelt settings."""
    require("loki", BUILD)
    run("loki", "-config.file=loki/loki.yaml", "-config.expand-env=true", "-verify-config")


def test_promtail_takes_its_configuration(require: Require) -> None:
    """Promtail takes the file, as shipped."""
    require("promtail", BUILD)
    assert "No syntax issues" in run("promtail", *PROMTAIL, "-check-syntax").stdout


@pytest.mark.parametrize("mode", ["strict", "mask", "off", "Strict", ""])
def test_every_stage_of_promtail_runs(
    require: Require, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """A check of the syntax takes stages that fail later; a line that went through shows them."""
    require("promtail", BUILD)
    monkeypatch.setenv("REDACTION", mode)
    config = tmp_path / "promtail.yaml"
    text = (ROOT / "promtail/promtail.yaml").read_text()
    config.write_text(text.replace(": /var/", f": {tmp_path}/var/").replace("9080", "0"))
    line = '{"asctime": "2025-06-10 08:00:00,125", "levelname": "INFO", "event": "auth.logout"}'
    # Twice: a dry run may end before it has shown the last line.
    said = run(
        *("promtail", "-config.file", str(config), "-config.expand-env=true"),
        *("-stdin", "-dry-run", "-inspect"),
        said=f"{line}\n{line}\n{line}\n",
    ).stdout
    assert "2025-06-10T08:00:00.125+0200" in said
    assert 'event="auth.logout", level="info"' in said
    kept = '{"event":"auth.logout","levelname":"info"}'
    masked = '{"asctime":"2025-06-10 08:00:00,125","event":"auth.logout","levelname":"INFO"}'
    assert {"mask": masked, "off": line}.get(mode, kept) in said


def test_grafana_is_provisioned_with_fixed_ids() -> None:
    """Dashboards name data sources by uid, and nobody edits what is provisioned."""
    found = settings("grafana/provisioning/datasources/eventdeck.yaml")
    sources: list[dict[str, object]] = found["datasources"]  # type: ignore[assignment]
    assert [source["uid"] for source in sources] == ["prometheus", "loki", "alertmanager"]
    assert all(source["editable"] is False for source in sources)
    assert found["prune"] is True


def test_the_scrape_interval_is_said_twice_and_alike() -> None:
    """Grafana computes its rate interval from what the data source says."""
    scrape = settings("prometheus/prometheus.yml")["global"]["scrape_interval"]  # type: ignore[index]
    found = settings("grafana/provisioning/datasources/eventdeck.yaml")["datasources"]
    assert found[0]["jsonData"]["timeInterval"] == scrape  # type: ignore[index]


def test_the_longest_line_is_the_same_everywhere() -> None:
    """Exporter, Promtail and Loki draw the line at 256 KiB."""
    assert "gt $size 262144" in (ROOT / "promtail/promtail.yaml").read_text()
    limits: dict[str, object] = settings("loki/loki.yaml")["limits_config"]  # type: ignore[assignment]
    assert limits["max_line_size"] == "256KB"


def test_dollars_in_provisioning_are_doubled() -> None:
    """Grafana expands `$name` in these files, and a link would lose its value."""
    for path in (ROOT / "grafana/provisioning").rglob("*.yaml"):
        assert "$" not in path.read_text().replace("$$", ""), path
