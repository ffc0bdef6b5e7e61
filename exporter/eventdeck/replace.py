"""A file that is there whole, as it was or as it is to be, at every moment."""

import os
from pathlib import Path


def replace(path: Path, text: str) -> None:
    """Put a text in the place of a file, with its folder if there is none. Raises `OSError`."""
    path = path.resolve()  # replace what a link points to, not the link
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        new.write_text(text, encoding="utf-8", newline="\n")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
