"""Rates now and a week earlier."""

from eventdeck.catalogue.model import Catalogue
from eventdeck.render import dashboard as grafana
from eventdeck.render import queries
from eventdeck.render.dashboard import Json

# Levels and rates are for the day's work; in a week's range they would be steps of 20 minutes.
RECENT = {"timeFrom": "1h", "hideTimeOverride": True}


def per_minute(catalogue: Catalogue, what: str, about: str, pattern: str) -> Json:
    """Events a minute in the last hour, with exemplars."""
    rate = f"60 * sum(rate({queries.events(catalogue, pattern)}[$__rate_interval]"
    made = grafana.lines(
        f"{what} per minute, last hour",
        f"Rate by the time of counting, now and a week earlier. {about}",
        [
            grafana.prometheus(f"{rate})) or vector(NaN)", "now", exemplars=True),
            grafana.prometheus(f"{rate} offset 1w)) or vector(NaN)", "a week earlier"),
        ],
        unit="suffix: /min",
        empty="nothing counted yet",
        min=0,
    )
    made = grafana.override(
        made,
        "a week earlier",
        color={"mode": "fixed", "fixedColor": "semi-dark-orange"},
        custom__lineStyle={"fill": "dash", "dash": [6, 6]},
        custom__fillOpacity=0,
    )
    return made | RECENT
