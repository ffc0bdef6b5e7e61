"""The page for people at `/`: one file, no outside assets, under a strict content policy."""

from binascii import b2a_base64
from functools import cache
from pathlib import Path


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
    digest = b2a_base64(_sha256(script), newline=False).decode()
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def _sha256(data: bytes) -> bytes:
    # hashlib loads OpenSSL, 4 MB that the exporter would keep for one digest; the interpreter has
    # its own, whose module has had two names (_sha2 since 3.12), and a build may leave it out.
    for module in ("_sha2", "_sha256", "hashlib"):
        try:
            digest: bytes = __import__(module).sha256(data).digest()
        except ImportError:
            continue
        return digest
    raise ImportError("this Python has no SHA-256")
