"""Secrets as files: made once, never changed, never shown."""

import os
import secrets
from pathlib import Path

PASSWORD = "grafana-admin-password"  # noqa: S105  the name of its file
SALT = "redaction-salt"
_CHARACTERS = 24


def prepare(folder: Path) -> list[Path]:
    """Make the secrets that are missing; return their files. Raises `OSError`.

    The folder lets nobody else in, so that the files may be read by the containers' users, whose
    numbers are not ours.
    """
    if not folder.is_dir():
        folder.mkdir(parents=True, mode=0o700)
    return [path for path in (folder / PASSWORD, folder / SALT) if _make(path)]


def password(folder: Path) -> str | None:
    """Return Grafana's password as it was made; None where it cannot be read."""
    try:
        return (folder / PASSWORD).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _make(path: Path) -> bool:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    except FileExistsError:
        return False
    with os.fdopen(file, "w") as stream:
        os.fchmod(file, 0o444)  # whatever the umask says
        stream.write(secrets.token_hex(_CHARACTERS // 2))
    return True
