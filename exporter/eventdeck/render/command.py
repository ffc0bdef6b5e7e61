"""`eventdeck render`: write what follows from the catalogue, or say what is stale."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from eventdeck.catalogue.load import CatalogueError, load
from eventdeck.local import CATALOGUE, deck
from eventdeck.render import rules, runbook, thresholds
from eventdeck.render.files import Generated, render
from eventdeck.render.outputs import OUTPUTS


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the flags of `eventdeck render`."""
    add, limits = parser.add_argument, thresholds.FILE
    add(
        "--catalogue", metavar="FILE", help=f"catalogue to read (local/{CATALOGUE}, or {CATALOGUE})"
    )
    add("--thresholds", metavar="FILE", help=f"when alerts fire (local/{limits}, or {limits})")
    add("--root", metavar="DIR", help="root of the tree to write into (local, or the repository)")
    add("--check", action="store_true", help="write nothing; name stale files and exit with 1")
    add("--force", action="store_true", help="overwrite generated files that were edited by hand")


def run(args: Namespace) -> int:
    """Render or check; the exit code is 0 only if every file is now as it should be.

    The user's own catalogue and tree in `local` count, or else ours, where neither is named.
    """
    root = Path(args.root or ".") if args.root or args.catalogue else deck(Path())
    args.catalogue = args.catalogue or (CATALOGUE if args.root else str(root / CATALOGUE))
    if not root.is_dir():
        return _refuse(f"{root}: is no folder; --root names that of the repository")
    try:
        limits = args.thresholds or str(_own(root, thresholds.FILE))
        outputs = {**OUTPUTS, **rules.load(limits, _own(root, runbook.FILE)).outputs()}
        catalogue = load(args.catalogue)
        behind = render(catalogue, root, check=args.check, force=args.force, outputs=outputs)
    except CatalogueError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{error.filename}: cannot be read or written: {error.strerror}")
    return _tell_stale(behind, root) if args.check else _tell_written(behind, args, root)


def _own(root: Path, name: str) -> Path:
    """A file of the tree where it has one, or else ours."""
    own = root / name
    return own if own.is_file() else Path(name)


def _tell_stale(behind: list[Generated], root: Path) -> int:
    for file in behind:
        print(root / file.name)  # noqa: T201  the answer of the command
    if edited := ", ".join(file.name for file in behind if file.state == "edited"):
        _refuse(f"edited by hand: {edited}; make that change in the catalogue")
    return _refuse("not what the catalogue says: run `make render`") if behind else 0


def _tell_written(behind: list[Generated], args: Namespace, root: Path) -> int:
    left = [file for file in behind if file.state == "edited" and not args.force]
    for file in behind:
        if file not in left:
            print(f"wrote {root / file.name}")  # noqa: T201  the answer of the command
    for file in left:
        _refuse(
            f"{root / file.name}: was edited by hand and is left as it is; make that change in "
            f"{args.catalogue}, then overwrite the file with `eventdeck render --force`"
        )
    return 1 if left else 0


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201  what went wrong, for the operator
    return 1
