"""When a line says it happened."""

import pytest
from eventdeck.catalogue.model import LineFormat, TimeField
from eventdeck.instant import Clock

ROME = Clock(LineFormat(zone="Europe/Rome"))
NOON = 1795431600.0  # 2026-11-23 12:00 in Rome, 11:00 UTC


@pytest.mark.parametrize(
    ("timestamp", "asctime", "seconds"),
    [
        ("2026-11-23T11:00:00Z", None, NOON),
        ("2026-11-23T11:00:00+00:00", "1999-01-01 00:00:00,000", NOON),
        ("2026-11-23T12:00:00", None, NOON),
        ("2026-11-23T12:00:00.5", None, NOON + 0.5),
        ("2026-11-23T11:00:00.123456789Z", None, NOON + 0.123456),
        (None, "2026-11-23 12:00:00,042", NOON + 0.042),
        ("yesterday", "2026-11-23 12:00:00,042", NOON + 0.042),
        (NOON, "2026-11-23 12:00:00,042", NOON + 0.042),
        ("2026-07-01T12:00:00", None, 1782900000.0),
        ("2026-02-30T12:00:00Z", None, None),
        ("0001-01-01T00:00:00+23:59", "9999-99-99 00:00:00,000", None),
        ("", "", None),
        (None, ["2026-11-23 12:00:00,042"], None),
    ],
)
def test_time_is_the_first_field_that_can_be_read(
    timestamp: object, asctime: object, seconds: float | None
) -> None:
    """RFC 3339 first, then asctime; what carries no zone has the catalogue's, summer or winter."""
    found = ROME.seconds((timestamp, asctime))
    assert found == (seconds if seconds is None else pytest.approx(seconds, abs=1e-6))


def test_any_other_pattern_is_read_as_it_says() -> None:
    """A catalogue may name its own."""
    clock = Clock(LineFormat(time=(TimeField(field="at", format="%d/%b/%Y:%H:%M:%S %z"),)))
    assert clock.seconds(("23/Nov/2026:12:00:00 +0100",)) == NOON
    assert clock.seconds(("2026-11-23T11:00:00Z",)) is None
