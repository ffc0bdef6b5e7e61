"""What a catalogue says: its events, their properties, and where things stand in a line.

These are plain immutable records. `load` makes them from YAML; the exporter, the page, the
sample generator and `render` only read them. Nothing here touches a file.
"""

from datetime import date
from functools import cached_property
from typing import Literal

from msgspec import Struct

UNKNOWN = "_unknown"  # the event label of a name that the catalogue does not document
# The event by which an installation is tried: no catalogue documents it, and it is none of theirs.
TEST = "eventdeck.test"
OTHER = "_other"  # a label value outside its closed list
MISSING = "_missing"  # a label property that a line does not carry, or carries as null

PropertyType = Literal["id", "string", "number", "boolean", "list", "datetime"]

# unit in the log -> (unit of the series, factor). Prometheus wants seconds and bytes only.
BASE_UNITS: dict[str, tuple[str, float]] = {
    "milliseconds": ("seconds", 0.001),
    "seconds": ("seconds", 1.0),
    "minutes": ("seconds", 60.0),
    "hours": ("seconds", 3600.0),
    "days": ("seconds", 86400.0),
    "bytes": ("bytes", 1.0),
    "kilobytes": ("bytes", 1000.0),
    "megabytes": ("bytes", 1_000_000.0),
}


class Property(Struct, frozen=True, kw_only=True):
    """One property of an event, as the catalogue documents it."""

    name: str
    type: PropertyType
    description: str
    unit: str | None = None  # as the application writes it, e.g. "minutes"
    nullable: bool = False  # null is a normal value
    optional: bool = False  # a line may leave it out
    private: bool = False  # personal or free text: never a label, redacted in the log pipeline
    hashed: bool = False  # private, yet told apart: redacted to a salted hash
    label: bool = False
    values: tuple[str, ...] = ()  # the closed list of a label; ("true", "false") for a boolean
    buckets: tuple[float, ...] = ()  # upper bounds of the histogram, in `unit`

    @property
    def scale(self) -> float:
        """Factor from the unit in the log to the unit of the series."""
        return BASE_UNITS.get(self.unit or "", ("", 1.0))[1]

    @property
    def series_name(self) -> str:
        """The property's part of a metric name: `idle_minutes` becomes `idle_seconds`."""
        if self.unit is None:
            return self.name
        base = BASE_UNITS.get(self.unit, (self.unit, 1.0))[0]
        stem = self.name.removesuffix(f"_{self.unit}")
        return stem if stem.endswith(f"_{base}") or stem == base else f"{stem}_{base}"

    @property
    def label_values(self) -> tuple[str, ...]:
        """Every value the label can have in a series: the closed list, then what falls outside."""
        return (*self.values, MISSING, OTHER)


class Event(Struct, frozen=True, kw_only=True, dict=True):
    """One documented event. `name` has the form `resource.action`."""

    name: str
    group: str  # heading in the reference and on dashboards, e.g. "Authentication"
    description: str
    triggered: str
    since: date
    deprecated: date | None = None
    properties: tuple[Property, ...] = ()

    @cached_property
    def series_stem(self) -> str:
        """`auth.login_failed` -> `auth_login_failed`, the middle of every series of its own."""
        return self.name.replace(".", "_")

    @cached_property
    def labels(self) -> tuple[Property, ...]:
        """The properties that are labels, in the order of the catalogue."""
        return tuple(p for p in self.properties if p.label)

    @cached_property
    def histograms(self) -> tuple[Property, ...]:
        """The properties that feed a histogram, in the order of the catalogue."""
        return tuple(p for p in self.properties if p.buckets)


class Gauge(Struct, frozen=True, kw_only=True):
    """A level that events raise and lower by one; never below zero."""

    name: str
    description: str
    up: tuple[str, ...]
    down: tuple[str, ...]


class Funnel(Struct, frozen=True, kw_only=True):
    """Events that follow one another, each of which fewer reach."""

    name: str
    events: tuple[str, ...]


class Total(Struct, frozen=True, kw_only=True):
    """A sum over all events, such as the hours tracked."""

    name: str
    parts: tuple[tuple[str, str], ...]  # (event, property that feeds a histogram)


class SignIn(Struct, frozen=True, kw_only=True):
    """Which events tell who came in, and who did not."""

    succeeded: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    user: str = ""  # property of the failed ones that tells one account from another


class Errors(Struct, frozen=True, kw_only=True):
    """Which events are errors of the application."""

    events: tuple[str, ...] = ()
    type: str = ""  # label of all of them that says which error


class Signals(Struct, frozen=True, kw_only=True):
    """What dashboards and alerts watch for, as names of events; what is empty has neither."""

    sign_in: SignIn = SignIn()
    errors: Errors = Errors()
    backups: tuple[str, ...] = ()
    deployments: tuple[str, ...] = ()
    administration: tuple[str, ...] = ()
    role_changes: tuple[str, ...] = ()


class TimeField(Struct, frozen=True, kw_only=True):
    """Where a line carries its time. `format` is "rfc3339" or a strptime pattern."""

    field: str
    format: str = "rfc3339"


class LineFormat(Struct, frozen=True, kw_only=True):
    """Where name, time, level and request id stand in a line; the first field found wins."""

    event: tuple[str, ...] = ("event", "message")
    time: tuple[TimeField, ...] = (
        TimeField(field="timestamp"),
        TimeField(field="asctime", format="%Y-%m-%d %H:%M:%S,%f"),
    )
    zone: str = "UTC"  # IANA name: the zone of times that carry none
    level: tuple[str, ...] = ("levelname", "level")
    request_id: str = "request_id"
    user_id: str = "user_id"


class Catalogue(Struct, frozen=True, kw_only=True, dict=True):
    """One application's documented events and everything that follows from them."""

    source: str  # the file it came from, for messages
    digest: str  # of that file's bytes: says whether two processes speak of the same catalogue
    application: str  # for people, e.g. "TimeTracker"
    namespace: str  # first part of every series, e.g. "timetracker"
    line: LineFormat
    automatic: tuple[Property, ...]  # every line carries them; not repeated under each event
    common: tuple[Property, ...]  # any line may carry them; not repeated either
    gauges: tuple[Gauge, ...]
    events: tuple[Event, ...]  # in the order of the file
    funnels: tuple[Funnel, ...] = ()
    totals: tuple[Total, ...] = ()
    signals: Signals = Signals()

    @cached_property
    def by_name(self) -> dict[str, Event]:
        """The events by name."""
        return {event.name: event for event in self.events}
