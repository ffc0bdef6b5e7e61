"""Truncation under a running exporter: seen by content, never by size alone."""

import os
import shutil
from pathlib import Path

from tests.exporter.faults.application import Application
from tests.exporter.faults.conftest import Serve


def test_truncated_and_regrown_past_its_old_size(serve: Serve, application: Application) -> None:
    """It is longer than before at the next look, and yet another file: 200 + 400 = 600."""
    exporter = serve()
    application.write(200)
    exporter.settles_at(200)
    os.truncate(application.path, 0)
    application.write(400)
    scrape = exporter.settles_at(600)
    assert scrape.own("truncations_total") == 1
    assert scrape.own("bytes_lost_total") == 0


def test_truncated_and_regrown_to_its_very_size(serve: Serve, application: Application) -> None:
    """The same size with other content is a truncation as well."""
    exporter = serve()
    application.write(200)
    exporter.settles_at(200)
    size = application.path.stat().st_size
    os.truncate(application.path, 0)
    application.written = 0  # lines as long as before
    application.write(200)
    assert application.path.stat().st_size == size
    exporter.settles_at(400)


def test_a_copy_holds_what_was_unread_at_the_truncation(
    serve: Serve, application: Application
) -> None:
    """The rest comes from the copy that `copytruncate` made, then the new content is read."""
    exporter = serve()
    application.write(300)
    exporter.settles_at(300)
    application.write(200)
    application.copytruncate()
    application.write(100)
    scrape = exporter.settles_at(600)
    assert scrape.own("bytes_lost_total") == 0


def test_copytruncate_over_and_over_between_looks(serve: Serve, application: Application) -> None:
    """Copies that came between two looks are read, each once."""
    exporter = serve()
    with exporter.scraped():
        for _ in range(15):
            application.write(20)
            application.copytruncate()
    application.write(10)
    exporter.settles_at(310)


def test_what_was_cut_off_at_the_end_is_no_new_content(
    serve: Serve, application: Application
) -> None:
    """A log that loses its last lines and goes on: what is left of it does not count again."""
    exporter = serve()
    application.write(300)
    exporter.settles_at(300)
    half = application.path.read_bytes()[:20_000]
    os.truncate(application.path, half.rfind(b"\n") + 1)
    exporter.wait_for(lambda scrape: scrape.own("truncations_total") == 1, "it sees the cut")
    application.write(50)
    exporter.settles_at(350)


def test_what_is_truncated_away_unread_is_declared(
    serve: Serve, application: Application, place: Path
) -> None:
    """Half a line was there, and nobody has a copy: lost, and the log says so once."""
    exporter = serve()
    application.write(100)
    application.write_bytes(b'{"event": "auth.lo')
    exporter.wait_for(lambda scrape: scrape.own("lag_bytes") == 18, "it sees half a line")
    os.truncate(application.path, 0)
    application.write(50)
    scrape = exporter.settles_at(150)
    assert scrape.own("bytes_lost_total") == 18
    assert len(exporter.says("18 bytes are lost")) == 1
    shutil.copy(application.path, place / "app.jsonl.9")
    exporter.settles_at(150)
