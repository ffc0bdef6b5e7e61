"""An alert: when it fires, what it tells the person it wakes, and how that is proven."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from eventdeck.render.runbook import DASHBOARD as RUNBOOK
from eventdeck.render.thresholds import duration

Json = dict[str, Any]
Severity = Literal["critical", "warning", "info"]
# Prometheus puts in Grafana's address, which it has from its environment, as an external label.
GRAFANA = '{{ $externalLabels.grafana | reReplaceAll "/+$" "" }}'
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}")


class Trial(Struct, frozen=True, kw_only=True):
    """Series, a sample a minute, that make an alert fire; and what it then says."""

    series: Mapping[str, str]  # series -> values, in promtool's notation
    begins: int  # minute in which the condition holds for the first time
    labels: Mapping[str, str] = {}
    fills: tuple[str, ...] = ()  # what stands in the place of each {{ … }} of the description


class Alert(Struct, frozen=True, kw_only=True):
    """One alert."""

    name: str
    severity: Severity
    expr: str
    minutes: float = 0  # that the condition must hold
    keeps: float = 0  # minutes that it fires on; as long as what it inhibits looks back
    summary: str  # one constant sentence: what is wrong
    description: str  # the same with figures, for a telephone
    dashboard: str  # uid
    trial: Trial

    def rule(self, panel: int) -> Json:
        """The rule for Prometheus; `panel` is that of the runbook."""
        return {
            "alert": self.name,
            "expr": self.expr,
            **({"for": duration(self.minutes)} if self.minutes else {}),
            **({"keep_firing_for": duration(self.keeps)} if self.keeps else {}),
            "labels": {"severity": self.severity},
            "annotations": self._annotations(GRAFANA, self.description, panel),
        }

    def fires(self, grafana: str, panel: int) -> Json:
        """What promtool is to see when it fires."""
        fills = iter(self.trial.fills)
        said = _PLACEHOLDER.sub(lambda _: next(fills), self.description)
        return {
            "exp_labels": {"severity": self.severity, **self.trial.labels},
            "exp_annotations": self._annotations(grafana, said, panel),
        }

    def _annotations(self, grafana: str, description: str, panel: int) -> Json:
        return {
            "summary": self.summary,
            "description": description,
            "runbook_url": f"{grafana}/d/{RUNBOOK}?viewPanel={panel}",
            "dashboard_url": f"{grafana}/d/{self.dashboard}",
        }


def record(name: str, expr: str) -> Json:
    """A recording rule; its name has the form level:metric:operations."""
    return {"record": name, "expr": expr}
