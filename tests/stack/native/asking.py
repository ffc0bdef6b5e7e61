"""The queries of a dashboard as Grafana would send them."""

import re
from collections.abc import Iterator

from tests.stack.native import engines as native

UNITS = {"m": 60, "h": 3600, "d": 86400}
POINTS = 200  # of a trend
MARKS = 100  # points at which Grafana looks for marks
CHOSEN = {  # what the variables say at first
    "${group:pipe}": ".+",
    "${level:pipe}": ".+",
    "${search:regex}": "",
    "${request:regex}": "",
    "$instance": ".+",
}


class Asker:
    """Asks for the panels of one dashboard at one moment."""

    def __init__(
        self, dashboard: native.Json, now: float, scrape: int, prometheus: str = "", loki: str = ""
    ) -> None:
        """`scrape` is the interval of the data, in seconds."""
        self.dashboard = dashboard
        self.now, self.scrape = now, scrape
        self.engines = {"prometheus": prometheus, "loki": loki}

    def targets(self, engine: str) -> Iterator[tuple[native.Json, native.Json]]:
        """Each panel with each of its queries to that engine."""
        for panel in self.dashboard["panels"]:
            for target in panel.get("targets", ()):
                if target["datasource"]["type"] == engine:
                    yield panel, target

    def annotations(self, engine: str) -> Iterator[native.Json]:
        """The annotations from that engine."""
        for annotation in self.dashboard["annotations"]["list"]:
            if annotation["datasource"]["type"] == engine:
                yield annotation

    def ask(self, panel: native.Json, target: native.Json) -> native.Json:
        """Return the whole answer to a query."""
        seconds = span(panel.get("timeFrom") or self.dashboard["time"]["from"])
        step = max(seconds // panel.get("maxDataPoints", POINTS), self.scrape)
        expr = self.filled(target["expr"], seconds, step)
        if target["datasource"]["type"] == "loki":
            return self._loki(expr, seconds, step, instant=target["queryType"] == "instant")
        return self._prometheus(expr, seconds, step, instant=target["instant"])

    def mark(self, annotation: native.Json) -> native.Json:
        """Return the answer to the query of an annotation."""
        seconds = span(self.dashboard["time"]["from"])
        step = max(60, seconds // MARKS)
        expr = self.filled(annotation["expr"], seconds, step)
        if annotation["datasource"]["type"] == "loki":
            return self._loki(expr, seconds, step, instant=False)
        return self._prometheus(expr, seconds, step, instant=False)

    def filled(self, expr: str, seconds: int, step: int) -> str:
        """The query with all that Grafana fills in; whatever is left would be a mistake."""
        values = {
            "${__range_s}": f"{seconds}",
            "$__range": f"{seconds}s",
            "$__rate_interval": f"{max(step + self.scrape, 4 * self.scrape)}s",
            "$__interval": f"{step}s",
            **CHOSEN,
        }
        for name, value in values.items():
            expr = expr.replace(name, value)
        assert "$" not in expr, expr
        return expr

    def _prometheus(self, expr: str, seconds: int, step: int, *, instant: bool) -> native.Json:
        url = f"{self.engines['prometheus']}/api/v1"
        if instant:
            return native.get(f"{url}/query", query=expr, time=self.now)
        begin = self.now - seconds
        return native.get(f"{url}/query_range", query=expr, start=begin, end=self.now, step=step)

    def _loki(self, expr: str, seconds: int, step: int, *, instant: bool) -> native.Json:
        url = f"{self.engines['loki']}/loki/api/v1"
        if instant:
            return native.get(f"{url}/query", query=expr, time=f"{self.now + 1:.0f}")
        begin, end = f"{self.now - seconds:.0f}", f"{self.now + 1:.0f}"
        return native.get(f"{url}/query_range", query=expr, start=begin, end=end, step=f"{step}s")


def span(begin: str) -> int:
    """`now-7d` or `1h` in seconds."""
    found = re.fullmatch(r"(?:now-)?(\d+)([mhd])", begin)
    assert found, begin
    return int(found[1]) * UNITS[found[2]]


def numbers(answer: native.Json) -> list[str]:
    """The values of an answer that are any."""
    found = [
        value
        for series in answer["data"]["result"]
        for value in (series.get("values") or [series["value"]])
    ]
    return [value[1] for value in found if value[1] != "NaN"]
