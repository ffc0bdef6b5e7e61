"""The head line of a generated file, and the seal in it that a change by hand breaks."""

import re
from hashlib import sha256

BLANK = "0" * 16
_SEAL = re.compile(r"\bseal [0-9a-f]{16}\b")


def head(source: str) -> str:
    """Text for the first comment of a generated file; `seal` fills in the hash later."""
    return f"Generated from {source} by `make render`: edit that file, not this one. seal {BLANK}"


def seal(text: str) -> str:
    """Put the hash of a text into its head line; of no text nothing is left."""
    if text and not _SEAL.search(text):
        raise ValueError("a generated file needs a head line")
    blank = _SEAL.sub(f"seal {BLANK}", text, count=1)
    value = sha256(blank.encode()).hexdigest()[: len(BLANK)]
    return _SEAL.sub(f"seal {value}", text, count=1)


def is_intact(text: str) -> bool:
    """Say whether the text is as it was generated, by whatever version of Eventdeck."""
    return _SEAL.search(text) is not None and text == seal(text)
