"""How many events a story leads to, so that a number of events a day can be promised."""

from msgspec import Struct

from eventdeck.sample.story import Script


class Density(Struct, frozen=True):
    """Shares of what arrives, and the mean number of events that one arrival leads to."""

    sessions: float
    background: float
    per_arrival: float


def density(script: Script) -> Density:
    """Return the density of a script that was fitted to its catalogue."""
    stories = [story for story in script.background if not story.daily]
    plan = script.sessions
    sessions = plan.share if script.visits or plan.begin or plan.end else 0.0
    background = sum(story.share for story in stories)
    alone = sum(story.share * story.events for story in stories)
    total = sessions + background
    mean = (sessions * _per_session(script) + alone) / total if total else 1.0
    return Density(sessions, background, max(mean, 1.0))


def _per_session(script: Script) -> float:
    plan = script.sessions
    frame = bool(plan.begin) + plan.ends * bool(plan.end)
    turns = sum(story.share * story.turns for story in script.visits)
    if not turns:
        return frame
    return frame + plan.turns * sum(story.share * story.events for story in script.visits) / turns
