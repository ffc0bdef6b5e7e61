"""Words for people: headings of panels, and Markdown as GitHub and editors show it."""

import re
from collections.abc import Iterable, Mapping, Sequence

ROOM = 13  # letters


def title(name: str) -> str:
    """A name of the catalogue as a heading."""
    return name.replace("_", " ").capitalize()


def short(name: str) -> str:
    """So many of its words as a tile has room for on a small screen."""
    words = name.split()
    while len(words) > 1 and len(" ".join(words)) > ROOM:
        words.pop()
    return " ".join(words).rstrip(",")


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


def grid(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows headed by their keys; a column that is empty throughout is left out."""
    heads = [head for head in (rows[0] if rows else ()) if any(row[head] for row in rows)]
    lines = [heads, ["---"] * len(heads), *([row[head] for head in heads] for row in rows)]
    cells = ("".join(f" {cell} |" if cell else " |" for cell in line) for line in lines)
    return "\n".join(f"|{line}" for line in cells) if rows else ""
