"""Real Loki, Promtail, Prometheus and Grafana on loopback, with the shipped configurations.

Nothing is changed but what differs without containers: addresses, ports and folders.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import requests
import yaml

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 180.0  # for a condition that will come true, on a slow machine too
BUILD = "it is not packaged: build it from its source"
T = TypeVar("T")
Json = Any  # whatever JSON can hold


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def eventually(look: Callable[[], T | None], what: str) -> T:
    """Return the first true answer of `look`; fails after a long while."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < end, f"never came true: {what}"
        time.sleep(0.05)
    return found


def get(url: str, **params: str | float) -> Json:
    """Return the JSON at an address."""
    response = requests.get(url, params=params, timeout=30)
    assert response.ok, f"{response.url}: {response.status_code} {response.text[:500]}"
    return response.json()


def version(program: str) -> str:
    """Return the version that a program says it has."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"\d+\.\d+\.\d+", done.stdout + done.stderr)
    assert found, done
    return found[0]


@contextmanager
def running(
    command: list[str], folder: Path, ready: str, env: Mapping[str, str] | None = None
) -> Iterator[Path]:
    """Run a program that answers at `ready`, and end it; gives the file of what it says."""
    said = folder / "said.txt"
    with said.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=folder, stdout=out, stderr=out, env={**os.environ, **(env or {})}
        )
    try:
        eventually(lambda: _answers(ready, process, said), f"{ready} answers")
        yield said
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str, process: "subprocess.Popen[bytes]", said: Path) -> bool:
    assert process.poll() is None, f"{process.args!r} ended: {said.read_text()[-2000:]}"
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


@contextmanager
def loki(folder: Path, retention: str = "87600h") -> Iterator[str]:
    """Run Loki; the retention is long, so that the fixtures' dates do not expire."""
    folder.mkdir()
    port = free_port()
    config = (ROOT / "loki/loki.yaml").read_text()
    config = re.sub(r"(?m)(: )/loki\b", rf"\1{folder}", config)
    settings = yaml.safe_load(config)
    settings["server"] |= {
        "http_listen_address": "127.0.0.1",
        "http_listen_port": port,
        "grpc_listen_port": free_port(),
    }
    path = folder / "loki.yaml"
    path.write_text(yaml.safe_dump(settings))
    url = f"http://127.0.0.1:{port}"
    command = ["loki", f"-config.file={path}", "-config.expand-env=true"]
    with running(command, folder, f"{url}/ready", {"LOKI_RETENTION": retention}):
        yield url


def promtail_config(config: str, folder: Path, logs: Path, loki_url: str, port: int) -> Path:
    """Write a configuration of Promtail for this place."""
    for shipped, here in (
        ("http_listen_port: 9080", f"http_listen_address: 127.0.0.1\n  http_listen_port: {port}"),
        ("/var/tmp/", f"{folder}/"),  # noqa: S108  a volume in the container
        ("http://loki:3100", loki_url),
        (": /logs/", f": {logs}/"),
    ):
        assert shipped in config
        config = config.replace(shipped, here)
    path = folder / "promtail.yaml"
    path.write_text(config)
    return path


