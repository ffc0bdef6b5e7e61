"""Markdown as GitHub and editors show it: cells, tables, anchors."""

import re
from collections.abc import Iterable, Mapping


def text(words: str) -> str:
    """Words from the catalogue, so that none of them is taken for markup."""
    return re.sub(r"([\\`*_<>\[\]|])", r"\\\1", " ".join(words.split()))


def sentence(words: str) -> str:
    """The same, ended by one full stop."""
    return text(words).rstrip(".") + "."


def code(word: str) -> str:
    """A name as the log or Prometheus writes it."""
    return f"`{word}`"


def codes(words: Iterable[str], between: str = ", ") -> str:
    """Several names."""
    return between.join(map(code, words))


def anchor(heading: str) -> str:
    """The link to a heading: `### auth.login_failed` is `#authlogin_failed`."""
    return "#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def table(rows: list[Mapping[str, str]]) -> str:
    """Rows headed by their keys; a column that is empty throughout is left out."""
    heads = [head for head in (rows[0] if rows else ()) if any(row[head] for row in rows)]
    lines = [heads, ["---"] * len(heads), *([row[head] for head in heads] for row in rows)]
    cells = ("".join(f" {cell} |" if cell else " |" for cell in line) for line in lines)
    return "\n".join(f"|{line}" for line in cells) if rows else ""
