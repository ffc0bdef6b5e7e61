"""Lines that can be told apart by the sums of a few histograms.

Each line carries a power of four in a property of its own event, so the digits of the sums, base
four, say how many times each line was counted: up to three times.
"""

import json
from itertools import product

from eventdeck.count import Tally

_EVENTS = ("line.even", "line.odd")
_PROPERTIES = tuple(f"weight_{i}" for i in range(10))
_DIGITS = 29  # powers of four below the largest value that a histogram takes
_PLACES = tuple(product(range(_DIGITS), _PROPERTIES, _EVENTS))
MOST = len(_PLACES)  # lines

CATALOGUE = "\n".join(
    [
        "catalogue: 1",
        "application: Lines",
        "namespace: lines",
        "since: 2026-01-01",
        "events:",
        *(
            "\n".join(
                [
                    f"  {event}:",
                    "    description: A line",
                    "    triggered: By the test",
                    "    properties:",
                    *(
                        f"      {name}: {{ type: number, description: Weight, optional: true, "
                        "buckets: [1000] }"
                        for name in _PROPERTIES
                    ),
                ]
            )
            for event in _EVENTS
        ),
    ]
)


def line(number: int, padding: int = 0) -> bytes:
    """The line with a number, without its newline; no part of it is like another line's."""
    digit, prop, event = _PLACES[number]
    fields: dict[str, object] = {"event": event, prop: 4**digit}
    if padding:
        fields["padding"] = f"{number:06} " * (padding // 7 + 1)
    return json.dumps(fields).encode()


def counted(tally: Tally) -> list[int]:
    """How many times each line is in the tally, by its number; the last is 0, for no line."""
    tally.fold()
    sums = {
        (name, prop.name): histogram.whole + int(histogram.high) + int(histogram.low)
        for name, event in tally.events.items()
        for prop, histogram in event.histograms
    }
    return [*(sums[event, prop] // 4**digit % 4 for digit, prop, event in _PLACES), 0]
