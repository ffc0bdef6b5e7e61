"""Everything that is counted, as plain values to compare."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from eventdeck.catalogue.load import load
from eventdeck.checkpoint import decode, encode
from eventdeck.count import Tally
from eventdeck.decode import Decoder
from eventdeck.event_tally import EventTally
from eventdeck.expose import Exposition
from eventdeck.state import gather
from eventdeck.tail.happened import Happened

CATALOGUE = load(Path(__file__).with_name("catalogue.yaml"))
# After this a chunk is read line by line: the decoder sees that a line of it is none.
SPOILER = b"{\n"

Figures = dict[str, Any]


def of_chunks(chunks: Iterable[bytes], *, fold_each: bool = False) -> Figures:
    """Read chunks of whole lines with a decoder of their own."""
    decoder, tally = Decoder(CATALOGUE), Tally(CATALOGUE)
    for chunk in chunks:
        tally.add(decoder.rows(chunk))
        if fold_each:
            tally.fold()
    tally.fold()
    return figures(decoder, tally)


def line_by_line(data: bytes) -> Figures:
    """Read each line of a chunk as one that was in bad company, with a decoder of its own."""
    tally, rejected, blank = Tally(CATALOGUE), dict.fromkeys(Decoder(CATALOGUE).rejected, 0), 0
    for line in data.split(b"\n")[: -1 if data.endswith(b"\n") else None]:
        decoder = Decoder(CATALOGUE)
        tally.add(decoder.rows(line + b"\n" + SPOILER))
        tally.fold()
        decoder.rejected["not_json"] -= 1  # the spoiler's
        rejected = {reason: n + decoder.rejected[reason] for reason, n in rejected.items()}
        blank += decoder.blank
    decoder = Decoder(CATALOGUE)
    decoder.rejected, decoder.blank = rejected, blank
    return figures(decoder, tally)


def figures(decoder: Decoder, tally: Tally) -> Figures:
    """All that is exposed of lines, but for times and exemplars."""
    return {
        "events": {name: _event(event) for name, event in tally.events.items()},
        "unknown": tally.unknown.total.value,
        "names": dict(sorted(tally.names.counts.items())),
        "gauges": dict(tally.gauges),
        "rejected": dict(decoder.rejected),
        "blank": decoder.blank,
    }


def survives(data: bytes) -> bool:
    """Whether what these lines made can be saved, loaded, and exposed in both formats."""
    decoder, tally = Decoder(CATALOGUE), Tally(CATALOGUE)
    tally.add(decoder.rows(data))
    tally.fold()
    state = gather(tally, decoder, Happened(), [])
    texts = [Exposition(tally, openmetrics=form).render([]) for form in (True, False)]
    return encode(decode(encode(state))) == encode(state) and all(texts)


def _event(tally: EventTally) -> Figures:
    return {
        "total": tally.total.value,
        "labelled": {key: count.value for key, count in tally.labelled.items() if count.value},
        "problems": dict(tally.problems),
        "histograms": {
            prop.name: (histogram.buckets, histogram.count, histogram.sum.hex())
            for prop, histogram in tally.histograms
        },
    }
