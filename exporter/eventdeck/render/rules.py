"""Prometheus' rules, the tests that prove each alert, and the runbook where links can show it."""

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath

import yaml
from msgspec import Struct

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import (
    event_alerts,
    exporter_alerts,
    recordings,
    rule_tests,
    runbook,
    stack_alerts,
    thresholds,
)
from eventdeck.render.alert import Alert, Json
from eventdeck.render.outputs import Output
from eventdeck.render.seal import head
from eventdeck.render.thresholds import FILE, Thresholds

NAMES = ("events", "exporter", "stack")
_LONG = 2880  # minutes: a longer test gets a file of its own, whose rules are computed less often


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

    def alerts(self, catalogue: Catalogue, name: str) -> Iterator[Alert]:
        """The alerts of a file."""
        if name == "events":
            yield from event_alerts.alerts(catalogue, self.limits)
        elif name == "exporter":
            yield from exporter_alerts.alerts(catalogue, self.limits)
        else:
            yield from stack_alerts.alerts(self.limits)

    def panel(self, alert: str) -> int:
        """The alert's panel in the runbook; 0 where it has none, which the tests find."""
        return runbook.panels(self.runbook).get(alert, 0)

    def _rules(self, name: str) -> Output:
        def render(catalogue: Catalogue) -> str:
            alerts = [one.rule(self.panel(one.name)) for one in self.alerts(catalogue, name)]
            records = [*recordings.records(catalogue, self.limits)] if name == "events" else []
            groups = [{"name": f"eventdeck.{name}", "rules": [*records, *alerts]}]
            return _yaml(catalogue, {"groups": groups})

        return render

    def _tests(self, name: str) -> Output:
        def render(catalogue: Catalogue) -> str:
            found = [one for one in self.alerts(catalogue, name) if one.trial.begins < _LONG]
            tests = [rule_tests.of_alert(one, self.panel(one.name)) for one in found]
            return _yaml(catalogue, _test_file([name], tests))

        return render

    def _stalled(self, catalogue: Catalogue) -> str:
        found = [one for one in self.alerts(catalogue, "events") if one.trial.begins >= _LONG]
        tests = [rule_tests.of_alert(one, self.panel(one.name)) for one in found]
        step = math.gcd(*(part for one in found for part in (one.trial.begins, round(one.minutes))))
        return _yaml(catalogue, _test_file(["events"], tests, step=max(1, step)))

    def _healthy(self, catalogue: Catalogue) -> str:
        return _yaml(catalogue, _test_file(NAMES, rule_tests.together(catalogue)))


def load(thresholds_path: str, runbook_path: Path) -> Rules:
    """Read what the rules are made of, besides the catalogue. Raises `CatalogueError`."""
    text = runbook_path.read_text(encoding="utf-8") if runbook_path.exists() else ""
    return Rules(thresholds.load(thresholds_path), text)


def _test_file(names: Iterable[str], tests: list[Json], *, step: int = 1) -> Json:
    return {
        "rule_files": [f"../rules/{name}.yml" for name in names],
        "evaluation_interval": f"{step}m",
        "tests": tests,
    }


class _Dumper(yaml.SafeDumper):
    """Block style: a query of several lines stays one, and lists are indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  PyYAML's signature
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_Dumper.add_representer(str, _text)


def _yaml(catalogue: Catalogue, data: Json) -> str:
    sources = f"{PurePath(catalogue.source).name} and {PurePath(FILE).name}"
    body = yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=100, allow_unicode=True)
    return f"# {head(sources)}\n{body}"
