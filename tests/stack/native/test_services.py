"""What the database says of the services is what they really say: names and labels."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.conftest import Require
from tests.exporter.render.dashboards import CATALOGUES
from tests.stack.native import database
from tests.stack.native import engines as native

LABELS = re.compile(r'(\w+)="')
BY_PROMETHEUS = {
    "up",
    "scrape_duration_seconds",
    "ALERTS",
    "ALERTS_FOR_STATE",
}  # it makes these itself
UNDOCUMENTED = b'{"timestamp":"2026-01-01T00:00:00Z","event":"no.such","levelname":"INFO"}\n'
LINE_OF_1970 = {"streams": [{"stream": {"app": "x"}, "values": [["1000000000", "too old"]]}]}


def written() -> Iterator[tuple[str, str, set[str]]]:
    """Service, series and labels of each row of the fixture."""
    for row in database.SERVICES.read_text().splitlines()[1:]:
        name, _, rest = row.split("\t")[1].partition("{")
        labels = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        service = labels.pop("job")
        if name not in BY_PROMETHEUS:
            yield service, name, set(labels) - {"instance"}


def missing(service: str, url: str) -> list[str]:
    """The series that a service should have and has not, or not with these labels."""
    said: dict[str, set[str]] = {}
    for line in requests.get(f"{url}/metrics", timeout=30).text.splitlines():
        name = re.split(r"[{ ]", line, maxsplit=1)[0]
        said.setdefault(name, set()).update(LABELS.findall(line.partition("}")[0]))
    return [
        name
        for owner, name, labels in written()
        if owner == service and not (name in said and labels <= said[name])
    ]


@pytest.mark.usefixtures("engines")
def test_names_are_real(require: Require, tmp_path: Path) -> None:
    """Loki, Promtail, Prometheus and Grafana have each of the series, once there is work."""
    require("prometheus")
    log = tmp_path / "logs/app.jsonl"
    database.play(log, CATALOGUES["real"], "1d", per_day=100)
    with log.open("ab") as lines:
        lines.write(UNDOCUMENTED)
    with ExitStack() as stack:
        loki = stack.enter_context(native.loki(tmp_path / "loki", retention="744h"))
        promtail = stack.enter_context(native.promtail(tmp_path / "promtail", log.parent, loki))
        requests.post(f"{loki}/loki/api/v1/push", json=LINE_OF_1970, timeout=30)
        prometheus = stack.enter_context(native.prometheus(tmp_path / "prometheus", {"loki": loki}))
        urls = {"loki": loki, "promtail": promtail, "prometheus": prometheus}
        for service, url in urls.items():
            native.eventually(
                lambda service=service, url=url: not missing(service, url),  # type: ignore[misc]
                f"{service} has what the fixture says of it",
            )


def test_names_of_grafana_are_real(require: Require, tmp_path: Path) -> None:
    """The same of Grafana, which needs nobody else for it."""
    require("grafana", native.BUILD)
    nobody = "http://127.0.0.1:9"
    with native.grafana(tmp_path / "grafana", nobody, nobody) as grafana:
        native.eventually(lambda: not missing("grafana", grafana), "Grafana has its series")
