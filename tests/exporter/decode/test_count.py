"""Figures are the same wherever a fold falls: after a crash the same lines give the same values."""

import json
import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import TypeVar

import pytest
from eventdeck.count import Tally
from eventdeck.decode import Decoder
from eventdeck.histogram import LARGEST, Histogram
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exporter.decode import figures

Item = TypeVar("Item")
THOROUGH = settings(max_examples=100, derandomize=True, database=None, deadline=None)

# Numbers as a log has them: amounts and durations with up to nine decimals, and any integer.
numbers = st.one_of(
    st.integers(0, 10**18),
    st.integers(0, 2**53).map(float),
    st.integers(0, 10**15).map(lambda n: n / 10**9),
    st.floats(1e-9, 1e9),
)
moves = st.lists(st.sampled_from(["door.opened", "door.closed", "door.locked"]), max_size=60)
BEGIN = 1767323040.0  # 2026-01-02T03:04:00Z
cuts = st.lists(st.integers(0, 60), max_size=8).map(sorted)


def batches(items: Sequence[Item], places: list[int]) -> list[Sequence[Item]]:
    """Cut a sequence at some places."""
    edges = pairwise([0, *places, len(items)])
    return [part for start, end in edges if (part := items[start:end])]


def chunk(lines: Sequence[dict[str, object]]) -> bytes:
    """Lines of a log."""
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


@THOROUGH
@given(st.lists(numbers, max_size=60), cuts, st.randoms(use_true_random=False))
def test_sum_does_not_depend_on_order(
    values: list[int | float], cut: list[int], chance: Random
) -> None:
    """A histogram's sum is the exact one, rounded once, for any order and any folds."""
    shuffled = list(values)
    chance.shuffle(shuffled)
    assert power_sum(shuffled, cut) == float(sum(map(Fraction, values), Fraction(0)))


def power_sum(values: Sequence[int | float], cut: list[int]) -> float:
    """The sum of `lamp.lit.power` after lines with these values."""
    decoder, tally = Decoder(figures.CATALOGUE), Tally(figures.CATALOGUE)
    for part in batches(values, cut):
        powers = [*part, None]
        tally.add(decoder.rows(chunk([{"event": "lamp.lit", "power": n} for n in powers])))
        tally.fold()
    return tally.events["lamp.lit"].histograms[0][1].sum


@THOROUGH
@given(moves, cuts)
def test_gauge_is_a_walk_that_stops_at_zero(names: list[str], cut: list[int]) -> None:
    """A gauge goes up and down line by line and never below zero, for any folds."""
    level = 0
    for name in names:
        level = max(0, level + (1 if name == "door.opened" else -1))
    chunks = [chunk([{"event": name} for name in part]) for part in batches(names, cut)]
    assert figures.of_chunks(chunks, fold_each=True)["gauges"] == {"doors_open": level}
    assert figures.of_chunks(chunks)["gauges"] == {"doors_open": level}


lines: st.SearchStrategy[dict[str, object]] = st.fixed_dictionaries(
    {"event": st.sampled_from(["door.opened", "door.closed", "door.locked", "lamp.lit", "a.b"])},
    optional={
        "colour": st.sampled_from([None, "red", "blue", "1", 1, 1.0, True, [], {}]),
        "locked": st.sampled_from([None, True, False, 0, 1, 1.0, "true", [1]]),
        "duration_seconds": st.sampled_from([None, 0, 0.1, 1, 1.5, 10, -1, 1e19, "1", True, []]),
        "power": st.sampled_from([None, 0.1, 0.2, 0.3, 5, 1e-9]),
    },
)


@THOROUGH
@given(st.lists(lines, max_size=40), cuts)
def test_no_count_depends_on_where_a_fold_falls(
    found: list[dict[str, object]], cut: list[int]
) -> None:
    """Counts by event and label, buckets, sums, problems, names: the same for any folds."""
    apart = figures.of_chunks(map(chunk, batches(found, cut)), fold_each=True)
    assert apart == figures.of_chunks([chunk(found)])


@THOROUGH
@given(st.lists(lines, min_size=1, max_size=40), cuts)
def test_times_do_not_depend_on_where_a_fold_falls(
    found: list[dict[str, object]], cut: list[int]
) -> None:
    """In a log in order, `created` is the first line's time in each series, `last` the last's."""
    timed = [
        line | {"timestamp": f"2026-01-02T03:04:{i:02}Z", "request_id": f"r{i}"}
        for i, line in enumerate(found)
    ]
    assert times([timed]) == times(batches(timed, cut))
    created = times([timed])[str(timed[0]["event"])][0]
    last = times([timed])[str(timed[-1]["event"])][1]
    assert (created, last) == (BEGIN, BEGIN + len(found) - 1)


def times(parts: Sequence[Sequence[dict[str, object]]]) -> dict[str, list[object]]:
    """Times and exemplars of every event that was counted, `a.b` as `_unknown`."""
    decoder, tally = Decoder(figures.CATALOGUE), Tally(figures.CATALOGUE)
    for part in parts:
        tally.add(decoder.rows(chunk(part)))
        tally.fold()
    return {
        "a.b" if event is tally.unknown else event.name: [
            event.total.created,
            event.last,
            event.total.request,
            event.total.at,
            {key: count.created for key, count in event.labelled.items() if count.value},
        ]
        for event in (*tally.events.values(), tally.unknown)
        if event.total.value
    }


def test_an_exemplar_is_a_line_of_its_series() -> None:
    """The request in a series by label is one whose line carried that label."""
    found = [
        {"event": "door.closed", "colour": "red", "locked": True, "request_id": "of-red"},
        {"event": "door.closed", "colour": "1", "locked": True},
    ]
    decoder, tally = Decoder(figures.CATALOGUE), Tally(figures.CATALOGUE)
    for line in found:
        tally.add(decoder.rows(chunk([line])))
        tally.fold()
    labelled = tally.events["door.closed"].labelled
    assert labelled["red", "true"].request == "of-red"
    assert labelled["1", "true"].request == ""


@pytest.mark.parametrize("value", [-1, -0.5, LARGEST * 1.01, 10**19, 1e300, math.inf])
def test_values_out_of_range_are_problems(value: float) -> None:
    """A negative or huge value is counted as a problem, and the event itself is counted."""
    line = json.dumps({"event": "lamp.lit", "power": value}).replace("Infinity", "1e999")
    lamp = figures.of_chunks([line.encode() + b"\n"])["events"]["lamp.lit"]
    assert lamp["total"] == 1
    assert lamp["problems"]["range"] == 1
    assert lamp["histograms"]["power"] == ([0, 0, 0], 0, (0.0).hex())


def test_sum_is_exact_where_a_running_sum_is_not() -> None:
    """Ten times 0.1 in folds of one is 1, and a value that comes late is not rounded away."""
    histogram = Histogram((1.0,), [0])
    for value in (0.1,) * 10:
        histogram.observe([value], whole=False)
    assert histogram.sum == 1.0