@contextmanager
def promtail(
    folder: Path, logs: Path, loki_url: str, config: str = "", **env: str
) -> Iterator[str]:
    """Run Promtail over a folder of logs, as shipped or with another text; gives its address."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    config = config or (ROOT / "promtail/promtail.yaml").read_text()
    path = promtail_config(config, folder, logs, loki_url, port)
    command = ["promtail", f"-config.file={path}", "-config.expand-env=true"]
    url = f"http://127.0.0.1:{port}"
    with running(command, folder, f"{url}/metrics", {"REDACTION_SALT": "salt", **env}):
        yield url


def lines(loki_url: str, begin: float, end: float, query: str = '{app=~".+"}') -> list[Json]:
    """Every line in Loki between two Unix times, as `(labels, nanoseconds, text)`, by time."""
    answer = get(
        f"{loki_url}/loki/api/v1/query_range",
        query=query,
        start=str(int(begin * 1e9)),
        end=str(int(end * 1e9)),
        limit=5000,
        direction="forward",
    )
    found = [
        (stream["stream"], int(at), text)
        for stream in answer["data"]["result"]
        for at, text in stream["values"]
    ]
    return sorted(found, key=lambda entry: entry[1])


@contextmanager
def exporter(folder: Path, log: Path, catalogue: Path | None = None) -> Iterator[str]:
    """Run the exporter on one log; gives its address."""
    folder.mkdir()
    port = free_port()
    command = [sys.executable, "-m", "eventdeck", "serve", "--log.path", str(log)]
    command += ["--catalogue", str(catalogue or ROOT / "exporter/events.yaml")]
    command += ["--state.path", str(folder / "state.json")]
    command += ["--web.listen-address", f"127.0.0.1:{port}"]
    url = f"http://127.0.0.1:{port}"
    with running(command, folder, f"{url}/-/ready", {"PYTHONPATH": str(ROOT / "exporter")}):
        yield url


@contextmanager
def prometheus(folder: Path, targets: Mapping[str, str], interval: str = "1s") -> Iterator[str]:
    """Run Prometheus on these targets, by job, and scrape often; gives its address."""
    folder.mkdir()
    config = (ROOT / "prometheus/prometheus.yml").read_text()
    (folder / "prometheus.yml").write_text(config.replace(": 15s", f": {interval}"))
    port = free_port()
    (folder / "targets").mkdir()
    for job, url in {"prometheus": f"http://127.0.0.1:{port}", **targets}.items():
        address = url.removeprefix("http://")
        (folder / f"targets/{job}.yml").write_text(f'- targets: ["{address}"]\n')
    command = ["prometheus", f"--config.file={folder}/prometheus.yml"]
    command += [f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"]
    command += ["--enable-feature=exemplar-storage,created-timestamp-zero-ingestion"]
    url = f"http://127.0.0.1:{port}"
    with running(command, folder, f"{url}/-/ready"):
        yield url


@contextmanager
def grafana(folder: Path, prometheus_url: str, loki_url: str, deck: Path = ROOT) -> Iterator[str]:
    """Run Grafana as provisioned, with a stranger's password; gives its address.

    `deck` is the tree of what follows from the catalogue.
    """
    folder.mkdir()
    port = free_port()
    provisioned = folder / "provisioning"
    shutil.copytree(ROOT / "grafana/provisioning", provisioned)
    shutil.copytree(deck / "grafana/provisioning", provisioned, dirs_exist_ok=True)
    for path in provisioned.rglob("*.yaml"):
        text = path.read_text().replace("http://prometheus:9090", prometheus_url)
        text = text.replace("http://loki:3100", loki_url)
        text = text.replace("/var/lib/grafana/dashboards", str(deck / "grafana/dashboards"))
        path.write_text(text)
    env = {
        "GF_PATHS_DATA": str(folder / "data"),
        "GF_PATHS_LOGS": str(folder / "logs"),
        "GF_PATHS_PLUGINS": str(folder / "plugins"),
        "GF_PATHS_PROVISIONING": str(provisioned),
        "GF_SERVER_HTTP_ADDR": "127.0.0.1",
        "GF_SERVER_HTTP_PORT": str(port),
        "GF_SECURITY_ADMIN_PASSWORD": "native",
        "GF_AUTH_ANONYMOUS_ENABLED": "true",
        "GF_AUTH_ANONYMOUS_ORG_ROLE": "Viewer",
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
        "GF_NEWS_NEWS_FEED_ENABLED": "false",
        "GF_USERS_VIEWERS_CAN_EDIT": "true",  # Explore, for the links to the lines of a request
        "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH": str(deck / "grafana/dashboards/overview.json"),
    }
    home = os.environ.get("GRAFANA_HOME", "/usr/local/share/grafana")
    url = f"http://127.0.0.1:{port}"
    command = ["grafana", "server", "--homepath", home]
    with running(command, folder, f"{url}/api/health", env):
        yield url
