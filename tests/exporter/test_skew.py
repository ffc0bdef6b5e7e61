"""A wrong zone is found and the right one proposed."""

import pytest
from eventdeck.skew import Skew
from eventdeck.tail.follow import Followed
from eventdeck.tail.mark import Mark

NOW = 1795431600.0  # 2026-11-23 11:00 UTC


class Written:
    """Stands for a file that was last written now."""

    def read(self, offset: int, size: int) -> bytes:  # noqa: ARG002  as a source is read
        """Nothing."""
        return b""

    def status(self) -> tuple[int, int]:
        """Empty, now."""
        return 0, int(NOW * 1e9)

    def close(self) -> None:
        """Nothing."""


FILES = [Followed(Written(), Mark("app.jsonl", modified=int(NOW * 1e9)))]


@pytest.mark.parametrize(
    ("latest", "note"),
    [
        (NOW - 0.1, ""),
        (NOW - 60, ""),
        (NOW - 1200, ""),
        (NOW - 86400, ""),
        (
            NOW + 3600,
            (
                "1 h ahead of the clock: the catalogue says zone: Europe/Rome, but the "
                "application seems to write in UTC+02:00"
            ),
        ),
        (
            NOW - 3601,
            (
                "1 h behind the clock: the catalogue says zone: Europe/Rome, but the "
                "application seems to write in UTC+00:00"
            ),
        ),
        (NOW + 16200, "4 h 30 min ahead of the clock"),
    ],
)
def test_hours_between_log_and_clock_are_a_wrong_zone(latest: float, note: str) -> None:
    """Only differences that a zone can make are reported, with the offset that fits."""
    skew = Skew("Europe/Rome")
    skew.compare(latest, FILES)
    assert skew.seconds == pytest.approx(latest - NOW)
    assert note in skew.note
    assert bool(note) == bool(skew.note)


def test_nothing_is_said_without_a_line_or_a_file() -> None:
    """No comparison, no claim."""
    skew = Skew("UTC")
    skew.compare(None, FILES)
    skew.compare(NOW, [])
    assert (skew.seconds, skew.note) == (0.0, "")
