"""The last minutes of the page, by an injected clock."""

from eventdeck.history import STEP, STEPS, History


class Clock:
    """A clock that is moved by hand."""

    now = 1000.0

    def __call__(self) -> float:
        """Read it."""
        return self.now


def test_each_step_holds_what_was_counted_in_it() -> None:
    """Oldest first; the last one is not over yet."""
    clock, counts = Clock(), [10, 0]
    history = History(lambda: list(counts), clock)
    counts[0] += 3
    clock.now += STEP
    history.tick()
    counts[1] += 2
    assert history.of_each() == [[3, 0], [0, 2]]


def test_five_minutes_are_kept() -> None:
    """And one step that is not over."""
    clock, counts = Clock(), [0]
    history = History(lambda: list(counts), clock)
    for _ in range(100):
        counts[0] += 1
        clock.now += STEP
        history.tick()
    assert history.of_each() == [[1] * STEPS + [0]]
    assert History.per_minute(history.of_each()[0]) == 60 / STEP


def test_what_was_replayed_at_start_did_not_happen_now() -> None:
    """`begin` forgets it."""
    clock, counts = Clock(), [0]
    history = History(lambda: list(counts), clock)
    counts[0] = 500_000
    history.begin()
    assert history.of_each() == [[0]]


def test_a_pause_of_the_machine_is_no_endless_catching_up() -> None:
    """After a night in a laptop bag the next tick is one step, not thousands."""
    clock, counts = Clock(), [0]
    history = History(lambda: list(counts), clock)
    clock.now += 8 * 3600
    counts[0] = 4
    history.tick()
    assert history.of_each() == [[4, 0]]
