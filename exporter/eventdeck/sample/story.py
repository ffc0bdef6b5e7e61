"""Which events belong together: stories, and who plays them.

A story is a list of steps. Its properties are remembered: what one step wrote (`project_id`) the
later ones repeat, unless they set it. Stories are data in `stories.yaml`. Events that a catalogue
lacks are left out of them, and events that no story names play on their own.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct, ValidationError, convert

from eventdeck.catalogue.model import Catalogue, Event
from eventdeck.sample.ids import kind

OWN = Path(__file__).with_name("stories.yaml")
DAY = 86400.0
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": DAY}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?[smhd])+")
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhd])")


@cache
def seconds(duration: str) -> float:
    """Seconds of a duration such as `90m`, `15d` or `1d12h`; `ValueError` for anything else."""
    if not _DURATION.fullmatch(duration):
        raise ValueError(f'"{duration}" is no duration; write it like 90m, 3h or 15d')
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(duration))


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One event of a story.

    `after` is the median wait before it: hours and less by the clock and by the same person, days
    (`2d`) in working time and by whoever is at work then. Without it the step belongs to the same
    request as the step before. `set` overrides properties: see `Composer`.
    """

    event: str
    after: str = ""
    chance: float = 1.0  # that it happens; if not, the story ends
    repeat: tuple[int, int] = (1, 1)  # at least, at most
    every: str = "2s"  # median wait between repeats
    set: dict[str, Any] = {}

    @property
    def days(self) -> bool:
        """Whether it waits for another day, and so for another session."""
        return self.after.endswith("d")


class Story(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Steps in order. `share` is how often it starts against the others of its kind."""

    steps: tuple[Step, ...]
    share: float = 10.0
    alone: str = ""  # a session plays one story of this name at a time
    daily: str = ""  # HH:MM, local: it starts then, once a day, whatever its share

    @property
    def events(self) -> float:
        """Mean number of events that one start leads to."""
        return sum(odds * sum(step.repeat) / 2 for step, odds in self._odds())

    @property
    def turns(self) -> float:
        """Mean number of turns that it takes of sessions."""
        return sum(odds for i, (step, odds) in enumerate(self._odds()) if i == 0 or step.days)

    def _odds(self) -> list[tuple[Step, float]]:
        found, odds = [], 1.0
        for step in self.steps:
            odds *= step.chance
            found.append((step, odds))
        return found


class Sessions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's visit: begin, some stories with pauses between them, end."""

    share: float = 100.0  # how often one starts, against the stories of the background
    begin: str = ""
    end: str = ""
    ends: float = 0.7  # chance that it ends with `end`: many just close the window
    turns: int = 6  # mean number of stories begun or carried on
    pause: str = "12m"  # median


class Script(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that is told: `visits` within sessions, `background` without a person."""

    sessions: Sessions = Sessions()
    visits: tuple[Story, ...] = ()
    background: tuple[Story, ...] = ()
    vocabulary: dict[str, tuple[str, ...]] = {}  # by property: texts to choose from
    undocumented: dict[str, dict[str, Any]] = {}  # by event: the properties it sets


def read(path: Path = OWN) -> Script:
    """Read the stories of a file; `ValueError` says what is wrong with it."""
    stories = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        return convert(_written_out(stories), Script)
    except ValidationError as error:
        raise ValueError(f"{path}: {error}") from error


def _written_out(stories: Any) -> Any:  # noqa: ANN401  what YAML holds is for `convert` to judge
    for story in (*stories.get("visits", ()), *stories.get("background", ())):
        steps = story.get("steps", ())
        story["steps"] = [{"event": step} if isinstance(step, str) else step for step in steps]
    return stories


def fit(script: Script, catalogue: Catalogue) -> Script:
    """Return the script with exactly this catalogue's events, all of them."""
    sessions = _known_sessions(script.sessions, catalogue)
    visits = _known(script.visits, catalogue)
    background = _known(script.background, catalogue)
    told = {step.event for story in (*visits, *background) for step in story.steps}
    told |= {sessions.begin, sessions.end}
    rest = [event for event in catalogue.events if event.name not in told]
    acted = [event for event in rest if _actor(event, catalogue)]
    alone = [event for event in rest if not _actor(event, catalogue)]
    return Script(
        sessions=sessions,
        visits=(*visits, *_one_each(acted, share=20.0)),
        background=(*background, *_one_each(alone, share=10.0)),
        vocabulary=script.vocabulary,
        undocumented={
            name: properties
            for name, properties in script.undocumented.items()
            if name not in catalogue.by_name
        },
    )


def _actor(event: Event, catalogue: Catalogue) -> bool:
    person = kind(catalogue.line.user_id)
    return any(p.type == "id" and kind(p.name) == person for p in event.properties)


def _known(stories: tuple[Story, ...], catalogue: Catalogue) -> tuple[Story, ...]:
    kept = []
    for story in stories:
        steps = tuple(step for step in story.steps if step.event in catalogue.by_name)
        if steps:
            known = Story(steps=steps, share=story.share, alone=story.alone, daily=story.daily)
            kept.append(known)
    return tuple(kept)


def _known_sessions(sessions: Sessions, catalogue: Catalogue) -> Sessions:
    return Sessions(
        share=sessions.share,
        begin=sessions.begin if sessions.begin in catalogue.by_name else "",
        end=sessions.end if sessions.end in catalogue.by_name else "",
        ends=sessions.ends,
        turns=sessions.turns,
        pause=sessions.pause,
    )


def _one_each(events: list[Event], share: float) -> tuple[Story, ...]:
    """Return a story of one step for each, the first ones of the catalogue more often."""
    return tuple(
        Story(steps=(Step(event=event.name),), share=share / (1 + rank) ** 0.5)
        for rank, event in enumerate(events)
    )
