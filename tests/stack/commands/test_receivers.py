"""Receivers of alerts: told once they are filled in, and named where they are filled in wrongly."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from eventdeck.stack import receivers
from eventdeck.stack.place import Place
from eventdeck.stack.settings import Settings

from tests.conftest import Require
from tests.stack.commands.conftest import ROOT, Write

ROUTES = {
    "critical": "urgent",
    "warning": "everyday",
    "info": "everyday",
    "Watchdog": "dead-man",
    "InfoInhibitor": "nobody",
}
EMAIL = {"ALERT_EMAIL_TO": "ops@example.org", "SMTP_SERVER": "smtp.example.org:587"}
URL = "https://hooks.example.org/T0/B0/x"


@pytest.fixture
def folder(place: Place) -> Path:
    """Give the folder of the secrets, whose files were made by a first start."""
    shutil.copytree(ROOT / "alertmanager", place.root / "alertmanager")
    (place.root / "alertmanager/filled.yml").unlink(missing_ok=True)
    secrets = place.root / ".secrets"
    secrets.mkdir(mode=0o700)
    return secrets


def prepared(write: Write, **values: object) -> Settings:
    """Settings after the part of a start that concerns receivers."""
    chosen, found = write(LOG_PATH="/logs", **values)
    assert found == []
    chosen.receivers.prepare()
    chosen.receivers.write()
    return chosen


def made(chosen: Settings) -> dict[str, dict[str, list[dict[str, str]]]]:
    """Receivers by name, as Alertmanager gets them."""
    text = (chosen.place.root / "alertmanager/filled.yml").read_text()
    return {receiver.pop("name"): receiver for receiver in yaml.safe_load(text)["receivers"]}


def checked(require: Require, path: Path) -> None:
    """Let amtool read a configuration."""
    done = subprocess.run(
        [require("amtool"), "check-config", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def routed(require: Require, path: Path, receiver: str, *labels: str) -> None:
    """Let amtool say whom an alert would reach."""
    command = [str(require("amtool")), "config", "routes", "test", "--config.file", str(path)]
    done = subprocess.run(
        [*command, "--verify.receivers", receiver, *labels],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nobody_is_told_where_nothing_is_filled_in(write: Write, folder: Path) -> None:
    """The files are there, empty, readable in a folder that is not; the shipped file is used."""
    chosen = prepared(write)
    assert chosen.receivers.filled() == []
    assert "ALERTMANAGER_FILE" not in chosen.environment()
    assert sorted(path.name for path in folder.iterdir()) == sorted(receivers.FILES)
    for path in folder.iterdir():
        assert path.read_text() == ""
        assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("file", "secret", "kind", "told"),
    [
        ("alert-slack-url", URL, "slack_configs", ["everyday", "urgent"]),
        ("alert-webhook-url", URL, "webhook_configs", ["everyday", "urgent"]),
        ("alert-pagerduty-key", "k" * 32, "pagerduty_configs", ["urgent"]),
        ("alert-watchdog-url", URL, "webhook_configs", ["dead-man"]),
    ],
)
def test_one_file_fills_in_a_receiver(  # noqa: PLR0913, PLR0917  fixtures and cases
    require: Require, write: Write, folder: Path, file: str, secret: str, kind: str, told: list[str]
) -> None:
    """It is told of what concerns it; nobody else is; the secret itself stands nowhere."""
    (folder / file).write_text(f"{secret}\n")
    chosen = prepared(write)
    assert chosen.environment()["ALERTMANAGER_FILE"] == "filled.yml"
    found = made(chosen)
    assert [name for name, receiver in found.items() if receiver] == told
    for name in told:
        (config,) = found[name][kind]
        assert f"/run/secrets/{file}" in config.values()
    path = chosen.place.root / "alertmanager/filled.yml"
    assert secret not in path.read_text()
    checked(require, path)


def test_email_is_filled_in_by_settings(require: Require, write: Write, folder: Path) -> None:
    """Without a user there is no password; with one it is a file."""
    config = made(prepared(write, **EMAIL))["urgent"]["email_configs"][0]
    assert config["to"] == config["from"] == "ops@example.org"
    assert config["smarthost"] == "smtp.example.org:587"
    assert not {"auth_username", "auth_password_file"} & set(config)
    (folder / "alert-smtp-password").write_text("secret")
    chosen = prepared(write, **EMAIL, SMTP_USER="me", ALERT_EMAIL_FROM="deck@example.org")
    config = made(chosen)["everyday"]["email_configs"][0]
    assert config["auth_username"] == "me"
    assert Path(config["auth_password_file"]) == Path("/run/secrets", receivers.SMTP_PASSWORD)
    assert config["from"] == "deck@example.org"
    checked(require, chosen.place.root / "alertmanager/filled.yml")


def test_an_emptied_receiver_is_told_no_more(write: Write, folder: Path) -> None:
    """What was made for it goes."""
    (folder / "alert-slack-url").write_text(URL)
    prepared(write)
    (folder / "alert-slack-url").write_text("")
    chosen = prepared(write)
    assert not (chosen.place.root / "alertmanager/filled.yml").exists()


def test_samples_reach_nobody(write: Write, folder: Path) -> None:
    """Whatever is filled in, Alertmanager starts with the shipped file on made-up events."""
    (folder / "alert-slack-url").write_text(URL)
    prepared(write)
    chosen, _ = write()
    assert chosen.sample
    assert "ALERTMANAGER_FILE" not in chosen.environment()


def test_a_secret_written_anew_replaces_the_container(write: Write, folder: Path) -> None:
    """A container sees the file that was there at its start."""
    (folder / "alert-slack-url").write_text(URL)
    before = prepared(write).environment()["ALERTMANAGER_CONFIG"]
    assert prepared(write).environment()["ALERTMANAGER_CONFIG"] == before
    (folder / "new").write_text(URL)
    (folder / "new").rename(folder / "alert-slack-url")
    (folder / "alert-slack-url").chmod(0o600)
    assert prepared(write).environment()["ALERTMANAGER_CONFIG"] != before
    assert (folder / "alert-slack-url").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"ALERT_EMAIL_TO": "me@example.org"}, "ALERT_EMAIL_TO is set, and SMTP_SERVER is not"),
        ({"SMTP_SERVER": "smtp:25"}, "SMTP_SERVER is set, and ALERT_EMAIL_TO is not"),
        ({**EMAIL, "SMTP_USER": "me"}, "alert-smtp-password is empty"),
    ],
)
def test_what_is_filled_in_by_half_is_named(
    write: Write, folder: Path, values: dict[str, str], said: str
) -> None:
    """The start says so, instead of each alert failing."""
    assert folder.is_dir()
    chosen, _ = write(LOG_PATH="/logs", **values)
    (finding,) = chosen.receivers.look()
    assert said in finding.sentence
    assert finding.fatal


@pytest.mark.parametrize(
    ("file", "text"), [("alert-slack-url", "hooks.slack.com"), ("alert-pagerduty-key", URL)]
)
def test_a_secret_that_cannot_be_is_named(write: Write, folder: Path, file: str, text: str) -> None:
    """An address has its https://, a key has none; the secret is not shown."""
    (folder / file).write_text(text)
    chosen, _ = write(LOG_PATH="/logs")
    (finding,) = chosen.receivers.look()
    assert f"{file} does not hold" in finding.sentence
    assert text not in str(finding)


