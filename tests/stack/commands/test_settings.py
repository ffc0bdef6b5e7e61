"""`.env` is read as the user meant it, or the line that is wrong is named."""

import pytest
from eventdeck.stack.place import Place
from eventdeck.stack.settings import PORTS

from tests.stack.commands.conftest import Write


def test_without_a_log_the_sample_stack_is_meant(write: Write) -> None:
    """A `.env` whose lines are all comments asks for samples, in a project of their own."""
    chosen, found = write("# nothing set", "#LOG_PATH=/var/log/myapp", "LOG_PATH=")
    assert found == []
    assert chosen.sample
    assert chosen.project(sample=chosen.sample) == "eventdeck-sample"
    assert "LOG_PATH" not in chosen.environment()


def test_the_log_folder_may_be_relative_to_the_clone(write: Write, place: Place) -> None:
    """Compose gets an absolute path, whatever folder `make up` runs in."""
    chosen, _ = write(LOG_PATH="../app/logs")
    assert chosen.environment()["LOG_PATH"] == str(place.root / "../app/logs")
    assert chosen.project(sample=chosen.sample) == "eventdeck"


@pytest.mark.parametrize(
    ("typo", "meant"),
    [("LOGPATH", "LOG_PATH"), ("GRAFNA_PORT", "GRAFANA_PORT"), ("redaction", "REDACTION")],
)
def test_an_unknown_name_is_named_with_the_nearest(write: Write, typo: str, meant: str) -> None:
    """A typo stops the start: ignored, it would run something else than what is written."""
    _, (found,) = write("#", f"{typo}=1")
    assert (
        f".env, line {len(PORTS) + 2}: {typo} is not a name that the stack knows" in found.sentence
    )
    assert found.remedy == f"write {meant}"
    assert found.fatal


def test_a_name_like_no_other_is_to_be_removed(write: Write) -> None:
    """Where nothing is near, the list of names is pointed at."""
    _, (found,) = write("XYZZY=1")
    assert "compose/env.example lists every name" in found.remedy


@pytest.mark.parametrize(
    "line",
    [
        "GRAFANA_PORT=http",
        "GRAFANA_PORT=70000",
        "BIND=localhost",
        "LOG_GID=adm",
        "LOG_FILE=logs/app.jsonl",
        "REDACTION=on",
        "LOKI_RETENTION=31d",
        "PROMETHEUS_RETENTION_SIZE=5",
        "PROJECT=My Stack",
    ],
)
def test_a_value_that_cannot_be_is_named_with_what_can(write: Write, line: str) -> None:
    """Name, value and what to write stand in one finding."""
    name, _, value = line.partition("=")
    _, (found,) = write(line)
    assert f'{name} cannot be "{value}"' in found.sentence
    assert found.remedy.startswith("write ")


def test_a_line_that_sets_nothing_is_named(write: Write) -> None:
    """A colon instead of = is not passed over."""
    _, (found,) = write("LOG_PATH: /var/log/myapp")
    assert '"LOG_PATH: /var/log/myapp" sets nothing' in found.sentence


@pytest.mark.parametrize(
    "line",
    ['LOG_FILE="a b.jsonl"', "LOG_FILE='a b.jsonl' # mine", "export LOG_FILE=a b.jsonl  # x"],
)
def test_quotes_and_comments_are_read_as_compose_does(write: Write, line: str) -> None:
    """The same `.env` means the same to `docker compose --env-file`."""
    assert write(line)[0].values["LOG_FILE"] == "a b.jsonl"


def test_the_shell_does_not_change_the_stack(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of the same name in a terminal is no setting."""
    monkeypatch.setenv("LOG_PATH", "/somewhere/else")
    monkeypatch.setenv("GRAFANA_IMAGE", "grafana/grafana:latest")
    chosen, _ = write()
    assert chosen.sample
    assert chosen.values["GRAFANA_IMAGE"].startswith("grafana/grafana:1")
