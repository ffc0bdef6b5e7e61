"""Tables and texts that are data, with places such as `<application>` for what a catalogue says."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
Words = dict[str, Any]  # a word's text; or, of a word that can be repeated, the words of each item
_PLACE = re.compile(r"<([A-Za-z][A-Za-z_ ]*?)(?: ([+-]) ([A-Za-z_ ]+|[0-9]+))?>")


def text(name: str) -> str:
    """A file beside this module."""
    return Path(__file__).parent.joinpath(name).read_text(encoding="utf-8")


@cache
def table(name: str) -> Any:  # noqa: ANN401  whatever YAML can hold
    """The same as data; nobody changes what it returns."""
    return yaml.safe_load(text(name))


def filled(name: str, words: Words) -> str:
    """A file beside this module, with words in their places."""
    return str(fill(text(name), words))


def fill(value: Any, words: Words) -> Any:  # noqa: ANN401  whatever YAML can hold
    """Put words into their places, in every text; a place alone becomes what stands there."""
    if isinstance(value, dict):
        return {fill(name, words): fill(inner, words) for name, inner in value.items()}
    if isinstance(value, list):
        return [fill(*one) for one in each(value, words)]
    if not isinstance(value, str):
        return value
    alone = _PLACE.fullmatch(value)
    return _word(alone, words) if alone else _PLACE.sub(lambda it: number(_word(it, words)), value)


def each(entries: Iterable[Any], words: Words) -> Iterator[tuple[Any, Words]]:
    """Each entry with its words; one with `for: list` as often as the list has items, or `most`."""
    for entry in entries:
        if isinstance(entry, dict) and "for" in entry:
            rest = {key: inner for key, inner in entry.items() if key not in {"for", "most"}}
            for item in words[entry["for"]][: entry.get("most")]:
                yield rest, words | item
        else:
            yield entry, words


def number(value: str | float) -> str:
    """A word as it is, a number as PromQL writes it."""
    return value if isinstance(value, str) else f"{value:.15g}"


def _word(found: re.Match[str], words: Words) -> Any:  # noqa: ANN401  whatever stands there
    """What stands for a place: a word, or a number and another more or less."""
    name, sign, other = found.groups()
    if not sign:
        return words[name]
    more = int(other) if other.isdigit() else words[other]
    return words[name] + more if sign == "+" else words[name] - more
