"""Three booted hosts, and a clone with an inventory that names them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import RecordEngine, Require
from tests.playbooks import shipped
from tests.playbooks.hosts import Host, booted
from tests.playbooks.site import ANSIBLE, LOGS, ROOT, Site
from tests.stack.compose.dockerd import engine


@pytest.fixture(scope="session")
def ansible(require: Require) -> Path:
    """Give the folder of Ansible's programs, installed where the hosts can be booted."""
    for program in ("systemd-nspawn", "debootstrap", "docker", "busybox", "ssh", "ip"):
        require(program)
    if os.geteuid() != 0:
        pytest.skip("root: only root can boot hosts; run make test as root")
    if subprocess.run(["unshare", "--net", "--mount", "true"], check=False).returncode != 0:
        pytest.skip("namespaces: not permitted here; boot the hosts on a machine of your own")
    bootstrap = str(ROOT / "exporter/bootstrap.py")
    subprocess.run([sys.executable, bootstrap, "--deploy"], check=True)
    return ANSIBLE


@pytest.fixture(scope="session")
def hosts(ansible: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Host]]:
    """Give a server, an application host, one that runs Docker, and one that nothing is for."""
    assert ansible.is_dir()
    names = ["server1", "agent1", "agent2", "spare"]
    with booted(tmp_path_factory.mktemp("hosts"), names) as found:
        for name in ("agent1", "agent2"):
            log = f"{LOGS}/app.jsonl"
            made = found[name].run(
                f"mkdir {LOGS} && touch {log} && chgrp adm {log} && chmod 640 {log}"
            )
            assert made.returncode == 0, made.stdout
        run_something(found["agent2"])
        yield found


def run_something(host: Host) -> None:
    """Let a host have Docker, and a container in it, before anything of ours comes."""
    shutil.copy(shutil.which("busybox") or "", host.root / "usr/local/bin/busybox")
    done = host.run(
        "apt-get -q -y --no-install-recommends install docker.io iptables && "
        "tar --create --directory=/usr/local bin/busybox | docker import - theirs:1 && "
        "docker run --detach --name=theirs theirs:1 /bin/busybox sleep 1000000"
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="session")
def site(
    hosts: dict[str, Host],
    tmp_path_factory: pytest.TempPathFactory,
    record_engine: RecordEngine,
) -> Site:
    """Give the clone; nothing is deployed yet."""
    folder = tmp_path_factory.mktemp("offline")
    with engine(tmp_path_factory.mktemp("dockerd")) as client:
        images = shipped.make(client, folder)
    for name in shipped.missing():
        record_engine(name, "a stand-in", "the real one")
    made = Site(tmp_path_factory.mktemp("clone"), folder, hosts, images)
    made.bring_images("server1")
    return made


@pytest.fixture(scope="session")
def deployed(site: Site) -> None:
    """Deploy where no test before has done so: each file of tests can be run by itself."""
    if not (site.hosts["server1"].root / "opt/eventdeck/stack/.env").exists():
        site.deployed()
