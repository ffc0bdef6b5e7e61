"""Names and passwords: who is let in, and what that costs."""

from base64 import b64encode

import bcrypt
import pytest
from eventdeck.web.users import Users


class Check:
    """bcrypt, and the hashes it was asked about."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    def __call__(self, password: bytes, hashed: bytes) -> bool:
        """Check as bcrypt does."""
        self.asked.append(hashed)
        return bcrypt.checkpw(password, hashed)


def basic(name: str, password: str) -> str:
    """What a client sends."""
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def users(check: Check, **passwords: str) -> Users:
    """Users with these passwords."""
    return Users(
        {
            name: bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode()
            for name, password in passwords.items()
        },
        check,
    )


def test_bcrypt_is_asked_once_for_who_comes_again() -> None:
    """A scrape every 15 s does not cost 100 ms each."""
    check = Check()
    known = users(check, ann="right")
    assert all(known.admits(basic("ann", "right")) for _ in range(5))
    assert len(check.asked) == 1


def test_a_wrong_password_is_asked_about_each_time_and_never_remembered() -> None:
    """Not even after the right one, or for another user."""
    check = Check()
    known = users(check, ann="right", bob="other")
    assert known.admits(basic("ann", "right"))
    for _ in range(2):
        assert not known.admits(basic("ann", "wrong"))
        assert not known.admits(basic("bob", "right"))
    assert len(check.asked) == 5


def test_an_unknown_name_costs_as_much_as_a_wrong_password() -> None:
    """By the time that it takes, nobody learns which names there are."""
    check = Check()
    known = users(check, ann="right")
    assert not known.admits(basic("nobody", "right"))
    assert [hashed[:7] for hashed in check.asked] == [b"$2b$04$"]


def test_a_long_password_counts_as_far_as_bcrypt_looks() -> None:
    """72 bytes, as for the same file elsewhere; no trace from the library."""
    known = users(Check(), ann="é" * 40)
    assert known.admits(basic("ann", "é" * 40))
    assert not known.admits(basic("ann", "é" * 35))


@pytest.mark.parametrize("prefix", ["$2a$", "$2b$", "$2y$"])
def test_hashes_of_every_tool_are_taken(prefix: str) -> None:
    """Tools differ: htpasswd writes $2y$."""
    hashed = prefix + bcrypt.hashpw(b"right", bcrypt.gensalt(4)).decode()[4:]
    assert Users({"ann": hashed}).admits(basic("ann", "right"))


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic %%%", "Bearer abc", "Basic YW5u", basic("ann", "a\0b"), "Basic é"],
)
def test_what_is_no_credential_is_refused(header: str) -> None:
    """No header, no base64, no colon, another scheme, a zero byte."""
    assert not users(Check(), ann="right").admits(header)
