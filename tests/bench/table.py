"""What was measured: rows of costs, quantities with their targets, and how both are printed."""

import operator
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

_COMPARE = {"at least": operator.ge, "at most": operator.le}


class Row(Struct, frozen=True):
    """One way to read the log; every figure is the median of the repetitions."""

    name: str
    per_cpu_second: float  # millions of events per CPU-second of the reading itself
    share: float  # of the bare limit, as it was right before and after
    whole: float  # the same, of the whole process with its start
    wall: float  # seconds, the whole process
    memory: float | None  # peak, MB
    counted: int  # events, exact


class Quantity(Struct, frozen=True):
    """One figure, and what it should be."""

    name: str
    value: float | None  # None: it could not be measured here
    unit: str = ""
    bound: Literal["at least", "at most", ""] = ""
    target: float = 0.0
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the target was reached; None without target or value."""
        if self.value is None or not self.bound:
            return None
        return bool(_COMPARE[self.bound](self.value, self.target))

    @property
    def verdict(self) -> str:
        """`reached`, or `missed by 12 %`; nothing where there is no target."""
        if self.reached is None or self.value is None:
            return ""
        return "reached" if self.reached else f"missed by {abs(self.value / self.target - 1):.0%}"


class Growth(Struct, frozen=True):
    """The exporter with so many files or events."""

    name: str
    start: float  # seconds from the start of the process to the first answer, nothing to read
    memory: float  # peak, MB
    scrape: float  # milliseconds, median
    per_cpu_second: float  # millions of events
    idle: float  # percent of a core


class Report(Struct, frozen=True):
    """Everything that one run measured."""

    lines: int
    repetitions: int
    machine: str
    rows: list[Row]
    quantities: list[Quantity]
    growth: list[Growth]


def text(report: Report) -> str:
    """Write the report as Markdown tables, which people can read as they are."""
    head = (
        f"{report.lines:,} lines, medians of {report.repetitions} turns (starts and catching up: "
        f"at most 3), one core; {report.machine}.\n"
        "Millions of events per CPU-second (user and system): of the reading itself, and of the "
        "whole process with its start.\n"
    )
    return "\n".join([head, _rows(report.rows), _quantities(report), _growth(report.growth)])


def _rows(rows: list[Row]) -> str:
    names = ["reading", "M/CPU-s", "of the limit", "M/CPU-s, whole", "wall s", "peak MB", "counted"]
    return _table(
        names,
        (
            [
                row.name,
                f"{row.per_cpu_second:.2f}",
                f"{row.share:.2f}",
                f"{row.whole:.2f}",
                f"{row.wall:.2f}",
                "" if row.memory is None else f"{row.memory:.1f}",
                f"{row.counted:,}",
            ]
            for row in rows
        ),
    )


def _quantities(report: Report) -> str:
    return _table(
        ["quantity", "measured", "target", "", "note"],
        (
            [
                quantity.name,
                "not measured" if quantity.value is None else _figure(quantity),
                f"{quantity.bound} {quantity.target:g}" if quantity.bound else "",
                quantity.verdict,
                quantity.note,
            ]
            for quantity in report.quantities
        ),
    )


def _figure(quantity: Quantity) -> str:
    return f"{quantity.value:.3g} {quantity.unit}".rstrip()


def _growth(growth: list[Growth]) -> str:
    names = ["growth", "start s", "peak MB", "scrape ms", "M/CPU-s", "idle %"]
    return _table(
        names,
        (
            [
                one.name,
                f"{one.start:.2f}",
                f"{one.memory:.1f}",
                f"{one.scrape:.2f}",
                f"{one.per_cpu_second:.2f}",
                f"{one.idle:.2f}",
            ]
            for one in growth
        ),
    )


def _table(names: list[str], rows: Iterable[list[str]]) -> str:
    table = [names, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in table]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join([*lines, ""])
