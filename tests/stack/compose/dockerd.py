"""An engine for the tests: the one that runs, or else one that is started and ended here."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import docker
import pytest
from eventdeck.stack.engine import ask

_PATIENCE = 60.0  # seconds


def answering() -> bool:
    """Whether an engine answers; asked by the program, for the SDK leaves a socket open if not."""
    return ask(["docker", "version", "--format", "{{.Server.Version}}"]).ok


@contextmanager
def engine(folder: Path) -> Iterator[docker.DockerClient]:
    """Give a client; an engine that was not running before does not run afterwards either."""
    if answering():
        with closing(docker.from_env()) as client:
            yield client
        return
    program = shutil.which("dockerd")
    if os.geteuid() != 0 or program is None:
        pytest.skip("dockerd: not running, and only root can start it; sudo systemctl start docker")
    with (folder / "dockerd.log").open("wb") as said:
        process = subprocess.Popen([program], stdout=said, stderr=said, start_new_session=True)
    try:
        _wait(process, folder / "dockerd.log")
        with closing(docker.from_env()) as client:
            yield client
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _wait(process: "subprocess.Popen[bytes]", said: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if answering():
            return
        time.sleep(0.2)
    tail = said.read_text(errors="replace")[-2000:]
    raise AssertionError(f"dockerd does not start:\n{tail}")
