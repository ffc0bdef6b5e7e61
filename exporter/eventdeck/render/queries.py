"""PromQL and LogQL for what a catalogue declares.

Whole numbers are exact. `increase()` extrapolates (15 events became 15.27); our counters never step
back, so the difference of two samples is the number itself. What stood at the start of the range is
the sample of that moment. If there was no scrape yet, it is the exporter's first sample, for nobody
knows when the lines before it were written; unless the oldest of them is in the range too: then it
is 0, and a log that is read for the first time counts in full.
"""

from collections.abc import Iterable

from eventdeck.catalogue import series
from eventdeck.catalogue.model import Catalogue, Total

RANGE = "$__range"
INSTANCE = 'instance=~"$instance"'  # of the exporter, chosen above the dashboard


def counted(catalogue: Catalogue, name: str, *, event: str = "", pattern: str = "") -> str:
    """How much a counter grew in the range, each of its series for itself.

    `pattern` says which events a counter with the label `event` is to count. One without it is that
    of one `event`. What begins a series is looked up for those events alone, and once an hour is
    often enough, for it never changes: each look at every sample is a third of the cost.
    """
    chosen = f'event="{event}"' if event else f'event=~"{pattern}"' if pattern else ""
    counter = select(name, "" if event else chosen)
    seen = select(series.first_event(catalogue.namespace), chosen)
    matching = "instance, job" if event else "event, instance, job"
    return (
        f"(last_over_time({counter}[{RANGE}]) - ({counter} offset {RANGE}"
        f" or min_over_time({counter}[{RANGE}]) * on ({matching}) group_left ()"
        f" (({seen} or last_over_time({seen}[{RANGE}:1h])) <= bool time() - ${{__range_s}})"
        f" or 0 * {counter}))"
    )


def counted_since_seen(name: str) -> str:
    """The same for a counter of the exporter itself, whose first sample is its beginning."""
    return (
        f"(last_over_time({name}[{RANGE}])"
        f" - ({name} offset {RANGE} or min_over_time({name}[{RANGE}])))"
    )


def counted_last_week(catalogue: Catalogue, pattern: str = "") -> str:
    """How much the counter of all events grew in the same range a week earlier.

    Good for shares in whole percents: where its first sample is in the range, it is looked for once
    an hour only.
    """
    return _last_week(events(catalogue, pattern), "1d", f"{RANGE}:1h")


def _last_week(name: str, last: str = RANGE, first: str = RANGE) -> str:
    """An offset cannot be a sum, but a duration can have two units."""
    before = "offset 1w${__range_s}s"
    return (
        f"(last_over_time({name}[{last}] offset 1w)"
        f" - ({name} {before} or min_over_time({name}[{first}] offset 1w)))"
    )


def events(catalogue: Catalogue, pattern: str = "") -> str:
    """The counter of events whose name matches."""
    return select(series.events(catalogue.namespace), f'event=~"{pattern}"' if pattern else "")


def counted_events(catalogue: Catalogue, pattern: str = "") -> str:
    """How many events of each name there were in the range."""
    return counted(catalogue, series.events(catalogue.namespace), pattern=pattern)


def number(catalogue: Catalogue, names: Iterable[str]) -> str:
    """How many of these events there were in the range."""
    return f"sum({counted_events(catalogue, regex(names))})"


def select(name: str, *matchers: str) -> str:
    """A series of the exporter, of the instances chosen above the dashboard."""
    return f"{name}{{{', '.join(filter(None, (*matchers, INSTANCE)))}}}"


def summed(catalogue: Catalogue, total: Total) -> str:
    """The sum of a total's properties over the range, in base units."""
    parts = (
        counted(catalogue, f"{name}_sum", event=event)
        for event, name in _histograms(catalogue, total)
    )
    return " + ".join(f"(sum({part}) or vector(0))" for part in parts)


def summed_last_week(catalogue: Catalogue, total: Total) -> str:
    """The same sum over the same range a week earlier."""
    parts = (_last_week(select(f"{name}_sum")) for _, name in _histograms(catalogue, total))
    return " + ".join(f"(sum({part}) or vector(0))" for part in parts)


def lines(catalogue: Catalogue, pattern: str = "", *more: str) -> str:
    """Log lines of events whose name matches."""
    selectors = [f'app="{catalogue.namespace}"', f'event=~"{pattern}"' if pattern else "", *more]
    return "{" + ", ".join(filter(None, selectors)) + "}"


def summed_lines(catalogue: Catalogue, names: list[str], prop: str, scale: float) -> str:
    """A property summed from the lines themselves, by their own time."""
    found = f'{lines(catalogue, regex(names))} | json value="{prop}" | value!=""'
    unwrapped = f'sum(sum_over_time({found} | unwrap value | __error__="" [$__interval]))'
    return unwrapped if scale == 1 else f"{unwrapped} * {scale:.15g}"


def regex(names: Iterable[str]) -> str:
    """Matches these event names and no other; `[.]` needs no backslash in any language."""
    return "|".join(name.replace(".", "[.]") for name in names)


def _histograms(catalogue: Catalogue, total: Total) -> list[tuple[str, str]]:
    """Each part's event and histogram."""
    found = []
    for name, prop_name in total.parts:
        event = catalogue.by_name[name]
        prop = next(prop for prop in event.histograms if prop.name == prop_name)
        found.append((name, series.histogram(catalogue.namespace, event, prop)))
    return found
