"""Thresholds: numbers that a person edits, and what is said where they are none."""

from pathlib import Path

import pytest
from eventdeck.catalogue.load import CatalogueError
from eventdeck.render.thresholds import KEYS, duration, load, words

SHIPPED = Path(__file__).parents[3] / "prometheus/thresholds.yaml"


def refused(tmp_path: Path, old: str, new: str) -> str:
    """Change a word of the file that the project ships; what is said of it."""
    path = tmp_path / "thresholds.yaml"
    text = SHIPPED.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(CatalogueError) as error:
        load(str(path))
    return str(error.value).removeprefix(str(path))


def test_what_is_shipped_is_read() -> None:
    """Every alert has all its numbers."""
    limits = load(str(SHIPPED))
    assert set(limits) == set(KEYS)
    assert limits["LoginBruteForce"] == {"failures": 20, "window_minutes": 5, "for_minutes": 0}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("errors: 5,", "errors: many,", 'ErrorBurst.errors: "many" is no number; write one, such'),
        ("errors: 5,", "errors: yes,", 'ErrorBurst.errors: "True" is no number'),
        ("errors: 5,", "errors: .nan,", 'ErrorBurst.errors: "nan" is no number'),
        ("errors: 5,", "errors: 0,", "ErrorBurst.errors: 0 is too small"),
        ("errors: 5,", "errors: -1,", "ErrorBurst.errors: -1 is too small"),
        ("errors: 5,", "", "ErrorBurst.errors: is missing"),
        ("errors: 5,", "error: 5,", 'ErrorBurst has no such number; did you mean "errors"?'),
        ("share: 0.05,", "share: 5,", "ErrorRatioHigh.share: 5 is no share; write one below 1"),
        ("ErrorBurst: {", "ErorBurst: {", 'no alert of this name; did you mean "ErrorBurst"?'),
        ("BytesLost: {", "BytesLost: 5 #", "BytesLost: needs window_minutes, for_minutes"),
    ],
)
def test_what_is_no_number_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    """With the line, the alert, the key, and what to write."""
    sentence = refused(tmp_path, old, new)
    assert said in sentence
    assert sentence.startswith(":")
    assert int(sentence[1:].partition(":")[0]) > 0


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The sentence says how to get it back."""
    with pytest.raises(CatalogueError, match=r"nothing\.yaml: is not there; `git checkout`"):
        load(str(tmp_path / "nothing.yaml"))


def test_a_file_that_holds_nothing_is_refused(tmp_path: Path) -> None:
    """An empty file is no set of thresholds."""
    (tmp_path / "t.yaml").write_text("")
    with pytest.raises(CatalogueError, match="holds no alerts"):
        load(str(tmp_path / "t.yaml"))


@pytest.mark.parametrize(
    ("minutes", "prometheus", "people"),
    [
        (5, "5m", "5 minutes"),
        (60, "1h", "1 hour"),
        (1560, "26h", "26 hours"),
        (10080, "1w", "168 hours"),
        (0.1, "6s", "6 seconds"),
        (0.005, "300ms", "0.3 seconds"),
        (0, "0s", "0 seconds"),
    ],
)
def test_durations(minutes: float, prometheus: str, people: str) -> None:
    """In the largest whole unit."""
    assert duration(minutes) == prometheus
    assert words(minutes) == people
