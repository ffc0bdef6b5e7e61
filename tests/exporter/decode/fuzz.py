"""`make fuzz`: mutated lines through the decoder, for as many seconds as are given.

python -m tests.exporter.decode.fuzz [SECONDS] [--seed N]

Each chunk has a seed of its own, so what is wrong is named by a number: `--seed N 0` tries it.
"""

import argparse
import random
import sys
import time

from eventdeck.decode import Decoder

from tests.exporter.decode import figures, lines
from tests.exporter.decode.oracle import outcome


def complaint(data: bytes) -> str:
    """What is wrong with how a chunk is read; nothing where all is well."""
    try:
        whole, apart = figures.of_chunks([data]), figures.line_by_line(data)
        if whole != apart:
            return f"the chunk gives {whole}, its lines {apart}"
        for line in data.split(b"\n"):
            if (sentence := disagreement(line)) is not None:
                return sentence
        return "" if figures.survives(data) else "its counts are not saved as they are"
    except Exception as error:  # noqa: BLE001  that is what is looked for
        return f"{type(error).__name__}: {error}"


def disagreement(line: bytes) -> str | None:
    """Compare what becomes of a line alone with what `json` says; None where they agree."""
    expected = outcome(line)
    found = found_outcome(line)
    if expected in (None, found):
        return None
    return f"{line[:300]!r} is {found}, by json {expected}"


def found_outcome(line: bytes) -> tuple[str, str]:
    """What becomes of a line with a decoder of its own, in the words of the oracle."""
    decoder = Decoder(figures.CATALOGUE)
    rows = decoder.rows(line + b"\n" + figures.SPOILER)
    decoder.rejected["not_json"] -= 1
    if rows:
        return "event", rows[0].shape.name or getattr(rows[0], "name", "")
    if decoder.blank:
        return "blank", ""
    return "rejected", next(reason for reason, n in decoder.rejected.items() if n)


def main(argv: list[str] | None = None) -> int:
    """Try chunk after chunk; 1 as soon as one is read wrongly."""
    parser = argparse.ArgumentParser(prog="make fuzz", description="Fuzz the decoder.")
    parser.add_argument("seconds", type=float, nargs="?", default=60)
    parser.add_argument("--seed", type=int, default=1, help="of the first chunk")
    args = parser.parse_args(argv)
    until, seed = time.monotonic() + args.seconds, args.seed
    while True:
        data = lines.mutated(random.Random(seed))  # noqa: S311
        if wrong := complaint(data):
            sys.stdout.write(f"seed {seed}: {wrong}\n{data!r}\n")
            return 1
        if time.monotonic() >= until:
            break
        seed += 1
    sys.stdout.write(f"{seed - args.seed + 1} chunks, seeds {args.seed} to {seed}: all agree\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
