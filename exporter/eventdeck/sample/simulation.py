"""What happens when: a queue of people and things, each of which says when it goes on."""

from collections import deque
from collections.abc import Generator, Iterator
from heapq import heapify, heappop, heappush
from logging import ERROR
from math import log
from random import Random
from zoneinfo import ZoneInfo

from msgspec import Struct

from eventdeck.catalogue.model import Catalogue
from eventdeck.sample.compose import Composer, Told
from eventdeck.sample.density import density
from eventdeck.sample.failure import level, traceback
from eventdeck.sample.occurrence import Occurrence, request_id
from eventdeck.sample.pace import Live, Pace, Working
from eventdeck.sample.rota import Rota
from eventdeck.sample.story import DAY, Script, Step, Story, fit, seconds

Task = Generator[float, None, None]  # yields the moment (Unix seconds) at which it goes on

_TRACED = 0.6  # of the errors have a traceback
_SPREAD = 0.5  # sigma of the lognormal waits
_POLL = 300.0  # seconds after which a session looks again whether its stories are over
_KNOWN = 8  # people who come again before a new one comes
_EARLY = 60.0  # seconds worth of arrivals that a live start begins with


class _Visit(Struct):
    """One person's session, and the names of the `alone` stories under way in it."""

    person: int
    busy: list[str]


class _Thread(Struct):
    """A story that began, and the step at which it goes on."""

    story: Story
    told: Told
    step: int = 0


def events(  # noqa: PLR0913  each is one option of the command
    catalogue: Catalogue,
    script: Script,
    rng: Random,
    start: float,
    *,
    past: float = 0.0,
    per_day: float = 2000.0,
    rate: float | None = 2.0,
    undocumented: float = 0.02,
) -> Iterator[Occurrence]:
    """Yield events in order of time, from `start` (Unix seconds) on.

    `past` seconds of them at `per_day` (mean of a week), then without end at `rate` a second, or
    none if that is None. `undocumented` is their share of the events, below 1. The same arguments
    and the same state of `rng` yield the same events.
    """
    play = _Simulation(catalogue, fit(script, catalogue), rng, start, undocumented)
    if past > 0:
        yield from play.past(start + past, per_day)
    if rate is not None:
        yield from play.live(start + past, rate)


