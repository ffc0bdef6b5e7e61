"""`make soak`: kill -9 again and again, or with `--minutes` memory under a steady load.

python -m tests.exporter.soak [--kills 200] [--seed N] [--rotate rename|copytruncate]
python -m tests.exporter.soak --minutes 60 [--rate 2000]
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.exporter.soak import kill, memory


def main(argv: list[str] | None = None) -> int:
    """Run one soak or several; 0 when every claim held."""
    parser = _parser()
    args = parser.parse_args(argv)
    if 0 < args.minutes <= memory.WARM:
        parser.error(f"the first {memory.WARM} minutes only warm up: give --minutes 8 or more")
    with tempfile.TemporaryDirectory(prefix="eventdeck-soak-") as folder:
        if args.minutes:
            wrong = _say(memory.soak(Path(folder), minutes=args.minutes, rate=args.rate or 2000))
        else:
            wrong = _kill(args, Path(folder))
    return 1 if wrong else 0


def _kill(args: argparse.Namespace, folder: Path) -> bool:
    seed = args.seed or int(time.time())
    sys.stdout.write(f"seed {seed}\n")
    sys.stdout.flush()
    modes = [args.rotate] if args.rotate else ["rename", "copytruncate"]
    each = -(-args.kills // len(modes))
    results = [
        kill.soak(folder / mode, kills=each, seed=seed, rotate=mode, rate=args.rate or 5000)
        for mode in modes
    ]
    wrong = [_say(result) for result in results]
    return any(wrong)


def _say(result: kill.Result | memory.Result) -> bool:
    sys.stdout.write(f"{result}\n")
    return bool(result.wrong)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    add = parser.add_argument
    add("--kills", type=int, default=200, help="in all")
    add("--seed", type=int, default=0, help="of the moments; printed, and drawn when not given")
    add("--rotate", choices=("rename", "copytruncate"), help="only one kind of rotation")
    add("--minutes", type=int, default=0, help="measure memory instead, for so long (8 or more)")
    add("--rate", type=float, default=0, help="lines a second (default: 5000; 2000 for memory)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
