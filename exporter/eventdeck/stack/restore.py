"""`eventdeck restore`: the stack as it was when a backup was made."""

import os
import shutil
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from contextlib import closing
from pathlib import Path

from eventdeck import __version__
from eventdeck.stack import (
    archive_writer,
    destroy,
    env_file,
    images,
    local,
    preflight,
    settings,
    up,
)
from eventdeck.stack.archive import ENV, FORMAT, LOCAL, VOLUMES, Archive, Unusable
from eventdeck.stack.archive_writer import BusyError
from eventdeck.stack.engine import ask
from eventdeck.stack.finding import Finding
from eventdeck.stack.place import Misplaced, Place, find
from eventdeck.stack.project import Project, current
from eventdeck.stack.quiet import interruptible
from eventdeck.stack.say import say
from eventdeck.stack.settings import Settings
from eventdeck.stack.volume import CopyError, copy_in, volumes

_GIB = 1024**3


class RefusedError(Exception):
    """Why nothing was changed: sentences."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of `eventdeck restore`."""
    add = parser.add_argument
    add("archive", metavar="ARCHIVE", help="a file that `eventdeck backup` wrote")
    add("--yes", action="store_true", help="do not ask before what is there is replaced")
    parser.epilog = (
        "Before anything is changed, the archive is read to its end and compared with its "
        "checksums. A .env that sets something, and a folder local that holds something, are kept; "
        "where there is none, that of the archive is taken."
    )


def run(args: Namespace) -> int:
    """Restore and start; 0 when all is healthy, else 1."""
    try:
        place = find()
        with archive_writer.alone(place.root), closing(Archive(Path(args.archive))) as archive:
            return _restore(place, archive, yes=args.yes)
    except (Misplaced, Unusable, RefusedError, BusyError, OSError) as error:
        say(f"eventdeck restore: {error}\nNothing was changed.")
        return 1
    except KeyboardInterrupt:
        say("\nNothing was changed.")
        return 130


def _restore(place: Place, archive: Archive, *, yes: bool) -> int:
    _refuse_other_version(archive)
    own = bool(env_file.values(place.env))
    project = _project(place, archive, own=own)
    _refuse_unfit(project, archive)
    if not _agreed(project, archive, yes=yes):
        raise RefusedError("it was not wanted")
    if not images.prepare(project):
        raise RefusedError("what is in the way stands above")
    if not _replaced(project, archive, own=own):
        say(f"{project.name} is restored in part only: mend that, then restore once more.")
        return 1
    say(f"Restored {project.name} as of {archive.manifest.made}.")
    try:
        return up.start(project)
    except KeyboardInterrupt:
        say("\nThe stack goes on starting: `make status` shows it, `make down` stops it.")
        return 130


def _refuse_other_version(archive: Archive) -> None:
    made = archive.manifest
    if (made.format, made.eventdeck) != (FORMAT, __version__):
        raise RefusedError(
            f"{archive.path}: was made by Eventdeck {made.eventdeck}, and this is {__version__}; "
            f"check out v{made.eventdeck}, restore it there, then come back and `make up`"
        )


