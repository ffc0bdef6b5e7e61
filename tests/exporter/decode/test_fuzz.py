"""No line stops the reader, and however lines are read, the same is counted."""

import random

import pytest
from hypothesis import given, settings

from tests.exporter.decode import figures
from tests.exporter.decode.fuzz import complaint, disagreement
from tests.exporter.decode.lines import chunks, lines, mutated

THOROUGH = settings(max_examples=150, derandomize=True, database=None, deadline=None)


@THOROUGH
@given(chunks)
def test_both_paths_count_the_same(data: bytes) -> None:
    """A chunk read at once and its lines read one by one give the same figures."""
    assert figures.of_chunks([data]) == figures.line_by_line(data)


@THOROUGH
@given(lines)
def test_json_agrees(line: bytes) -> None:
    """What a line is, an event and which or why not, is what Python's `json` says."""
    assert [disagreement(part) for part in line.split(b"\n")] == [None] * (line.count(b"\n") + 1)


@THOROUGH
@given(chunks)
def test_counts_can_be_saved_and_exposed(data: bytes) -> None:
    """Whatever was in the lines, the state is saved and loaded, and scrapes are answered."""
    assert figures.survives(data)


@pytest.mark.parametrize("fifty", range(2))
def test_mutated_lines(fifty: int) -> None:
    """Good lines with accidents are read alike by both paths and by `json`, as in `make fuzz`."""
    seeds = range(50 * fifty, 50 * (fifty + 1))
    complaints = {seed: complaint(mutated(random.Random(seed))) for seed in seeds}  # noqa: S311
    assert complaints == dict.fromkeys(seeds, "")
