"""Recording rules over events: what several alerts and dashboards look at.

Counts are exact: our counters never step back, so the difference of two samples is the number of
events, and where there is no earlier sample (a first start, hours of downtime) there is none. What
the exporter caught up with long after it was written is not counted for one window.
"""

from collections.abc import Iterable, Iterator

from eventdeck.catalogue import series
from eventdeck.catalogue.model import Catalogue
from eventdeck.render.alert import Json, record
from eventdeck.render.queries import regex
from eventdeck.render.thresholds import Thresholds, duration, number

CAUGHT_UP = "instance:eventdeck_catch_up:age_seconds"
_SEEN_LATER = 60  # seconds: Prometheus sees a count up to a scrape after it was made


def records(catalogue: Catalogue, limits: Thresholds) -> Iterator[Json]:
    """Recording rules: what several alerts and dashboards look at."""
    name = catalogue.namespace
    counter = series.events(name)
    yield record(
        CAUGHT_UP, "time() - max_over_time(eventdeck_catch_up_timestamp_seconds[1h])"
    )  # first, for the others ask for it
    yield record(f"job_event:{name}_events:rate5m", f"sum by (job, event) (rate({counter}[5m]))")
    signals = catalogue.signals
    if signals.errors.events:
        window = limits["ErrorRatioHigh"]["window_minutes"]
        yield _increase(catalogue, "errors", signals.errors.events, window)
        yield _increase(catalogue, "events", (), window)
        yield _share(name, "errors", "events", window)
    if signals.sign_in.failed and signals.sign_in.succeeded:
        window = limits["LoginFailureRatioHigh"]["window_minutes"]
        both = (*signals.sign_in.succeeded, *signals.sign_in.failed)
        yield _increase(catalogue, "sign_ins_failed", signals.sign_in.failed, window)
        yield _increase(catalogue, "sign_ins", both, window)
        yield _share(name, "sign_ins_failed", "sign_ins", window)


def grown(catalogue: Catalogue, events: Iterable[str], minutes: float) -> str:
    """How many events there were in a window, by job."""
    pattern = regex(events)
    name = series.events(catalogue.namespace) + (f'{{event=~"{pattern}"}}' if pattern else "")
    window = duration(minutes)
    return (
        f"sum by (job) (\n  {name}\n  - {name} offset {window}\n"
        f"  unless on (job, instance) {muted(minutes)}\n)"
    )


def muted(minutes: float) -> str:
    """Whether a window holds what the exporter had to catch up with."""
    return f"{CAUGHT_UP} < {number(minutes * 60 + _SEEN_LATER)}"


def _increase(catalogue: Catalogue, what: str, events: tuple[str, ...], minutes: float) -> Json:
    name = f"job:{catalogue.namespace}_{what}:increase{duration(minutes)}"
    return record(name, grown(catalogue, events, minutes))


def _share(name: str, part: str, whole: str, minutes: float) -> Json:
    window = f"increase{duration(minutes)}"
    return record(
        f"job:{name}_{part}_per_{whole}:ratio_{window}",
        f"job:{name}_{part}:{window} / (job:{name}_{whole}:{window} > 0)",
    )
