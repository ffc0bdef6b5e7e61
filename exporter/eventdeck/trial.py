"""The line by which an installation is tried: counted, found in Loki, and shown nowhere."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from eventdeck.catalogue.model import TEST, Catalogue


def line(catalogue: Catalogue, request: str, at: float) -> str:
    """Return a test event as the application would write it, with this request id and Unix time."""
    form = catalogue.line
    time = form.time[0]
    moment = datetime.fromtimestamp(at, ZoneInfo(form.zone))
    rfc3339 = time.format == "rfc3339"
    written = moment.isoformat(timespec="milliseconds") if rfc3339 else moment.strftime(time.format)
    fields = {time.field: written, form.level[0]: "INFO", form.event[0]: TEST}
    return json.dumps({**fields, form.request_id: request})
