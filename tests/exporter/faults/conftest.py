"""A folder that every user can reach, and exporters that end with their test."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.exporter.faults.application import Application
from tests.exporter.faults.exporter_process import ExporterProcess

Serve = Callable[..., ExporterProcess]


@pytest.fixture
def place() -> Iterator[Path]:
    """Give an empty folder; pytest's own are closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="eventdeck-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def application(place: Path) -> Iterator[Application]:
    """Give an application that has opened its log."""
    with Application(place / "app.jsonl") as application:
        yield application


@pytest.fixture
def serve(place: Path) -> Iterator[Serve]:
    """Give what starts an exporter; `serve(*logs)` follows app.jsonl if no log is named."""
    started: list[ExporterProcess] = []

    def start(*logs: str | Path, **options: object) -> ExporterProcess:
        started.append(exporter := ExporterProcess(place, *logs, **options))  # type: ignore[arg-type]
        return exporter.start()

    yield start
    for exporter in started:
        if exporter.running:
            exporter.kill()
