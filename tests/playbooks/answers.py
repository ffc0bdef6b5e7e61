"""What the services of a server answer to the same questions, whenever they are asked."""

import json
import time
from urllib.parse import urlencode

from tests.playbooks import shipped
from tests.playbooks.site import Json, Site

# Of a moment in the past, so that the answer cannot depend on when it is asked.
_QUERIES = (
    "sum by (instance) (timetracker_events_total)",
    "sum by (job) (count_over_time(up[1h]))",
    "max by (instance, event) (max_over_time(timetracker_events_total[1h]) > 0)",
    "count by (__name__) ({__name__=~'timetracker_.+'})",
    "quantile_over_time(0.9, scrape_duration_seconds{job='exporter'}[30m])",
)
_SETTLED = 20  # seconds; what is older has been scraped and sent
_COMMENT = "before the backup"


class Answers:
    """Answers of Prometheus, Loki, Alertmanager and Grafana, and how to ask once more."""

    def __init__(self, site: Site) -> None:
        """Give Alertmanager and Grafana something to keep, and ask all of them."""
        self._site = site
        self._at = time.time() - _SETTLED
        self._tell()
        self.found = self.asked_again()
        assert all(self.found.values()), self.found

    def asked_again(self) -> dict[str, Json]:
        """Ask the same questions."""
        at = f"{self._at:.3f}"
        found = {text: self._prometheus("query", query=text, time=at) for text in _QUERIES}
        begin = f"{self._at - 1800:.3f}"
        found["over half an hour"] = self._prometheus(
            "query_range", query=_QUERIES[0], start=begin, end=at, step="15"
        )
        found["silences"] = sorted(
            one["id"] for one in self._get("9093/api/v2/silences") if one["comment"] == _COMMENT
        )
        if "loki" not in shipped.missing():
            lines = {"query": '{app="timetracker"}', "start": begin, "end": at, "limit": "5000"}
            found["lines"] = self._result(f"3100/loki/api/v1/query_range?{urlencode(lines)}")
        if "grafana" not in shipped.missing():
            found["annotations"] = [
                one["text"] for one in self._get("3000/api/annotations?tags=test")
            ]
        return found

    def _tell(self) -> None:
        """Silence an alert that there is not, and write into Grafana's database."""
        silence = {
            "matchers": [{"name": "alertname", "value": "Nothing", "isRegex": False}],
            "startsAt": "2026-01-01T00:00:00Z",
            "endsAt": "2099-01-01T00:00:00Z",
            "createdBy": "tests",
            "comment": _COMMENT,
        }
        self._get("9093/api/v2/silences", silence)
        if "grafana" not in shipped.missing():
            self._get("3000/api/annotations", {"text": _COMMENT, "tags": ["test"]})

    def _prometheus(self, kind: str, **words: str) -> Json:
        return self._result(f"9090/api/v1/{kind}?{urlencode(words)}")

    def _result(self, path: str) -> Json:
        return sorted(self._get(path)["data"]["result"], key=json.dumps)

    def _get(self, path: str, body: Json = None) -> Json:
        """Ask on the server itself, with the password that only Grafana wants."""
        password = self._site.secrets["eventdeck_grafana_password"]
        script = f"""
import base64, urllib.request
data = {json.dumps(body).encode() if body else None!r}
request = urllib.request.Request("http://127.0.0.1:{path}", data)
request.add_header("Content-Type", "application/json")
request.add_header("Authorization", "Basic " + base64.b64encode(b"admin:{password}").decode())
print(urllib.request.urlopen(request).read().decode())
"""
        return json.loads(self._site.hosts["server1"].python(script))
