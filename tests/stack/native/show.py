"""The dashboards over two weeks of sample events in a real Grafana, for tests and for pictures.

python -m tests.stack.native.show FOLDER      writes a picture of each into a folder
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eventdeck.catalogue.load import load

from tests.browser import chromium
from tests.exporter.render.dashboards import CATALOGUES, NAMES, dashboard, panels
from tests.stack.native import database
from tests.stack.native import engines as native
from tests.stack.native.pushed import push

DAYS = 15
AHEAD = 1800  # seconds for which the database is filled beyond now, while somebody looks
TITLES = "[...document.querySelectorAll('[aria-label$=\" panel\"]')].map(e => e.ariaLabel)"
BUSY = "document.querySelectorAll('[aria-label=\"Panel loading bar\"],.panel-loading').length"
STILL = 4  # looks in a row, with nothing under way, after which all is there
LOOK_SECONDS = 0.5
UNIT = 38  # pixels of a line of the grid, with its gap
AROUND = 250  # pixels above and below the panels


@contextmanager
def showing(folder: Path, catalogue: str = "real") -> Iterator[str]:
    """Run Prometheus, Loki and Grafana over a sample; gives Grafana's address."""
    path = CATALOGUES[catalogue]
    log = folder / "logs/app.jsonl"
    database.play(log, path, f"{DAYS}d", per_day=300)
    times = database.scrapes(int(time.time()), DAYS, AHEAD)
    database.build(folder, log, path, times)
    with (
        database.serving(folder) as metrics,
        native.loki(folder / "loki", retention="744h") as loki,
        native.grafana(folder / "grafana", metrics, loki) as grafana,
    ):
        push(loki, log, load(path))
        yield grafana


def look(tab: chromium.Tab, grafana: str, name: str, theme: str, width: int) -> None:
    """Open a dashboard, and wait until all of it is drawn: in one window, or it would not be."""
    made = dashboard("real", name)
    lines = max(int(p["gridPos"]["y"]) + int(p["gridPos"]["h"]) for p in made["panels"])
    tab.size(width, UNIT * lines + AROUND)
    tab.open(f"{grafana}/d/{made['uid']}?theme={theme}")
    wanted = len(panels(made))
    native.eventually(lambda: len(tab.js(TITLES)) >= wanted, f"{wanted} panels are there")
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
    with (
        tempfile.TemporaryDirectory() as folder,
        showing(Path(folder)) as grafana,
        chromium.running(path, Path(folder, "profile")) as browser,
        browser.tab() as tab,
    ):
        for name in sys.argv[2:] or NAMES:
            for theme, width in (("light", 1440), ("dark", 1440)):
                look(tab, grafana, name, theme, width)
                time.sleep(2)  # for what moves
                tab.picture(out / f"{name}-{theme}-{width}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
