"""Questions over HTTP to services on this machine."""

import base64
import json
import urllib.error
import urllib.request
from typing import Any

_TIMEOUT = 5.0  # seconds
# No proxy: the addresses are this machine's.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url: str, user: str = "", password: str = "") -> tuple[int, Any]:
    """Return status and JSON of an address; (0, None) where nobody answers."""
    request = urllib.request.Request(url)  # noqa: S310  ours, and http
    if user:
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
    try:
        with _OPENER.open(request, timeout=_TIMEOUT) as answer:
            return answer.status, _json(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, _json(error.read())
    except OSError:
        return 0, None


def _json(text: bytes) -> Any:  # noqa: ANN401  whatever JSON can hold
    try:
        return json.loads(text)
    except ValueError:
        return None
