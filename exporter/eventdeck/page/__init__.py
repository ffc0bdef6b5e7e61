"""The page for people at `/`: one file, no outside assets, under a strict content policy."""

from binascii import b2a_base64
from functools import cache
from pathlib import Path

from eventdeck.digest import sha256


@cache
def html() -> bytes:
    """Return the page, UTF-8; read from disk once."""
    return Path(__file__).with_name("page.html").read_bytes()


@cache
def policy() -> str:
    """Return the value of the page's `Content-Security-Policy` header.

    Event names come from a log that anybody may write to. Only the script that stands in the
    file runs, so not even a mistake in the page could turn a name into code.
    """
    script = html().partition(b"<script>")[2].partition(b"</script>")[0]
    digest = b2a_base64(sha256(script), newline=False).decode()
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
