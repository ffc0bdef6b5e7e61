"""Whose turn it is: stories by their share, but none of their events forgotten."""

from bisect import bisect
from collections.abc import Container
from itertools import accumulate
from random import Random

from eventdeck.sample.story import Story

_TRIES = 4


class Rota:
    """Chooses the next story. What waited too long comes first: no panel stays empty."""

    def __init__(
        self,
        stories: tuple[Story, ...],
        rng: Random,
        now: float,
        patience: float,
        elsewhere: tuple[Story, ...] = (),
    ) -> None:
        """Choose among `stories`; the events of those `elsewhere` need not be waited for."""
        self._stories = stories
        self._rng = rng
        self._shares = list(accumulate(story.share for story in stories))
        told = {step.event for story in elsewhere for step in story.steps}
        self._teller: dict[str, Story] = {}
        for story in stories:
            for step in story.steps:
                if step.event not in told:
                    self._teller.setdefault(step.event, story)
        # Event -> when a story with it began last, the longest ago first. The starting point is
        # spread, or all would be overdue at once.
        waits = sorted((rng.uniform(0, patience), event) for event in self._teller)
        self._began = {event: now - wait for wait, event in reversed(waits)}

    def choose(self, now: float, patience: float, busy: Container[str]) -> Story | None:
        """Return the next story; None where all that came up are `alone` and under way."""
        if not self._stories:
            return None
        story = self._overdue(now - patience) or self._by_share()
        for _ in range(_TRIES):
            if not story.alone or story.alone not in busy:
                self._mark(story, now)
                return story
            story = self._by_share()
        return None

    def _overdue(self, limit: float) -> Story | None:
        event, began = next(iter(self._began.items()), ("", limit))
        return self._teller[event] if began < limit else None

    def _by_share(self) -> Story:
        return self._stories[bisect(self._shares, self._rng.random() * self._shares[-1])]

    def _mark(self, story: Story, now: float) -> None:
        for step in story.steps:
            if self._began.pop(step.event, None) is not None:
                self._began[step.event] = now
