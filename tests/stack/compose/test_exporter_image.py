"""The exporter's own image, without the rest of the stack: small, closed, and exact."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
import requests
from docker.models.containers import Container

from tests.exporter.service import GENUINE
from tests.stack.compose.conftest import open_to_others
from tests.stack.native.engines import ROOT, eventually, free_port

TAG = "eventdeck-test/exporter:alone"
MEBI = 1024**2


@pytest.fixture(scope="module")
def image(client: docker.DockerClient, base: str) -> Iterator[str]:
    """Build it as shipped, on the base that there is."""
    client.images.build(
        path=str(ROOT / "exporter"), tag=TAG, buildargs={"PYTHON_IMAGE": base}, rm=True
    )
    yield TAG
    client.images.remove(TAG)


@pytest.fixture(scope="module")
def port() -> int:
    """Give a free port."""
    return free_port()


@pytest.fixture(scope="module")
def container(
    client: docker.DockerClient, image: str, port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Container]:
    """Run it as Compose does, on the genuine log."""
    folder = tmp_path_factory.mktemp("logs")
    open_to_others(folder)
    (folder / "app.jsonl").write_bytes(GENUINE.read_bytes())
    (folder / "app.jsonl").chmod(0o644)
    running = client.containers.run(
        image,
        detach=True,
        read_only=True,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
        mem_limit="64m",
        tmpfs={"/var/lib/eventdeck": "uid=10001,gid=10001"},
        environment={"EVENTDECK_LOG_PATH": "/logs/app.jsonl"},
        volumes={str(folder): {"bind": "/logs", "mode": "ro"}},
        ports={"9867/tcp": ("127.0.0.1", port)},
    )
    yield running
    running.remove(force=True, v=True)


def test_it_counts_a_log_in_64_mib_without_a_writable_disk(container: Container, port: int) -> None:
    """Read-only, without capabilities, as nobody in particular; only the state can be written."""
    assert container.id
    url = f"http://127.0.0.1:{port}/metrics"

    def answer() -> str:
        try:
            response = requests.get(url, timeout=5)
        except requests.ConnectionError:
            return ""
        return response.text if response.ok else ""

    text = eventually(answer, "the exporter answers")
    total = sum(
        int(line.rpartition(" ")[2])
        for line in text.splitlines()
        if line.startswith("timetracker_events_total{")
    )
    assert total == len(GENUINE.read_bytes().splitlines())


def test_it_ends_at_once_when_asked(container: Container) -> None:
    """SIGTERM reaches the exporter, and the state is saved: no ten seconds until the kill."""
    container.stop(timeout=8)
    container.reload()
    assert container.attrs["State"]["ExitCode"] == 0
    assert b"the state is saved" in container.logs()


def test_it_adds_little_to_its_base(client: docker.DockerClient, image: str, base: str) -> None:
    """The packages and the program; no pip cache, no build tools, no tests."""
    added = client.images.get(image).attrs["Size"] - client.images.get(base).attrs["Size"]
    assert added < 20 * MEBI


def test_its_files_belong_to_root(client: docker.DockerClient, image: str) -> None:
    """The process cannot change its own program, even where the disk could be written."""
    made = client.containers.create(image)
    try:
        chunks, _ = made.get_archive("/opt/eventdeck")
        with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
            members = tar.getmembers()
    finally:
        made.remove(v=True)
    assert {member.uid for member in members} == {0}
    assert not [member.name for member in members if member.mode & 0o022 and not member.issym()]
    names = {Path(member.name).name for member in members}
    assert "events.yaml" in names
    assert not names & {"setuptools", "pip", "Dockerfile"}
