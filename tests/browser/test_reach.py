"""Everybody can use the live page: by keyboard, by ear, in both themes."""

from pathlib import Path

import pytest

from tests.browser.chromium import Tab
from tests.browser.fake_exporter import FakeExporter

CONTRAST = Path(__file__).with_name("contrast.js")
NAMES = "[...document.querySelectorAll('#events tr:not([hidden]) .name')].map(n => n.textContent)"
CONTROLS = (
    "[...document.querySelectorAll('a[href], button, input')].filter(n => n.checkVisibility())"
)
FOCUS = "document.activeElement"


@pytest.fixture
def page(tab: Tab, exporter: FakeExporter) -> Tab:
    """Open the page with something in every part of it."""
    exporter.see("timer.started", 20)
    exporter.see("export.pdf", 5)
    exporter.live["unknown"] = [{"name": f"comment.{i}", "count": 9} for i in range(20)]
    exporter.live["lines"].update(unknown=180, rejected=2)
    exporter.live["rejected"][0]["count"] = 2
    exporter.live["bytes_lost"] = 12
    exporter.live["checkpoint"]["failing"] = "No space left on device"
    file = exporter.live["files"][0]
    exporter.live["files"] += [{**file, "state": "unreadable"}, {**file, "state": "waiting"}]
    tab.open(exporter.url)
    tab.until("document.title.includes('TimeTracker')")
    return tab


def test_tab_reaches_every_control_and_shows_where_it_is(page: Tab) -> None:
    """Each link, button and field gets the focus once, in order, with a visible outline."""
    controls = page.js(f"(window.left = new Set({CONTROLS})).size")
    for _ in range(controls):
        page.press("Tab")
        assert page.js(f"left.delete({FOCUS})"), page.js(f"{FOCUS}.outerHTML")
        assert page.js(f"getComputedStyle({FOCUS}).outlineStyle") == "solid"
    assert controls >= 10


def test_the_first_tab_stop_skips_to_the_events(page: Tab) -> None:
    """Nobody has to walk through the header."""
    page.press("Tab")
    assert page.js(f"{FOCUS}.getBoundingClientRect().top") >= 0
    page.press("Enter")
    page.until(f"{FOCUS}.id === 'events-heading'")


def test_slash_focuses_the_filter_and_escape_clears_it(page: Tab) -> None:
    """Name, group and description are searched; a slash in the field is a slash."""
    page.press("/")
    assert page.js(f"{FOCUS}.id") == "filter"
    page.type("PDF")
    assert page.js(NAMES) == ["export.pdf"]
    assert page.text("#shown") == "1 of 26"
    page.press("/")
    assert page.js("filter.value") == "PDF/"
    assert "No event matches" in page.text("#no-events")
    page.press("Escape")
    assert page.js(f"{NAMES}.length") == 26


def test_columns_sort_by_keyboard_and_say_so(page: Tab) -> None:
    """Enter sorts, Enter again reverses, and the heading tells a screen reader."""
    catalogue = page.js(NAMES)
    for column in ("count", "per_minute", "last_seen"):
        head = f"document.querySelector('[data-sort={column}]')"
        page.js(f"{head}.firstElementChild.focus()")
        page.press("Enter")
        assert page.js(f"{head}.ariaSort") == "descending"
        assert page.js(NAMES)[0] in {"timer.started", "export.pdf"}
        assert page.js("document.querySelectorAll('[aria-sort=none]').length") == 3
        page.press("Enter")
        assert page.js(f"{head}.ariaSort") == "ascending"
        assert page.js(NAMES)[25] in {"timer.started", "export.pdf"}
    page.js("document.querySelector('[data-sort=catalogue] button').click()")
    assert page.js(NAMES) == catalogue


def test_an_order_follows_the_numbers(page: Tab, exporter: FakeExporter) -> None:
    """Sorted by count, an event that overtakes another changes place with it."""
    page.js("document.querySelector('[data-sort=count] button').click()")
    assert page.js(NAMES)[:2] == ["timer.started", "export.pdf"]
    exporter.see("export.pdf", 100)
    page.until(f"{NAMES}[0] === 'export.pdf'")


