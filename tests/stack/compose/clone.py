"""A clone of the project with a log of its own, used as a person does: by its commands."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import docker
import requests
from docker.models.containers import Container

from tests.stack import images
from tests.stack.native.engines import ROOT, Json, eventually, free_port

FOLDERS = ("compose", "exporter", "prometheus", "alertmanager", "loki", "promtail", "grafana")
SERVICES = ("exporter", "prometheus", "alertmanager", "loki", "promtail", "grafana")
PORTS = ("GRAFANA_PORT", "EXPORTER_PORT", "PROMETHEUS_PORT", "ALERTMANAGER_PORT", "LOKI_PORT")
LONGEST = 300  # seconds that a command may take, on a slow machine too


class Clone:
    """The folders of the stack in a place of their own, under a project name of their own."""

    def __init__(self, root: Path, client: docker.DockerClient) -> None:
        """Copy the tree; nothing of it is changed, and `.env` says what differs."""
        self.root = root
        self.client = client
        for folder in FOLDERS:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / folder, root / folder, symlinks=True, ignore=ignored)
        self.project = f"eventdeck-test-{os.getpid()}"
        self.logs = root / "logs"
        self.logs.mkdir()
        self.logs.chmod(0o755)
        self.log = self.logs / "app.jsonl"
        self.ports = {name: free_port() for name in PORTS}
        self.set()

    def set(self, **values: object) -> None:
        """Write `.env`."""
        settings = {
            "PROJECT": self.project,
            "PYTHON_IMAGE": images.PYTHON,
            "EXPORTER_IMAGE": "eventdeck-test/exporter:0.1.0",
            "LOG_PATH": self.logs,
            **self.ports,
            **values,
        }
        text = "".join(f"{name}={value}\n" for name, value in settings.items())
        (self.root / ".env").write_text(text)

    def write(self, text: str) -> None:
        """Append to the log, which the application makes with its first line."""
        with self.log.open("a") as log:
            log.write(text)
        self.log.chmod(0o644)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of Eventdeck in the clone."""
        return subprocess.run(
            [sys.executable, "-m", "eventdeck", *words],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root / "exporter")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )

    def up(self) -> str:
        """`eventdeck up`, which must end well; what it said."""
        done = self.run("up")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def container(self, service: str, *, sample: bool = False) -> Container:
        """Return the container of a service."""
        project = self.project + ("-sample" if sample else "")
        labels = [
            f"com.docker.compose.project={project}",
            f"com.docker.compose.service={service}",
        ]
        (found,) = self.client.containers.list(all=True, filters={"label": labels})
        return found

    def runs(self) -> dict[str, tuple[str | None, str]]:
        """Tell each service's run from every other: identity and start."""
        found = {service: self.container(service) for service in SERVICES}
        return {name: (one.id, one.attrs["State"]["StartedAt"]) for name, one in found.items()}

    def healthy(self, service: str) -> bool:
        """Whether the engine finds a service healthy."""
        state: Json = self.container(service).attrs["State"]
        return bool(state["Running"] and state["Health"]["Status"] == "healthy")

    def kill(self, service: str) -> None:
        """Kill -9 the service's process, which nobody asked for: the engine starts it again."""
        before = self.container(service)
        os.kill(before.attrs["State"]["Pid"], 9)
        eventually(
            lambda: (
                self.container(service).attrs["State"]["StartedAt"]
                != before.attrs["State"]["StartedAt"]
            ),
            f"{service} is started again",
        )
        eventually(lambda: self.healthy(service), f"{service} is healthy again")

    def url(self, port: str) -> str:
        """Return the address of a published port."""
        return f"http://127.0.0.1:{self.ports[port]}"

    def counts(self, namespace: str = "timetracker") -> dict[str, int]:
        """Return the exporter's own count of every event, at this moment."""
        text = requests.get(f"{self.url('EXPORTER_PORT')}/metrics", timeout=30).text
        found = re.findall(
            rf'^{namespace}_events_total\{{event="([^"]+)"\}} (\d+)', text, re.MULTILINE
        )
        return {name: int(number) for name, number in found}

    def scraped(self) -> dict[str, int]:
        """Return the count of every event that Prometheus holds."""
        answer: Json = requests.get(
            f"{self.url('PROMETHEUS_PORT')}/api/v1/query",
            params={"query": "timetracker_events_total"},
            timeout=30,
        ).json()
        return {
            series["metric"]["event"]: int(series["value"][1])
            for series in answer["data"]["result"]
        }
