"""One browser for all tests of the page, a fresh tab and a fresh server for each."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser import chromium
from tests.browser.fake_exporter import FakeExporter


@pytest.fixture(scope="session")
def browser(
    require: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[chromium.Chromium]:
    """Start a real Chromium; where there is none the test is skipped by name."""
    path = chromium.find() or str(require("chromium"))
    with chromium.running(path, tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def tab(browser: chromium.Chromium) -> Iterator[chromium.Tab]:
    """Open a tab with nothing from an earlier test."""
    with browser.tab() as fresh:
        fresh.size(1440)
        yield fresh


@pytest.fixture
def exporter() -> Iterator[FakeExporter]:
    """Start a server with the seed's 26 events."""
    fake = FakeExporter()
    yield fake
    fake.stop()
