"""Whether the containers can read the application's log."""

import os
import shlex
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from eventdeck.stack.finding import Finding
from eventdeck.stack.settings import Settings

_UID = 10001  # of exporter and Promtail, see compose.yaml
_READ, _ENTER = 4, 1


def look(settings: Settings) -> Iterator[Finding]:
    """Find what keeps the containers from reading; a log without lines is no obstacle."""
    folder = settings.log_path
    try:
        status = folder.stat()
    except PermissionError:
        yield _unseen(folder)
        return
    except OSError as error:
        yield Finding(
            f"LOG_PATH: there is no folder {folder} ({error.strerror})",
            f"mkdir -p {shlex.quote(str(folder))}, or set the right LOG_PATH in .env",
        )
        return
    if not stat.S_ISDIR(status.st_mode):
        yield Finding(
            f"LOG_PATH: {folder} is a file, and the folder is wanted: a rotation makes new files",
            f"set LOG_PATH={folder.parent} and LOG_FILE={folder.name} in .env",
        )
        return
    found = list(_barred(settings, folder, status, _READ | _ENTER))
    try:
        found += _files(settings, folder)
    except PermissionError:
        found.append(_unseen(folder))
    # One of each kind: what mends it mends the others too.
    yield from {one.remedy: one for one in reversed(found)}.values()


def logs(settings: Settings) -> list[Path]:
    """Return the logs that are there, without rotated ones; the one written last comes last."""
    found = [path for path in settings.log_path.glob(settings.values["LOG_FILE"]) if path.is_file()]
    return sorted(found, key=lambda path: path.stat().st_mtime)


def _files(settings: Settings, folder: Path) -> Iterator[Finding]:
    found = logs(settings)
    name = settings.values["LOG_FILE"]
    for path in found:
        yield from _barred(settings, path, path.stat(), _READ)
    if not found:
        others = sorted(path.name for path in folder.iterdir() if path.is_file())
        yield Finding(
            f"LOG_PATH: no {name} in {folder} yet{_listed(others)}",
            "its events show as soon as the application writes it; if it has another name, set "
            "LOG_FILE in .env",
            fatal=False,
        )
    elif not any(path.stat().st_size for path in found):
        yield Finding(
            f"LOG_PATH: {folder / name} is empty so far",
            "its events show as soon as the application writes them",
            fatal=False,
        )


def _barred(
    settings: Settings, path: Path, status: os.stat_result, needed: int
) -> Iterator[Finding]:
    """Judge as the kernel does, by the first class that fits; on a Mac the numbers mean nothing."""
    gid = int(settings.values["LOG_GID"]) if settings.values["LOG_GID"].isdecimal() else _UID
    if not sys.platform.startswith("linux") or may(status, _UID, {_UID, gid}, needed):
        return
    mode = stat.filemode(status.st_mode)
    yield Finding(
        f"LOG_PATH: the containers cannot read {path} ({mode}, user {status.st_uid}, group "
        f"{status.st_gid}): they run as user {_UID} with group {gid}",
        _remedy(path, status, needed),
    )


def may(status: os.stat_result, uid: int, gids: set[int], needed: int) -> bool:
    """Whether a user who is not root has all the `needed` bits (4 read, 1 enter)."""
    shift = 6 if status.st_uid == uid else 3 if status.st_gid in gids else 0
    return (status.st_mode >> shift) & needed == needed


def _remedy(path: Path, status: os.stat_result, needed: int) -> str:
    if may(status, -1, {status.st_gid}, needed):
        return f"set LOG_GID={status.st_gid} in .env"
    bits = "g+rx" if needed & _ENTER else "g+r"
    return (
        f"sudo chmod {bits} {shlex.quote(str(path))}, and set LOG_GID={status.st_gid} in .env; new "
        "files need that mode as well (`create 0640` in logrotate)"
    )


def _unseen(folder: Path) -> Finding:
    return Finding(
        f"LOG_PATH: this user may not look into {folder}, so nobody knows whether containers can",
        f"sudo ls -l {shlex.quote(str(folder))} shows who may; set LOG_GID in .env to a group that "
        "may read the log",
        fatal=False,
    )


def _listed(names: list[str]) -> str:
    return f" (there are {', '.join(names[-3:])})" if names else ""
