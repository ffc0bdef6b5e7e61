"""Catching up: lines that are counted long after they were written are no burst."""

import itertools

from eventdeck.catch_up import CatchUp

DAY = 86400.0


def test_lines_as_they_are_written_are_none() -> None:
    """Nobody catches up, however long the pauses between the lines are, and in whatever zone."""
    catch_up = CatchUp(lambda: 1e9)
    for hour in range(24):
        catch_up.note(hour * 3600.0, hour * 3600.0 + 10, finished=True)
    assert catch_up.at == 0


def test_an_old_log_is_caught_up_with() -> None:
    """Also where each fold holds only seconds of it."""
    clock = itertools.count(1000.0)
    catch_up = CatchUp(lambda: next(clock))
    for second in range(400):
        catch_up.note(DAY + second, DAY + second + 1, finished=False)
    assert catch_up.at >= 1000
    last = catch_up.at
    catch_up.note(2 * DAY, 2 * DAY, finished=True)
    assert catch_up.at > last
    last = catch_up.at
    catch_up.note(2 * DAY + 1, 2 * DAY + 2, finished=True)
    assert catch_up.at == last


def test_lines_without_a_time_say_nothing() -> None:
    """Nobody knows when they were written."""
    catch_up = CatchUp(lambda: 1e9)
    catch_up.note(None, None, finished=False)
    catch_up.note(None, 5.0, finished=True)
    assert catch_up.at == 0
