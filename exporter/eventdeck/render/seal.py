"""The head line of a generated file, and the seal in it that a change by hand breaks."""

import re
from hashlib import sha256

BLANK = "0" * 16
_SEAL = re.compile(r"\bseal ([0-9a-f]{16})\b")


def head(source: str) -> str:
    """Text for the first comment of a generated file; `seal` fills in the hash later."""
    return f"Generated from {source} by `make render`: edit that file, not this one. seal {BLANK}"


def seal(text: str) -> str:
    """Put the hash of the text into its head line."""
    if not _SEAL.search(text):
        message = "a generated file needs a head line"
        raise ValueError(message)
    return _with_seal(text, _hash(_with_seal(text, BLANK)))


def is_intact(text: str) -> bool:
    """Say whether the text is as it was generated, by whatever version of Eventdeck."""
    found = _SEAL.search(text)
    return found is not None and found[1] == _hash(_with_seal(text, BLANK))


def _with_seal(text: str, value: str) -> str:
    return _SEAL.sub(f"seal {value}", text, count=1)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[: len(BLANK)]
