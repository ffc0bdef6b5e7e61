"""How far behind the log each service is, in words."""

from collections.abc import Callable
from urllib.parse import urlencode

from eventdeck.stack import address, web
from eventdeck.stack.settings import Settings

_UNREAD = "sum(promtail_file_bytes_total) - sum(promtail_read_bytes_total)"
_OLDEST_SCRAPE = "max(time() - timestamp(up))"
_DOWN = "count(up == 0)"
_KIB = 1024


def exporter(settings: Settings) -> str:
    """What it has not counted yet."""
    _, page = web.get(f"{address.url(settings, 'exporter')}/live.json")
    if not page:
        return "?"
    if page["replay"]:
        done, total = page["replay"]["done"], page["replay"]["total"]
        return f"catching up: {100 * done // max(1, total)} %"
    files = page["files"]
    seconds = max((file["lag_seconds"] for file in files), default=0.0)
    return f"{_size(sum(file['lag_bytes'] for file in files))}, {seconds:.1f} s"


def promtail(settings: Settings) -> str:
    """What it has not sent, as of Prometheus' last look."""
    unread = _query(settings, _UNREAD)
    return "?" if unread is None else _size(max(0.0, unread))


def prometheus(settings: Settings) -> str:
    """The age of its oldest last look, and targets that it does not reach."""
    age, down = _query(settings, _OLDEST_SCRAPE), _query(settings, _DOWN)
    if age is None:
        return "no scrape yet"
    return f"{age:.0f} s" + (f", {down:.0f} target{'s' * (down > 1)} down" if down else "")


def _query(settings: Settings, query: str) -> float | None:
    words = urlencode({"query": query})
    _, answer = web.get(f"{address.url(settings, 'prometheus')}/api/v1/query?{words}")
    try:
        return float(answer["data"]["result"][0]["value"][1])
    except (TypeError, LookupError, ValueError):
        return None


def _size(size: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if size < _KIB:
            return f"{size:.0f} {unit}"
        size /= _KIB
    return f"{size:.1f} GiB"


ASKED: dict[str, Callable[[Settings], str]] = {
    "exporter": exporter,
    "promtail": promtail,
    "prometheus": prometheus,
}
