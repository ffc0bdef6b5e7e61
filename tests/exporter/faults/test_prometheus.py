"""What a real Prometheus, created timestamps on, makes of old logs and of restarts."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from tests.exporter.faults.application import Application, line
from tests.exporter.faults.conftest import Serve
from tests.exporter.faults.exporter_process import ExporterProcess
from tests.exporter.prometheus_process import prometheus_running
from tests.exporter.service import eventually

SERIES = 'timetracker_events_total{event="auth.login"}'
OLD = 5000  # lines
AGE = timedelta(days=2)


class Prometheus:
    """Scrapes one exporter, wherever it listens after a restart."""

    def __init__(self, address: str, targets: Path) -> None:
        self._address = address
        self._targets = targets

    def scrapes(self, exporter: ExporterProcess) -> None:
        """Go on with the exporter at its address of now, as the same instance."""
        target = {"targets": [exporter.address], "labels": {"instance": "exporter"}}
        unfinished = self._targets.with_suffix(".part")
        unfinished.write_text(json.dumps([target]))
        unfinished.replace(self._targets)

    def values(self, query: str) -> list[float]:
        """Every sample that a query finds, raw ones in the order of their time."""
        asked = requests.get(
            f"{self._address}/api/v1/query", params={"query": query}, timeout=10
        ).json()
        results = asked["data"]["result"]
        assert len(results) < 2, results
        samples = [s for r in results for s in r.get("values", [r.get("value")])]
        return [float(value) for _, value in samples]

    def holds(self, value: float, *, samples: int = 1) -> None:
        """Wait until that many scrapes have seen a value."""
        query = f"count_over_time(({SERIES} == {value})[10m:1s])"
        eventually(
            lambda: self.values(query) and self.values(query)[0] >= samples,
            f"Prometheus holds {value} in {samples} scrapes",
        )


@contextmanager
def scraping(require: Callable[..., Path], folder: Path) -> Iterator[Prometheus]:
    """Run a Prometheus that scrapes every second what its file of targets names."""
    targets = folder / "targets.json"
    config = {
        "scrape_configs": [
            {
                "job_name": "eventdeck",
                "scrape_interval": "1s",
                "file_sd_configs": [{"files": [str(targets)], "refresh_interval": "1s"}],
            }
        ]
    }
    (folder / "prometheus.yml").write_text(json.dumps(config))
    with prometheus_running(require("prometheus"), folder) as address:
        yield Prometheus(address, targets)


def test_a_first_start_on_an_old_log_is_no_burst(
    application: Application, serve: Serve, require: Callable[..., Path], tmp_path: Path
) -> None:
    """5,000 lines of two days ago raise the counter, and no rate; 100 of now raise both."""
    old = (datetime.now(UTC) - AGE).isoformat()
    lines = [line(number, timestamp=old) + b"\n" for number in range(OLD)]
    application.write_bytes(b"".join(lines))
    exporter = serve()
    with scraping(require, tmp_path) as prometheus:
        prometheus.scrapes(exporter)
        prometheus.holds(OLD, samples=3)
        assert prometheus.values(f"increase({SERIES}[5m])") in ([], [0.0])
        application.write(100)
        prometheus.holds(OLD + 100, samples=3)
        assert prometheus.values(f"resets({SERIES}[5m])") == [0.0]
        (grown,) = prometheus.values(f"increase({SERIES}[5m])")
        assert 99 < grown < 200  # extrapolated to the edges of its range: less than one double


def test_a_restart_adds_no_spike_and_loses_nothing(
    application: Application, serve: Serve, require: Callable[..., Path], tmp_path: Path
) -> None:
    """SIGTERM, kill -9, lines while down: the samples rise from 0 to every line, none falls."""
    exporter = serve()
    with scraping(require, tmp_path) as prometheus:
        prometheus.scrapes(exporter)
        prometheus.holds(0, samples=2)
        for end in (exporter.stop, exporter.kill):
            application.write(100)
            prometheus.holds(application.written)
            end()
            application.write(100)
            exporter.start()
            prometheus.scrapes(exporter)
            prometheus.holds(application.written, samples=2)
        samples = prometheus.values(f"{SERIES}[10m]")
        assert samples == sorted(samples)
        assert (samples[0], samples[-1]) == (0, application.written)
        assert prometheus.values(f"resets({SERIES}[10m])") == [0.0]
        (grown,) = prometheus.values(f"increase({SERIES}[10m])")
        assert application.written <= grown < 1.5 * application.written
