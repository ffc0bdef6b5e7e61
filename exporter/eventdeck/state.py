"""What must survive a restart, as records: counts, and how far each file was read.

The names of the fields are the format of the state file; `VERSION` changes with them.
"""

from msgspec import Struct, field

from eventdeck.count import Tally
from eventdeck.decode import REASONS, Decoder
from eventdeck.event_tally import Count, EventTally
from eventdeck.histogram import Histogram
from eventdeck.tail import Happened, Mark

VERSION = 1


class Labelled(Struct):
    """One combination of label values."""

    values: tuple[str, ...]
    count: Count


class Event(Struct):
    """Every series of one event."""

    total: Count
    last: float | None = None
    labels: tuple[str, ...] = ()
    labelled: list[Labelled] = []
    histograms: dict[str, Histogram] = {}
    problems: dict[str, int] = {}


class State(Struct):
    """All of it. `catalogue` is the digest of the one that the counts follow."""

    version: int = VERSION
    catalogue: str = ""
    events: dict[str, Event] = {}
    unknown: Event | None = None
    names: dict[str, int] = {}
    tests: int = 0
    gauges: dict[str, int] = {}
    rejected: dict[str, int] = {}
    blank: int = 0
    happened: Happened = field(default_factory=Happened)
    marks: list[Mark] = []


def gather(tally: Tally, decoder: Decoder, happened: Happened, marks: list[Mark]) -> State:
    """Collect the state; the tally must have been folded."""
    return State(
        catalogue=tally.catalogue.digest,
        events={name: _event(event) for name, event in tally.events.items()},
        unknown=_event(tally.unknown),
        names=tally.names.counts,
        tests=tally.tests,
        gauges=tally.gauges,
        rejected=decoder.rejected,
        blank=decoder.blank,
        happened=happened,
        marks=marks,
    )


def restore(state: State, tally: Tally, decoder: Decoder) -> list[str]:
    """Put the counts back; return a sentence for each series that the catalogue has changed."""
    dropped = []
    for name, saved in state.events.items():
        if name in tally.events:
            dropped += _restore_event(saved, tally.events[name])
        elif saved.total.value:
            dropped.append(
                f"{name} is no longer in the catalogue: its {saved.total.value} are gone"
            )
    if state.unknown is not None:
        _restore_event(state.unknown, tally.unknown)
    dropped += [
        f"{name} is no longer a gauge"
        for name, value in state.gauges.items()
        if value and name not in tally.gauges
    ]
    tally.names.counts = dict(state.names)
    tally.tests = state.tests
    tally.gauges |= {name: value for name, value in state.gauges.items() if name in tally.gauges}
    decoder.rejected |= {reason: n for reason, n in state.rejected.items() if reason in REASONS}
    decoder.blank = state.blank
    return dropped


def _event(tally: EventTally) -> Event:
    return Event(
        total=tally.total,
        last=tally.last,
        labels=tuple(prop.name for prop in tally.labels),
        labelled=[Labelled(key, c) for key, c in tally.labelled.items() if c.value],
        histograms={prop.name: histogram for prop, histogram in tally.histograms},
        problems=tally.problems,
    )


def _restore_event(saved: Event, tally: EventTally) -> list[str]:
    dropped = []
    tally.total, tally.last = saved.total, saved.last
    tally.problems |= {name: n for name, n in saved.problems.items() if name in tally.problems}
    if saved.labels == tuple(prop.name for prop in tally.labels):
        dropped += [
            f"{tally.name}{{{','.join(entry.values)}}} is no longer a series"
            for entry in saved.labelled
            if not tally.restore_label(entry.values, entry.count)
        ]
    elif saved.labelled:
        dropped.append(f"{tally.name} has other labels now: its counts by label begin at 0")
    return dropped + _restore_histograms(saved.histograms, tally)


def _restore_histograms(saved: dict[str, Histogram], tally: EventTally) -> list[str]:
    dropped = []
    now = {prop.name: histogram for prop, histogram in tally.histograms}
    for name, before in saved.items():
        if not before.count:
            continue
        if name not in now:
            dropped.append(f"{tally.name}.{name} is no longer a histogram")
        elif before.bounds == now[name].bounds:
            now[name].take_over(before)
        else:
            dropped.append(f"{tally.name}.{name} has other buckets now: it begins at 0")
    return dropped
