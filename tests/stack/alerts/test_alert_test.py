"""`make alert-test`: what is said of a test alert, sent through a real Alertmanager."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from eventdeck.stack import alert_test

from tests.conftest import Require
from tests.stack.alerts.inbox import Inbox, inbox, listening
from tests.stack.alerts.watched import alertmanager
from tests.stack.native import engines

Capture = pytest.CaptureFixture[str]
NOWHERE = "http://127.0.0.1:9"  # the port of `discard`, where nobody listens


@pytest.fixture
def letters() -> Iterator[Inbox]:
    """Give the other end."""
    with inbox() as found:
        yield found


@pytest.fixture
def prometheus(require: Require, tmp_path: Path) -> Iterator[str]:
    """Give a Prometheus that knows of an Alertmanager."""
    require("prometheus")
    with engines.prometheus(tmp_path / "prometheus", {"alertmanager": "http://127.0.0.1:9"}) as url:
        engines.eventually(
            lambda: engines.get(f"{url}/api/v1/alertmanagers")["data"]["activeAlertmanagers"],
            "Prometheus knows of an Alertmanager",
        )
        yield url


def test_it_arrives_wherever_it_should(
    require: Require, tmp_path: Path, letters: Inbox, prometheus: str, capsys: Capture
) -> None:
    """The receivers that are filled in have it, and each is named."""
    require("prometheus-alertmanager")
    with alertmanager(tmp_path / "alertmanager", letters.url) as address:
        code = alert_test.send(prometheus, f"http://{address}", "critical")
    said = capsys.readouterr().out
    assert code == 0, said
    assert "A test alert (AlertTest, critical) went to the receiver urgent." in said
    assert sorted(line.split()[:2] for line in said.splitlines()[-2:]) == [
        ["slack", "arrived"],
        ["webhook", "arrived"],
    ]
    (alert,) = letters.alerts("firing")
    assert alert["annotations"]["summary"] == "This is a test: alerts reach you."


def test_a_receiver_that_refuses_is_named(
    require: Require, tmp_path: Path, prometheus: str, capsys: Capture
) -> None:
    """With the way to find out why."""
    require("prometheus-alertmanager")
    with refusing() as url, alertmanager(tmp_path / "alertmanager", url) as address:
        code = alert_test.send(prometheus, f"http://{address}", "warning")
    said = capsys.readouterr().out
    assert code == 1
    assert "went to the receiver everyday." in said
    assert "slack    failed after" in said
    assert "webhook  failed after" in said
    assert "`make logs ARGS=alertmanager` says why" in said


def test_nobody_to_tell_is_said(
    require: Require, tmp_path: Path, prometheus: str, capsys: Capture
) -> None:
    """Where no receiver is filled in, the sentence says how that is done."""
    require("prometheus-alertmanager")
    with alertmanager(tmp_path / "alertmanager", "") as address:
        assert alert_test.send(prometheus, f"http://{address}", "critical") == 1
    assert "Nobody is told: no receiver is filled in." in capsys.readouterr().out


def test_a_prometheus_that_tells_nobody_is_said(
    require: Require, tmp_path: Path, letters: Inbox, capsys: Capture
) -> None:
    """The test alert arrives; a real one would not."""
    require("prometheus-alertmanager")
    with alertmanager(tmp_path / "alertmanager", letters.url) as address:
        assert alert_test.send(NOWHERE, f"http://{address}", "critical") == 1
    said = capsys.readouterr().out
    assert f"Prometheus does not answer at {NOWHERE}: no real alert would be sent." in said
    assert "arrived after" in said


def test_an_alertmanager_that_is_down_is_said(capsys: Capture) -> None:
    """With what starts it."""
    assert alert_test.send(NOWHERE, NOWHERE, "critical") == 1
    assert f"Alertmanager does not answer at {NOWHERE}: `make up` starts it." in (
        capsys.readouterr().out
    )


class _Refuses(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def refusing() -> Iterator[str]:
    """Answer 403 to everything."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Refuses)
    with listening(server):
        yield f"http://127.0.0.1:{server.server_address[1]}"
