"""The check and the exporter read lines alike: what one counts, the other counts."""

import json
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path

from eventdeck.catalogue.load import load
from eventdeck.check.lines import Log
from eventdeck.check.survey import Survey
from eventdeck.decode import Decoder, Stranger
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exporter.check.logs import CATALOGUE, cancelled, placed

catalogue = load(CATALOGUE)
names = st.sampled_from(["order.placed", "order.cancelled", "order.lost", "Lost", "", "a.b"])
values = st.one_of(st.none(), st.integers(), st.text(max_size=8), st.booleans(), names)
objects = st.dictionaries(
    st.sampled_from(["event", "message", "order_id", "channel", "asctime", "x"]), values
)
lines = st.one_of(
    objects.map(json.dumps),
    st.sampled_from(
        [placed(), cancelled(), "", " ", "[]", "NaN", "{", '{"event": "order.placed"', "1}"]
    ),
    st.sampled_from(['{"event": "order.cancelled"} {}', '{"message": "order.placed"}', "\ufeff{}"]),
    st.text(max_size=12).filter(lambda text: "\n" not in text),
)


def exporter(data: bytes) -> tuple[Counter[str], dict[str, int], int]:
    """Count with the exporter's decoder."""
    decoder = Decoder(catalogue)
    counts: Counter[str] = Counter()
    for row in decoder.rows(data):
        name = row.name if isinstance(row, Stranger) else row.shape.name
        counts[name if name in catalogue.by_name else "unknown"] += 1
    rejected = {reason: count for reason, count in decoder.rejected.items() if count}
    return counts, rejected, decoder.blank


def checked(data: bytes) -> tuple[Counter[str], dict[str, int], int]:
    """Count with the check."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        path.write_bytes(data)
        survey = Survey(catalogue)
        with closing(Log(str(path))) as log:
            survey.read(log, lambda _: None)
    summary = survey.summary()
    counts = Counter({name: count for name, count in summary.events.items() if count})
    counts += Counter(unknown=summary.unknown)
    rejected = {found.reason: found.count for found in summary.findings if found.reason}
    return counts, rejected, summary.blank


@settings(max_examples=150, deadline=None)
@given(st.lists(lines, max_size=30), st.integers(1, 40))
def test_check_and_exporter_count_alike(some: list[str], times: int) -> None:
    """Over lines of every form, known to the fast path or not, often repeated or not."""
    data = "".join(f"{line}\n" for line in some * times).encode("utf-8", "surrogatepass")
    assert checked(data) == exporter(data)