def test_the_page_is_told_to_a_screen_reader(page: Tab) -> None:
    """Landmarks, one first heading, captions, headings of rows, and words for every picture."""
    for landmark in ("header", "main", "footer"):
        assert page.js(f"document.querySelectorAll('body > {landmark}').length") == 1
    assert page.js("document.querySelectorAll('h1').length") == 1
    assert page.js("[...document.querySelectorAll('table')].every(t => t.caption.textContent)")
    assert page.js(
        "[...document.querySelectorAll('section')].every(s => s.ariaLabel || "
        "document.getElementById(s.getAttribute('aria-labelledby')).textContent)"
    )
    assert page.js("document.querySelectorAll('svg[role=img]').length") == 27
    assert page.js("[...document.querySelectorAll('svg')].every(s => s.ariaLabel || s.ariaHidden)")
    assert page.js(
        "[...document.querySelectorAll('#events tbody tr')].every(r => "
        "r.cells[0].scope === (r.classList.contains('group') ? 'rowgroup' : 'row'))"
    )


def test_the_tree_of_accessibility_keeps_the_table_on_a_phone(page: Tab) -> None:
    """Rows that are laid out as blocks on a narrow screen are still rows with cells."""
    page.size(390)
    nodes = page.send("Accessibility.getFullAXTree")["nodes"]
    roles = [n["role"]["value"] for n in nodes if not n["ignored"]]
    assert roles.count("columnheader") >= 4
    assert roles.count("table") == 3
    assert roles.count("rowheader") >= 26
    assert roles.count("cell") >= 26 * 4


def test_it_speaks_when_the_state_changes_and_not_with_every_number(
    page: Tab, exporter: FakeExporter
) -> None:
    """A live region that repeats each second would make the page useless to who listens."""
    spoken = page.text("[role=status]")
    assert spoken.startswith("Live. 28 events counted. The counts are not being saved.")
    page.js("announce.quietUntil = 0")
    exporter.see("auth.login", 50)
    page.until("document.querySelector('#figures').textContent.includes('78')")
    assert page.text("[role=status]") == spoken
    exporter.live["bytes_lost"] = 0
    page.until("!document.querySelector('[role=status]').textContent.includes('lost')")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("gone", [False, True], ids=["live", "gone"])
def test_every_text_stands_out(
    page: Tab, exporter: FakeExporter, theme: str, *, gone: bool
) -> None:
    """Contrast is at least 4.5 to 1 in both themes, for what is quiet and for warnings too."""
    page.media(prefers_color_scheme=theme, prefers_reduced_motion="reduce")
    if gone:
        exporter.stop()
        page.until("document.querySelector('#status').dataset.kind === 'gone'")
        exporter.start()
    found = page.js(CONTRAST.read_text())
    assert found["looked"] > 150
    assert found["faint"] == []


def test_a_chosen_theme_is_remembered(page: Tab) -> None:
    """The button goes through auto, light and dark; the choice survives a reload."""
    page.media(prefers_color_scheme="dark")
    dark = page.js("getComputedStyle(document.body).backgroundColor")
    page.js("document.querySelector('#theme').click()")
    assert page.js("document.querySelector('#theme').ariaLabel") == "Theme: light"
    light = page.js("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    page.js("window.old = true")
    page.send("Page.reload")
    page.until("!window.old && document.readyState === 'complete'")
    assert page.js("getComputedStyle(document.body).backgroundColor") == light


@pytest.mark.parametrize(("motion", "moving"), [("no-preference", True), ("reduce", False)])
def test_a_change_flashes_only_for_who_wants_motion(
    page: Tab, exporter: FakeExporter, motion: str, *, moving: bool
) -> None:
    """A count that grew lights up; with reduced motion nothing moves."""
    page.media(prefers_reduced_motion=motion)
    page.js(
        "window.flashed = 0; const a = Element.prototype.animate;"
        "Element.prototype.animate = function (...of) { flashed++; return a.apply(this, of); }"
    )
    exporter.see("auth.login", 50)
    page.until("document.querySelector('#figures').textContent.includes('78')")
    assert page.js("flashed > 0") == moving
