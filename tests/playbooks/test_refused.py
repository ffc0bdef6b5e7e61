"""What cannot work is refused in a sentence, on booted hosts, before anything is changed."""

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from eventdeck import __version__

from tests.playbooks.site import Done, Site, changes

# Where Docker's own answer comes first on the way of root; the rest of it goes to the real one.
OLD_ENGINE = """#!/bin/sh
[ "$1" = version ] && echo 19.03.15
"""


@contextmanager
def spoilt(site: Site, name: str, how: str, mend: str) -> Iterator[None]:
    """Spoil a host for a while."""
    done = site.hosts[name].run(how)
    assert done.returncode == 0, done.stdout
    try:
        yield
    finally:
        done = site.hosts[name].run(mend)
        assert done.returncode == 0, done.stdout


def refused(done: Done, said: str) -> bool:
    """Whether a play said that and did nothing: it ended with its first look at the hosts."""
    assert done.returncode != 0
    assert changes(done.stdout) == 0
    assert "TASK [pki" not in done.stdout
    assert said in " ".join(done.stdout.split()), done.stdout[-3000:]
    return True


def test_a_host_without_python_is_refused(site: Site) -> None:
    """It is asked without Python whether it has some."""
    away = "mv /usr/bin/python3 /usr/bin/python3.away"
    back = "mv /usr/bin/python3.away /usr/bin/python3"
    with spoilt(site, "agent2", away, back):
        done = site.play("site", "--limit", "agent2")
    assert refused(done, "agent2: there is no /usr/bin/python3: sudo apt-get install python3")


def test_a_host_that_is_not_there_is_refused(site: Site) -> None:
    """The others are left alone, too: half of a site would be no site."""
    site.hosts["agent2"].cut()
    try:
        done = site.play("site", "--limit", "agents")
    finally:
        site.hosts["agent2"].join()
    assert refused(done, "Failed to connect to the host via ssh")


def test_a_full_disk_is_refused(site: Site) -> None:
    """The one that the programs would go to: here a file system of 64 MB below /opt."""
    with spoilt(site, "spare", "mount -t tmpfs -o size=64m tmpfs /opt", "umount /opt"):
        site.write_hosts(agents=["spare"])
        done = site.play("site", "--limit", "spare", "-e", "eventdeck_log_path=/var/log")
        site.write_hosts()
    assert refused(done, "spare: 64 MB are free on /opt, and 512 are needed: make room")


def test_too_little_memory_is_refused(site: Site) -> None:
    """No machine of these tests has so little, so it is the limit that is raised."""
    done = site.play("site", "--limit", "server1", "-e", "preflight_memory_mb=99999999")
    assert refused(done, "MB of memory, and 99999999 are needed: give it more, or take another")


@pytest.mark.parametrize(
    ("name", "port", "said"),
    [
        ("spare", 3100, "stop that program or set LOKI_PORT in stack_settings"),
        ("spare", 8443, "stop that program or set stack_front_port"),
    ],
)
def test_a_taken_port_of_a_server_is_refused(site: Site, name: str, port: int, said: str) -> None:
    """It is said which port, who has it, and which variable gives it another."""
    listen = f"systemd-run --quiet --unit=squatter python3 -m http.server {port}"
    with spoilt(site, name, listen, "systemctl stop squatter"):
        site.write_hosts(server=[name])
        done = site.play("site", "--limit", name)
        site.write_hosts()
    assert refused(done, f'spare: port {port} is taken, by users:(("python3"')
    assert refused(done, said)


def test_a_taken_port_of_an_application_host_is_refused(site: Site) -> None:
    """Its own exporter is no other program, one of another name is."""
    listen = "systemd-run --quiet --unit=squatter python3 -m http.server 9999"
    with spoilt(site, "agent2", listen, "systemctl stop squatter"):
        done = site.play("site", "--limit", "agent2", "-e", "exporter_port=9999")
    assert refused(done, "agent2: port 9999 is taken, by")
    assert refused(done, "stop that program or set exporter_port")


def test_a_port_of_another_container_is_refused(site: Site) -> None:
    """Docker's proxy holds the ports of all containers: it is asked whose they are."""
    port = "--publish=127.0.0.1:9093:80"
    start = f"docker run --detach --name=other {port} theirs:1 /bin/busybox sleep 9999"
    with spoilt(site, "agent2", start, "docker rm --force other"):
        site.write_hosts(server=["agent2"], agents=["agent1"])
        done = site.play("site", "--limit", "agent2")
        site.write_hosts()
    assert refused(done, "agent2: port 9093 is taken, by other; stop that program or set ALERT")


def test_an_engine_that_is_too_old_is_refused(site: Site) -> None:
    """It is not replaced: others may depend on it."""
    docker = site.hosts["spare"].root / "usr/local/bin/docker"
    docker.write_text(OLD_ENGINE)
    docker.chmod(0o755)
    site.write_hosts(server=["spare"])
    done = site.play("site", "--limit", "spare")
    site.write_hosts()
    docker.unlink()
    assert refused(done, "spare: Docker's engine is 19.03.15, and 20.10 is the oldest that will do")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("altered", "the checksum of loki/index is wrong: take another archive"),
        ("foreign", f"was made by Eventdeck 0.0.1, and this is {__version__}: check out v0.0.1"),
        ("format", "has format 99, and this version reads 1"),
        ("missing", "cannot be read to its end"),
    ],
)
def test_an_archive_that_cannot_be_restored_is_refused(
    site: Site, tmp_path: Path, harm: str, said: str
) -> None:
    """It is read here, to its end, before any host is asked."""
    archive = tmp_path / "archive.tar.gz"
    if harm != "missing":
        make(archive, tmp_path / "inside", harm)
    words = ["-e", f"restore_archive={archive}", "--limit", "server1"]
    assert refused(site.play("restore", *words), said)


def make(archive: Path, folder: Path, harm: str) -> None:
    """Make an archive with a fault."""
    (folder / "loki").mkdir(parents=True)
    (folder / "loki/index").write_text("index")
    digest = "0" * 64 if harm == "altered" else sha256(b"index").hexdigest()
    manifest = {
        "format": 99 if harm == "format" else 1,
        "eventdeck": "0.0.1" if harm == "foreign" else __version__,
        "files": {"loki/index": digest},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with tarfile.open(archive, "w:gz") as tar:
        for name in ("loki", "manifest.json"):
            tar.add(folder / name, name)
