"""The genuine log, through the process as users run it and a real Prometheus."""

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from tests.exporter.prometheus_process import prometheus_running
from tests.exporter.service import CATALOGUE, GENUINE, OPENMETRICS, Service, eventually

DOCUMENTED = set(re.findall(r"^  ([a-z]+\.[a-z_]+):$", CATALOGUE.read_text(), re.MULTILINE))
SHIPPED_PROMETHEUS = "v3.13.3"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Count the genuine log once for all."""
    folder = tmp_path_factory.mktemp("genuine")
    shutil.copy(GENUINE, folder / "app.jsonl")
    with Service(folder) as service:
        yield service.ready()


@pytest.fixture(scope="module")
def names() -> Counter[str]:
    """Count the names in the log, independently of the exporter."""
    return Counter(json.loads(line)["event"] for line in GENUINE.read_text().splitlines())


def test_every_documented_event_is_counted_as_often_as_it_stands_in_the_log(
    service: Service, names: Counter[str]
) -> None:
    """26 events have a series; each equals an independent count, 0 included."""
    counts = service.counts()
    assert len(DOCUMENTED) == 26
    assert set(counts) == DOCUMENTED | {"_unknown"}
    assert {name: counts[name] for name in DOCUMENTED} == {n: names[n] for n in DOCUMENTED}


def test_undocumented_events_are_one_series_and_listed_by_name(
    service: Service, names: Counter[str]
) -> None:
    """Their names are on the page with their counts, and in no label."""
    strange = {name: count for name, count in names.items() if name not in DOCUMENTED}
    listed = {
        entry["name"]: entry["count"] for entry in service.get("/live.json").json()["unknown"]
    }
    assert sum(strange.values()) == 33
    assert service.counts()["_unknown"] == 33
    assert listed == strange
    assert not any(name in service.get("/metrics").text for name in strange)


def test_no_line_is_rejected(service: Service) -> None:
    """All 265 lines are counted or unknown."""
    outcomes = {
        labels[0][1]: value
        for (name, labels), value in service.samples().items()
        if name == "eventdeck_lines_total"
    }
    assert outcomes == {
        "counted": 232,
        "unknown": 33,
        "not_json": 0,
        "not_object": 0,
        "no_event": 0,
        "too_long": 0,
        "blank": 0,
    }


def test_labels_and_histograms_add_up(service: Service) -> None:
    """By label and by bucket the figures are those of the log."""
    samples = service.samples()
    reasons = "timetracker_auth_login_failed_total"
    assert samples[reasons, (("auth_method", "local"), ("reason", "empty_username"))] == 34
    assert sum(v for (name, _), v in samples.items() if name == reasons) == 34
    rows = [
        fields["num_rows"]
        for fields in map(json.loads, GENUINE.read_text().splitlines())
        if fields["event"] == "export.csv"
    ]
    assert samples["timetracker_export_csv_num_rows_sum", ()] == sum(rows)
    assert samples["timetracker_export_csv_num_rows_count", ()] == len(rows) == 23
    assert samples["timetracker_timers_running", ()] == 72 - 70


def test_both_formats_are_read_by_prometheus_client_and_agree(service: Service) -> None:
    """The text format and OpenMetrics carry the same series, and OpenMetrics what it adds."""
    text = {
        (s.name, frozenset(s.labels.items())): s.value
        for family in read_text(service.get("/metrics").text)
        for s in family.samples
        if not s.name.startswith(("process_", "eventdeck_checkpoint_age"))
    }
    answer = service.get("/metrics", OPENMETRICS)
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    opened = list(read_openmetrics(answer.text))  # type: ignore[no-untyped-call]
    samples = [sample for family in opened for sample in family.samples]
    values = {(s.name, frozenset(s.labels.items())): s.value for s in samples}
    assert text.items() <= values.items()
    exemplars = [s for s in samples if s.exemplar and s.name == "timetracker_events_total"]
    ids = {json.loads(line)["request_id"] for line in GENUINE.read_text().splitlines()}
    assert len(exemplars) == 13, "each event that was seen, and _unknown"
    assert {s.exemplar.labels["request_id"] for s in exemplars if s.exemplar} <= ids


def test_created_is_the_time_of_the_first_line(service: Service) -> None:
    """A first start on an old log must not look like a burst: `_created` is not the start."""
    text = service.get("/metrics", OPENMETRICS).text
    families = read_openmetrics(text)  # type: ignore[no-untyped-call]
    created = {
        s.labels["event"]: s.value
        for family in families
        for s in family.samples
        if s.name == "timetracker_events_created"
    }
    # 00:29:12.983 in the catalogue's zone, which is one hour ahead of UTC in November.
    assert created["auth.login"] == 1795390152.983
    assert "invoice.paid" not in created


def test_promtool_has_no_complaint(service: Service, require: Callable[..., Path]) -> None:
    """Names, types and help pass `promtool check metrics`."""
    promtool = require("promtool")
    result = subprocess.run(
        [promtool, "check", "metrics"],
        input=service.get("/metrics").content,
        capture_output=True,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")


def test_a_real_prometheus_answers_the_same_numbers(
    service: Service,
    names: Counter[str],
    require: Callable[..., Path],
    record_engine: Callable[[str, str, str], None],
    tmp_path: Path,
) -> None:
    """Prometheus scrapes the exporter, with exemplars and created timestamps on."""
    prometheus = require("prometheus")
    version = subprocess.run([prometheus, "--version"], capture_output=True, check=True, text=True)
    record_engine("prometheus", version.stdout.split()[2].split("+")[0], SHIPPED_PROMETHEUS)
    config = {
        "scrape_configs": [
            {
                "job_name": "eventdeck",
                "scrape_interval": "1s",
                "static_configs": [{"targets": [service.address.removeprefix("http://")]}],
            }
        ]
    }
    (tmp_path / "prometheus.yml").write_text(json.dumps(config))
    with prometheus_running(prometheus, tmp_path) as base:

        def ask() -> dict[str, int]:
            query = {"query": "timetracker_events_total"}
            answer = requests.get(f"{base}/api/v1/query", params=query, timeout=10).json()
            return {r["metric"]["event"]: int(r["value"][1]) for r in answer["data"]["result"]}

        answered = eventually(ask, "Prometheus has scraped")
    assert {name: answered[name] for name in DOCUMENTED} == {n: names[n] for n in DOCUMENTED}
    assert answered["_unknown"] == 33
