"""From the written form to the model: references followed, common properties inherited."""

from datetime import date
from typing import TypeVar, get_args

from msgspec import UNSET, UnsetType

from eventdeck.catalogue.form import CatalogueForm, EventForm, PropertyForm, SignalsForm
from eventdeck.catalogue.model import (
    Catalogue,
    Errors,
    Event,
    Funnel,
    Gauge,
    Property,
    PropertyType,
    Signals,
    SignIn,
    Total,
)
from eventdeck.catalogue.problem import Path, Report, nearest

BOOLEAN = ("true", "false")
T = TypeVar("T")


def resolve(form: CatalogueForm, source: str, digest: str, report: Report) -> Catalogue:
    """Make the model; what cannot be resolved is reported and left empty."""
    resolver = _Resolver(form, report)
    automatic = resolver.section("automatic", form.automatic)
    common = resolver.section("common", form.common)
    resolver.inherited = {prop.name: prop for prop in (*automatic, *common)}
    return Catalogue(
        source=source,
        digest=digest,
        application=form.application,
        namespace=form.namespace,
        line=form.line.model(),
        automatic=automatic,
        common=common,
        gauges=tuple(
            Gauge(name=name, description=gauge.description, up=gauge.up, down=gauge.down)
            for name, gauge in form.gauges.items()
        ),
        events=tuple(resolver.event(name, event) for name, event in form.events.items()),
        funnels=tuple(
            Funnel(name=name, events=events) for name, events in form.overview.funnels.items()
        ),
        totals=tuple(_total(name, parts) for name, parts in form.overview.totals.items()),
        signals=_signals(form.signals),
    )


class _Resolver:
    def __init__(self, form: CatalogueForm, report: Report) -> None:
        self.form = form
        self.report = report
        self.inherited: dict[str, Property] = {}

    def section(self, section: str, forms: dict[str, PropertyForm]) -> tuple[Property, ...]:
        return tuple(
            self.property(name, form, (section, name), optional=section == "common")
            for name, form in forms.items()
        )

    def event(self, name: str, form: EventForm) -> Event:
        path: Path = ("events", name)
        resource = name.partition(".")[0]
        heading = self.form.groups.get(resource, resource.replace("_", " ").capitalize())
        return Event(
            name=name,
            group=_given(form.group, heading),
            description=form.description,
            triggered=form.triggered,
            since=self.since(form, path),
            deprecated=_given(form.deprecated, None),
            properties=tuple(
                self.property(key, _long(value), (*path, "properties", key))
                for key, value in form.properties.items()
            ),
        )

    def since(self, form: EventForm, path: Path) -> date:
        since = _given(form.since, self.form.since)
        if since is UNSET:
            self.report(
                path, 'says no "since"; write the day it was documented: "since: YYYY-MM-DD"'
            )
        return date.min if isinstance(since, UnsetType) else since

    def property(
        self, name: str, form: PropertyForm, path: Path, *, optional: bool = False
    ) -> Property:
        base = self.inherited.get(name) or Property(
            name=name, type=self.type(form, path), description=""
        )
        kind = _given(form.type, base.type)
        description = _given(form.description, base.description)
        if not description and form.description is UNSET:
            self.report(path, 'says no "description"; write what the property says')
        label = _given(form.label, base.label)
        return Property(
            name=name,
            type=kind,
            description=description,
            unit=_given(form.unit, base.unit),
            nullable=_given(form.nullable, base.nullable),
            optional=form.optional or optional,  # of the place, not of the property: not inherited
            private=_given(form.private, base.private),
            hashed=_given(form.hashed, base.hashed),
            label=label,
            values=BOOLEAN if kind == "boolean" and label else self.values(form, base, path),
            buckets=_given(form.buckets, base.buckets),
        )

    def type(self, form: PropertyForm, path: Path) -> PropertyType:
        if isinstance(form.type, UnsetType):
            types = ", ".join(get_args(PropertyType))
            self.report(path, f'says no "type" and is no common property; write one of {types}')
            return "string"
        return form.type

    def values(self, form: PropertyForm, base: Property, path: Path) -> tuple[str, ...]:
        if isinstance(form.values, UnsetType):
            return base.values
        if not isinstance(form.values, str):
            return form.values
        if form.values not in self.form.lists:
            hint = nearest(form.values, self.form.lists)
            self.report((*path, "values"), f'there is no list "{form.values}" in "lists"; {hint}')
        return self.form.lists.get(form.values, ())


def _total(name: str, parts: tuple[str, ...]) -> Total:
    """`timer.stopped.duration_seconds` is the property after the last dot."""
    found = (part.rpartition(".") for part in parts)
    return Total(name=name, parts=tuple((event, prop) for event, _, prop in found))


def _signals(form: SignalsForm) -> Signals:
    sign_in, errors = form.sign_in, form.errors
    return Signals(
        sign_in=SignIn(
            succeeded=sign_in.succeeded, failed=sign_in.failed, user=_given(sign_in.user, "")
        ),
        errors=Errors(events=errors.events, type=_given(errors.type, "")),
        backups=form.backups,
        deployments=form.deployments,
        administration=form.administration,
        role_changes=form.role_changes,
    )


def _long(form: str | PropertyForm) -> PropertyForm:
    return PropertyForm(description=form) if isinstance(form, str) else form


def _given(value: T | UnsetType, default: T) -> T:
    return default if isinstance(value, UnsetType) else value
