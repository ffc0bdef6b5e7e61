"""Lines of JSON become rows: one small record per event, with what will be counted and no more.

How it is fast. A chunk of many lines goes through msgspec in one call. Every documented event has
a record type of its own, told apart by the event's name (msgspec's tagged union), so the name is
looked up without making a string, and only the properties that feed a label or a histogram are
built. An undocumented name would fail a whole chunk, so frequent ones get a record type too.

How it is exact. msgspec reads a stream of values, not lines: two objects on a line, or one across
two lines, would pass. So every newline is replaced by a separator that no log can contain: an
integer drawn at random. Inside an object it is an error, or it goes missing from the result; either
way the values are not `row, separator, row, separator …`, and the chunk is read again line by line.
A line that msgspec refuses goes through `json`, which forgives what Python's own loggers write
(NaN, lone surrogates); what that refuses too is counted by reason and skipped.
"""

import os
import re
from collections.abc import Callable
from io import BytesIO
from operator import attrgetter
from typing import Any, ClassVar, Literal, Union

import msgspec
from msgspec import UNSET, Struct

from eventdeck import forgiving
from eventdeck.catalogue.model import TEST, Catalogue, Event, LineFormat

# Reasons for which a line is not counted: a closed set, so that each is a series at 0.
REASONS = {
    "not_json": "the line is not JSON",
    "not_object": "the line is JSON, but not an object",
    "no_event": "the object carries no event name",
    "too_long": "the line is longer than 256 KiB",
}
_LEARNED_NAMES = 64  # undocumented names that get a record type; a hostile log has millions
_LONGEST_LEARNED = 100  # characters
_REACH, _NEAR = 32, 8  # lines tried at once in a broken chunk: at first, and at least
_REFUSED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
defstruct: Any = msgspec.defstruct  # its stub does not know what `bases` makes of the result
# How msgspec says where: `… (byte 512)`, or `… - at `$[12].name`` for the value of that number.
_BYTE = re.compile(r"\(byte (\d+)\)$")
_VALUE = re.compile(r"at `\$\[(\d+)\]")
_CUT = "Input data was truncated"
_NO_BRACE = re.compile(rb"[^}]")
_RESOURCE_ACTION = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


class Shape(Struct, frozen=True):
    """What a record type stands for, and where its values are."""

    name: str  # the event; "" where each record says it itself (`Stranger`)
    event: Event | None  # None: not documented
    attributes: dict[str, str]  # counted property -> attribute of the record


class Row(Struct, gc=False, eq=False):
    """One event. Its counted properties are `v0`, `v1` …."""

    shape: ClassVar[Shape]


class Stranger(Row, gc=False, eq=False):
    """An event whose name is neither documented nor frequent enough for a type of its own."""

    shape = Shape("", None, {})
    name: str = ""


class Batch(list[Row]):
    """Rows in the order of their lines, which can be had again one by one."""

    def __init__(self, rows: list[Row], source: bytes | list[bytes]) -> None:
        """Take rows, and the lines that they were made of: one each, joined or apart."""
        super().__init__(rows)
        self._source = source

    def line(self, place: int) -> bytes:
        """Return the line of the row at that place."""
        if isinstance(self._source, bytes):
            self._source = _lines(self._source)
        return self._source[place]


