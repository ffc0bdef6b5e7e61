"""The written form of a catalogue: what its YAML may say, before references are resolved.

These records are the one definition of the format. `load` converts YAML into them, `fit` explains
what does not convert, and `schema` turns them into the JSON schema that editors use. What is left
out stays `UNSET`, so that an event can inherit it from a common property.
"""

from datetime import date
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from eventdeck.catalogue.model import LineFormat, PropertyType, TimeField

VERSION = 1  # of the format; a catalogue that says more was made for a newer Eventdeck

EVENT_NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*\.[a-z][a-z0-9]*(_[a-z0-9]+)*$"
SERIES_WORD = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"  # a namespace, a gauge

Sentence = Annotated[str, Meta(min_length=1)]
Field = Annotated[str, Meta(min_length=1, description="name of a field of the line")]
EventName = Annotated[
    str, Meta(pattern=EVENT_NAME, description="resource.action, lower case, as the line says it")
]
SeriesWord = Annotated[str, Meta(pattern=SERIES_WORD)]
LabelValue = Annotated[str, Meta(min_length=1, pattern="^[^_]")]
LabelValues = Annotated[
    tuple[LabelValue, ...],
    Meta(min_length=1, max_length=30, description="a closed list of label values"),
]


class PropertyForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A property. One that is named in `common` inherits whatever is left out here."""

    type: Annotated[
        PropertyType | UnsetType,
        Meta(description="type in the log; an id is a number or a string and never a label"),
    ] = UNSET
    description: Annotated[
        Sentence | UnsetType, Meta(description="what the property says, for people")
    ] = UNSET
    unit: Annotated[
        str | UnsetType,
        Meta(description="unit in the log: seconds, minutes, bytes, … or what is counted"),
    ] = UNSET
    nullable: Annotated[bool | UnsetType, Meta(description="null is a normal value")] = UNSET
    optional: Annotated[bool, Meta(description="a line may leave it out")] = False
    private: Annotated[
        bool | UnsetType,
        Meta(description="personal or free text: never a label, redacted in the log pipeline"),
    ] = UNSET
    hashed: Annotated[
        bool | UnsetType,
        Meta(
            description="private, yet told apart: a salted hash stands for it in the log pipeline"
        ),
    ] = UNSET
    label: Annotated[
        bool | UnsetType, Meta(description="label of the event's own counter; needs values")
    ] = UNSET
    values: Annotated[
        str | LabelValues | UnsetType,
        Meta(description="closed list of the label's values, or the name of one from `lists`"),
    ] = UNSET
    buckets: Annotated[
        Annotated[tuple[float, ...], Meta(min_length=1)] | UnsetType,
        Meta(description="upper bounds of a histogram, ascending, in the unit of the log"),
    ] = UNSET


PropertyText = Annotated[
    str, Meta(min_length=1, description="description only; the rest is that of the common property")
]


class EventForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event."""

    description: Annotated[Sentence, Meta(description="what happened, for people")]
    triggered: Annotated[Sentence, Meta(description="when the application writes this event")]
    group: Annotated[
        Sentence | UnsetType,
        Meta(description="heading it stands under; without it, that of its resource in `groups`"),
    ] = UNSET
    since: Annotated[
        date | UnsetType,
        Meta(description="day it was first documented; without it, that of the catalogue"),
    ] = UNSET
    deprecated: Annotated[
        date | UnsetType, Meta(description="day from which it is no longer to be written")
    ] = UNSET
    properties: Annotated[
        dict[str, PropertyText | PropertyForm],
        Meta(description="what a line carries besides `automatic`, in the order of the reference"),
    ] = {}


class GaugeForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A level that events raise and lower by one; never below zero."""

    description: Annotated[Sentence, Meta(description="what it counts, for people")]
    up: Annotated[tuple[EventName, ...], Meta(min_length=1, description="events that raise it")]
    down: Annotated[tuple[EventName, ...], Meta(min_length=1, description="events that lower it")]


class OverviewForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the first dashboard leads with, besides the gauges."""

    totals: Annotated[
        dict[Sentence, Annotated[tuple[Sentence, ...], Meta(min_length=1)]],
        Meta(description="sums by title, each of event.property with buckets"),
    ] = {}
    funnels: Annotated[
        dict[Sentence, Annotated[tuple[EventName, ...], Meta(min_length=2)]],
        Meta(description="events that follow one another, by title"),
    ] = {}


