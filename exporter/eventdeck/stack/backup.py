"""`eventdeck backup`: all that the stack keeps, in one file."""

import errno
import re
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from eventdeck import __version__
from eventdeck.stack import archive_writer, destroy, engine, images, local, settings
from eventdeck.stack.archive import (
    ENV,
    FORMAT,
    LOCAL,
    SECRETS,
    VOLUMES,
    Archive,
    Manifest,
    Unusable,
)
from eventdeck.stack.archive_writer import ArchiveWriter, BusyError
from eventdeck.stack.place import Misplaced, find
from eventdeck.stack.project import Project, current
from eventdeck.stack.quiet import NotQuietError, healthy, interruptible, quiet
from eventdeck.stack.say import say
from eventdeck.stack.settings import Settings
from eventdeck.stack.volume import CopyError, Volume, copy_out, volumes

_KEEP = 7
_MIB = 2**20
_STAMP = "%Y%m%dT%H%M%SZ"


class BackupError(Exception):
    """Why there is no backup: one sentence."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of `eventdeck backup`."""
    add = parser.add_argument
    add("--out", metavar="DIR", default="", help="folder of the backups (default: backups)")
    add(
        "--keep",
        type=_number,
        default=_KEEP,
        metavar="N",
        help="keep so many, and remove those that are older (default: %(default)s)",
    )
    parser.epilog = (
        "The services are stopped for the seconds of the copy and started again; what the "
        "application logs meanwhile is read afterwards. The file holds passwords: keep it safe."
    )


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text}: write how many to keep, 1 or more")
    return int(text)


def run(args: Namespace) -> int:
    """Write a backup and remove old ones; 1 when there is no new one."""
    folder = Path(args.out)
    try:
        place = find()
        folder = folder if args.out else place.root / "backups"
        project = current(settings.load(place)[0])
        with archive_writer.alone(place.root), interruptible():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return _back_up(project, folder, args.keep)
    except (Misplaced, BackupError, BusyError, NotQuietError, CopyError, Unusable) as error:
        say(f"eventdeck backup: {error}\nThere is no new backup.")
    except OSError as error:
        say(f"eventdeck backup: {_sentence(error, folder)}\nThere is no new backup.")
    except KeyboardInterrupt:
        say("There is no new backup.")
        return 130
    return 1


def _sentence(error: OSError, folder: Path) -> str:
    where = error.filename or folder
    if error.errno == errno.ENOSPC:
        return f"{where}: the disk is full; make room, or name a folder on another with --out"
    return f"{where}: {error.strerror or error}"


def _back_up(project: Project, folder: Path, keep: int) -> int:
    if not destroy.volumes(project.name):
        answer = engine.silence(engine.ask)
        raise BackupError(f"there is nothing of {project.name} to back up. {answer}")
    stamp = time.strftime(_STAMP, time.gmtime())
    path = folder / f"{project.name}-{stamp}.tar"
    names = _write(project, path, stamp)
    _read_back(path)
    shown = project.settings.place.shown(path.resolve())
    say(f"Wrote {shown} ({path.stat().st_size / _MIB:.1f} MiB). It holds passwords.")
    _prune(project, folder, keep)
    if not healthy(project, names):
        say("Not every service is healthy again: `make status` shows which, `make logs` why.")
        return 1
    return 0


def _read_back(path: Path) -> None:
    """What cannot be restored from is no backup. Raises Unusable."""
    try:
        Archive(path).close()
    except Unusable:
        path.unlink()
        raise


def _write(project: Project, path: Path, stamp: str) -> list[str]:
    """Write the archive while all is quiet; return the services that were running."""
    wanted, before = volumes(project), project.containers()
    if any(volume.service not in before for volume in wanted):
        _make_containers(project, wanted)
    try:
        with archive_writer.growing(path) as file:
            writer = ArchiveWriter(file)
            _add_settings(writer, project.settings)
            with quiet(project) as names:
                say(f"copying {', '.join(volume.name for volume in wanted)} …")
                _add_volumes(writer, project, wanted)
            writer.finish(_manifest(project, stamp))
    finally:
        if not before:
            project.run("down")  # as it was
    return names


def _make_containers(project: Project, wanted: list[Volume]) -> None:
    """Make the containers that the copy goes through; they are not started."""
    lacking = images.missing(project)
    if lacking:
        raise BackupError(f"no image of {', '.join(lacking)} is here; `make up` fetches it")
    services = sorted({volume.service for volume in wanted})
    made = project.run("create", "--no-recreate", "--no-build", *services)
    if not made.ok:
        raise BackupError(f"no containers can be made for the copy: {made.complaint}")


def _add_settings(writer: ArchiveWriter, chosen: Settings) -> None:
    env = chosen.place.env
    writer.add(ENV, env.read_bytes() if env.exists() else b"")
    if chosen.secrets.is_dir():
        for path in sorted(chosen.secrets.iterdir()):
            if path.is_file():
                writer.add(f"{SECRETS}{path.name}", path.read_bytes())
    if local.holds_files(chosen.place.local):
        with writer.member(LOCAL) as member:
            local.pack(chosen.place.local, member)


def _add_volumes(writer: ArchiveWriter, project: Project, wanted: list[Volume]) -> None:
    found = project.containers()
    for volume in wanted:
        with writer.member(f"{VOLUMES}{volume.name}.tar") as member:
            copy_out(found[volume.service].id, volume, member)


def _manifest(project: Project, stamp: str) -> Manifest:
    return Manifest(
        format=FORMAT,
        eventdeck=__version__,
        made=stamp,
        project=project.name,
        sample=project.sample,
        images=project.settings.named_images,
    )


def _prune(project: Project, folder: Path, keep: int) -> None:
    """Remove all but the newest; only what has such a name."""
    name = re.compile(rf"{re.escape(project.name)}-\d{{8}}T\d{{6}}Z\.tar")
    found = sorted(path for path in folder.iterdir() if name.fullmatch(path.name))
    for path in found[:-keep]:
        path.unlink()
        say(f"removed {project.settings.place.shown(path.resolve())}, which is older")
