"""The event by which an installation is tried: counted by itself, and in nothing else."""

import json
import re
from contextlib import closing
from pathlib import Path

import pytest
from eventdeck import trial
from eventdeck.app import Exporter
from eventdeck.catalogue.load import load
from eventdeck.catalogue.model import TEST, Catalogue
from eventdeck.check.lines import Log
from eventdeck.check.survey import Survey
from eventdeck.checkpoint import Checkpoint

AT = 1767225610.5  # 2026-01-01T00:00:10.5Z
HEAD = "catalogue: 1\napplication: Shop\nnamespace: shop\nsince: 2025-10-20\n"
EVENTS = "events:\n  cart.paid: { description: Paid, triggered: On payment }\n"
FORMS = {
    "by default": "",
    "local time": "line: { zone: America/New_York, time: [{ field: asctime, "
    'format: "%Y-%m-%d %H:%M:%S,%f" }] }\n',
    "other fields": "line: { event: [name], level: [severity], request_id: rid, "
    "time: [{ field: at }] }\n",
}
PAID = '{"event": "cart.paid", "name": "cart.paid", "timestamp": "2026-01-01T00:00:10Z"}\n'
# What reading any line changes, whatever it says.
OF_ANY_LINE = r"eventdeck_(tests|bytes_read|checkpoint|log_skew|caught_up|lag|clock)\w*|process_\w+"


@pytest.fixture(params=[*FORMS.values()], ids=[*FORMS])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Catalogue:
    """Give a catalogue whose lines have one form or another."""
    path = tmp_path / "events.yaml"
    path.write_text(HEAD + request.param + EVENTS)
    return load(path)


def read(catalogue: Catalogue, folder: Path) -> dict[str, str]:
    """Read the log on, as a process that starts does; every series with its value."""
    exporter = Exporter(catalogue, [str(folder / "app.jsonl")], Checkpoint(str(folder / "state")))
    for _ in exporter.steps():
        pass
    body = exporter.scrape(openmetrics=False) or b""
    exporter.keep()
    lines = (line.rpartition(" ") for line in body.decode().splitlines() if line[0] != "#")
    return {name: value for name, _, value in lines}


def test_a_test_event_is_counted_and_no_other_series_moves(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    """Neither as an event nor as an unknown name, alone or among others, now or after a restart."""
    log = tmp_path / "app.jsonl"
    log.write_text(PAID)
    before = read(catalogue, tmp_path)
    with log.open("a") as file:
        for number in range(3):
            file.write(trial.line(catalogue, f"test-{number}", AT) + "\n")
    after = read(catalogue, tmp_path)
    changed = {name for name in after if before.get(name) != after[name]}
    assert not [name for name in changed if not re.match(OF_ANY_LINE, name)]
    assert after["eventdeck_tests_total"] == "3"
    assert before["eventdeck_tests_total"] == "0"
    with log.open("a") as file:
        file.write(PAID + trial.line(catalogue, "test-3", AT) + "\nhalf a li\n" + PAID)
        file.write(trial.line(catalogue, "test-4", AT).replace('"INFO"', "NaN") + "\n")
    last = read(catalogue, tmp_path)
    assert last["eventdeck_tests_total"] == "5"
    assert last['shop_events_total{event="cart.paid"}'] == "3"
    assert last['shop_events_total{event="_unknown"}'] == "0"
    assert last["eventdeck_unknown_names"] == "0"


def test_it_is_written_as_the_application_writes(catalogue: Catalogue) -> None:
    """Name, time in the zone of the log, level and request stand where its lines have them."""
    form = catalogue.line
    written = json.loads(trial.line(catalogue, "test-1", AT))
    assert written[form.event[0]] == TEST
    assert written[form.request_id] == "test-1"
    assert written[form.time[0].field] in {
        "2026-01-01T00:00:10.500+00:00",
        "2025-12-31 19:00:10,500000",
    }


def test_a_check_of_the_log_passes_over_it(catalogue: Catalogue, tmp_path: Path) -> None:
    """`eventdeck check` finds no event that is not documented, and counts none."""
    path = tmp_path / "app.jsonl"
    path.write_text(PAID + trial.line(catalogue, "test-1", AT) + "\n" + PAID)
    survey = Survey(catalogue)
    with closing(Log(str(path))) as log:
        survey.read(log, lambda _: None)
    found = survey.summary()
    assert (found.counted, found.unknown, found.rejected) == (2, 0, 0)
    assert not [one for one in found.findings if one.kind == "unknown_event"]
