"""The lines behind some rows, for the few rows whose time or request is asked for."""

from eventdeck.decode import Batch, Row
from eventdeck.head import Head, HeadReader


class Look:
    """The lines behind some batches of rows, for the few rows whose time or request matters."""

    def __init__(self, batches: list[Batch], reader: HeadReader) -> None:
        """Take batches in the order of their lines; none is empty."""
        self._batches = batches
        self._read = reader.read
        self._last: dict[type, tuple[Batch, int]] = {}
        self._unseen = list(batches)
        begin = self._read(batches[0].line(0)).at
        self.begin = 0.0 if begin is None else begin  # Unix seconds; 0: nobody knows

    @property
    def end(self) -> float | None:
        """The time of the last line."""
        return self._read(self._batches[-1].line(len(self._batches[-1]) - 1)).at

    def last(self, kind: type[Row]) -> Head:
        """Head of the last row of a type. Most types are found in the last batch."""
        while kind not in self._last:
            batch = self._unseen.pop()
            for found, place in dict(zip(map(type, batch), range(len(batch)), strict=True)).items():
                self._last.setdefault(found, (batch, place))
        batch, place = self._last[kind]
        return self._read(batch.line(place))

    def of(self, row: Row) -> Head:
        """Head of any row."""
        batch = next(batch for batch in self._batches if row in batch)
        return self._read(batch.line(batch.index(row)))
