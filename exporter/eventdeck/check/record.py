"""Lines become records that hold every field of the line, at the exporter's speed.

As in `eventdeck.decode`, a chunk goes through msgspec in one call, with a record type per event and
random separators between the lines. Here a record type holds all fields of its event, in the order
in which the log writes them, and refuses a line that has any other. Such a line is read by itself,
its fields are learned, and the next chunk like it is read at full speed again. So the types grow
with what the log holds, and nothing in it goes unseen.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, Union, cast

import msgspec
from msgspec import UNSET, Struct

from eventdeck.catalogue.model import TEST, Catalogue

_REFUSED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_RESOURCE_ACTION = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_MOST_STRANGERS = 64  # undocumented events whose fields are looked at
_MOST_FIELDS = 200  # of one event; a hostile log has millions
_LONGEST = 100  # characters of a name that is learned
_PIECE = 8192  # bytes read at once in a chunk that holds a line unlike those before


class Record(Struct, gc=False, eq=False):
    """One line. Its times are `t0`, `t1` …; `fields` says where the others are."""

    name: ClassVar[str]  # of the event
    fields: ClassVar[dict[str, str]]  # field of the line -> attribute


class Block(Struct):
    """Records of consecutive lines, the numbers of these lines, and that of the next one."""

    records: list[Any]
    numbers: Sequence[int]
    following: int


Slow = tuple[str, dict[str, Any]]  # a line read by itself: its event and all its fields


class Reader:
    """Reads the lines of one catalogue's application."""

    def __init__(
        self,
        catalogue: Catalogue,
        rejected: Callable[[str, int], None],
        stranger: Callable[[str, int], None],
    ) -> None:
        """Report `(reason, line)` of lines that are no event, `(event, line)` of strangers.

        Strangers are events that are not documented and beyond those that are learned.
        """
        self.blank = 0
        self._form = catalogue.line
        self._documented = catalogue.by_name
        self._times = {time.field: f"t{i}" for i, time in enumerate(catalogue.line.time)}
        self._rejected, self._stranger = rejected, stranger
        self._known: dict[str, dict[str, None]] = {}  # event -> fields, in the log's order
        self._named = Counter({0: 0})  # place in `form.event` -> lines that were named there
        self._place = 0
        self._changed = False
        self._types: dict[str, type[Record]] = {}
        self._separator = int.from_bytes(os.urandom(7)) | 1 << 58
        self._between = b"\n%d\n" % self._separator
        self._lines: Callable[[bytes], list[Any]] | None = None
        self._line: Callable[[bytes], Any] | None = None

    def read(self, data: bytes, first: int) -> Block:
        """Read whole lines, of which the first has the given number."""
        if (records := self._fast(data)) is not None:
            following = first + len(records)
            return Block(records, range(first, following), following)
        found: list[tuple[int, Record | Slow]] = []
        for piece in _pieces(data):
            records = self._fast(piece)
            if records is None:
                lines = _split(piece)
                found += self._slow(lines, first)
                first += len(lines)
            else:
                found += enumerate(records, first)
                first += len(records)
        self._rebuild()
        records = [self._record(*one) if isinstance(one, tuple) else one for _, one in found]
        return Block(records, [number for number, _ in found], first)

    def _fast(self, data: bytes) -> list[Any] | None:
        """Records of a chunk that holds nothing new; None of any other."""
        if self._lines is None:
            return None
        separated = data.replace(b"\n", self._between)
        try:
            values = self._lines(separated)
        except _REFUSED:
            return None
        lines = (len(separated) - len(data)) // (len(self._between) - 1)
        if len(values) != 2 * lines or values[1::2].count(self._separator) != lines:
            return None
        self._named[self._place] += lines
        return values[::2]

    def _slow(self, lines: list[bytes], first: int) -> list[tuple[int, Record | Slow]]:
        found: list[tuple[int, Record | Slow]] = []
        for number, line in enumerate(lines, first):
            one = self._alone(line) or self._loaded(line, number)
            if one is not None:
                found.append((number, one))
        return found

    def _alone(self, line: bytes) -> Record | None:
        try:
            record: Record | None = self._line(line) if self._line else None
        except _REFUSED:
            return None
        return record

    def _loaded(self, line: bytes, number: int) -> Slow | None:
        """Read a line as `json` does, which forgives more, and learn what is new about it."""
        if not line.strip():
            self.blank += 1
            return None
        try:
            text = line.decode("utf-8-sig", "replace")
            fields = json.loads(text, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            return self._rejected("not_json", number)
        if not isinstance(fields, dict):
            return self._rejected("not_object", number)
        name = self._name(fields)
        if name is None:
            return self._rejected("no_event", number)
        if not self._learn(name, fields):
            return self._stranger(name, number)
        return name, fields

    def _name(self, fields: dict[str, Any]) -> str | None:
        for place, field in enumerate(self._form.event):
            name = fields.get(field)
            if isinstance(name, str) and name and (not place or _RESOURCE_ACTION.fullmatch(name)):
                self._named[place] += 1
                return name
        return None

    def _learn(self, name: str, fields: dict[str, Any]) -> bool:
        """Take note of an event's fields; False where the event is not to have a type."""
        if name not in self._known:
            strangers = sum(known not in self._documented for known in self._known)
            if name not in self._documented and (
                strangers == _MOST_STRANGERS
                or name == TEST
                or len(name) > _LONGEST
                or not _RESOURCE_ACTION.fullmatch(name)
            ):
                return False
            self._known[name], self._changed = {}, True
        known = self._known[name]
        for field in fields:
            if field not in known and len(known) < _MOST_FIELDS and len(field) <= _LONGEST:
                known[field], self._changed = None, True
        return True

    def _rebuild(self) -> None:
        """Make the record types anew if there is news; once a chunk, for it takes milliseconds."""
        (place, _), *_ = self._named.most_common(1)
        if not self._known or not (self._changed or place != self._place):
            return
        self._place, self._changed = place, False
        self._types = {name: self._type(name, [*fields]) for name, fields in self._known.items()}
        union: Any = Union[tuple(self._types.values())]  # noqa: UP007  made at run time
        self._line = msgspec.json.Decoder(union).decode
        decoder = msgspec.json.Decoder(Union[union, Literal[self._separator]])  # noqa: UP007
        self._lines = decoder.decode_lines

    def _type(self, name: str, known: list[str]) -> type[Record]:
        names = self._form.event[: self._place + 1]  # an earlier one would be the name instead
        others = [field for field in known if field not in names and field not in self._times]
        fields = {field: f"f{i}" for i, field in enumerate(others)}
        attributes = {attribute: field for field, attribute in (self._times | fields).items()}
        kind: Any = msgspec.defstruct(
            "Record",
            [(attribute, Any, UNSET) for attribute in attributes],
            bases=(Record,),
            namespace={"name": name, "fields": fields},
            rename=attributes,
            tag_field=names[-1],
            tag=name,
            forbid_unknown_fields=True,
            gc=False,
            eq=False,
        )
        return cast(type[Record], kind)

    def _record(self, name: str, fields: dict[str, Any]) -> Record:
        kind = self._types[name]
        attributes = self._times | kind.fields
        values = {attributes[field]: v for field, v in fields.items() if field in attributes}
        return kind(**values)


def _pieces(data: bytes) -> list[bytes]:
    pieces, start = [], 0
    while start < len(data):
        end = data.rfind(b"\n", start, start + _PIECE) + 1 or data.find(b"\n", start) + 1
        end = end or len(data)
        pieces.append(data[start:end])
        start = end
    return pieces


def _split(piece: bytes) -> list[bytes]:
    lines = piece.split(b"\n")
    return lines if lines[-1] else lines[:-1]
