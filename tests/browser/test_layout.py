"""The live page fits every screen and every catalogue, and stands still while numbers move."""

import pytest

from tests.browser.chromium import Tab
from tests.browser.fake_exporter import NOW, FakeExporter, event

WIDTHS = (360, 390, 640, 641, 900, 1119, 1120, 1440, 1600, 2560)
TOO_WIDE = """[...document.querySelectorAll('body *')].filter(n => n.checkVisibility()
    && !n.closest('.unseen, .skip') && n.getBoundingClientRect().right > innerWidth + 1)
    .map(n => n.outerHTML.slice(0, 90))"""
CHANGES = """(() => {
    const watcher = new MutationObserver(() => {});
    const everything = {subtree: true, childList: true, attributes: true, characterData: true};
    watcher.observe(document.getElementById('events'), everything);
    render();
    return watcher.takeRecords().length;
})()"""


def crowd(exporter: FakeExporter) -> None:
    """Put long words and large numbers everywhere."""
    live = exporter.live
    live["application"] = "TimeTracker" * 4
    live["unknown"] = [{"name": "a" * 500, "count": 1_234_567_890}]
    live["rejected"][0]["count"] = 123_456_789
    live["lines"] = {"counted": 9_876_543_210, "unknown": 1_234_567_890, "rejected": 123_456_789}
    path = "/var/log/" + "timetracker" * 8
    note = "Permission denied: " + "x" * 80
    live["files"][0].update(path=path, lag_bytes=10**12, lag_seconds=86_000)
    live["files"].append({**live["files"][0], "state": "unreadable", "note": note})
    live["checkpoint"].update(path=path, failing="n" * 90)
    live["catalogue"] = path + ".yaml"
    live["events"].append(event("resource." + "long" * 12, "G" * 40, "D" * 120, 123_456_789))


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_sticks_out(tab: Tab, exporter: FakeExporter, width: int) -> None:
    """From a phone to a wall, with the longest words, there is no horizontal scrolling."""
    crowd(exporter)
    tab.size(width)
    tab.open(exporter.url)
    tab.until("document.title.includes('TimeTracker')")
    assert tab.js("document.documentElement.scrollWidth") <= width
    assert tab.js(TOO_WIDE) == []


def test_a_wide_screen_is_used(tab: Tab, exporter: FakeExporter) -> None:
    """At 1600 pixels the files stand beside the events, at 390 below them."""
    tab.open(exporter.url)
    tab.until("document.title.includes('TimeTracker')")
    aside = "document.querySelector('.side').getBoundingClientRect()"
    table = "document.querySelector('#events-card').getBoundingClientRect()"
    tab.size(1600)
    assert tab.js(f"{aside}.left > {table}.right && {aside}.top === {table}.top")
    tab.size(390)
    assert tab.js(f"{aside}.top > {table}.bottom")


def test_nothing_jumps_while_numbers_grow(tab: Tab, exporter: FakeExporter) -> None:
    """From 3 to 987,654 events no row and no column moves by a pixel."""
    tab.open(exporter.url)
    tab.until("document.title.includes('TimeTracker')")
    boxes = """JSON.stringify([...document.querySelectorAll('#figures > *, #events td, #events th')]
        .map(n => Object.values(n.getBoundingClientRect().toJSON())))"""
    before = tab.js(boxes)
    exporter.see("auth.login", 987_651)
    tab.until("document.querySelector('#figures').textContent.includes('987,654')")
    assert tab.js(boxes) == before


def test_three_hundred_events_cost_only_what_changes(tab: Tab, exporter: FakeExporter) -> None:
    """A large catalogue is all there, and a look that finds nothing new touches no node of it."""
    old = {"last_seen": NOW - 3 * 86_400, "history": [1] * 61}  # "3 d ago" stays so for hours
    exporter.live["events"] = [
        {**event(f"resource{i}.done", f"Group {i // 12}", "It is done", i), **old}
        for i in range(300)
    ]
    tab.open(exporter.url)
    tab.until("document.querySelectorAll('#events tbody tr:not(.group)').length === 300")
    assert tab.js(CHANGES) == 0
    tab.js("view.data.events[7].count += 1")
    assert tab.js(CHANGES) == 1
    assert tab.errors == []
