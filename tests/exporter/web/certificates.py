"""Certificates for an exporter on this machine, as an operator makes them with openssl."""

import subprocess
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    """Signs what servers and clients show."""

    def __init__(self, openssl: Path, folder: Path) -> None:
        """Make an authority whose certificate is `ca.pem`."""
        self.openssl, self.folder = openssl, folder
        self.certificate = folder / "ca.pem"
        self._run(
            *("req", "-x509", *_KEY, "-keyout", "ca.key", "-out", "ca.pem"),
            *("-subj", "/CN=authority of a test", "-days", "2"),
        )

    def issue(self, name: str) -> tuple[Path, Path]:
        """Make `NAME.pem` and `NAME.key`, for localhost and 127.0.0.1; also again."""
        self._run(
            *("req", "-x509", *_KEY, "-keyout", f"{name}.key", "-out", f"{name}.pem"),
            *("-CA", "ca.pem", "-CAkey", "ca.key", "-subj", f"/CN={name}", "-days", "2"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-addext", "basicConstraints=critical,CA:FALSE"),
        )
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"

    def lock(self, name: str) -> None:
        """Put a passphrase on a key."""
        key = f"{name}.key"
        self._run("pkcs8", "-topk8", "-in", key, "-out", f"{key}.new", "-passout", "pass:secret")
        (self.folder / f"{key}.new").rename(self.folder / key)

    def _run(self, *words: str) -> None:
        subprocess.run([self.openssl, *words], cwd=self.folder, check=True, capture_output=True)
