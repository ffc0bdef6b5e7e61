"""What the commands of the stack tell the person who called them."""

import sys


def say(text: str) -> None:
    """Write a line at once, so that a waiting person sees what is being done."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
