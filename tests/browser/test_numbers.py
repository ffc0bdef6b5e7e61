"""The live page shows what `/live.json` says, and goes on doing so."""

import re
from collections.abc import Iterator

import pytest

from tests.browser.chromium import Tab, eventually
from tests.browser.fake_exporter import NOW, FakeExporter, event

ROW = "document.querySelectorAll('#events tbody tr:not(.group)')"
NAMES = "[...document.querySelectorAll('#events tr:not([hidden]) .name')].map(n => n.textContent)"


def row(name: str) -> str:
    """Return JavaScript for the row of an event."""
    return f"[...{ROW}].find(r => r.querySelector('.name').textContent === '{name}')"


def cell(name: str, part: str) -> str:
    """Return JavaScript for what a cell of that row says."""
    return f"{row(name)}.querySelector('.{part}').textContent"


@pytest.fixture
def page(tab: Tab, exporter: FakeExporter) -> Tab:
    """Open the page and wait for its first answer."""
    tab.open(exporter.url)
    tab.until("document.title.includes('TimeTracker')")
    return tab


@pytest.fixture
def other() -> Iterator[FakeExporter]:
    """Start a second server."""
    fake = FakeExporter()
    yield fake
    fake.stop()


def test_every_documented_event_is_listed_and_what_was_never_seen_is_quiet(page: Tab) -> None:
    """All 26 events stand in their groups; one was seen, the others say "never"."""
    assert page.js(f"{ROW}.length") == 26
    assert page.js("document.querySelectorAll('#events .group').length") == 9
    assert page.js("document.querySelectorAll('#events .quiet').length") == 25
    assert page.js(cell("auth.login", "count")) == "3"
    assert re.fullmatch(r"\d+ s ago", page.js(cell("auth.login", "seen")))
    assert page.js(cell("export.pdf", "seen")) == "never"
    assert page.errors == []


def test_numbers_move_in_the_same_row(page: Tab, exporter: FakeExporter) -> None:
    """A count, its picture and the total follow the log; no row is built anew."""
    page.js(f"window.before = [...{ROW}]")
    exporter.see("auth.login", 1231)
    page.until(f"{cell('auth.login', 'count')} === '1,234'")
    assert page.js(f"[...{ROW}].every((r, i) => r === window.before[i])")
    picture = page.js(f"{row('auth.login')}.querySelector('svg').getAttribute('aria-label')")
    assert picture == "auth.login: 1,234 in the last 5 min"
    assert "1,234" in page.text("#figures")
    assert page.errors == []


def test_an_exact_time_stands_behind_each_relative_one(page: Tab) -> None:
    """The title of "5 s ago" is the moment, and machines read it as UTC."""
    assert page.js(f"{row('auth.login')}.querySelector('time').dateTime") == (
        "2023-11-14T22:13:15.000Z"
    )
    assert "14 Nov 2023" in page.js(f"{row('auth.login')}.querySelector('time').title")


def test_it_says_how_far_the_start_has_come(page: Tab, exporter: FakeExporter) -> None:
    """Catching up is said with a percentage, then it is live."""
    exporter.live.update(ready=False, replay={"done": 42_900, "total": 100_000})
    page.until("document.querySelector('#status').innerText === 'Catching up 42 %'")
    assert "42.9 kB of 100 kB" in page.text("#problems")
    exporter.live.update(ready=True, replay=None)
    page.until("document.querySelector('#status').innerText === 'Live'")
    assert page.text("#problems") == ""


def test_a_server_that_is_gone_is_said_and_found_again(page: Tab, exporter: FakeExporter) -> None:
    """The last figures stay, with since when; the page recovers by itself."""
    exporter.stop()
    page.until("document.querySelector('#status').innerText.startsWith('Not answering since')")
    assert "asks again every second" in page.text("#problems")
    assert page.js(cell("auth.login", "count")) == "3"
    exporter.start()
    exporter.see("auth.login")
    page.until("document.querySelector('#status').innerText === 'Live'")
    assert page.js(cell("auth.login", "count")) == "4"
    assert [said for said in page.errors if not said.startswith("network:")] == []


def test_an_answer_that_is_not_one_counts_as_none(page: Tab, exporter: FakeExporter) -> None:
    """A 500 is no figure: the page says that nothing answers, and recovers."""
    exporter.status = 500
    page.until("document.querySelector('#status').dataset.kind === 'gone'")
    exporter.status = 200
    page.until("document.querySelector('#status').dataset.kind === 'live'")


