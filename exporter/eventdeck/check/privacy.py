"""What looks like a person's, and what of a log may be shown to whoever runs a check."""

import re
from collections.abc import Iterable
from ipaddress import ip_address

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ADDRESS = re.compile(r"(?<![\w.:])[\da-fA-F:.]*[:.][\da-fA-F:.]*(?!\w)")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*")
_LONGEST_NAME = 60  # characters


def looks_private(text: str) -> str:
    """`an e-mail address`, `an IP address`, or nothing."""
    if "@" in text and _EMAIL.search(text):
        return "an e-mail address"
    if ("." in text or ":" in text) and any(map(_is_address, _ADDRESS.findall(text))):
        return "an IP address"
    return ""


def may_be_private(texts: Iterable[str]) -> bool:
    """Whether any of many texts is worth a look: cheap, and never wrong about a no."""
    joined = "\n".join(texts)
    return "@" in joined or "." in joined or ":" in joined


def shown_value(value: str) -> str:
    """A label value: as it is when it is a word such as a list may hold, else its length only."""
    return value if _WORD.fullmatch(value) else f"(text of {len(value)} characters)"


def shown_name(name: str) -> str:
    """A name of an event or a property, unless it could be anything."""
    fits = len(name) <= _LONGEST_NAME and _NAME.fullmatch(name)
    return name if fits else f"(name of {len(name)} characters)"


def _is_address(text: str) -> bool:
    text = text.rstrip(".") if text.endswith("::") else text.rstrip(".:")
    try:
        return not ip_address(text).is_unspecified
    except ValueError:
        return False
