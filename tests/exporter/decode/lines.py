"""Lines as nobody should write them: strategies for hypothesis, and mutations for the fuzzer."""

import json
import random

from hypothesis import strategies as st

NAMES = ["door.opened", "door.closed", "door.locked", "lamp.lit", "lamp.broken", "Hello.World", ""]
KEYS = ["event", "message", "timestamp", "asctime", "request_id", "colour", "locked", "power"]
KEYS += ["duration_seconds", "ev\\u0065nt", "e", "name", "événement"]

WORDS = """
"door\\u002eopened" "\\u0064oor.closed" "lamp.l\\u0069t" "\\ud800" "door.\\udfff.x"
null true false 0 1 1.0 0.0 -0.0 -1 0.1 1e-7 1e18 1e19 1e308 1e999 -1e999 5e-324
NaN Infinity -Infinity 01 1. .5 +1 0x1 nul True [] [1] {} [[]] [null,true]
"red" "1" "0" "true" "RED" "" "\\u0000" "\\n" "é" "a\\"b" [1,{"event":"lamp.lit"}]
"""
# As they stand in the line. Some are no JSON at all.
VALUES = [
    *map(json.dumps, NAMES),
    *WORDS.split(),
    '"2026-01-02T03:04:05Z"',
    '"2026-01-02 03:04:05,678"',
    '"0000-00-00T00:00:00Z"',
    '"9999-12-31T23:59:59-23:59"',
    '"\t"',
    '"' + "x" * 300 + '"',
    "9" * 25,
    "1" * 5000,
    "[" * 300 + "]" * 300,
    "[" * 2000,
    '{"a":' * 1500 + "1" + "}" * 1500,
]
ODD_BYTES = (b"\n", b"\r\n", b"}{", b'"', b"\\", b"\x00", b"\xc3", b",")
SPACES = ["", "", "", "", " ", "\t", "\r", " \r", "\x0c", "\u00a0", "\x00", "\ufeff"]

_names = st.sampled_from(NAMES).map(json.dumps)
_fields = st.tuples(st.sampled_from(KEYS), st.sampled_from(VALUES))


@st.composite
def objects(draw: st.DrawFn) -> bytes:
    """An object, mostly with the name of an event."""
    fields = draw(st.lists(_fields, max_size=5))
    if draw(st.integers(0, 5)):
        fields.insert(draw(st.integers(0, len(fields))), ("event", draw(_names)))
    body = ",".join(f'"{key}":{value}' for key, value in fields)
    space = draw(st.sampled_from(SPACES))
    return f"{space}{{{body}}}{draw(st.sampled_from(SPACES))}".encode()


@st.composite
def halves(draw: st.DrawFn) -> bytes:
    """Part of an object, or one with a newline in it: the first half of what is cut."""
    line = draw(objects())
    cut = draw(st.integers(0, len(line)))
    return line[:cut] + draw(st.sampled_from([b"", b"\n"])) + line[cut + draw(st.integers(0, 1)) :]


lines = st.one_of(
    objects(),
    objects(),
    objects(),
    halves(),
    st.tuples(objects(), objects()).map(b"".join),
    st.sampled_from([b"", b" ", b"\r", b"[]", b"1", b'"door.opened"', b"null", b"\xff", b"\x00"]),
    st.binary(max_size=20),
    st.integers(0, 2**60).map(lambda number: b"%d" % number),
)
chunks = st.lists(lines, min_size=1, max_size=12).map(lambda found: b"\n".join(found) + b"\n")


def mutated(chance: random.Random, count: int = 30) -> bytes:
    """A chunk of good lines, most of which then met with an accident."""
    whole = bytearray(b"".join(_line(chance) for _ in range(chance.randint(1, count))))
    for _ in range(chance.choice((0, 0, 1, 1, 2, 5, 20))):
        _mutate(whole, chance)
    return bytes(whole) if whole.endswith(b"\n") else bytes(whole) + b"\n"


def _line(chance: random.Random) -> bytes:
    fields = [(chance.choice(KEYS), chance.choice(VALUES)) for _ in range(chance.randint(0, 3))]
    odd = chance.random() < 0.1
    fields = fields if odd else [(chance.choice(KEYS[5:]), chance.choice(VALUES[:20]))]
    fields.insert(chance.randint(0, len(fields)), ("event", json.dumps(chance.choice(NAMES))))
    return ("{" + ",".join(f'"{key}":{value}' for key, value in fields) + "}\n").encode()


def _mutate(data: bytearray, chance: random.Random) -> None:
    """Remove, repeat, insert or change some bytes."""
    at = chance.randrange(len(data) + 1)
    end = at + chance.choice((1, 1, 2, 5, 40))
    match chance.randrange(5):
        case 0:
            del data[at:end]
        case 1:
            data[at:at] = data[at:end]
        case 2:
            data[at:at] = chance.randbytes(1)
        case 3:
            data[at:at] = chance.choice(ODD_BYTES)
        case _:
            data[at : at + 1] = chance.choice(VALUES).encode()
