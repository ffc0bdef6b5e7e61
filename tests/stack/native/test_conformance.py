"""One file through the exporter and through Promtail into Loki: both must read it alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from eventdeck.catalogue.load import load
from eventdeck.catalogue.model import UNKNOWN
from eventdeck.count import Tally
from eventdeck.decode import REASONS, Decoder

from tests.stack.native import engines as native

pytestmark = pytest.mark.usefixtures("engines")

FIXTURES = native.ROOT / "tests/stack/fixtures"
LOG = FIXTURES / "conformance.jsonl"
BEGIN, END = 1749513600.0, 1749600000.0  # 2025-06-10, the day of the fixture, in UTC
NO_NAME = "-"
# What the fixture plants in private properties, undocumented ones, behind escapes, in nested
# objects, in broken lines, in tracebacks, in names and ids: none of it may reach Loki.
PLANTED = ("planted", "\\u0070", "203.0.113", "2001:db8", "\\u0064escription")

Read = tuple[str, int, str]  # name, milliseconds, level


def expected() -> list[tuple[str, str]]:
    """Name and level of each line, as written down by hand."""
    rows = (FIXTURES / "conformance.expected.tsv").read_text().splitlines()[1:]
    return [(name, level) for name, _, level in (row.partition("\t") for row in rows)]


def by_exporter() -> list[tuple[str, int]]:
    """Name and time of each line as the exporter reads it; without a time, that of the last."""
    catalogue = load(native.ROOT / "exporter/events.yaml")
    decoder = Decoder(catalogue)
    read, latest = [], 0.0
    for line in LOG.read_bytes().split(b"\n")[:-1]:
        name = NO_NAME
        if rows := decoder.rows(line + b"\n"):
            tally = Tally(catalogue)
            tally.add(rows)
            tally.fold()
            counted = (name for name, event in tally.events.items() if event.total.value)
            name = next(counted, UNKNOWN)
            latest = tally.latest or latest
        read.append((name, round(latest * 1000)))
    return read


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Sent"]:
    """Send the file through Promtail to Loki once."""
    folder = tmp_path_factory.mktemp("conformance")
    logs = folder / "logs"
    logs.mkdir()
    (logs / "app.jsonl").write_bytes(LOG.read_bytes())
    with (
        native.loki(folder / "loki") as loki,
        native.promtail(folder / "promtail", logs, loki) as promtail,
    ):
        found = native.eventually(
            lambda: all_there(native.lines(loki, BEGIN, END)), "every line is in Loki"
        )
        yield Sent(loki, promtail, found, (folder / "promtail/said.txt"))


class Sent:
    """Where the lines went, and what is there."""

    def __init__(self, loki: str, promtail: str, found: list[native.Json], said: Path) -> None:
        self.loki = loki
        self.promtail = promtail
        self.lines = found
        self.said = said


def all_there(found: list[native.Json]) -> list[native.Json] | None:
    """The lines, once they are as many as the fixture's."""
    return found if len(found) >= len(expected()) else None


def test_the_exporter_names_every_line_as_written_down() -> None:
    """The fixture says what each line is, and the exporter agrees."""
    assert [name for name, _ in by_exporter()] == [name for name, _ in expected()]


def test_name_time_and_level_agree(sent: Sent) -> None:
    """Every event is in Loki once, under the exporter's name and time, to the millisecond."""
    wanted: list[Read] = [
        (name, at, level)
        for (name, at), (_, level) in zip(by_exporter(), expected(), strict=True)
        if name != NO_NAME
    ]
    found = [
        (labels["event"], at // 1_000_000, labels["level"])
        for labels, at, text in sent.lines
        if not nameless(text)
    ]
    assert sorted(found) == sorted(wanted)


def test_what_the_exporter_rejects_is_in_loki_among_its_neighbours(sent: Sent) -> None:
    """A broken line is there under `_unknown`, at its own time or at that of the line before."""
    wanted = [level for name, level in expected() if name == NO_NAME]
    found = [labels for labels, _, text in sent.lines if nameless(text)]
    assert sorted(labels["level"] for labels in found) == sorted(wanted)
    assert {labels["event"] for labels in found} == {UNKNOWN}


def nameless(text: str) -> bool:
    """Whether Promtail found no event in the line, for the exporter's reasons."""
    return any(f'"reduced":"{reason}"' in text for reason in REASONS)


def test_nothing_planted_is_in_loki(sent: Sent) -> None:
    """No personal value is in a line, a label or the metadata of any, nor did Promtail say it."""
    series = requests.get(
        f"{sent.loki}/loki/api/v1/series",
        params={"match[]": '{app=~".+"}', "start": f"{BEGIN}", "end": f"{END}"},
        timeout=30,
    )
    everything = [repr(sent.lines), series.text, sent.said.read_text()]
    everything.append(requests.get(f"{sent.promtail}/metrics", timeout=30).text)
    for text in everything:
        for value in PLANTED:
            place = text.lower().find(value)
            assert place < 0, text[max(0, place - 200) : place + 200]


def test_labels_are_three_and_closed(sent: Sent) -> None:
    """A stream is an application, a documented event and a level; ids make no streams."""
    names = native.get(f"{sent.loki}/loki/api/v1/labels", start=f"{BEGIN}", end=f"{END}")["data"]
    assert set(names) == {"app", "event", "level"}
    url = f"{sent.loki}/loki/api/v1/label/event/values"
    events = native.get(url, start=f"{BEGIN}", end=f"{END}")["data"]
    assert set(events) <= {*load(native.ROOT / "exporter/events.yaml").by_name, UNKNOWN}


def test_lines_of_a_request_are_found(sent: Sent) -> None:
    """Request and user stand beside the line, to be searched."""
    query = '{app="timetracker"} | request_id="r-0001" | user_id="1"'
    ((labels, _, text),) = native.lines(sent.loki, BEGIN, END, query)
    assert (labels["event"], labels["request_id"], labels["user_id"]) == (
        "auth.login",
        "r-0001",
        "1",
    )
    assert '"auth_method":"local"' in text


def test_reduced_lines_are_counted_by_reason(sent: Sent) -> None:
    """Promtail counts the lines of which it sent no more than name, level and size."""
    text = requests.get(f"{sent.promtail}/metrics", timeout=30).text
    counted = [line for line in text.splitlines() if line.startswith("eventdeck_promtail_reduced")]
    reduced = [text for _, _, text in sent.lines if '"reduced"' in text]
    assert sum(float(line.rpartition(" ")[2]) for line in counted) == len(reduced) > 0
    for reason in ("not_json", "not_object", "no_event", "undocumented"):
        assert any(f'reason="{reason}"' in line for line in counted), counted
