"""Each kind of finding: what is wrong with a line is said, with its number, and nothing else is."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exporter.check.conftest import Check
from tests.exporter.check.logs import CATALOGUE, asctime, cancelled, placed, times, without, write


def told(out: str) -> list[str]:
    """Give the lines of a report between its head and its last line."""
    return [line for line in out.splitlines()[3:-1] if line]


def test_a_log_as_documented_has_no_findings(log: Path, check: Check) -> None:
    """Ids may be numbers or strings, what is nullable null, what is optional away or there."""
    write(log, *times(4), placed(4, order_id="x", price=None, user_id=3, address="a@b.example"))
    assert check(log).out == (
        "app.jsonl: 5 lines of documented events, 0 of others, 0 not counted\n"
        f"2 of the 2 events of Shop occur ({CATALOGUE})\n"
        "\n"
        "no findings: the log is as the catalogue says\n"
    )


CASES = {
    "not JSON": (
        ["half a li"],
        ["lines that are not counted:", "  1  not_json  the line is not JSON  line 5"],
    ),
    "not an object": (
        ["[1]", "3"],
        [
            "lines that are not counted:",
            "  2  not_object  the line is JSON, but not an object  lines 5, 6",
        ],
    ),
    "no event": (
        ['{"a": 1}', '{"event": 3}', '{"message": "free text"}', '{"event": ""}'],
        [
            "lines that are not counted:",
            "  4  no_event  the object carries no event name  lines 5, 6, 7, …",
        ],
    ),
    "too long": (
        ['{"event": "' + "x" * 300_000 + '"}'],
        ["lines that are not counted:", "  1  too_long  the line is longer than 256 KiB  line 5"],
    ),
    "undocumented events": (
        [
            placed(4, event="order.lost", where="x"),
            placed(5, event="order.lost"),
            placed(6, event="Lost"),
        ],
        [
            "events that the catalogue does not document:",
            "  2  order.lost  carries order_id, channel, gift, price, where  lines 5, 6",
            "  1  Lost        line 7",
        ],
    ),
    "a property that is missing": (
        [without(placed(4), "channel", "order_id"), without(placed(5), "channel")],
        [
            "documented properties that lines lack:",
            "  2  order.placed.channel   not there  lines 5, 6",
            "  1  order.placed.order_id  not there  line 5",
        ],
    ),
    "a property that every line lacks": (
        [without(placed(4), "request_id")],
        ["documented properties that lines lack:", "  1  request_id  not there  line 5"],
    ),
    "an undocumented property": (
        [placed(4, coupon="SPRING"), placed(5, coupon=4)],
        [
            "properties that the catalogue does not document:",
            "  2  order.placed.coupon  number (1), string (1)  lines 5, 6",
        ],
    ),
    "wrong types": (
        [
            placed(4, price="12", gift="yes", order_id=None),
            placed(5, price="9", items="a"),
        ],
        [
            "values of another type than documented:",
            "  2  order.placed.price     string instead of number  lines 5, 6",
            "  1  order.placed.gift      string instead of boolean  line 5",
            "  1  order.placed.items     string instead of list  line 6",
            "  1  order.placed.order_id  null instead of id  line 5",
        ],
    ),
    "label values outside of their list": (
        [placed(4, channel="fax"), placed(5, channel="fax"), placed(6, channel="my own words")],
        [
            "label values outside of their list:",
            "  3  order.placed.channel  fax (2), (text of 12 characters) (1)  lines 5, 6, 7",
        ],
    ),
    "private values": (
        [
            placed(4, order_id="ada@shop.example"),
            placed(5, message="from 192.0.2.17"),
            placed(6, items=["2001:db8::1", "pen"], request_id="10:12:13"),
        ],
        [
            "private values where none belong:",
            "  1  order.placed.items     looks like an IP address  line 7",
            "  1  order.placed.message   looks like an IP address  line 6",
            "  1  order.placed.order_id  looks like an e-mail address  line 5",
        ],
    ),
    "a private property of another event": (
        [without(placed(4, event="order.cancelled", address="x"), "channel", "gift", "price")],
        [
            "properties that the catalogue does not document:",
            "  1  order.cancelled.address  string  line 5",
            "private values where none belong:",
            "  1  order.cancelled.address  private in other events  line 5",
        ],
    ),
    "no time": (
        [without(placed(), "asctime")],
        ["lines without a time:", "  1    line 5"],
    ),
    "times that cannot be read": (
        [placed(4, asctime="yesterday"), placed(5, asctime=12)],
        ["times that cannot be read:", "  2  asctime  lines 5, 6"],
    ),
    "out of order": (
        [placed(9), placed(8.5), placed(4), placed(10)],
        ["lines more than a second older than a line before them:", "  1    line 7"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_deviates_is_told(case: str, log: Path, check: Check) -> None:
    """Four lines are right; of those after them, the report says exactly what is wrong."""
    lines, expected = CASES[case]
    write(log, *times(4), *lines, last=len(lines) + 3)
    assert told(check(log).out) == expected


def test_a_documented_event_that_never_occurs(log: Path, check: Check) -> None:
    """It is named, without a line."""
    write(log, cancelled())
    assert told(check(log).out) == ["documented events that never occur:", "  -  order.placed"]


def test_either_time_field_will_do(log: Path, findings: Callable[..., list[object]]) -> None:
    """`timestamp` is documented, the application writes `asctime`; one of them is enough."""
    other = without(placed(1, timestamp="2026-03-02T09:00:01Z"), "asctime")
    write(log, placed(0), other, placed(2, timestamp="2026-03-02T10:00:02+01:00"), cancelled(3))
    assert findings(log) == []


def test_the_hour_that_comes_twice_is_in_order(tmp_path: Path, log: Path, check: Check) -> None:
    """A local time without zone steps back by an hour in autumn, and that is right."""
    catalogue = tmp_path / "rome.yaml"
    catalogue.write_text(CATALOGUE.read_text().replace("zone: UTC", "zone: Europe/Rome"))
    moments = ("02:59:58", "02:59:59", "02:00:00", "02:30:00", "03:00:00")
    write(log, *(placed(asctime=f"2026-10-25 {moment},000") for moment in moments))
    said = check("--catalogue", catalogue, "--format", "json", log)
    kinds = {finding["kind"] for finding in json.loads(said.out)["findings"]}
    assert "out_of_order" not in kinds


ZONES = {
    1: "the last line is 1 h ahead of its writing: the catalogue says zone: UTC, the application "
    "seems to write in UTC+01:00; change line.zone in the catalogue",
    -5.5: "the last line is 5 h 30 min behind its writing: the catalogue says zone: UTC, the "
    "application seems to write in UTC-05:30; change line.zone in the catalogue",
    0.2: "the last line is 12 min ahead of its writing: the clock was wrong, or the file's own "
    "time was not kept when it was copied",
}


@pytest.mark.parametrize("hours", ZONES)
def test_a_wrong_zone_is_told_with_the_right_one(
    hours: float, log: Path, findings: Callable[..., list[dict[str, object]]]
) -> None:
    """The last line is compared with the time at which its file was last written."""
    write(log, *times(4), last=3 - 3600 * hours)
    (finding,) = findings(log)
    assert finding["kind"] == "wrong_zone"
    assert finding["details"] == {ZONES[hours]: 1}


@pytest.mark.parametrize("hours", [0.0, -0.1, -40.0])
def test_a_copy_that_is_younger_than_its_lines_is_no_finding(
    hours: float, log: Path, findings: Callable[..., list[dict[str, object]]]
) -> None:
    """A file may be touched after its last line; only a zone's difference says something."""
    write(log, *times(4), last=3 - 3600 * hours)
    assert findings(log) == []


