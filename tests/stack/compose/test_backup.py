"""Backup, loss of everything, restore: the stack gives the same answers to the same questions."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from msgspec import Struct

from tests.stack.compose.clone import Clone
from tests.stack.compose.test_journey import samples
from tests.stack.native.engines import Json, eventually, lines

LINES = 1000


class Answers(Struct):
    """What a stack says of what it was told, each at one moment of the past."""

    counts: dict[str, int]  # of the exporter
    sum: str  # in Prometheus
    lines: list[Json]  # in Loki
    folders: list[str]  # in Grafana
    silences: list[str]  # in Alertmanager
    password: str


def answers(stack: Clone, at: float) -> Answers:
    """Ask everything, as of a moment."""
    sums = requests.get(
        f"{stack.url('PROMETHEUS_PORT')}/api/v1/query",
        params={"query": "sum(timetracker_events_total)", "time": str(at)},
        timeout=30,
    ).json()["data"]["result"]
    password = (stack.root / ".secrets/grafana-admin-password").read_text()
    folders = requests.get(
        f"{stack.url('GRAFANA_PORT')}/api/folders", auth=("admin", password), timeout=30
    )
    assert folders.status_code == 200, "the password that is kept is the one that Grafana knows"
    return Answers(
        counts=stack.counts(),
        sum=sums[0]["value"][1] if sums else "",
        lines=sorted(lines(stack.url("LOKI_PORT"), at - 86400, at), key=lambda line: line[1:]),
        folders=[folder["title"] for folder in folders.json()],
        silences=[one["id"] for one in requests.get(silences(stack), timeout=30).json()],
        password=password,
    )


def silences(stack: Clone) -> str:
    """Return the address of Alertmanager's silences."""
    return f"{stack.url('ALERTMANAGER_PORT')}/api/v2/silences"


def make_silence(stack: Clone) -> None:
    """Silence an alert for a day, as a person does."""
    begin = datetime.now(UTC)
    silence = {
        "matchers": [{"name": "alertname", "value": "Never", "isRegex": False}],
        "startsAt": begin.isoformat(),
        "endsAt": (begin + timedelta(days=1)).isoformat(),
        "createdBy": "a person",
        "comment": "made by hand",
    }
    assert requests.post(silences(stack), json=silence, timeout=30).ok


@pytest.fixture(scope="module")
def told(stack: Clone, tmp_path_factory: pytest.TempPathFactory) -> tuple[Answers, float]:
    """Have a thousand lines arrive, and make something in Grafana; the answers, and their time."""
    stack.write(samples(tmp_path_factory.mktemp("sample")))
    now = time.time
    eventually(lambda: sum(stack.scraped().values()) == LINES, "Prometheus has all")
    url = stack.url("LOKI_PORT")
    eventually(lambda: len(lines(url, now() - 86400, now())) == LINES, "Loki has all")
    password = (stack.root / ".secrets/grafana-admin-password").read_text()
    made = requests.post(
        f"{stack.url('GRAFANA_PORT')}/api/folders",
        json={"title": "made by hand"},
        auth=("admin", password),
        timeout=30,
    )
    assert made.status_code == 200
    make_silence(stack)
    moment = now()
    return answers(stack, moment), moment


@pytest.fixture(scope="module")
def archive(stack: Clone, told: tuple[Answers, float]) -> Path:
    """Make a backup of it."""
    assert told
    done = stack.run("backup")
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)  # noqa: T201  the pause, for whoever runs this with -s
    (made,) = (stack.root / "backups").iterdir()
    return made


def test_the_pause_is_short_and_all_runs_again(stack: Clone, archive: Path) -> None:
    """The services are healthy, and what the application wrote in the pause is counted."""
    assert archive.stat().st_mode & 0o777 == 0o600
    before = sum(stack.counts().values())
    stack.write(stack.log.read_text().splitlines()[0] + "\n")
    assert sum(stack.counts().values()) == before + 1
    done = stack.run("status")
    assert done.returncode == 0, done.stdout


def test_after_a_loss_of_everything_the_answers_are_the_same(
    stack: Clone, archive: Path, told: tuple[Answers, float]
) -> None:
    """Containers, volumes, settings and secrets are gone; from the archive all of it is back."""
    before, moment = told
    written = stack.log.read_text().splitlines(keepends=True)[:LINES]
    assert stack.run("destroy", "--yes").returncode == 0
    (stack.root / ".env").unlink()
    for secret in (stack.root / ".secrets").iterdir():
        secret.unlink()
    stack.log.write_text("".join(written))
    done = stack.run("restore", str(archive))
    assert done.returncode == 0, done.stdout + done.stderr
    after = answers(stack, moment)
    assert after == before
    assert before.sum == str(LINES)
    assert "made by hand" in before.folders
    assert len(before.silences) == 1


def test_it_goes_on_where_the_backup_ended(stack: Clone, archive: Path) -> None:
    """What is written after a restore is counted once and found once; nothing is read twice."""
    assert archive.exists()
    before = stack.counts()
    stack.write(stack.log.read_text().splitlines()[-1] + "\n")
    eventually(lambda: sum(stack.scraped().values()) == LINES + 1, "the new line is scraped")
    assert sum(stack.counts().values()) == sum(before.values()) + 1


def test_a_running_stack_is_not_replaced_unasked(stack: Clone, archive: Path) -> None:
    """Without a terminal the answer is no, and everything goes on."""
    runs = stack.runs()
    done = stack.run("restore", str(archive))
    assert done.returncode == 1
    assert "Nobody is there to be asked; --yes says yes." in done.stdout
    assert stack.runs() == runs
