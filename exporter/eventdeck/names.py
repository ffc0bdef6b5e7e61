"""Which names the catalogue does not document, and how often they came."""


class Names:
    """Undocumented names and how often they came: those of a log, not those of an attack.

    Holds at most 200. When it is full, names seen once make room, or else the rarer half does; so
    a name that keeps coming stays, and a count is a lower bound once names have been dropped.
    """

    LIMIT = 200
    LONGEST = 120  # characters

    def __init__(self) -> None:
        """Start empty."""
        self.counts: dict[str, int] = {}
        self.dropped = 0

    def add(self, counts: dict[str, int]) -> None:
        """Count names."""
        for name, times in counts.items():
            short = name[: self.LONGEST]
            if short not in self.counts and len(self.counts) >= self.LIMIT:
                self._make_room()
            self.counts[short] = self.counts.get(short, 0) + times

    def top(self, most: int = 50) -> list[tuple[str, int]]:
        """The most frequent names first."""
        return sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))[:most]

    def _make_room(self) -> None:
        kept = {name: times for name, times in self.counts.items() if times > 1}
        if len(kept) == len(self.counts):
            kept = dict(self.top(self.LIMIT // 2))
        self.dropped += len(self.counts) - len(kept)
        self.counts = kept
