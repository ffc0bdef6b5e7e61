"""A real Prometheus scrapes the exporter over TLS, with name and password."""

from pathlib import Path
from typing import Any

import requests

from tests.conftest import Require
from tests.exporter.prometheus_process import prometheus_running
from tests.exporter.service import Service, eventually
from tests.exporter.web.certificates import Authority
from tests.exporter.web.conftest import WriteConfig
from tests.exporter.web.test_https import BOTH, secured

SCRAPES = """
global: {{ scrape_interval: 1s, scrape_timeout: 1s }}
scrape_configs:
  - job_name: trusted
    scheme: https
    tls_config: {{ ca_file: ca.pem }}
    basic_auth: {{ username: ann, password_file: right }}
    static_configs: [{{ targets: ["{target}"] }}]
  - job_name: stranger
    scheme: https
    tls_config: {{ ca_file: ca.pem }}
    basic_auth: {{ username: ann, password: wrong }}
    static_configs: [{{ targets: ["{target}"] }}]
"""


def targets(prometheus: str) -> dict[str, dict[str, Any]]:
    """Return each job's target, as Prometheus sees it; empty until all were scraped."""
    data = requests.get(f"{prometheus}/api/v1/targets", timeout=20).json()["data"]
    found = {target["labels"]["job"]: target for target in data["activeTargets"]}
    return {} if any(target["health"] == "unknown" for target in found.values()) else found


def write_scrapes(folder: Path, service: Service) -> None:
    """Write Prometheus' configuration, with the password in a file."""
    (folder / "right").write_text("right")
    target = service.address.removeprefix("https://")
    (folder / "prometheus.yml").write_text(SCRAPES.format(target=target))


def test_prometheus_scrapes_with_the_password_and_not_without(
    require: Require, authority: Authority, write_config: WriteConfig
) -> None:
    """One job is up and has the counts; the other is down, and Prometheus says why."""
    prometheus = require("prometheus")
    with secured(authority, write_config(BOTH)) as service:
        write_scrapes(authority.folder, service.ready())
        with prometheus_running(prometheus, authority.folder) as address:
            found = eventually(lambda: targets(address), "both targets were scraped")
            query = 'timetracker_events_total{event="auth.login"}'
            answer = requests.get(f"{address}/api/v1/query", {"query": query}, timeout=20)
    assert found["trusted"]["health"] == "up"
    assert found["stranger"]["health"] == "down"
    assert "401" in found["stranger"]["lastError"]
    result = answer.json()["data"]["result"]
    assert [(one["metric"]["job"], one["value"][1]) for one in result] == [("trusted", "2")]
