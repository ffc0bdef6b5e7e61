"""Prometheus' rules, and the tests that prove each alert: alone, on healthy data, on an old log.

A trial's alert is silent one step before its `for` has passed, and fires at that step.
"""

import math
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path, PurePath

from msgspec import Struct

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import runbook, thresholds, words
from eventdeck.render.fill import Json, each, fill, number, table
from eventdeck.render.notation import as_yaml
from eventdeck.render.outputs import Output
from eventdeck.render.seal import head
from eventdeck.render.thresholds import FILE, NAMES, Thresholds, duration

COMMON = table("alerts/common.yaml")
# Prometheus puts in Grafana's address, which it has from its environment, as an external label.
GRAFANA = '{{ $externalLabels.grafana | reReplaceAll "/+$" "" }}'
EXAMPLE = "https://grafana.example"
_LONG = 2880  # minutes: a longer test gets a file of its own, whose rules are computed less often
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}")


class Rules(Struct, frozen=True):
    """Everything that the rules are made of."""

    limits: Thresholds
    runbook: str

    def outputs(self) -> Mapping[str, Output]:
        """Each file with the function that writes it."""
        return {
            **{f"prometheus/rules/{name}.yml": partial(self._rules, name) for name in NAMES},
            **{f"prometheus/tests/{name}.yml": partial(self._tests, name) for name in NAMES},
            "prometheus/tests/healthy.yml": _healthy,
            "prometheus/tests/stalled.yml": partial(self._tests, "events", long=True),
            "grafana/dashboards/runbook.json": lambda _: runbook.render(self.runbook),
        }

    def _rules(self, name: str, catalogue: Catalogue) -> str:
        records, alerts = (self._all(catalogue, name, what) for what in ("records", "alerts"))
        made = [{"record": one["record"], "expr": one["expr"]} for one in records]
        group = {"name": f"eventdeck.{name}", "rules": [*made, *map(self._rule, alerts)]}
        return _yaml(catalogue, groups=[group])

    def _tests(self, name: str, catalogue: Catalogue, *, long: bool = False) -> str:
        alerts = self._all(catalogue, name, "alerts")
        found = [one for one in alerts if (one["trial"]["begins"] >= _LONG) == long]
        times = [time for one in found for time in (one["trial"]["begins"], round(one["minutes"]))]
        step = max(1, math.gcd(*times)) if long else 1
        return _yaml(
            catalogue,
            rule_files=[f"../rules/{name}.yml"],
            evaluation_interval=f"{step}m",
            tests=[*map(self._test, found)],
        )

    def _all(self, catalogue: Catalogue, name: str, what: str) -> Iterator[Json]:
        """The alerts or the recording rules of a file, with all words filled in."""
        grown = table("alerts/events.yaml")["grown"]
        entries = table(f"alerts/{name}.yaml").get(what, [])
        for entry, common in each(entries, words.of(catalogue)):
            alert = entry.get("of", entry.get("alert", ""))
            known = common | self.limits.words(alert)
            if "window" in known:
                for purpose in words.signals(catalogue):
                    counter = {"counter": known[f"series {purpose}"]}
                    known[f"grown {purpose}"] = fill(grown, known | counter)
            minutes = self.limits.get(alert, {}).get("for_minutes", 0)
            yield {**fill(entry, known), "minutes": minutes}

    def _rule(self, alert: Json) -> Json:
        keeps = self.limits.get(alert.get("keep_firing", ""), {}).get("window_minutes", 0)
        times = {"for": alert["minutes"], "keep_firing_for": keeps}
        return {
            "alert": alert["alert"],
            "expr": alert["expr"],
            **{name: duration(minutes) for name, minutes in times.items() if minutes},
            "labels": {"severity": alert["severity"]},
            "annotations": self._annotations(alert, alert["description"], GRAFANA),
        }

    def _test(self, alert: Json) -> Json:
        trial = alert["trial"]
        at = trial["begins"] + round(alert["minutes"])
        fills = iter(trial.get("fills", []))
        said = _PLACEHOLDER.sub(lambda _: number(next(fills)), alert["description"])
        fires = {
            "exp_labels": {"severity": alert["severity"], **trial.get("labels", {})},
            "exp_annotations": self._annotations(alert, said, EXAMPLE),
        }
        looks = [
            {"eval_time": f"{minute}m", "alertname": alert["alert"], "exp_alerts": found}
            for minute, found in ((at - 1, []), (at, [fires]))
            if minute >= 0
        ]
        return _test(alert["alert"], trial["series"], alert_rule_test=looks)

    def _annotations(self, alert: Json, said: str, grafana: str) -> Json:
        """What it tells people; the panel is 0 where the runbook has none, which the tests find."""
        panel = runbook.panels(self.runbook).get(alert["alert"], 0)
        known = alert | {"said": said, "grafana": grafana, "panel": panel}
        return {**fill(COMMON["annotations"], known)}


def load(thresholds_path: str, runbook_path: Path) -> Rules:
    """Read what the rules are made of, besides the catalogue. Raises `CatalogueError`."""
    text = runbook_path.read_text(encoding="utf-8") if runbook_path.exists() else ""
    return Rules(thresholds.load(thresholds_path), text)


def _healthy(catalogue: Catalogue) -> str:
    """The tests in which nothing but the Watchdog may fire; a later part goes before an earlier."""
    data = fill(table("alerts/healthy.yaml"), words.of(catalogue))
    tests = []
    for name, parts in data["tests"].items():
        series = {row["series"]: row["values"] for part in parts for row in data[part]}
        tests.append(_test(name, series, promql_expr_test=data["looks"]))
    files = [f"../rules/{name}.yml" for name in NAMES]
    return _yaml(catalogue, rule_files=files, evaluation_interval="1m", tests=tests)


def _test(name: str, series: Mapping[str, str], **looks: list[Json]) -> Json:
    rows = [{"series": one, "values": values} for one, values in series.items()]
    return {**fill(COMMON["test"], {"name": name, "series": rows, "grafana": EXAMPLE}), **looks}


def _yaml(catalogue: Catalogue, **data: object) -> str:
    sources = f"{PurePath(catalogue.source).name} and {PurePath(FILE).name}"
    return as_yaml(head(sources), data)
