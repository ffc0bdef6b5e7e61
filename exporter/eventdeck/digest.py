"""SHA-256 without OpenSSL."""


def sha256(data: bytes) -> bytes:
    """Return the 32 bytes of a digest."""
    # hashlib loads OpenSSL, 4 MB that the exporter would keep for one digest; the interpreter has
    # its own, whose module has had two names (_sha2 since 3.12), and a build may leave it out.
    for module in ("_sha2", "_sha256", "hashlib"):
        try:
            digest: bytes = __import__(module).sha256(data).digest()
        except ImportError:
            continue
        return digest
    raise ImportError("this Python has no SHA-256")
