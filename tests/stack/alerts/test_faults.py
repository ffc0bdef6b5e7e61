"""Faults, from the log to the telephone: the right alert reaches its receiver, and no other does.

The programs and their configurations are the real ones, hurried as `watched` says: minutes are
seconds. Each fault is caused, told in words that a person understands, mended, and over.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import Require
from tests.exporter.faults.disk import Disk, small_disk
from tests.stack.alerts.inbox import Json, inbox
from tests.stack.alerts.watched import GRAFANA, Watched, watched, words
from tests.stack.native.engines import eventually


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    """Give the disk that the exporter keeps its state on."""
    with small_disk(tmp_path_factory.mktemp("state") / "disk") as found:
        yield found


@pytest.fixture(scope="module")
def application(
    require: Require, disk: Disk, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    """Give an application that is watched, and is well."""
    require("prometheus")
    require("prometheus-alertmanager")
    folder = tmp_path_factory.mktemp("alerts")
    with inbox() as letters, watched(folder, disk.path / "eventdeck.state", letters) as found:
        found.write("auth.login", number=3, auth_method="local")
        found.counted()
        yield found


class Told:
    """What the receivers hear from now on."""

    def __init__(self, application: Watched) -> None:
        self._inbox = application.inbox
        self._since = len(application.inbox.letters)

    def fires(self, name: str) -> Json:
        """Wait until that alert is told of; how it was told."""
        return eventually(lambda: self._named(name, "firing"), f"{name} is told of")

    def is_over(self, name: str) -> None:
        """Wait until its end is told of."""
        eventually(lambda: self._named(name, "resolved"), f"the end of {name} is told of")

    def names(self) -> set[str]:
        """Every alert that the webhook was told of, at its beginning or its end."""
        found = self._inbox.alerts("firing", self._since)
        found += self._inbox.alerts("resolved", self._since)
        return {alert["labels"]["alertname"] for alert in found}

    def slack(self) -> list[str]:
        """What came on the telephones: title and text of each message."""
        letters = self._inbox.told("/slack", self._since)
        return [words(f"{a['title']} {a['text']}") for m in letters for a in m["attachments"]]

    def slack_to_its_end(self) -> list[str]:
        """Wait until the telephones, too, were told that it is over; what came."""

        def all_there() -> list[str] | None:
            letters = self.slack()
            return letters if letters and letters[-1].startswith("Over: ") else None

        return eventually(all_there, "Slack is told of the end")

    def _named(self, name: str, status: str) -> Json | None:
        found = self._inbox.alerts(status, self._since)
        return next((alert for alert in found if alert["labels"]["alertname"] == name), None)


@contextmanager
def only(application: Watched, name: str, *, title: str, text: str) -> Iterator[Told]:
    """Within it the fault is caused and mended; the alert comes, is understood, and goes."""
    told = Told(application)
    yield told
    told.is_over(name)
    assert told.names() == {name}
    first, *_, last = told.slack_to_its_end()
    assert first.startswith(title)
    assert text in first
    assert first.endswith(f"({name}). What to do: … Look: …")
    assert last.startswith(f"Over: {title.partition(': ')[2]} Over since")
    annotations = told.fires(name)["annotations"]
    assert annotations["runbook_url"].startswith(f"{GRAFANA}d/eventdeck-runbook?viewPanel=")
    assert annotations["dashboard_url"].startswith(f"{GRAFANA}d/eventdeck-")


def test_passwords_are_guessed(application: Watched) -> None:
    """25 failures at once; the failure ratio, which follows from it, is not told as well."""
    with only(
        application,
        "LoginBruteForce",
        title="Critical: Somebody may be guessing passwords.",
        text="25 sign-ins to TimeTracker failed in 5 seconds. Since",
    ) as told:
        application.write("auth.login_failed", number=25, auth_method="local")
        told.fires("LoginBruteForce")


def test_the_log_goes_quiet(application: Watched) -> None:
    """Nothing is logged, though at that time a week ago it was; the next event ends it."""
    with only(
        application,
        "EventsStalled",
        title="Warning: The application has stopped to log events.",
        text="TimeTracker logged nothing in 8 seconds; at the same time 20 seconds earlier it did.",
    ) as told:
        application.looked_at(10)  # what is compared begins before the events
        application.write("timer.started", number=300)
        told.fires("EventsStalled")
        application.write("timer.started")


def test_the_exporter_dies(application: Watched) -> None:
    """Killed; nothing is lost, and the text says so."""
    with only(
        application,
        "ExporterDown",
        title="Critical: The exporter does not answer: nothing is counted.",
        text="Prometheus does not reach the exporter exporter:9867. Nothing is lost",
    ) as told:
        application.exporter.kill()
        told.fires("ExporterDown")
        application.start_exporter()


def test_the_disk_of_the_state_fails(application: Watched, disk: Disk) -> None:
    """Full; it counts on, which the text says, and recovers when there is room again."""
    with only(
        application,
        "CheckpointStale",
        title="Warning: The exporter cannot save how far it has read.",
        text="exporter:9867 cannot save its state. It counts on, but after a restart it reads",
    ) as told:
        disk.fill()
        application.write("auth.logout")
        told.fires("CheckpointStale")
        disk.clear()


def test_lines_are_no_events(application: Watched) -> None:
    """Half of them are not JSON."""
    with only(
        application,
        "LinesRejected",
        title="Warning: Lines of the log are no events that can be read.",
        text="% of the lines that exporter:9867 read in 15 seconds hold no event. Since",
    ) as told:
        application.write_text("Traceback (most recent call last):\n" * 10)
        application.write("auth.logout", number=10)
        told.fires("LinesRejected")


def test_the_clock_is_wrong(application: Watched) -> None:
    """The application writes in another zone, until it does not."""
    with only(
        application,
        "ClockSkew",
        title="Warning: The times in the log are wrong.",
        text="The lines that exporter:9867 reads are -2h 0m 0s off the clock;",
    ) as told:
        application.write("auth.logout", -2)
        told.fires("ClockSkew")
        application.write("auth.logout")


def test_an_old_log_is_no_attack(application: Watched) -> None:
    """Hundreds of failures, logged in the weeks before and read now: nobody is woken."""
    told = Told(application)
    application.write("auth.login_failed", *range(-500, 0, 24), number=20, auth_method="local")
    application.counted()
    application.looked_at(8)
    assert told.names() == set()
