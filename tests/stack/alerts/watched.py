"""An application that is watched: exporter, Prometheus and Alertmanager as shipped, but hurried.

What is other than in the stack: addresses and folders; scrapes and rules every second, alerts told
to Alertmanager every other; of the thresholds all times by `hurried`; of Alertmanager's route the
times in which alerts are gathered.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from eventdeck.catalogue.load import load
from eventdeck.render import files, rules, runbook, thresholds
from eventdeck.render.rules import Rules
from eventdeck.render.thresholds import Thresholds
from eventdeck.stack.place import Place
from eventdeck.stack.receivers import Receivers

from tests.exporter.faults.exporter_process import ExporterProcess
from tests.stack.alerts.inbox import Inbox
from tests.stack.native.engines import ROOT, eventually, free_port, get, running

GRAFANA = "https://grafana.example/"
CATALOGUE = ROOT / "exporter/events.yaml"
PROMETHEUS = "prometheus/prometheus.yml"
_ZONE = ZoneInfo(load(CATALOGUE).line.zone)
_SECRETS = ("alert-webhook-url", "alert-slack-url", "alert-watchdog-url")


def hurried(limits: Thresholds) -> Thresholds:
    """Make seconds of minutes.

    A week is 20 s, its window 8 s, with more events than a test writes by the way; a state that
    was not saved for 3 s is too old.
    """
    fast = {
        name: {key: n / 60 if key.endswith("_minutes") else n for key, n in numbers.items()}
        for name, numbers in limits.items()
    }
    stalled = {"least": 200, "ago_hours": 20 / 3600, "window_minutes": 8 / 60}
    fast["EventsStalled"] |= {**stalled, "for_minutes": 1 / 60}
    fast["CheckpointStale"] |= {"seconds": 3}
    return Thresholds(fast)


class Watched:
    """The application's log, and who hears of what happens to it."""

    def __init__(self, folder: Path, state: Path, inbox: Inbox) -> None:
        """Nothing runs yet."""
        self.folder = folder
        self.log = folder / "app.jsonl"
        self.inbox = inbox
        self.exporter = ExporterProcess(folder, self.log, state=state)
        self.written = 0
        self.prometheus = ""  # its address

    def write(self, event: str, *hours: float, number: int = 1, **more: str) -> None:
        """Log so many events at each of these hours ahead of the clock, or now; all at once."""
        moments = [datetime.now(_ZONE) + timedelta(hours=ahead) for ahead in hours or (0,)]
        times = [moment.strftime("%Y-%m-%d %H:%M:%S,%f")[:-3] for moment in moments]
        lines = [json.dumps({"asctime": time, "event": event, **more}) + "\n" for time in times]
        self.write_text("".join(line * number for line in lines))
        self.written += number * len(lines)

    def write_text(self, text: str) -> None:
        """Log anything."""
        with self.log.open("a") as log:
            log.write(text)

    def counted(self) -> None:
        """Wait until the exporter has counted all that was written."""
        self.exporter.settles_at(self.written)

    def looked_at(self, times: int) -> None:
        """Wait until Prometheus has computed every rule so many times more."""
        seen = self._looks()
        eventually(lambda: self._looks() >= seen + times, f"the rules are computed {times} times")

    def _looks(self) -> float:
        query = "min(prometheus_rule_group_iterations_total)"
        found = get(f"{self.prometheus}/api/v1/query", query=query)["data"]["result"]
        return float(found[0]["value"][1]) if found else 0.0

    def start_exporter(self) -> None:
        """Start it, and tell Prometheus its address: another each time, but one name."""
        self.exporter.start()
        new = self.folder / "targets.new"
        labels = "labels: { instance: exporter:9867 }"
        new.write_text(f'- targets: ["{self.exporter.address}"]\n  {labels}\n')
        new.rename(self.folder / "prometheus/targets/exporter.yml")


@contextmanager
def watched(folder: Path, state: Path, inbox: Inbox) -> Iterator[Watched]:
    """Run all of it."""
    made = Watched(folder, state, inbox)
    with ExitStack() as running_now:
        address = running_now.enter_context(alertmanager(folder / "alertmanager", inbox.url))
        made.prometheus = running_now.enter_context(_prometheus(folder, address))
        made.start_exporter()
        running_now.callback(made.exporter.kill)
        eventually(lambda: inbox.told("/watchdog"), "the Watchdog is heard")
        yield made


@contextmanager
def _prometheus(folder: Path, told: str) -> Iterator[str]:
    shipped = rules.load(str(ROOT / thresholds.FILE), ROOT / runbook.FILE)
    outputs = Rules(hurried(shipped.limits), shipped.runbook).outputs()
    files.render(load(CATALOGUE), folder, outputs=outputs)
    home, port = folder / "prometheus", free_port()
    (home / "targets").mkdir()
    for job, address in (("prometheus", f"127.0.0.1:{port}"), ("alertmanager", told)):
        (home / f"targets/{job}.yml").write_text(f'- targets: ["{address}"]\n')
    config = (ROOT / PROMETHEUS).read_text()
    assert config.count(": 15s") == 2
    (folder / PROMETHEUS).write_text(config.replace(": 15s", ": 1s"))
    command = ["prometheus", f"--config.file={folder / PROMETHEUS}"]
    command += [f"--storage.tsdb.path={home}/data", f"--web.listen-address=127.0.0.1:{port}"]
    command += ["--enable-feature=exemplar-storage,created-timestamp-zero-ingestion"]
    command += ["--rules.alert.resend-delay=2s"]
    url = f"http://127.0.0.1:{port}"
    with running(command, home, f"{url}/-/ready", {"GRAFANA_URL": GRAFANA}):
        yield url


@contextmanager
def alertmanager(folder: Path, url: str) -> Iterator[str]:
    """Run it with a webhook, Slack and a dead man's switch at that address, or with none."""
    place = Place(folder.parent / "clone")
    secrets = place.root / ".secrets"
    secrets.mkdir(parents=True)
    for name in _SECRETS:
        what = name.removeprefix("alert-").removesuffix("-url")
        (secrets / name).write_text(f"{url}/{what}" if url else "")
    (place.root / "alertmanager").symlink_to(_copied(folder), target_is_directory=True)
    Receivers(place, {}, secrets).write()
    used = folder / ("filled.yml" if url else "alertmanager.yml")
    config = yaml.safe_load(used.read_text())
    for route in (config["route"], *config["route"]["routes"]):
        route |= {"group_wait": "1s", "group_interval": "1s"}
    text = yaml.safe_dump(config).replace("/run/secrets", str(secrets))
    used.write_text(text)
    address = f"127.0.0.1:{free_port()}"
    command = ["prometheus-alertmanager", f"--config.file={used}"]
    command += [f"--storage.path={folder}/data", f"--web.listen-address={address}"]
    command += ["--cluster.listen-address="]
    with running(command, folder, f"http://{address}/-/ready"):
        yield address


def _copied(folder: Path) -> Path:
    for path in (ROOT / "alertmanager").rglob("*.*"):
        if path.name != "filled.yml":
            new = folder / path.relative_to(ROOT / "alertmanager")
            new.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(path.read_text())
    return folder


def words(text: str) -> str:
    """A text on one line, without links."""
    return re.sub(r"\s+", " ", re.sub(r"https?://\S+", "…", text))