def _project(place: Place, archive: Archive, *, own: bool) -> Project:
    """Return the project to restore into: by the .env that is here, or else by the archive's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = folder / ".env"
        env.write_bytes(place.env.read_bytes() if own else archive.content(ENV))
        chosen, found = settings.load(place, env)
        _write_secrets(archive, folder / "secrets")
        with_secrets = Settings(place, chosen.values | {"SECRETS_PATH": str(folder / "secrets")})
        found += preflight.look(with_secrets, ask)
    found += _room(archive)
    fatal = [f"  {number}. {one}" for number, one in enumerate(_fatal(found), 1)]
    if fatal:
        raise RefusedError("\n".join(["the stack could not start:", *fatal]))
    return current(chosen)


def _fatal(found: list[Finding]) -> list[Finding]:
    return [one for one in found if one.fatal]


def _room(archive: Archive) -> list[Finding]:
    """Find too little room for what is to be unpacked; an engine elsewhere is not looked at."""
    folder = ask(["docker", "info", "--format", "{{.DockerRootDir}}"]).out.strip()
    needed = sum(archive.volumes.values())
    if not os.path.isdir(folder) or shutil.disk_usage(folder).free > needed:
        return []
    return [
        Finding(
            f"the disk of {folder} has less room than the {needed / _GIB:.1f} GiB of the backup",
            "docker system df shows what Docker holds; make room",
        )
    ]


def _refuse_unfit(project: Project, archive: Archive) -> None:
    made, chosen = archive.manifest, project.settings
    if made.sample != project.sample:
        held, here = ("samples", "sets") if made.sample else ("your own log", "does not set")
        raise RefusedError(
            f"{archive.path}: is of a stack on {held}, and .env here {here} LOG_PATH; change that, "
            "or move .env away, so that the one in the archive is taken"
        )
    other = {name: tag for name, tag in made.images.items() if chosen.named_images[name] != tag}
    if other:
        name, image = next(iter(other.items()))
        raise RefusedError(
            f"{archive.path}: was made with {image}, and here {name} is "
            f"{chosen.named_images[name]}; set what differs in .env: {', '.join(other)}"
        )
    unknown = set(archive.volumes) - {volume.name for volume in volumes(project)}
    if unknown:
        raise RefusedError(f"{archive.path}: has a volume that no service has here: {unknown}")


def _agreed(project: Project, archive: Archive, *, yes: bool) -> bool:
    doomed = destroy.volumes(project.name)
    if not doomed and not project.containers():
        return True
    say(f"This replaces {project.name} and all it has kept: {', '.join(doomed) or 'no volume'},")
    say(f"by the backup of {archive.manifest.made}.")
    if yes:
        return True
    if not sys.stdin.isatty():
        say("Nobody is there to be asked; --yes says yes.")
        return False
    return input("Replace it? [y/N] ").strip().lower() in {"y", "yes"}


def _replaced(project: Project, archive: Archive, *, own: bool) -> bool:
    """Put the stack of the archive in the place of the one that is here; it does not run yet."""
    try:
        with interruptible():
            _ask(project, "down", "--volumes", "--remove-orphans")
            _put_settings(project, archive, own=own)
            _ask(project, "create", "--no-build")
            _fill(project, archive)
    except (CopyError, OSError) as error:
        say(f"eventdeck restore: {error}")
        return False
    except KeyboardInterrupt:
        say("")
        return False
    return True


def _ask(project: Project, *words: str) -> None:
    done = project.run(*words)
    if not done.ok:
        raise CopyError(done.complaint)


def _fill(project: Project, archive: Archive) -> None:
    found = project.containers()
    for volume in volumes(project):
        if volume.name in archive.volumes:
            say(f"restoring {volume.name} …")
            with archive.member(f"{VOLUMES}{volume.name}.tar") as source:
                copy_in(found[volume.service].id, volume, source)


def _put_settings(project: Project, archive: Archive, *, own: bool) -> None:
    chosen, place = project.settings, project.settings.place
    env = archive.content(ENV)
    if not own:
        place.env.write_bytes(env)
        say(f"took {place.shown(place.env)} from the archive")
    elif env != place.env.read_bytes():
        say("kept .env as it is here; the one in the archive differs (tar xOf ARCHIVE env)")
    if LOCAL in archive.members:
        _put_local(place, archive)
    _write_secrets(archive, chosen.secrets)
    up.furnish(chosen)


def _put_local(place: Place, archive: Archive) -> None:
    if local.holds_files(place.local):
        say("kept local/ as it is here; that of the archive: tar xOf ARCHIVE local.tar | tar x")
        return
    with archive.member(LOCAL) as source:
        local.unpack(source, place.local)
    say(f"took {place.shown(place.local)} from the archive")


def _write_secrets(archive: Archive, folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, mode=0o700)
    for name, content in archive.secrets.items():
        path = folder / name
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        path.chmod(0o444)  # the folder lets nobody in but its owner
