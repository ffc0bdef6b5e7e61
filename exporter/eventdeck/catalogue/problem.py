"""What is wrong with a catalogue, where, and what to do about it."""

from collections.abc import Callable, Iterable

from msgspec import Struct

Path = tuple[str | int, ...]  # keys and indices from the top of the file
Report = Callable[[Path, str], None]

FEW = 14  # known words that a sentence can hold


class Problem(Struct, frozen=True, kw_only=True):
    """One thing to mend. `line` counts from 1, and is 0 where the file as a whole is at fault.

    `event` and `property` are "" where the problem is that of neither. Outside `events` they
    name the section and its entry: `line.zone`, `common.user_id`.
    """

    file: str
    line: int
    event: str
    property: str
    sentence: str

    def __str__(self) -> str:
        """`file:line: event.property: sentence`, as compilers write it."""
        where = ".".join(part for part in (self.event, self.property) if part)
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, where, self.sentence) if part)


class CatalogueError(Exception):
    """A catalogue that cannot be used; `problems` are all that was found, by line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Sort the problems by line."""
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__(self.problems)

    def __str__(self) -> str:
        """One line per problem."""
        return "\n".join(map(str, self.problems))


def whole(file: str, sentence: str, line: int = 0) -> CatalogueError:
    """The error of a file that cannot be looked into any further."""
    return CatalogueError([Problem(file=file, line=line, event="", property="", sentence=sentence)])


def place(path: Path) -> tuple[str, str, Path]:
    """Event, property, and the rest of a path: what `Problem` names, and what it does not."""
    if path[:1] == ("events",) and len(path) > 1:
        path = path[1:2] + (path[3:] if path[2:3] == ("properties",) else path[2:])
    elif len(path) == 1:
        path = ("", *path)
    event, name = (*map(str, path[:2]), "", "")[:2]
    return event, name, path[2:]


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint at the known word that is most like this one, or the known words, if they are few."""
    from difflib import get_close_matches  # noqa: PLC0415  only a wrong catalogue pays for it

    words = sorted(known)
    lower = {candidate.lower(): candidate for candidate in words}
    for match in get_close_matches(word.lower(), lower, n=1):
        return f'did you mean "{lower[match]}"?'
    return f"known: {', '.join(words)}" if 0 < len(words) <= FEW else "there is nothing like it"