class Reader:
    """Reads lines whose event name stands in the given field, and in none that goes before it."""

    def __init__(self, shapes: list[Shape], form: LineFormat, field: int, separator: int) -> None:
        """Build one record type per shape, told apart by `form.event[field]`."""
        self._earlier = form.event[:field]
        self.types = {shape.name: self._record(shape, form, field) for shape in shapes}
        union: Any = Union[tuple(self.types.values())]  # noqa: UP007  made at run time
        self.line: Callable[[bytes], Any] = msgspec.json.Decoder(union).decode
        # A literal, not `int`: any other number in the place of an object is refused.
        decoder = msgspec.json.Decoder(Union[union, Literal[separator]])  # noqa: UP007
        self.lines: Callable[[bytes], list[Any]] = decoder.decode_lines

    def only_its_own(self, rows: list[Row]) -> bool:
        """Whether no row carries a name in an earlier field, which would be the one that counts."""
        return all(
            list(map(attrgetter(f"e{i}"), rows)).count(UNSET) == len(rows)
            for i in range(len(self._earlier))
        )

    def _record(self, shape: Shape, form: LineFormat, field: int) -> type[Row]:
        names = {attribute: prop for prop, attribute in shape.attributes.items()}
        guards = {f"e{i}": name for i, name in enumerate(self._earlier)}
        record: type[Row] = defstruct(
            "Record",
            [(name, Any, None) for name in names] + [(name, Any, UNSET) for name in guards],
            bases=(Row,),
            namespace={"shape": shape},
            rename={**names, **guards},
            tag_field=form.event[field],
            tag=shape.name,
            gc=False,
            eq=False,
        )
        return record


