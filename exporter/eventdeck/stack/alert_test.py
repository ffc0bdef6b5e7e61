"""`eventdeck alert-test`: send a test alert through the running stack and say where it arrived."""

import re
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from eventdeck.stack import address, settings, web
from eventdeck.stack.place import Misplaced, find
from eventdeck.stack.say import say
from eventdeck.stack.status import table

NAME = "AlertTest"
PATIENCE = 60.0  # seconds; alerts are gathered for ten before they are told
_LASTS = timedelta(minutes=2)  # then its end is told as well
_LOOK_EVERY = 0.5  # seconds
_NOBODY = (
    "Nobody is told: no receiver is filled in. Each file in alertmanager/receivers/ says in its "
    "first lines how that is done; then `make up`, and this again."
)
_COUNTER = re.compile(
    r'^alertmanager_notification_requests(_failed)?_total\{.*?integration="(\w+)".*?\} (\S+)$',
    re.MULTILINE,
)

Counts = dict[str, tuple[float, float]]  # integration -> attempts, and those that failed


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of `eventdeck alert-test`."""
    parser.add_argument(
        "--severity",
        choices=("critical", "warning"),
        default="critical",
        help="critical reaches everybody, warning not PagerDuty (%(default)s)",
    )


def run(args: Namespace) -> int:
    """Send it and watch; 0 when it arrived wherever it should."""
    try:
        chosen, _ = settings.load(find())
    except Misplaced as error:
        say(f"eventdeck alert-test: {error}")
        return 1
    urls = (address.url(chosen, "prometheus"), address.url(chosen, "alertmanager"))
    if chosen.sample:
        say("The sample stack tells nobody of alerts, whatever is filled in; see LOG_PATH in .env.")
    return send(*urls, args.severity)


def send(prometheus: str, alertmanager: str, severity: str, patience: float = PATIENCE) -> int:
    """Send an alert of this severity; what happens is said."""
    _, status = web.get(f"{alertmanager}/api/v2/status")
    if not status:
        say(f"Alertmanager does not answer at {alertmanager}: `make up` starts it.")
        return 1
    connected = _is_connected(prometheus)
    before = _counts(alertmanager)
    web.post(f"{alertmanager}/api/v2/alerts", [_alert(severity)])
    receivers = _receivers(alertmanager)
    say(f"A test alert ({NAME}, {severity}) went to the receiver {', '.join(receivers)}.")
    expected = _integrations(status["config"]["original"], receivers)
    if not expected:
        say(_NOBODY)
        return 1
    return max(_watch(alertmanager, before, expected, patience), 0 if connected else 1)


def _alert(severity: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "labels": {
            "alertname": NAME,
            "severity": severity,
            "job": f"alert-test-{now:%H%M%S}",  # a group of its own, which is told at once
        },
        "annotations": {
            "summary": "This is a test: alerts reach you.",
            "description": "Somebody has called `make alert-test`. There is nothing to do.",
        },
        "startsAt": now.isoformat(),
        "endsAt": (now + _LASTS).isoformat(),
    }


def _is_connected(prometheus: str) -> bool:
    """Whether Prometheus gives its alerts to an Alertmanager; said, where it does not."""
    _, answer = web.get(f"{prometheus}/api/v1/alertmanagers")
    if not answer:
        say(f"Prometheus does not answer at {prometheus}: no real alert would be sent.")
        return False
    if not answer["data"]["activeAlertmanagers"]:
        say("Prometheus knows of no Alertmanager: no real alert would be sent.")
        return False
    return True


def _receivers(alertmanager: str) -> list[str]:
    _, found = web.get(f"{alertmanager}/api/v2/alerts?filter=alertname%3D{NAME}")
    return sorted({receiver["name"] for alert in found or [] for receiver in alert["receivers"]})


def _integrations(config: str, receivers: list[str]) -> list[str]:
    """What these receivers consist of, as Alertmanager's figures name it."""
    parts = yaml.safe_load(config)["receivers"]
    keys = (key for part in parts if part["name"] in receivers for key in part)
    return sorted({key.removesuffix("_configs") for key in keys if key.endswith("_configs")})


def _watch(alertmanager: str, before: Counts, expected: list[str], patience: float) -> int:
    """Wait until each has taken or refused it; 0 when all have taken it."""
    say("It is told after ten seconds …")
    began, words = time.monotonic(), dict.fromkeys(expected, "")
    while not all(words.values()) and time.monotonic() - began < patience:
        time.sleep(_LOOK_EVERY)
        now = _counts(alertmanager)
        seconds = time.monotonic() - began
        for name in expected:
            words[name] = words[name] or _word(before.get(name), now.get(name), seconds)
    say(table([(name, word or "nothing was heard") for name, word in words.items()]))
    if all(word.startswith("arrived") for word in words.values()):
        return 0
    say("`make logs ARGS=alertmanager` says why; prometheus/RUNBOOK.md has the usual reasons.")
    return 1


def _word(
    before: tuple[float, float] | None, now: tuple[float, float] | None, seconds: float
) -> str:
    tries, failures = (a - b for a, b in zip(now or (0, 0), before or (0, 0), strict=True))
    if failures:
        return f"failed after {seconds:.0f} s"
    return f"arrived after {seconds:.0f} s" if tries else ""


def _counts(alertmanager: str) -> Counts:
    found: dict[str, list[float]] = {}
    for failed, name, value in _lines(web.text(f"{alertmanager}/metrics")):
        found.setdefault(name, [0.0, 0.0])[bool(failed)] += value
    return {name: (tries, failures) for name, (tries, failures) in found.items()}


def _lines(metrics: str) -> Iterator[tuple[str, str, float]]:
    for failed, name, value in _COUNTER.findall(metrics):
        yield failed, name, float(value)
