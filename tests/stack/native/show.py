"""The dashboards over two weeks of sample events in a real Grafana, for tests and for pictures.

python -m tests.stack.native.show FOLDER [overview …]      writes pictures into a folder
"""

import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

from eventdeck.catalogue.load import load
from eventdeck.render import promtail
from eventdeck.render.files import render

from tests.browser import chromium
from tests.exporter.render.dashboards import CATALOGUES, NAMES, dashboard, panels
from tests.stack.native import database
from tests.stack.native import engines as native
from tests.stack.native.pushed import push

DAYS = 15
GENUINE = native.ROOT / "tests/exporter/fixtures/genuine.jsonl"
AHEAD = 1800  # seconds for which the database is filled beyond now, while somebody looks
TITLES = (
    """[...document.querySelectorAll('[aria-label$=" panel"]:not(button)')].map(e => e.ariaLabel)"""
)
BUSY = "document.querySelectorAll('[aria-label=\"Panel loading bar\"],.panel-loading').length"
STILL = 4  # looks in a row, with nothing under way, after which all is there
LOOK_SECONDS = 0.5
UNIT = 38  # pixels of a line of the grid, with its gap
AROUND = 250  # pixels above and below the panels
LOOKS = [(theme, width) for theme in ("light", "dark") for width in (1440, 900)]  # pixels


@contextmanager
def showing(folder: Path, catalogue: str = "real") -> Iterator[str]:
    """Run Prometheus, Loki and Grafana over a sample; gives Grafana's address."""
    path, deck = CATALOGUES[catalogue], native.ROOT
    if catalogue != "real":
        deck = folder / "deck"
        deck.mkdir()
        render(load(path), deck)
    log = folder / "logs/app.jsonl"
    database.play(log, path, f"{DAYS}d", per_day=300)
    times = database.scrapes(int(time.time()), DAYS, AHEAD)
    database.build(folder, log, path, times)
    with (
        database.serving(folder) as metrics,
        native.loki(folder / "loki", retention="744h") as loki,
        native.grafana(folder / "grafana", metrics, loki, deck) as grafana,
    ):
        push(loki, log, load(path))
        yield grafana


@contextmanager
def genuine(folder: Path) -> Iterator[str]:
    """Run all engines over what the application itself once wrote, as if it were of just now."""
    catalogue, log = load(CATALOGUES["real"]), folder / "logs/app.jsonl"
    log.parent.mkdir()
    log.write_text(_of_now(GENUINE.read_text(), ZoneInfo(catalogue.line.zone)))
    config = promtail.render(catalogue)
    with (
        native.loki(folder / "loki", retention="744h") as loki,
        native.promtail(folder / "promtail", log.parent, loki, config) as agent,
        native.exporter(folder / "exporter", log) as exporter,
        native.prometheus(
            folder / "prometheus", {"exporter": exporter, "loki": loki, "promtail": agent}
        ) as metrics,
        native.grafana(folder / "grafana", metrics, loki) as grafana,
    ):
        query = 'min(count_over_time(up{job=~"exporter|loki|promtail"}[2m])) > 61'
        native.eventually(
            lambda: native.get(f"{metrics}/api/v1/query", query=query)["data"]["result"],
            "all is scraped",
        )
        yield grafana


def _of_now(text: str, zone: ZoneInfo) -> str:
    """The log, moved in time so that its last line is of a minute ago."""
    form, found = "%Y-%m-%d %H:%M:%S", re.compile(r'(?<="asctime": ")[^,"]+')
    last = datetime.strptime(found.findall(text)[-1], form)  # noqa: DTZ007  as the log has it
    moved = datetime.now(zone).replace(tzinfo=None) - timedelta(minutes=1) - last
    return found.sub(
        lambda at: (datetime.strptime(at[0], form) + moved).strftime(form),  # noqa: DTZ007  the same
        text,
    )


def look(  # noqa: PLR0913, PLR0917  what there is to choose
    tab: chromium.Tab, grafana: str, name: str, theme: str, width: int, catalogue: str = "real"
) -> None:
    """Open a dashboard, and wait until all of it is drawn: in one window, or it would not be."""
    made = dashboard(catalogue, name)
    height = max(int(p["gridPos"]["y"]) + int(p["gridPos"]["h"]) for p in made["panels"])
    tab.size(width, UNIT * height + AROUND)
    # What is rare shows in a day, though some open with fewer hours.
    since = "&from=now-24h&to=now" if made["time"]["from"].endswith("h") else ""
    tab.send("Page.navigate", url=f"{grafana}/d/{made['uid']}?theme={theme}{since}")
    wanted = len(panels(made))
    here = f"location.href.includes('{made['uid']}') && location.search.includes('{theme}')"
    there = f"{here} && {TITLES}.length >= {wanted}"
    native.eventually(lambda: tab.js(there), f"{wanted} panels are there")
    settle(tab)
    tab.until("document.fonts.status === 'loaded'")


def settle(tab: chromium.Tab) -> None:
    """Wait until no panel has been loading for a while; slow machines take minutes."""
    end, still = time.monotonic() + 5 * native.PATIENCE_SECONDS, 0
    while still < STILL:
        assert time.monotonic() < end, "a panel never has its answer"
        still = still + 1 if tab.js(BUSY) == 0 else 0
        time.sleep(LOOK_SECONDS)


def main() -> int:
    """Write pictures."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    path = chromium.find()
    assert path, "there is no Chromium"
    for what, shown in (("sample", showing), ("genuine", genuine)):
        with (
            tempfile.TemporaryDirectory() as folder,
            shown(Path(folder)) as grafana,
            chromium.running(path, Path(folder, "profile")) as browser,
            browser.tab() as tab,
        ):
            for name, (theme, width) in product(sys.argv[2:] or NAMES, LOOKS):
                look(tab, grafana, name, theme, width)
                time.sleep(2)  # for what moves
                tab.picture(out / f"{what}-{name}-{theme}-{width}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
