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
    parser.add_argument(
        "--catalogue", metavar="FILE", help=f"catalogue to read (local/{CATALOGUE}, or {CATALOGUE})"
    )
    parser.add_argument(
        "--thresholds",
        metavar="FILE",
        help=f"when alerts fire (local/{thresholds.FILE}, or {thresholds.FILE})",
    )
    parser.add_argument(
        "--root", metavar="DIR", help="root of the tree to write into (local, or the repository)"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; name stale files and exit with 1"
    )
    parser.add_argument(
        "--force", action="store_true", help="overwrite generated files that were edited by hand"
    )


def run(args: Namespace) -> int:
    """Render or check; the exit code is 0 only if every file is now as it should be."""
    args.catalogue, root = _place(args)
    try:
        if not root.is_dir():
            return _refuse(f"{root}: is no folder; --root names that of the repository")
        outputs = {**OUTPUTS, **_rules(args, root).outputs()}
        behind = render(
            load(args.catalogue), root, check=args.check, force=args.force, outputs=outputs
        )
    except CatalogueError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{error.filename}: cannot be read or written: {error.strerror}")
    return _tell_stale(behind, root) if args.check else _tell_written(behind, args, root)


def _place(args: Namespace) -> tuple[str, Path]:
    """Catalogue and root: the user's own in `local`, or else ours, where neither is named."""
    if args.catalogue or args.root:
        return args.catalogue or CATALOGUE, Path(args.root or ".")
    root = deck(Path())
    return str(root / CATALOGUE), root


def _rules(args: Namespace, root: Path) -> rules.Rules:
    """Thresholds and runbook: the user's own where he has them, or else ours."""
    limits, text = (
        found if (found := root / name).is_file() else Path(name)
        for name in (thresholds.FILE, runbook.FILE)
    )
    return rules.load(args.thresholds or str(limits), text)


def _tell_stale(behind: list[Generated], root: Path) -> int:
    for file in behind:
        print(root / file.name)  # noqa: T201  the answer of the command
    if any(file.state == "edited" for file in behind):
        names = ", ".join(file.name for file in behind if file.state == "edited")
        _refuse(f"edited by hand: {names}; make that change in the catalogue")
    return _refuse("not what the catalogue says: run `make render`") if behind else 0


def _tell_written(behind: list[Generated], args: Namespace, root: Path) -> int:
    left = [file.name for file in behind if file.state == "edited" and not args.force]
    for file in behind:
        if file.name not in left:
            print(f"wrote {root / file.name}")  # noqa: T201  the answer of the command
    for name in left:
        _refuse(
            f"{root / name}: was edited by hand and is left as it is; make that change in "
            f"{args.catalogue}, then overwrite the file with `eventdeck render --force`"
        )
    return 1 if left else 0


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201  what went wrong, for the operator
    return 1
