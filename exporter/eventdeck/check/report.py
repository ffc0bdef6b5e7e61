"""A summary as a table for people."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from eventdeck.check.finding import KINDS, Finding
from eventdeck.check.survey import Summary

_WIDEST = 64  # characters of what was found; more goes on in the next line


def text(summary: Summary) -> str:
    """Write the whole report."""
    lines = [*_head(summary), ""]
    widths = _widths(summary.findings)
    for kind, findings in groupby(summary.findings, attrgetter("kind")):
        lines.append(f"{KINDS[kind]}:")
        for finding in findings:
            lines += _rows(finding, widths, several=len(summary.logs) > 1)
        lines.append("")
    lines.append(_verdict(summary))
    return "\n".join(lines) + "\n"


def _head(summary: Summary) -> Iterator[str]:
    seen = sum(count > 0 for count in summary.events.values())
    yield (
        f"{', '.join(summary.logs)}: {_lines(summary.counted)} of documented events, "
        f"{summary.unknown:,} of others, {summary.rejected:,} not counted"
    )
    yield (
        f"{seen} of the {len(summary.events)} events of {summary.application} occur "
        f"({summary.catalogue})"
    )


def _widths(findings: list[Finding]) -> tuple[int, int]:
    counts = [f"{finding.count:,}" for finding in findings if finding.count]
    return (
        max(map(len, counts), default=1),
        max((len(_where(finding)) for finding in findings), default=1),
    )


def _rows(finding: Finding, widths: tuple[int, int], *, several: bool) -> Iterator[str]:
    what = _what(finding)
    first, *more = _wrapped(what)
    count = f"{finding.count:,}" if finding.count else "-"
    places = _places(finding, several=several)
    row = f"  {count:>{widths[0]}}  {_where(finding):{widths[1]}}  {first}"
    yield f"{row}{'  ' if first else ''}{places}".rstrip()
    indent = " " * (widths[0] + widths[1] + 6)
    yield from (indent + line for line in more)


def _where(finding: Finding) -> str:
    return finding.reason or ".".join(part for part in (finding.event, finding.property) if part)


def _what(finding: Finding) -> str:
    details = sorted(finding.details.items(), key=lambda item: (-item[1], item[0]))
    if len(details) == 1:
        return details[0][0]
    return ", ".join(f"{detail} ({count:,})" for detail, count in details)


def _places(finding: Finding, *, several: bool) -> str:
    if not finding.examples:
        return ""
    if several:
        return ", ".join(f"{place.log}:{place.line}" for place in finding.examples)
    numbers = ", ".join(str(place.line) for place in finding.examples)
    more = ", …" if finding.count > len(finding.examples) else ""
    return f"line{'s' * (finding.count > 1)} {numbers}{more}"


def _wrapped(words: str) -> list[str]:
    lines = [""]
    for word in words.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > _WIDEST:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def _lines(count: int) -> str:
    return f"{count:,} line{'s' * (count != 1)}"


def _verdict(summary: Summary) -> str:
    count = len(summary.findings)
    if not count:
        return "no findings: the log is as the catalogue says"
    return f"{count} finding{'s' * (count != 1)}"
