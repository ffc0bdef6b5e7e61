"""Everything counted, as text for Prometheus: OpenMetrics 1.0, or the text format 0.0.4.

What does not change is rendered once: names, labels, help. What an event has is rendered again
only when that event was counted since, so a scrape of a quiet application is a join of strings.
"""

from collections.abc import Callable, Iterable

from eventdeck.catalogue import series
from eventdeck.catalogue.model import Property
from eventdeck.count import Tally
from eventdeck.event_tally import Count, EventTally
from eventdeck.histogram import Histogram

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
TEXT = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[dict[str, str], float]


class Exposition:
    """Renders a tally in one of the two formats."""

    def __init__(self, tally: Tally, *, openmetrics: bool) -> None:
        """Prepare heads and prefixes."""
        self._tally = tally
        self._open = openmetrics
        self._namespace = tally.catalogue.namespace
        self._blocks = [EventBlock(event, self._namespace, self) for event in tally.events.values()]
        self._blocks.append(EventBlock(tally.unknown, self._namespace, self))

    def render(self, own: Iterable[str]) -> bytes:
        """All series; `own` are the families of the exporter itself. The tally must be folded."""
        for block in self._blocks:
            block.refresh()
        parts = [
            self.head(series.events(self._namespace), "counter", "Events by name, exact."),
            *(block.total for block in self._blocks),
            self.head(
                series.last_event(self._namespace), "gauge", "When the event was last logged."
            ),
            *(block.last for block in self._blocks),
            self.head(
                series.first_event(self._namespace), "gauge", "Time of the oldest line counted."
            ),
            *(block.first for block in self._blocks),
            *(block.families for block in self._blocks),
            *self._gauges(),
            self.head(
                "eventdeck_property_errors_total",
                "counter",
                "Properties that could not be counted as the catalogue says, by problem.",
            ),
            *(block.problems for block in self._blocks),
            *own,
        ]
        if self._open:
            parts.append("# EOF\n")
        return "".join(parts).encode()

    def family(self, name: str, kind: str, text: str, samples: Iterable[Sample]) -> str:
        """One family of samples without exemplars."""
        lines = [f"{name}{labels(pairs)} {number(value)}\n" for pairs, value in samples]
        return self.head(name, kind, text) + "".join(lines)

    def head(self, name: str, kind: str, text: str) -> str:
        """HELP and TYPE; OpenMetrics names a counter's family without `_total`."""
        if self._open and kind == "counter":
            name = name.removesuffix("_total")
        if self._open and kind == "info":
            name = name.removesuffix("_info")
        kind = "gauge" if kind == "info" and not self._open else kind
        return f"# HELP {name} {_escape_help(text, quotes=self._open)}\n# TYPE {name} {kind}\n"

    def counter(self, prefix: str, stem: str, pairs: str, count: Count) -> str:
        """A counter with its exemplar and the time of its oldest line."""
        if not self._open:
            return f"{prefix}{count.value}\n"
        line = f"{prefix}{count.value}"
        if count.request:
            line += f' # {{request_id="{escape(count.request)}"}} 1.0'
            line += f" {count.at:.3f}" if count.at is not None else ""
        if count.created is None:
            return line + "\n"
        return f"{line}\n{stem}_created{pairs} {count.created:.3f}\n"

    def histogram(self, name: str, prop: Property, histogram: Histogram) -> str:
        """Buckets, count and sum in base units."""
        lines = [
            f'{name}_bucket{{le="{bound * prop.scale}"}} {below}\n'
            for bound, below in zip(histogram.bounds, histogram.buckets, strict=True)
        ]
        lines.append(f'{name}_bucket{{le="+Inf"}} {histogram.count}\n')
        lines.append(f"{name}_count {histogram.count}\n")
        lines.append(f"{name}_sum {number(histogram.sum * prop.scale)}\n")
        if self._open and histogram.created is not None:
            lines.append(f"{name}_created {histogram.created:.3f}\n")
        return "".join(lines)

    def _gauges(self) -> Iterable[str]:
        for gauge in self._tally.catalogue.gauges:
            value = self._tally.gauges[gauge.name]
            yield self.family(
                series.gauge(self._namespace, gauge), "gauge", gauge.description, [({}, value)]
            )


