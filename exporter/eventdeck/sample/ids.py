"""The ids in use, so that events speak of things that exist."""

from random import Random

_STOCK = 12  # of each kind, there before the first line
_KEPT = 300


def kind(name: str) -> str:
    """What an id points at: `new_user_id` and `admin_user_id` are both ids of a user."""
    return "_".join(name.split("_")[-2:])


class Ids:
    """The ids of one kind. New ones count upwards, as a database does."""

    def __init__(self) -> None:
        self._known = list(range(1, _STOCK + 1))
        self._last = _STOCK

    def any(self, rng: Random) -> int:
        """Return one that is in use."""
        return self._known[int(rng.random() * len(self._known))]

    def new(self) -> int:
        """Return one that was never given before."""
        self._last += 1
        self._known.append(self._last)
        if len(self._known) > _KEPT:
            del self._known[0]
        return self._last

    def end(self, number: object) -> None:
        """Take one out of use, unless too few would be left."""
        if len(self._known) > _STOCK // 2 and number in self._known:
            self._known.remove(number)
