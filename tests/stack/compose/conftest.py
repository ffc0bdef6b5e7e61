"""An engine, the images, and one stack that the tests of a file share."""

from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from eventdeck.stack.engine import ask

from tests.conftest import PACKAGES, RecordEngine, Require
from tests.stack import images
from tests.stack.compose.clone import Clone
from tests.stack.compose.dockerd import engine
from tests.stack.native.conftest import shipped
from tests.stack.native.engines import BUILD, version

PROGRAMS = {"alertmanager": "prometheus-alertmanager"}  # as Debian calls it


@pytest.fixture(scope="session")
def client(
    require: Require, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[docker.DockerClient]:
    """Give an engine's client; skip where there is neither an engine nor a way to one."""
    require("docker")
    if not ask(["docker", "compose", "version"]).ok:
        pytest.skip(f"docker compose: not found; get it {PACKAGES}")
    with engine(tmp_path_factory.mktemp("dockerd")) as found:
        yield found


@pytest.fixture(scope="session")
def base(require: Require, client: docker.DockerClient) -> str:
    """Give the image that the exporter's is built on here."""
    require("debootstrap")
    images.make_bases(client)
    return images.PYTHON


@pytest.fixture(scope="session")
def all_images(
    require: Require, record_engine: RecordEngine, client: docker.DockerClient, base: str
) -> Iterator[docker.DockerClient]:
    """Make the images of all services; the shipped names do not stay behind."""
    for program in ("loki", "promtail", "grafana"):
        require(program, BUILD)
    for program in ("prometheus", "promtool", "prometheus-alertmanager", "amtool", "busybox"):
        require(program)
    for program in images.SERVICES:
        record_engine(program, version(PROGRAMS.get(program, program)), shipped(program))
    assert base
    before = images.present(client)
    images.make(client)
    yield client
    images.remove(client, keep=before)


@pytest.fixture(scope="module")
def clone(
    all_images: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Clone]:
    """Give a clone; whatever it started is gone in the end, volumes included."""
    root = tmp_path_factory.mktemp("clone")
    open_to_others(root)
    made = Clone(root, all_images)
    yield made
    for flags in ((), ("--sample",)):
        done = made.run("destroy", "--yes", *flags)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def stack(clone: Clone) -> Clone:
    """Give a clone whose stack is up; its application has not written yet, there is no log."""
    clone.up()
    return clone


def open_to_others(folder: Path) -> None:
    """Let the containers' users in: pytest's own folders are closed to all but one."""
    for parent in (folder, *folder.parents):
        if parent.stat().st_mode & 0o005 != 0o005 and parent.owner() == folder.owner():
            parent.chmod(0o755)
