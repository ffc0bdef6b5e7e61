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
    for program in ("systemd-nspawn", "debootstrap", "docker", "ssh", "ip"):
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
    """Give one server and two application hosts, which have no Docker."""
    assert ansible.is_dir()
    with booted(tmp_path_factory.mktemp("hosts"), ["server1", "agent1", "agent2"]) as found:
        for name in ("agent1", "agent2"):
            log = f"{LOGS}/app.jsonl"
            made = found[name].run(
                f"mkdir {LOGS} && touch {log} && chgrp adm {log} && chmod 640 {log}"
            )
            assert made.returncode == 0, made.stdout
        yield found


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
    # As if it had been copied before: 700 MB by ssh take a minute here.
    place = hosts["server1"].root / "opt/eventdeck"
    place.mkdir(parents=True, mode=0o755)
    shutil.copy(folder / "images.tar", place)
    return Site(tmp_path_factory.mktemp("clone"), folder, hosts, images)
