"""Names of the catalogue as headings."""

ROOM = 13  # letters


def title(name: str) -> str:
    """A name of the catalogue as a heading."""
    return name.replace("_", " ").capitalize()


def short(name: str) -> str:
    """So many of its words as a tile has room for on a small screen."""
    words = name.split()
    while len(words) > 1 and len(" ".join(words)) > ROOM:
        words.pop()
    return " ".join(words).rstrip(",")
