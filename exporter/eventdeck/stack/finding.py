"""What a look before the start found, and what mends it."""

from msgspec import Struct


class Finding(Struct, frozen=True):
    """One thing: what and where, and the command or the line that mends it."""

    sentence: str
    remedy: str
    fatal: bool = True  # else the stack starts all the same

    def __str__(self) -> str:
        return f"{self.sentence}\n    -> {self.remedy}"
