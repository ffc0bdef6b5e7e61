"""A real Prometheus on a free port of the loopback."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.exporter.service import eventually

FEATURES = "--enable-feature=exemplar-storage,created-timestamp-zero-ingestion"


@contextmanager
def prometheus_running(program: Path, folder: Path) -> Iterator[str]:
    """Run Prometheus on `folder`/prometheus.yml; the address of its API."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with (folder / "prometheus.log").open("wb") as said:
        process = subprocess.Popen(
            [
                program,
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={address}",
                FEATURES,
            ],
            stdout=said,
            stderr=said,
        )
    try:
        eventually(lambda: _is_ready(process, address), "Prometheus is ready")
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _is_ready(process: "subprocess.Popen[bytes]", address: str) -> bool:
    assert process.poll() is None, "Prometheus ended at once"
    try:
        return requests.get(f"http://{address}/-/ready", timeout=2).ok
    except requests.ConnectionError:
        return False
