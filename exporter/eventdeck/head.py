"""What a line says besides its event: when it happened, and in which request.

Only a few lines of thousands are asked: the first and the last of each event. So rows do not carry
it, and it is read from the line when it is wanted.
"""

from typing import Any, NamedTuple

import msgspec

from eventdeck import forgiving
from eventdeck.catalogue.model import LineFormat
from eventdeck.instant import Clock


class Head(NamedTuple):
    """Time in Unix seconds and request id, as far as the line has them."""

    at: float | None
    request: object


class HeadReader:
    """Reads the head of one line."""

    def __init__(self, form: LineFormat) -> None:
        """Take the fields from the catalogue."""
        self._clock = Clock(form)
        self._fields = (*(time.field for time in form.time), form.request_id)
        record = msgspec.defstruct(
            "Head",
            [(f"f{i}", Any, None) for i in range(len(self._fields))],
            rename={f"f{i}": field for i, field in enumerate(self._fields)},
            gc=False,
            array_like=False,
        )
        self._decode = msgspec.json.Decoder(record).decode

    def read(self, line: bytes) -> Head:
        """Read a line that has been counted; it is an object, but perhaps not strict JSON."""
        try:
            *times, request = msgspec.structs.astuple(self._decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            try:
                fields = forgiving.loads(line)
            except (ValueError, RecursionError):
                return Head(None, None)
            *times, request = (fields.get(field) for field in self._fields)
        return Head(self._clock.seconds(tuple(times)), request)
