"""JSON as applications write it that take it less strictly than the standard.

Python's own loggers write NaN and lone surrogates, Windows a mark at the start of a file.
"""

import json
from typing import Any

_LONGEST_INTEGER = 4000  # digits; `int` refuses more than 4,300


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


# One for all lines: `json.loads` would build one a line.
_DECODE = json.JSONDecoder(parse_constant=lambda _: None, parse_int=_integer).decode


def loads(line: bytes) -> Any:  # noqa: ANN401  JSON
    """Read one value; NaN and infinities are null. Raises ValueError, RecursionError."""
    return _DECODE(line.decode("utf-8-sig", "replace"))