class Decoder:
    """Makes rows of bytes for one catalogue, and counts what cannot become a row."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Build a record type for every documented event."""
        self.rejected = dict.fromkeys(REASONS, 0)
        self.blank = 0
        self._form = catalogue.line
        self._shapes = {event.name: _shape(event) for event in catalogue.events}
        self._shapes[TEST] = Shape(TEST, None, {})
        self._learned = 0
        self._separator = int.from_bytes(os.urandom(7)) | 1 << 58
        self._between = b"\n%d\n" % self._separator
        self._refused: int | None = None  # place of the line that msgspec refused last
        self._broken = False  # whether the last chunk held one
        self._readers = self._build()  # the one that this log's lines need goes first

    def rows(self, data: bytes) -> Batch:
        """Return the rows of whole lines, in order; only a file's last line may lack a newline."""
        if not self._broken and (whole := self._chunk(data)) is not None:
            return Batch(whole, data)
        lines = _lines(data)
        rows: list[Row] = []
        kept: list[bytes] = []
        start = 0
        self._broken = False
        for place in _odd(lines):
            self._together(lines[start:place], rows, kept)
            self._alone(lines[place], rows, kept)
            start = place + 1
        self._together(lines[start:], rows, kept)
        return Batch(rows, kept)

    def _together(self, lines: list[bytes], rows: list[Row], kept: list[bytes]) -> None:
        """Read lines at full speed as far as can be: around those that are refused."""
        waiting, reach = [lines], _REACH
        tail = self._between[1:]  # the lines have their newlines
        while waiting:
            part = waiting.pop()
            if len(part) > reach:
                waiting += [part[reach:], part[:reach]]
            elif len(part) == 1:
                self._alone(part[0], rows, kept)
            elif (found := self._values(tail.join([*part, b""]), len(part))) is not None:
                rows += found
                kept += part
                reach *= 2
            else:
                self._broken = True
                unknown, last = len(part) // 2, len(part) - 1
                place = unknown if self._refused is None else min(self._refused, last)
                waiting += [part[place + 1 :], part[place : place + 1], part[:place]]
                reach = max(_NEAR, 2 * place)  # the next one may be as near

    def _alone(self, line: bytes, rows: list[Row], kept: list[bytes]) -> None:
        if (row := self._line(line)) is None:
            self._broken = True
            return
        rows.append(row)
        kept.append(line)

    def _chunk(self, data: bytes) -> list[Row] | None:
        """Rows of a chunk in which every line is an event, at full speed; None of any other."""
        separated = data.replace(b"\n", self._between)
        lines = (len(separated) - len(data)) // (len(self._between) - 1)
        return self._values(separated, lines)

    def _values(self, separated: bytes, lines: int) -> list[Row] | None:
        """Rows of lines each of which is followed by the separator."""
        reader = self._readers[0]
        try:
            values = reader.lines(separated)
        except _REFUSED as error:
            self._refused = _refused(separated, lines, str(error))
            return None
        self._refused = None
        # Every separator stands where one must, so none stands where a row must (a blank line).
        if len(values) != 2 * lines or values[1::2].count(self._separator) != lines:
            return None
        rows = values[::2]
        return rows if reader.only_its_own(rows) else None

    def _line(self, line: bytes) -> Row | None:
        for place, reader in enumerate(self._readers):
            try:
                row: Row = reader.line(line)
            except msgspec.ValidationError:
                continue
            except _REFUSED:  # not JSON: no reader will take it
                break
            if reader.only_its_own([row]):
                if place:  # this log writes its names elsewhere: begin there from now on
                    self._readers.insert(0, self._readers.pop(place))
                return row
        return self._salvage(line)

    def _salvage(self, line: bytes) -> Row | None:
        """Read a line that msgspec refused: an unknown name, or a form that only `json` takes."""
        if not line.strip():
            self.blank += 1
            return None
        try:
            fields = forgiving.loads(line)
        except (ValueError, RecursionError):
            return self._reject("not_json")
        if not isinstance(fields, dict):
            return self._reject("not_object")
        name = self._name(fields)
        return self._row(name, fields) if name else self._reject("no_event")

    def _reject(self, reason: str) -> Row | None:
        self.rejected[reason] += 1
        return None

    def _name(self, fields: dict[str, Any]) -> str | None:
        """The event's name: in the first field as it is, in others only as `resource.action`."""
        first, *others = self._form.event
        name = fields.get(first)
        if isinstance(name, str) and name:
            return name
        for field in others:
            name = fields.get(field)
            if isinstance(name, str) and _RESOURCE_ACTION.fullmatch(name):
                return name
        return None

    def _row(self, name: str, fields: dict[str, Any]) -> Row:
        self._learn(name)
        kind = self._readers[0].types.get(name)
        if kind is None:
            return Stranger(name.encode("utf-8", "replace").decode())  # no lone surrogates
        row = kind()
        for prop, attribute in kind.shape.attributes.items():
            setattr(row, attribute, fields.get(prop))
        return row

    def _learn(self, name: str) -> None:
        """Give a frequent undocumented name a record type, so that chunks with it stay fast."""
        if name in self._shapes or self._learned == _LEARNED_NAMES or len(name) > _LONGEST_LEARNED:
            return
        if _RESOURCE_ACTION.fullmatch(name):  # other readers must not take free text for a name
            self._learned += 1
            self._shapes[name] = Shape(name, None, {})
            self._readers = self._build()

    def _build(self) -> list[Reader]:
        shapes = list(self._shapes.values())
        fields = range(len(self._form.event))
        return [Reader(shapes, self._form, field, self._separator) for field in fields]


def _shape(event: Event) -> Shape:
    counted = (*event.labels, *event.histograms)
    return Shape(event.name, event, {prop.name: f"v{i}" for i, prop in enumerate(counted)})


def _refused(separated: bytes, lines: int, error: str) -> int | None:
    """Place of the line that an error of msgspec names; None where it names none."""
    if found := _BYTE.search(error):
        return separated.count(b"\n", 0, int(found[1])) // 2  # separators: two newlines each
    if found := _VALUE.search(error):
        return int(found[1]) // 2
    return lines - 1 if error == _CUT else None


def _odd(lines: list[bytes]) -> list[int]:
    """Places of lines that do not look like objects, so that they do not spoil the others.

    It only saves time: what it takes wrongly for an object or for none is read all the same.
    """
    try:
        ends = bytes([line[-2] for line in lines])  # a blank line has no such byte
    except IndexError:
        ends = b"".join(line[-2:-1] or b"\n" for line in lines)
    return [found.start() for found in _NO_BRACE.finditer(ends)]


def _lines(data: bytes) -> list[bytes]:
    """Cut at newlines, which stay. Not `split`, which looks at every byte in a loop of its own."""
    return BytesIO(data).readlines()
