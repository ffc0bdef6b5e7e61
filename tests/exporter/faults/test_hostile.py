"""Lines that would hurt: too long, invented names and values, characters that nobody can write."""

import json
import os
import shutil
from collections import Counter

from tests.exporter.faults.application import Application, line
from tests.exporter.faults.conftest import Serve
from tests.exporter.faults.exporter_process import Scrape, resident

MIB = 1024 * 1024


def most_new_series(before: Scrape, after: Scrape) -> int:
    """How many series the metric with the most new ones has got."""
    names = Counter(series.partition("{")[0] for series in after.keys() - before.keys())
    return max(names.values(), default=0)


def test_a_line_of_64_mib_among_ten(serve: Serve, application: Application) -> None:
    """It is skipped to its newline: 10 events, 1 line too long, memory flat."""
    exporter = serve()
    application.write(5)
    before = resident(exporter.settles_at(5))
    for _ in range(64):
        application.write_bytes(b"x" * MIB)
    exporter.wait_for(lambda scrape: scrape.own("lag_bytes") == 0, "the long line is skipped")
    application.write_bytes(b"\n")
    application.write(5)
    scrape = exporter.settles_at(10)
    assert scrape.lines("too_long") == 1
    assert resident(scrape) - before < 2 * MIB


def test_a_line_of_64_mib_that_is_there_at_the_start(
    serve: Serve, application: Application
) -> None:
    """The same when all of it is to be read at once, also from a compressed file."""
    application.write(5)
    exporter = serve()
    before = resident(exporter.settles_at(5))
    exporter.stop()
    application.write_bytes(b'{"event": "auth.login", "padding": "')
    for _ in range(64):
        application.write_bytes(b"x" * MIB)
    application.write_bytes(b'"}\n')
    application.write(5)
    application.rotate()
    application.compress(1)
    scrape = exporter.start().settles_at(10)
    assert scrape.lines("too_long") == 1
    assert resident(scrape) - before < 3 * MIB


def test_20000_invented_names(serve: Serve, application: Application) -> None:
    """All of them are one series, which is there from the start."""
    exporter = serve()
    before = exporter.settles_at(0)
    names = [f"hostile{n}.created" if n % 2 else f'{{"{n}\\' for n in range(20_000)]
    for name in names:
        application.write_bytes(json.dumps({"event": name}).encode() + b"\n")
    scrape = exporter.wait_for(lambda scrape: scrape.lines("unknown") == 20_000, "all are read")
    assert scrape['timetracker_events_total{event="_unknown"}'] == 20_000
    assert most_new_series(before, scrape) <= 1


def test_20000_invented_label_values(serve: Serve, application: Application) -> None:
    """All of them are the label value _other, which is there from the start."""
    exporter = serve()
    before = exporter.settles_at(0)
    data = [line(n, auth_method=f"method {n}") for n in range(20_000)]
    application.write_bytes(b"\n".join(data) + b"\n")
    scrape = exporter.settles_at(20_000)
    assert scrape['timetracker_auth_login_total{auth_method="_other"}'] == 20_000
    assert most_new_series(before, scrape) <= 1


def test_half_a_character_stops_neither_scrape_nor_state(
    serve: Serve, application: Application
) -> None:
    """JSON can name half of a surrogate pair, which no encoding can carry."""
    exporter = serve()
    application.write_bytes(b'{"event": "auth.login", "request_id": "\\ud800"}\n')
    application.write_bytes(b'{"event": "half.\\ud800"}\n{"event": "\\udfff"}\n')
    application.write(1)
    scrape = exporter.settles_at(2)
    assert scrape.lines("unknown") == 2
    application.write_bytes(b'{"event": "auth.login", "request_id": "\\ud800"}\n')
    exporter.settles_at(3)
    assert exporter.stop() == 0
    exporter.start().settles_at(3)


def test_a_file_name_that_is_not_utf8_is_refused_with_a_sentence(
    serve: Serve, application: Application
) -> None:
    """It could be kept neither in the state nor on the page; the other files are read."""
    folder = application.path.parent
    application.write(10)
    shutil.copy(application.path, os.fsdecode(bytes(folder) + b"/app\xff.jsonl"))
    exporter = serve(folder / "*.jsonl")
    scrape = exporter.settles_at(10)
    assert scrape['eventdeck_files{state="unreadable"}'] == 1
    assert len(exporter.says("rename it")) == 1