class EventBlock:
    """The text of one event's series, kept until the event is counted again."""

    def __init__(self, tally: EventTally, namespace: str, format_: Exposition) -> None:
        """Prepare the prefixes."""
        self.total = self.last = self.first = self.families = self.problems = ""
        self._tally = tally
        self._format = format_
        self._rendered: tuple[int, float | None] | None = None
        self._stem = series.events(namespace).removesuffix("_total")
        self._pairs = labels({"event": tally.name})
        self._last = f"{series.last_event(namespace)}{self._pairs} "
        self._first = f"{series.first_event(namespace)}{self._pairs} "
        self._problem_prefixes = self._prepare_problems()
        self._prepare_families(namespace)

    def refresh(self) -> None:
        """Render again if the event was counted since."""
        tally = self._tally
        now = (tally.total.value, tally.total.created)
        if now == self._rendered:
            return
        self._rendered = now
        self.total = self._format.counter(
            f"{self._stem}_total{self._pairs} ", self._stem, self._pairs, tally.total
        )
        self.last = "" if tally.last is None else f"{self._last}{tally.last:.3f}\n"
        created = tally.total.created
        self.first = "" if created is None else f"{self._first}{created:.3f}\n"
        self.problems = "".join(f"{p}{tally.problems[k]}\n" for k, p in self._problem_prefixes)
        self.families = "".join(render() for render in self._renderers)

    def _prepare_problems(self) -> list[tuple[str, str]]:
        if not (self._tally.labels or self._tally.histograms):
            return []
        return [
            (
                kind,
                "eventdeck_property_errors_total"
                + labels({"event": self._tally.name, "problem": kind})
                + " ",
            )
            for kind in self._tally.problems
        ]

    def _prepare_families(self, namespace: str) -> None:
        self._renderers: list[Callable[[], str]] = []
        event = self._tally.event
        if event is None:
            return
        if self._tally.labels:
            self._renderers.append(self._labelled(series.counter(namespace, event)))
        for prop, histogram in self._tally.histograms:
            name = series.histogram(namespace, event, prop)
            self._renderers.append(self._histogram(name, prop, histogram))

    def _labelled(self, name: str) -> Callable[[], str]:
        tally, stem = self._tally, name.removesuffix("_total")
        head = self._format.head(name, "counter", tally.event.description) if tally.event else ""
        names = [prop.name for prop in tally.labels]
        prepared = []
        for key, count in tally.labelled.items():
            pairs = labels(dict(zip(names, key, strict=True)))
            prepared.append((f"{name}{pairs} ", pairs, count))

        def render() -> str:
            counter = self._format.counter
            return head + "".join([counter(p, stem, pairs, c) for p, pairs, c in prepared])

        return render

    def _histogram(self, name: str, prop: Property, histogram: Histogram) -> Callable[[], str]:
        head = self._format.head(name, "histogram", prop.description)
        return lambda: head + self._format.histogram(name, prop, histogram)


def prefers_openmetrics(accept: str) -> bool:
    """Whether a scraper's Accept header asks for OpenMetrics before the text format."""
    best = {"application/openmetrics-text": 0.0, "text/plain": 0.0}
    for item in accept.lower().split(","):
        kind, *parameters = (part.strip() for part in item.split(";"))
        if kind in best:
            best[kind] = max(best[kind], _quality(parameters))
    return best["application/openmetrics-text"] > best["text/plain"]


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def labels(pairs: dict[str, str]) -> str:
    """Label pairs in braces; nothing where there are none."""
    if not pairs:
        return ""
    return "{" + ",".join(f'{name}="{escape(value)}"' for name, value in pairs.items()) + "}"


def escape(value: str) -> str:
    """A label value; lone surrogates, which no encoding can carry, become question marks."""
    value = value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
    return value.encode("utf-8", "replace").decode()


def number(value: float) -> str:
    """A sample's value: whole numbers without a fraction."""
    return str(int(value)) if value == int(value) else repr(float(value))


def _escape_help(text: str, *, quotes: bool) -> str:
    text = " ".join(text.split()).replace("\\", r"\\")
    return text.replace('"', r"\"") if quotes else text
