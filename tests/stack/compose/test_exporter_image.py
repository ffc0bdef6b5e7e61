"""The exporter's own image, without the rest of the stack: small, closed, and exact."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import bcrypt
import docker
import pytest
import requests
import yaml
from docker.models.containers import Container

from tests.conftest import Require
from tests.exporter.service import GENUINE
from tests.exporter.web.certificates import Authority
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


def test_its_health_check_holds_behind_tls_and_a_password(
    client: docker.DockerClient, image: str, require: Require, tmp_path: Path
) -> None:
    """The check of compose.yaml has no password, and is content; a stranger gets no count."""
    open_to_others(tmp_path)
    authority = Authority(require("openssl"), tmp_path)
    for path in authority.issue("server"):
        path.chmod(0o644)
    hashed = bcrypt.hashpw(b"right", bcrypt.gensalt(4)).decode()
    (tmp_path / "web.yml").write_text(
        "tls_server_config: {cert_file: server.pem, key_file: server.key}\n"
        f"basic_auth_users: {{ann: {hashed}}}\n"
    )
    services = yaml.safe_load((ROOT / "compose/compose.yaml").read_text())["services"]
    port = free_port()
    running = client.containers.run(
        image,
        detach=True,
        environment={
            "EVENTDECK_LOG_PATH": "/logs/app.jsonl",
            "EVENTDECK_WEB_CONFIG_FILE": "/web/web.yml",
        },
        volumes={str(tmp_path): {"bind": "/web", "mode": "ro"}},
        ports={"9867/tcp": ("127.0.0.1", port)},
        healthcheck={"test": services["exporter"]["healthcheck"]["test"], "interval": 10**9},
    )
    try:
        eventually(lambda: _health(running) == "healthy", "the health check is content")
        url = f"https://127.0.0.1:{port}/metrics"
        verify = str(authority.certificate)
        assert requests.get(url, verify=verify, timeout=30).status_code == 401
        assert requests.get(url, verify=verify, auth=("ann", "right"), timeout=30).ok
    finally:
        running.remove(force=True, v=True)


def _health(container: Container) -> str:
    container.reload()
    status: str = container.attrs["State"]["Health"]["Status"]
    return status