def test_what_goes_wrong_is_said_in_sentences(page: Tab, exporter: FakeExporter) -> None:
    """Lost bytes, a failing checkpoint, an unreadable file and a wrong zone are each said."""
    file = exporter.live["files"][0]
    unreadable = {**file, "path": "b.jsonl", "state": "unreadable", "note": "Permission denied"}
    waiting = {**file, "path": "c.jsonl", "state": "waiting", "size": 0, "offset": 0}
    exporter.live["files"] = [file, unreadable, waiting]
    exporter.live["bytes_lost"] = 1_234_567
    exporter.live["checkpoint"]["failing"] = "No space left on device"
    exporter.live["skew_note"] = "Set zone: Europe/Vienna"
    page.until("document.querySelectorAll('#problems li').length === 4")
    said = page.text("#problems")
    assert "The counts are not being saved. No space left on device. " in said
    assert "b.jsonl cannot be read. Permission denied. " in said
    assert "1.2 MB of log are lost." in said
    assert "Set zone: Europe/Vienna. " in said
    assert "Not there yet; counted as soon as it appears." in page.text("#files")


def test_a_lag_is_said_for_the_file_and_in_all(page: Tab, exporter: FakeExporter) -> None:
    """Both seconds and bytes behind are shown while there are any."""
    exporter.live["files"][0].update(size=5000, offset=1000, lag_bytes=4000, lag_seconds=3.25)
    page.until("document.querySelector('#files').textContent.includes('3.3 s behind')")
    assert "4.0 kB still to read" in page.text("#figures")


def test_with_nothing_seen_it_shows_how_to_see_something(tab: Tab, exporter: FakeExporter) -> None:
    """The first thing a new user reads is a command that counts an event."""
    exporter.live["events"] = [event("auth.login", "Authentication", "User logs in")]
    tab.open(exporter.url)
    tab.until("document.querySelector('#problems li') !== null")
    line = """echo '{"event": "auth.login", "timestamp": "'$(date -u +%FT%TZ)'"}'"""
    assert tab.text("#problems code") == f"{line} >> logs/app.jsonl"


def test_an_answer_with_nothing_in_it_is_no_error(tab: Tab, exporter: FakeExporter) -> None:
    """No events, files, names or gauges, and fields left out: the page stands and says so."""
    exporter.live = {"now": NOW, "application": "Empty"}
    tab.open(exporter.url)
    tab.until("document.title === 'Live · Empty'")
    assert tab.text("#no-events") == "The catalogue lists no events."
    assert "No file is followed." in tab.text("#problems")
    assert tab.errors == []


def test_names_from_the_log_are_text(page: Tab, exporter: FakeExporter) -> None:
    """Markup, direction overrides, line ends and endless names are shown, bounded, never run."""
    names = ["<img src=x onerror=window.run=1>", "\u202eexe.gnp", "a\nb", "x" * 100_000, ""]
    exporter.live["unknown"] = [{"name": name, "count": 9} for name in names]
    page.until("document.querySelectorAll('#unknown-body tr').length === 5")
    shown = page.js("[...document.querySelectorAll('#unknown-body bdi')].map(n => n.textContent)")
    long = "x" * 200 + "…"
    assert shown == [names[0], "\\u202eexe.gnp", "a\\u000ab", long, "(empty name)"]
    assert page.js("document.querySelector('#unknown-body img')") is None
    assert page.js("typeof window.run") == "undefined"
    assert page.errors == []


def test_the_policy_stops_what_would_become_code(page: Tab) -> None:
    """Even if a name were put into the page as markup, the browser would refuse to run it."""
    page.js("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.run=1\">')")
    eventually(lambda: page.js("1") and page.errors, "the browser reports the refusal")
    assert "Content Security Policy" in " ".join(page.errors)
    assert page.js("typeof window.run") == "undefined"


def test_unknown_names_are_shortened_until_asked_for(page: Tab, exporter: FakeExporter) -> None:
    """Fifty names do not push everything else off the screen; a button shows them all."""
    exporter.live["unknown"] = [{"name": f"evil.{i}", "count": 1} for i in range(50)]
    page.until("document.querySelector('#unknown-more').innerText === 'Show 38 more'")
    page.js("document.querySelector('#unknown-more button').click()")
    assert page.js("document.querySelectorAll('#unknown-body tr').length") == 50
    assert "add three lines to exporter/events.yaml" in page.text("#unknown-words")


def test_every_reason_is_listed_with_its_meaning(page: Tab, exporter: FakeExporter) -> None:
    """A rejected line is explained in words, not by a code."""
    exporter.live["rejected"][0]["count"] = 7
    exporter.live["lines"]["rejected"] = 7
    page.until("document.querySelector('#rejected-body .count').textContent === '7'")
    assert page.text("#rejected-body tr") == "the line is not JSON7"
    assert page.js("document.querySelectorAll('#rejected-body tr').length") == 5


def test_a_hidden_page_asks_nothing(page: Tab, exporter: FakeExporter, other: FakeExporter) -> None:
    """Behind another tab polling stops; looked at again, it is up to date at once."""
    front = page.cover()
    page.until("document.hidden && !asking")
    polls = exporter.polls
    front.open(other.url)
    eventually(lambda: other.polls > 3, "the tab in front polls")
    assert exporter.polls == polls
    exporter.see("auth.login")
    page.send("Page.bringToFront")
    page.until(f"{cell('auth.login', 'count')} === '4'")
