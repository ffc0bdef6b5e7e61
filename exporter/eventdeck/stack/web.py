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


def text(url: str) -> str:
    """Return the text at an address; "" where nobody answers."""
    try:
        with _OPENER.open(url, timeout=_TIMEOUT) as answer:
            found: bytes = answer.read()
    except OSError:
        return ""
    return found.decode(errors="replace")


def post(url: str, data: object) -> int:
    """Send JSON to an address; return the status, 0 where nobody answers."""
    headers = {"Content-Type": "application/json"}
    body = json.dumps(data).encode()
    request = urllib.request.Request(url, body, headers)  # noqa: S310  ours, and http
    try:
        with _OPENER.open(request, timeout=_TIMEOUT) as answer:
            status: int = answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
    return status


def _json(text: bytes) -> Any:  # noqa: ANN401  whatever JSON can hold
    try:
        return json.loads(text)
    except ValueError:
        return None