class _Simulation:
    def __init__(
        self, catalogue: Catalogue, script: Script, rng: Random, start: float, undocumented: float
    ) -> None:
        self._script = script
        self._rng = rng
        self._zone = ZoneInfo(catalogue.line.zone)
        self._now = start
        self._pace: Pace = Working(self._zone)
        self._composer = Composer(catalogue, script.vocabulary, rng)
        timed = tuple(story for story in script.background if story.daily)
        others = tuple(story for story in script.background if not story.daily)
        patience = self._pace.patience
        self._visits = Rota(script.visits, rng, start, patience)
        self._background = Rota(others, rng, start, patience, elsewhere=timed)
        self._strays = undocumented / (1 - undocumented) if script.undocumented else 0.0
        self._density = density(script)
        self._per_arrival = self._density.per_arrival * (1 + self._strays)
        self._away: list[int] = []  # people who were here and are not
        self._ready: deque[_Thread] = deque()  # stories whose next step waits for a session
        self._queue: list[tuple[float, int, Task]] = []
        self._pushed = 0
        self._out: list[Occurrence] = []
        for story in timed:
            self._spawn(self._daily(story))

    def past(self, until: float, per_day: float) -> Iterator[Occurrence]:
        """Yield the events before `until`."""
        arrivals = self._arrivals(per_day / DAY / self._per_arrival)
        self._spawn(arrivals)
        yield from self._run(until)
        self._queue = [entry for entry in self._queue if entry[2] is not arrivals]

    def live(self, now: float, rate: float) -> Iterator[Occurrence]:
        """Yield events without end; what is under way goes on in fast motion."""
        self._now, self._pace = now, Live()
        self._queue = [
            (self._pace.after(now, due - now) if due > now else now, number, task)
            for due, number, task in self._queue
        ]
        heapify(self._queue)
        arrivals = rate / self._per_arrival
        early = max(1, round(_EARLY * arrivals))  # a first look should not be an empty one
        for number in range(early):
            self._spawn(self._session(), now + _EARLY / 3 * number / early)
        self._spawn(self._arrivals(arrivals))
        yield from self._run(float("inf"))

    def _run(self, until: float) -> Iterator[Occurrence]:
        while self._queue and self._queue[0][0] < until:
            self._now, _, task = heappop(self._queue)
            due = next(task, None)
            if due is not None:
                self._spawn(task, due)
            if self._out:
                yield from self._out
                self._out.clear()

    def _spawn(self, task: Task, due: float | None = None) -> None:
        self._pushed += 1
        heappush(self._queue, (self._now if due is None else due, self._pushed, task))

    def _arrivals(self, per_second: float) -> Task:
        sessions, background = self._density.sessions, self._density.background
        while sessions + background:
            yield self._pace.arrival(self._now, self._rng.expovariate(per_second))
            if self._rng.random() * (sessions + background) < sessions:
                self._spawn(self._session())
                continue
            story = self._background.choose(self._now, self._pace.patience, ())
            if story:
                self._spawn(self._tell(_Thread(story, Told(None, self._now)), None))

    def _daily(self, story: Story) -> Task:
        while True:
            yield self._pace.daily(self._now, story.daily) + self._rng.uniform(0, 20)
            self._spawn(self._tell(_Thread(story, Told(None, self._now)), None))

    def _session(self) -> Task:
        plan = self._script.sessions
        visit = _Visit(self._arrive(), [])
        if plan.begin:
            self._emit(Step(event=plan.begin), Told(visit.person), request_id(self._rng))
            self._spawn(self._stray(visit.person))
        for _ in range(self._rng.randint(1, 2 * plan.turns - 1)):
            yield self._later(plan.pause)
            self._turn(visit)
        yield self._later(plan.pause)
        while visit.busy:
            yield self._pace.after(self._now, _POLL)
        if plan.end and self._rng.random() < plan.ends:
            self._emit(Step(event=plan.end), Told(visit.person), request_id(self._rng))
        self._away.append(visit.person)

    def _arrive(self) -> int:
        """Return somebody who has no session now: known, or new where all are here."""
        if len(self._away) < _KNOWN:
            return self._composer.people.new()
        spot = self._rng.randrange(len(self._away))
        self._away[spot], self._away[-1] = self._away[-1], self._away[spot]
        return self._away.pop()

    def _turn(self, visit: _Visit) -> None:
        """Carry on a story that waits for somebody, or begin one."""
        if self._ready:
            thread = self._ready.popleft()
            thread.told.person = visit.person
        else:
            story = self._visits.choose(self._now, self._pace.patience, visit.busy)
            if story is None:
                return
            thread = _Thread(story, Told(visit.person, self._now))
        self._spawn(self._tell(thread, visit))

    def _tell(self, thread: _Thread, visit: _Visit | None) -> Task:
        """Play a story up to its end, or to a step that waits for another session."""
        story, first = thread.story, thread.step
        if visit and story.alone:
            visit.busy.append(story.alone)
        request = request_id(self._rng)
        for thread.step in range(first, len(story.steps)):
            step = story.steps[thread.step]
            if thread.step > first:
                if self._rng.random() >= step.chance:
                    break
                if step.days and visit:
                    self._spawn(self._park(thread, step))
                    break
                yield self._due(step)
                request = request_id(self._rng) if step.after else request
            for count in range(self._rng.randint(*step.repeat)):
                if count:
                    yield self._later(step.every)
                    request = request_id(self._rng)
                self._emit(step, thread.told, request)
                if visit:
                    self._spawn(self._stray(visit.person))
        if visit and story.alone:
            visit.busy.remove(story.alone)

    def _due(self, step: Step) -> float:
        if not step.after:
            return self._now + self._rng.uniform(0.02, 0.4)  # of the same request
        if step.days:
            return self._pace.days(self._now, self._wait(step.after) / DAY)
        return self._later(step.after)

    def _park(self, thread: _Thread, step: Step) -> Task:
        yield self._due(step)
        self._ready.append(thread)

    def _stray(self, person: int) -> Task:
        """Perhaps play an event that the catalogue does not document, a moment later."""
        if self._rng.random() >= self._strays:
            return
        yield self._now + self._rng.uniform(0.5, 3)
        name = self._rng.choice(list(self._script.undocumented))
        step = Step(event=name, set=self._script.undocumented[name])
        self._emit(step, Told(person), request_id(self._rng))

    def _emit(self, step: Step, told: Told, request: str) -> None:
        properties = self._composer.properties(step.event, self._now, told, step.set)
        number = level(step.event)
        failed = number == ERROR and self._rng.random() < _TRACED
        trace = traceback(properties, self._rng.randint(40, 400)) if failed else ""
        self._out.append(Occurrence(self._now, number, step.event, properties, request, trace))

    def _later(self, median: str) -> float:
        return self._pace.after(self._now, self._wait(median))

    def _wait(self, median: str) -> float:
        return self._rng.lognormvariate(log(seconds(median)), _SPREAD)
