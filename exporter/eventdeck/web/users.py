"""Who may ask: names and passwords by HTTP's basic authentication, checked against bcrypt."""

import os
import threading
from base64 import b64decode
from collections.abc import Callable

import bcrypt

from eventdeck.digest import sha256

Check = Callable[[bytes, bytes], bool]

_LONGEST = 72  # bytes of a password that bcrypt looks at, here as in every other exporter
_PREFIX = len("$2b$10$")

# A flood of wrong passwords costs one core at most, and nobody waits for it who was let in before.
_one_at_a_time = threading.Lock()


class Users:
    """The users of one web config; whoever was let in once costs no bcrypt again."""

    def __init__(self, hashes: dict[str, str], check: Check = bcrypt.checkpw) -> None:
        """Take name and bcrypt hash of each, and what checks a password against a hash."""
        self._check = check
        self._hashes = {name.encode(): text.encode() for name, text in hashes.items()}
        # What an unknown name is checked against: it takes as long as a wrong password.
        dearest = max(self._hashes.values(), key=lambda text: text[4:6])
        self._decoy = dearest[:_PREFIX] + b"." * (len(dearest) - _PREFIX)
        self._key = os.urandom(32)
        self._admitted: set[bytes] = set()  # digests, one a user

    def admits(self, authorization: str) -> bool:
        """Whether this value of the header `Authorization` is that of a user."""
        name, password = _credentials(authorization)
        if name is None:
            return False
        # The length keeps apart what would run together. Only who knows a password can make a
        # digest that is in the set, so how long looking there takes betrays nothing.
        digest = sha256(b"%b%d:%b%b" % (self._key, len(name), name, password))
        if digest in self._admitted:
            return True
        with _one_at_a_time:
            fits = self._fits(password, self._hashes.get(name, self._decoy))
        if not fits or name not in self._hashes:
            return False
        self._admitted.add(digest)
        return True

    def _fits(self, password: bytes, hashed: bytes) -> bool:
        try:
            return self._check(password, hashed)
        except ValueError:  # older versions know no zero byte
            return False


def _credentials(authorization: str) -> tuple[bytes | None, bytes]:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None, b""
    try:
        name, colon, password = b64decode(token.strip(), validate=True).partition(b":")
    except ValueError:
        return None, b""
    return (name if colon else None), password[:_LONGEST]
