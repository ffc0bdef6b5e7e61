"""What `eventdeck check` finds in a log: how often, with a few places to look at."""

from collections.abc import Callable, Iterable
from itertools import islice

from msgspec import Struct, field
from msgspec.structs import astuple

# Every kind of finding, in the order in which they are told, with what it means for a reader.
KINDS = {
    "rejected": "lines that are not counted",
    "unknown_event": "events that the catalogue does not document",
    "never_seen": "documented events that never occur",
    "missing_property": "documented properties that lines lack",
    "undocumented_property": "properties that the catalogue does not document",
    "wrong_type": "values of another type than documented",
    "outside_list": "label values outside of their list",
    "private_value": "private values where none belong",
    "no_time": "lines without a time",
    "unreadable_time": "times that cannot be read",
    "out_of_order": "lines more than a second older than a line before them",
    "wrong_zone": "times that cannot be right",
}
_EXAMPLES = 3
_DETAILS = 10


class Place(Struct, frozen=True):
    """A line of a log."""

    log: str
    line: int


class Topic(Struct, frozen=True):
    """What a finding is about."""

    kind: str
    event: str = ""  # where it is about one event
    property: str = ""  # where it is about one property
    reason: str = ""  # why lines are not counted, as in eventdeck_lines_total


class Finding(Struct):
    """One thing that is not as the catalogue says; it begins with the fields of its topic."""

    kind: str
    event: str
    property: str
    reason: str
    count: int = 0  # lines
    details: dict[str, int] = field(default_factory=dict)  # what was found -> lines
    examples: list[Place] = field(default_factory=list)


class Findings:
    """All findings; `log` is the one being read."""

    def __init__(self) -> None:
        """Begin with none."""
        self.log = ""
        self._found: dict[Topic, Finding] = {}

    def add(
        self, topic: Topic, details: dict[str, int], lines: Callable[[], Iterable[int]]
    ) -> None:
        """Count what was found; `lines` is only called while examples are wanted."""
        finding = self._found.setdefault(topic, Finding(*astuple(topic)))
        finding.count += sum(details.values())
        for detail, times in details.items():
            if detail in finding.details or len(finding.details) < _DETAILS:
                finding.details[detail] = finding.details.get(detail, 0) + times
        wanted = _EXAMPLES - len(finding.examples)
        if wanted:
            finding.examples += [Place(self.log, line) for line in islice(lines(), wanted)]

    def all(self) -> list[Finding]:
        """Every finding, by kind, the most frequent first."""
        order = list(KINDS)
        return sorted(
            self._found.values(),
            key=lambda f: (order.index(f.kind), -f.count, f.event, f.property, f.reason),
        )