Events = Annotated[tuple[EventName, ...], Meta(min_length=1)]


class SignInForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which events tell who came in, and who did not."""

    succeeded: Annotated[Events, Meta(description="events of a sign-in that succeeded")] = ()
    failed: Annotated[Events, Meta(description="events of a sign-in that failed")] = ()
    user: Annotated[
        Sentence | UnsetType,
        Meta(description="property of the failed ones that tells one account from another"),
    ] = UNSET


class ErrorsForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which events are errors of the application."""

    events: Annotated[Events, Meta(description="events that are errors")] = ()
    type: Annotated[
        Sentence | UnsetType, Meta(description="label of all of them that says which error")
    ] = UNSET


class SignalsForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What dashboards and alerts watch for; what is left out has neither."""

    sign_in: Annotated[SignInForm, Meta(description="who came in, and who did not")] = SignInForm()
    errors: Annotated[ErrorsForm, Meta(description="errors of the application")] = ErrorsForm()
    backups: Annotated[Events, Meta(description="events of a finished backup")] = ()
    deployments: Annotated[Events, Meta(description="events of a new version")] = ()
    administration: Annotated[Events, Meta(description="events of an administrator at work")] = ()
    role_changes: Annotated[Events, Meta(description="events that give or take rights")] = ()


class TimeForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field that carries the time of a line."""

    field: Field
    format: Annotated[Sentence, Meta(description="rfc3339, or a pattern of strptime")] = "rfc3339"


_LINE = LineFormat()


class LineForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where name, time, level and ids stand in a line."""

    event: Annotated[
        tuple[Field, ...],
        Meta(min_length=1, description="fields of the name; the first found wins"),
    ] = _LINE.event
    time: Annotated[
        tuple[TimeForm, ...],
        Meta(min_length=1, description="fields of the time; the first found wins"),
    ] = tuple(TimeForm(field=time.field, format=time.format) for time in _LINE.time)
    zone: Annotated[
        Sentence, Meta(description="IANA zone of times that carry none, such as Europe/Rome")
    ] = _LINE.zone
    level: Annotated[
        tuple[Field, ...],
        Meta(min_length=1, description="fields of the level; the first found wins"),
    ] = _LINE.level
    request_id: Annotated[Field, Meta(description="field of the request id")] = _LINE.request_id
    user_id: Annotated[Field, Meta(description="field of the acting user's id")] = _LINE.user_id

    def model(self) -> LineFormat:
        """The line format as the exporter reads it."""
        return LineFormat(
            event=self.event,
            time=tuple(TimeField(field=time.field, format=time.format) for time in self.time),
            zone=self.zone,
            level=self.level,
            request_id=self.request_id,
            user_id=self.user_id,
        )


class CatalogueForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The events of one application, and where they stand in its log."""

    catalogue: Annotated[int, Meta(ge=1, le=VERSION, description="version of this format: 1")]
    application: Annotated[Sentence, Meta(description="name of the application, for people")]
    namespace: Annotated[SeriesWord, Meta(description="first part of every series")]
    since: Annotated[
        date | UnsetType, Meta(description="`since` of the events that do not say their own")
    ] = UNSET
    line: Annotated[
        LineForm, Meta(description="where name, time, level and ids stand in a line")
    ] = LineForm()
    groups: Annotated[
        dict[str, Sentence], Meta(description="heading of the events of a resource")
    ] = {}
    lists: Annotated[
        dict[str, LabelValues], Meta(description="closed lists that several labels share")
    ] = {}
    automatic: Annotated[
        dict[str, PropertyForm], Meta(description="properties that every line carries")
    ] = {}
    common: Annotated[
        dict[str, PropertyForm], Meta(description="properties that any line may carry")
    ] = {}
    gauges: Annotated[
        dict[SeriesWord, GaugeForm], Meta(description="levels that events raise and lower")
    ] = {}
    overview: Annotated[
        OverviewForm, Meta(description="what the first dashboard leads with, besides the gauges")
    ] = OverviewForm()
    signals: Annotated[
        SignalsForm, Meta(description="which events are sign-ins, errors, backups")
    ] = SignalsForm()
    events: Annotated[
        Annotated[dict[EventName, EventForm], Meta(min_length=1)],
        Meta(description="every event that the application writes, by name"),
    ]
