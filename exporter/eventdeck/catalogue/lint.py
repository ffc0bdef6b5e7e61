"""Refuse what fits the form and is wrong all the same.

A lint is a small function whose docstring is what the operator reads. It answers None where all is
well, else the words for the gaps in its docstring. The tables say to which key it points.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from eventdeck.catalogue import (
    lint_event,
    lint_overview,
    lint_property,
    lint_series,
    lint_signals,
    lint_values,
    lint_whole,
)
from eventdeck.catalogue.form import CatalogueForm
from eventdeck.catalogue.model import Catalogue, Property
from eventdeck.catalogue.problem import Path

Finding = tuple[Path, str]
Words = Mapping[str, object]
Lint = Callable[[Any], Words | None]


def lint(form: CatalogueForm, catalogue: Catalogue) -> Iterator[Finding]:
    """Everything that the lints find, as (path, sentence)."""
    for check in lint_whole.LINTS:
        yield from ((path, sentence(check, words)) for path, words in check(form))
    for whole in (*lint_series.LINTS, *lint_overview.LINTS, *lint_signals.LINTS):
        yield from ((path, sentence(whole, words)) for path, words in whole(catalogue))
    for path, values in _closed_lists(form):
        yield from _apply(lint_values.LINTS, values, path)
    for path, prop in _properties(catalogue):
        yield from _apply(lint_property.LINTS, prop, path)
    for event in catalogue.events:
        yield from _apply(lint_event.LINTS, event, ("events", event.name))


def sentence(check: Callable[..., object], words: Words) -> str:
    """The docstring of a lint with its gaps filled."""
    return " ".join((check.__doc__ or check.__name__).split()).format_map(words)


def _apply(lints: tuple[tuple[Lint, str], ...], subject: object, path: Path) -> Iterator[Finding]:
    for check, key in lints:
        words = check(subject)
        if words is not None:
            yield (*path, key) if key else path, sentence(check, words)


def _properties(catalogue: Catalogue) -> Iterator[tuple[Path, Property]]:
    for prop in catalogue.automatic:
        yield ("automatic", prop.name), prop
    for prop in catalogue.common:
        yield ("common", prop.name), prop
    for event in catalogue.events:
        for prop in event.properties:
            yield ("events", event.name, "properties", prop.name), prop


def _closed_lists(form: CatalogueForm) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Each where it is written, so that a shared one is complained about once."""
    for name, values in form.lists.items():
        yield ("lists", name), values
    for section, props in (("automatic", form.automatic), ("common", form.common)):
        for name, prop in props.items():
            if isinstance(prop.values, tuple):
                yield (section, name, "values"), prop.values
    for event, about in form.events.items():
        for name, value in about.properties.items():
            if not isinstance(value, str) and isinstance(value.values, tuple):
                yield ("events", event, "properties", name, "values"), value.values
