"""Prometheus' rules, and the tests that prove each alert: alone, on healthy data, on an old log.

A trial's alert is silent one step before its `for` has passed, and fires at that step.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath

import yaml
from msgspec import Struct

from eventdeck.catalogue.model import UNKNOWN, Catalogue
from eventdeck.render import runbook, thresholds, words
from eventdeck.render.fill import Json, Words, each, fill, number, table
from eventdeck.render.outputs import Output
from eventdeck.render.seal import head
from eventdeck.render.thresholds import FILE, Thresholds, duration

NAMES = ("events", "exporter", "stack")
# Prometheus puts in Grafana's address, which it has from its environment, as an external label.
GRAFANA = '{{ $externalLabels.grafana | reReplaceAll "/+$" "" }}'
EXAMPLE = "https://grafana.example"
_LONG = 2880  # minutes: a longer test gets a file of its own, whose rules are computed less often
_FIRED = 'sum by (alertname) (count_over_time(ALERTS{alertstate="firing", alertname!="Watchdog"}'
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}")


class Rules(Struct, frozen=True):
    """Everything that the rules are made of."""

    limits: Thresholds
    runbook: str

    def outputs(self) -> Mapping[str, Output]:
        """Each file with the function that writes it."""
        files = {f"prometheus/rules/{name}.yml": self._rules(name) for name in NAMES}
        tests = {f"prometheus/tests/{name}.yml": self._tests(name) for name in NAMES}
        more = {
            "prometheus/tests/healthy.yml": self._healthy,
            "prometheus/tests/stalled.yml": self._stalled,
            "grafana/dashboards/runbook.json": lambda _: runbook.render(self.runbook),
        }
        return {**files, **tests, **more}

    def _rules(self, name: str) -> Output:
        def render(catalogue: Catalogue) -> str:
            rules = [*self._records(catalogue, name), *map(self._rule, self._all(catalogue, name))]
            return _yaml(catalogue, {"groups": [{"name": f"eventdeck.{name}", "rules": rules}]})

        return render

    def _tests(self, name: str) -> Output:
        def render(catalogue: Catalogue) -> str:
            found = [one for one in self._all(catalogue, name) if one["begins"] < _LONG]
            return _yaml(catalogue, _test_file([name], map(self._test, found)))

        return render

    def _stalled(self, catalogue: Catalogue) -> str:
        found = [one for one in self._all(catalogue, "events") if one["begins"] >= _LONG]
        step = math.gcd(*(part for one in found for part in (one["begins"], round(one["minutes"]))))
        return _yaml(catalogue, _test_file(["events"], map(self._test, found), step=max(1, step)))

    def _healthy(self, catalogue: Catalogue) -> str:
        return _yaml(catalogue, _test_file(NAMES, _silent(_words(catalogue))))

    def _records(self, catalogue: Catalogue, name: str) -> Iterator[Json]:
        """Recording rules; a name has the form level:metric:operations."""
        entries = table(f"alerts/{name}.yaml").get("records", [])
        for entry, known in each(entries, _words(catalogue)):
            filled = fill(entry, known | self._numbers(catalogue, entry.get("of", "")))
            yield {"record": filled["record"], "expr": filled["expr"]}

    def _all(self, catalogue: Catalogue, name: str) -> Iterator[Json]:
        """The alerts of a file, with all words filled in."""
        for entry, known in each(table(f"alerts/{name}.yaml")["alerts"], _words(catalogue)):
            filled = fill(entry, known | self._numbers(catalogue, entry["alert"]))
            minutes = self.limits.get(entry["alert"], {}).get("for_minutes", 0)
            yield {**filled, "minutes": minutes, "begins": int(filled["trial"]["begins"])}

    def _numbers(self, catalogue: Catalogue, alert: str) -> Words:
        """The numbers of an alert; and with its window, how many events there were in one."""
        known = self.limits.words(alert)
        if "window" not in known:
            return known
        text, signals = table("alerts/events.yaml")["grown"], words.signals(catalogue)
        counters = {name: words.counter(catalogue, events) for name, events in signals.items()}
        return known | {
            f"grown {name}": fill(text, known | {"counter": counter})
            for name, counter in counters.items()
        }

    def _rule(self, alert: Json) -> Json:
        keeps = self.limits[alert["keep_firing"]]["window_minutes"] if "keep_firing" in alert else 0
        return {
            "alert": alert["alert"],
            "expr": alert["expr"],
            **({"for": duration(alert["minutes"])} if alert["minutes"] else {}),
            **({"keep_firing_for": duration(keeps)} if keeps else {}),
            "labels": {"severity": alert["severity"]},
            "annotations": self._annotations(alert, GRAFANA, alert["description"]),
        }

    def _test(self, alert: Json) -> Json:
        trial, fires_at = alert["trial"], alert["begins"] + round(alert["minutes"])
        fills = iter(trial.get("fills", []))
        said = _PLACEHOLDER.sub(lambda _: number(next(fills)), alert["description"])
        fires = {
            "exp_labels": {"severity": alert["severity"], **trial.get("labels", {})},
            "exp_annotations": self._annotations(alert, EXAMPLE, said),
        }
        expected: list[tuple[int, list[Json]]] = [(fires_at - 1, []), (fires_at, [fires])]
        looks = [
            {"eval_time": f"{minute}m", "alertname": alert["alert"], "exp_alerts": found}
            for minute, found in expected
            if minute >= 0
        ]
        return _group(alert["alert"], trial["series"], alert_rule_test=looks)

    def _annotations(self, alert: Json, grafana: str, description: str) -> Json:
        """What it tells people; the panel is 0 where the runbook has none, which the tests find."""
        panel = runbook.panels(self.runbook).get(alert["alert"], 0)
        return {
            "summary": alert["summary"],
            "description": description,
            "runbook_url": f"{grafana}/d/{runbook.DASHBOARD}?viewPanel={panel}",
            "dashboard_url": f"{grafana}/d/{alert['dashboard']}",
        }


def load(thresholds_path: str, runbook_path: Path) -> Rules:
    """Read what the rules are made of, besides the catalogue. Raises `CatalogueError`."""
    text = runbook_path.read_text(encoding="utf-8") if runbook_path.exists() else ""
    return Rules(thresholds.load(thresholds_path), text)


def _words(catalogue: Catalogue) -> Words:
    named = words.signals(catalogue)
    quiet = dict.fromkeys((*catalogue.by_name, UNKNOWN), "0+3x150")
    quiet |= dict.fromkeys((*named["role changes"], UNKNOWN), "0x150")
    quiet |= dict.fromkeys((*named["errors"], *named["failed"]), "0x99 1x150")
    return {
        **words.of(catalogue),
        "here": 'instance="exporter:9867", job="exporter"',
        "every event": [{"event": one, "on a quiet day": values} for one, values in quiet.items()],
    }


def _silent(known: Words) -> Iterator[Json]:
    """The tests in which nothing but the Watchdog may fire."""
    data = table("alerts/healthy.yaml")
    none = [{"expr": f"{_FIRED}[2h]))", "eval_time": "150m", "exp_samples": []}]
    for name, parts in data["tests"].items():
        rows = [one for part in parts for one in each(data[part], known)]
        found = {fill(row["series"], words): fill(row["values"], words) for row, words in rows}
        yield _group(name, found, promql_expr_test=none)


def _group(name: str, found: Mapping[str, str], **tests: list[Json]) -> Json:
    return {
        "name": name,
        "interval": "1m",
        "external_labels": {"grafana": f"{EXAMPLE}/"},
        "input_series": [{"series": one, "values": values} for one, values in found.items()],
        **tests,
    }


def _test_file(names: Iterable[str], tests: Iterable[Json], *, step: int = 1) -> Json:
    return {
        "rule_files": [f"../rules/{name}.yml" for name in names],
        "evaluation_interval": f"{step}m",
        "tests": [*tests],
    }


class _Dumper(yaml.SafeDumper):
    """Block style: a query of several lines stays one, and lists are indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  PyYAML's signature
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_Dumper.add_representer(str, _text)


def _yaml(catalogue: Catalogue, data: Json) -> str:
    sources = f"{PurePath(catalogue.source).name} and {PurePath(FILE).name}"
    body = yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=100, allow_unicode=True)
    return f"# {head(sources)}\n{body}"