def test_nothing_private_is_printed(log: Path, check: Check) -> None:
    """Neither a value nor a name that could be one, in the table or in JSON."""
    person = "ada.lovelace@shop.example"
    lines = [
        placed(1, event=f"order.{person}"),
        placed(2, **{person: person, "channel": person, "order_id": person, "price": person}),
        placed(3, asctime=person, address=person, message=person),
        f"half a line of {person}",
    ]
    write(log, placed(), *lines)
    for form in ("table", "json"):
        said = check("--format", form, log)
        assert "lovelace" not in said.out
        assert "channel" in said.out


def test_examples_name_their_log_when_there_are_several(log: Path, check: Check) -> None:
    """Line numbers begin anew in each log, and so does the order of times."""
    write(log, *times(4))
    other = write(Path("app.jsonl.1"), placed(), placed(1, channel="fax"), last=1)
    assert told(check(log, other).out)[-1] == "  1  order.placed.channel  fax  app.jsonl.1:2"


def test_line_numbers_hold_far_into_a_log(
    log: Path, findings: Callable[..., list[dict[str, object]]]
) -> None:
    """Blank, broken and unusual lines before them do not shift the numbers."""
    lines = [placed(second) for second in range(5000)]
    lines[10] = ""
    lines[20] = "broken"
    lines[1234] = placed(1234, channel="fax")
    lines[4321] = placed(4321, coupon=1)
    write(log, *lines, cancelled(5000))
    found = {finding["kind"]: finding["examples"] for finding in findings(log)}
    assert found["rejected"] == [{"log": "app.jsonl", "line": 21}]
    assert found["outside_list"] == [{"log": "app.jsonl", "line": 1235}]
    assert found["undocumented_property"] == [{"log": "app.jsonl", "line": 4322}]


def test_names_without_end_stay_few(
    log: Path, findings: Callable[..., list[dict[str, object]]]
) -> None:
    """A hostile log makes the report neither long nor the memory large."""
    lines = [placed(n, event=f"order.n{n}", **{f"p{n}": 1}) for n in range(3000)]
    lines += [placed(n, **{f"q{n}": 1}) for n in range(3000, 6000)]
    write(log, *lines, cancelled(6000))
    found = findings(log)
    assert len(found) < 400
    unknown = [finding for finding in found if finding["kind"] == "unknown_event"]
    assert sum(int(str(finding["count"])) for finding in unknown) == 3000


def test_asctime_of_this_test_is_utc() -> None:
    """The helper writes what the catalogue's zone says."""
    assert asctime(1.5) == "2026-03-02 09:00:01,500"
