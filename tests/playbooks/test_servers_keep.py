"""What is kept: through cut cables and power cycles, in backups, and after a removal."""

import re

import pytest

from tests.playbooks import shipped
from tests.playbooks.answers import Answers
from tests.playbooks.evidence import SERVICES, counted, infra, running, up, write
from tests.playbooks.site import LOGS, Site, changes
from tests.stack.native.engines import eventually

pytestmark = pytest.mark.usefixtures("deployed")

COUNTS = {"/var/lib/eventdeck-exporter", "/var/lib/eventdeck-promtail"}


def test_an_agent_that_was_cut_off_catches_up(site: Site) -> None:
    """What it wrote meanwhile is counted, once."""
    host = site.hosts["agent2"]
    write(site, "agent2", 5)
    host.cut()
    eventually(lambda: "agent2" not in up(site), "the server misses the agent")
    host.join()
    counted(site)


def test_power_off_and_on_brings_everything_back(site: Site) -> None:
    """Server and agent come back by themselves; nothing is counted twice or lost."""
    write(site, "agent1", 2)
    for name in ("server1", "agent1"):
        site.hosts[name].power_off()
    for name in ("server1", "agent1"):
        site.hosts[name].boot()
    write(site, "agent1", 4)
    eventually(lambda: set(running(site)) == SERVICES, "every service runs again")
    counted(site)
    for unit in ("eventdeck-exporter", "eventdeck-promtail"):
        assert infra(site, "agent1").service(unit).is_running


def test_backup_wipe_and_restore_give_the_same_answers(site: Site) -> None:
    """One archive; then everything of it is gone; then the same questions have the same answers.

    The pause is told in seconds; whoever may not read the inventory may not read the archive.
    """
    before = Answers(site)
    done = site.play("backup")
    assert done.returncode == 0, done.stdout[-4000:]
    pause = re.search(r"stood still for ([\d.]+) seconds", done.stdout)
    assert pause, done.stdout[-2000:]
    assert 0 < float(pause[1]) < 60
    archive = max((site.inventory / "backups/server1").glob("eventdeck-server1-*.tar.gz"))
    assert archive.stat().st_mode & 0o077 == 0
    site.hold_images("server1")
    removed = site.play("remove", "--limit", "server", "-e", "remove_data=true")
    assert removed.returncode == 0, removed.stdout[-4000:]
    assert site.hosts["server1"].run("docker volume ls -q").stdout == ""
    site.bring_images("server1")
    restored = site.play("restore", "-e", f"restore_archive={archive}", "--limit", "server")
    assert restored.returncode == 0, restored.stdout[-4000:]
    assert before.asked_again() == before.found
    counted(site)


def test_only_so_many_archives_are_kept(site: Site) -> None:
    """The oldest go; what is no archive stays. The seconds of the pause lose nothing."""
    folder = site.inventory / "backups/server1"
    for day in range(1, 4):
        (folder / f"eventdeck-server1-2020010{day}T000000Z.tar.gz").write_text("old")
    (folder / "notes.txt").write_text("mine")
    kept = max(path.name for path in folder.glob("*.tar.gz"))
    write(site, "agent1", 3)
    done = site.play("backup", "-e", "backup_keep=2")
    assert done.returncode == 0, done.stdout[-4000:]
    found = sorted(path.name for path in folder.iterdir())
    assert len(found) == 3
    assert {kept, "notes.txt"} < set(found)
    counted(site)


def test_remove_keeps_what_it_says_and_nothing_else(site: Site) -> None:
    """Volumes and counts stay; of programs, files, secrets, users and units there is no trace."""
    done = site.play("remove")
    assert done.returncode == 0, done.stdout[-4000:]
    host = site.hosts["server1"]
    assert host.run("docker ps -aq").stdout == ""
    images = host.run("docker image ls --format {{.Repository}}:{{.Tag}}").stdout.split()
    others = [name for name in images if not name.startswith("held/")]
    assert others in ([], [shipped.BROKEN])  # brought along, and of no container
    assert host.run("docker network ls -q -f name=eventdeck").stdout == ""
    volumes = host.run("docker volume ls -q").stdout.split()
    assert volumes == sorted(f"eventdeck_{name}" for name in SERVICES - {"front"})
    kept = {"server1": {"/var/lib/eventdeck"}, "agent1": COUNTS, "agent2": COUNTS}
    for name, promised in kept.items():
        assert traces(site, name) == promised
        assert not infra(site, name).user("eventdeck").exists
        assert all(path in done.stdout for path in promised)
    assert all(volume in done.stdout for volume in volumes)
    assert infra(site, "agent1").file(f"{LOGS}/app.jsonl").exists
    assert changes(site.play("remove").stdout) == 0


def traces(site: Site, name: str) -> set[str]:
    """Return every path of a host that has our name, but for what is within another."""
    host = site.hosts[name]
    assert host.run("grep -rl eventdeck /etc --exclude=*-").stdout == ""  # passwd- is the last one
    find = 'find / -xdev -path /var/log/journal -prune -o -name "*eventdeck*" -prune -print'
    return set(host.run(find).stdout.split())
