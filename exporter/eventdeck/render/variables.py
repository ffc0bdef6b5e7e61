"""What is chosen above a dashboard: one name for one thing on all of them, so links keep it."""

from eventdeck.catalogue import series
from eventdeck.catalogue.model import UNKNOWN, Catalogue
from eventdeck.render import dashboard as grafana
from eventdeck.render import queries
from eventdeck.render.dashboard import Json

CHOSEN = "${group:pipe}"  # what the variable says, as a regular expression
LEVELS = ("trace", "debug", "info", "warning", "error", "critical", "unknown")
ALL = {"selected": True, "text": ["All"], "value": ["$__all"]}


def groups(catalogue: Catalogue) -> dict[str, list[str]]:
    """The names of the events under each heading."""
    found: dict[str, list[str]] = {}
    for event in catalogue.events:
        found.setdefault(event.group, []).append(event.name)
    return found | {"Undocumented": [UNKNOWN]}


def group(catalogue: Catalogue) -> Json:
    """Events by heading."""
    values = {name: queries.regex(events) for name, events in groups(catalogue).items()}
    return _choice("group", "Group", "Which events the trends and the lines show.", values)


def level() -> Json:
    """Severity of a line."""
    about = "Of which level the lines are that trends and logs show."
    return _choice("level", "Level", about, {name: name for name in LEVELS})


def instance(catalogue: Catalogue) -> Json:
    """Of several exporters, one."""
    query = f"label_values({series.events(catalogue.namespace)}, instance)"
    return {
        "type": "query",
        "name": "instance",
        "label": "Exporter",
        "description": "Whose counts are shown. Lines in Loki carry no instance.",
        "datasource": grafana.PROMETHEUS,
        "query": {"query": query, "refId": "instance"},
        "definition": query,
        "refresh": 2,  # when the time range changes
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".+",
        "current": ALL,
        "options": [],
    }


def search() -> Json:
    """Words in a line."""
    return _textbox("search", "Search", "Shows lines that contain this: an id, a word.")


def request() -> Json:
    """The id of a request."""
    return _textbox("request", "Request", "Shows the lines of the request with this id.")


def lines(catalogue: Catalogue, pattern: str = CHOSEN) -> str:
    """Log lines of those groups and levels."""
    return queries.lines(catalogue, pattern)[:-1] + ', level=~"${level:pipe}"}'


def found(catalogue: Catalogue, pattern: str = CHOSEN) -> str:
    """The same, of those that contain what is searched for."""
    return lines(catalogue, pattern) + " |~ `(?i)${search:regex}`"


def _choice(name: str, label: str, about: str, values: dict[str, str]) -> Json:
    """A variable with a closed list of `shown -> regular expression`; all of them at first."""
    query = ", ".join(f"{_escape(shown)} : {_escape(value)}" for shown, value in values.items())
    return {
        "type": "custom",
        "name": name,
        "label": label,
        "description": about,
        "query": query,
        "multi": True,
        "includeAll": True,
        "allValue": ".+",
        "current": ALL,
        "options": [],
    }


def _textbox(name: str, label: str, about: str) -> Json:
    """A variable that people type."""
    empty = {"selected": True, "text": "", "value": ""}
    return {
        "type": "textbox",
        "name": name,
        "label": label,
        "description": about,
        "query": "",
        "current": empty,
        "options": [empty],
    }


def _escape(text: str) -> str:
    return text.replace(",", "\\,")