def alerts() -> list[tuple[str, str]]:
    """Name and severity of every alert."""
    return [
        (rule["alert"], rule["labels"]["severity"])
        for path in sorted((ROOT / "prometheus/rules").glob("*.yml"))
        for group in yaml.safe_load(path.read_text())["groups"]
        for rule in group["rules"]
        if "alert" in rule
    ]


@pytest.mark.parametrize("filled", [False, True], ids=["shipped", "filled"])
def test_each_alert_takes_its_route(
    require: Require, write: Write, folder: Path, *, filled: bool
) -> None:
    """By severity; the Watchdog to the dead man's switch; the same where all is filled in."""
    path = ROOT / "alertmanager/alertmanager.yml"
    if filled:
        for file in receivers.FILES:
            (folder / file).write_text("k" * 32 if file.endswith("key") else URL)
        chosen = prepared(write, **EMAIL, SMTP_USER="me")
        assert chosen.receivers.filled() == ["email", *receivers.SECRETS]
        path = chosen.place.root / "alertmanager/filled.yml"
    checked(require, path)
    assert len(alerts()) > 25
    for name, severity in alerts():
        receiver = ROUTES.get(name) or ROUTES[severity]
        routed(require, path, receiver, f"alertname={name}", f"severity={severity}", "job=x")
