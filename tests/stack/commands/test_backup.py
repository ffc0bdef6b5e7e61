"""`eventdeck backup`: one whole file or none, and services that run again whatever happened."""

import signal
import subprocess
import tarfile
from pathlib import Path

import pytest
from eventdeck.stack.place import Place

from tests.exporter.faults.disk import small_disk
from tests.stack.commands.kept_stack import KeptStack


@pytest.fixture
def stack(place: Place, tmp_path: Path) -> KeptStack:
    """Give a stack that runs."""
    return KeptStack(place, tmp_path / "docker")


def all_run(stack: KeptStack) -> bool:
    """Whether every service runs."""
    return set(stack.states.values()) == {"running"} and len(stack.states) == 3


def test_it_holds_volumes_secrets_and_settings(stack: KeptStack, tmp_path: Path) -> None:
    """And can be unpacked and checked by hand; nobody but its owner may read it."""
    (stack.place.local / "exporter").mkdir(parents=True)
    (stack.place.local / "exporter/events.yaml").write_text("my own")
    archive = stack.backup()
    assert archive.stat().st_mode & 0o777 == 0o600
    subprocess.run(["tar", "xf", archive, "-C", tmp_path], check=True)  # noqa: S607  on PATH
    subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, check=True)  # noqa: S607  too
    assert (tmp_path / "env").read_bytes() == stack.place.env.read_bytes()
    assert (tmp_path / "secrets/salt").read_text() == "of the backup"
    manifest = (tmp_path / "manifest.json").read_text()
    assert '"eventdeck": "0.1.0"' in manifest
    assert '"LOKI_IMAGE": "grafana/loki:' in manifest
    with tarfile.open(tmp_path / "local.tar") as local:
        assert local.getnames() == ["exporter/events.yaml"]
    with tarfile.open(tmp_path / "volumes/grafana.tar") as volume:
        assert volume.getnames() == [".", "./data"], "without what is only mounted there"


def test_services_stop_for_the_copy_only_and_it_says_how_long(stack: KeptStack) -> None:
    """Who asks the others stops before them; all run again before the archive is closed."""
    done = stack.run("backup")
    assert done.returncode == 0
    assert "All were stopped for " in done.stdout
    told = [line.split()[1:3] for line in stack.said if line.startswith("container ")]
    assert told[0] == ["stop", "grafana"]
    assert sorted(told[1:3]) == [["stop", "exporter"], ["stop", "loki"]]
    assert {what for what, _ in told[3:-3]} == {"cp"}
    assert sorted(told[-3:]) == [["start", name] for name in ("exporter", "grafana", "loki")]
    assert all_run(stack)


def test_old_ones_are_removed_and_nothing_else(stack: KeptStack) -> None:
    """The newest N stay; a file of another name, or of another stack, is not touched."""
    folder = stack.place.root / "backups"
    folder.mkdir()
    names = [f"kept-2026010{day}T000000Z.tar" for day in range(1, 5)]
    others = ["kept-sample-20260101T000000Z.tar", "mine.tar"]
    for name in names + others:
        (folder / name).write_text("")
    newest = stack.backup("--keep", "2")
    left = {path.name for path in folder.iterdir()}
    assert left == {newest.name, names[-1], *others}


@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_how_many_to_keep_is_a_number(stack: KeptStack, number: str) -> None:
    """Not one that would remove the new one as well."""
    refused = stack.run("backup", f"--keep={number}")
    assert refused.returncode == 2
    assert "write how many to keep, 1 or more" in refused.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_copy_starts_all_and_leaves_no_file(
    stack: KeptStack, number: signal.Signals
) -> None:
    """Ctrl-C, an end of the session, a shutdown."""
    assert stack.interrupted(number, "backup") == 130
    assert all_run(stack)
    assert stack.archives == []


@pytest.mark.parametrize("fault", ["cp", "stop", "config"])
def test_a_failing_engine_is_named_and_all_runs_again(stack: KeptStack, fault: str) -> None:
    """Docker's own words, no file, and the services as they were."""
    stack.faults(fault)
    done = stack.run("backup")
    assert done.returncode == 1
    assert f"no {fault} today" in done.stdout
    assert "There is no new backup." in done.stdout
    assert stack.archives == []
    assert all_run(stack)


def test_services_that_do_not_start_again_are_told(stack: KeptStack) -> None:
    """The backup is there; what to do about the services is said, and the exit code is 1."""
    stack.faults("start")
    done = stack.run("backup")
    assert done.returncode == 1
    assert "They cannot be started again: Error response from daemon: no start" in done.stdout
    assert len(stack.archives) == 1


def test_a_full_disk_leaves_nothing_half(stack: KeptStack, tmp_path: Path) -> None:
    """One sentence with the way out; the services run, and the folder is empty."""
    (stack.folder / "volumes/kept_loki/chunk").write_bytes(bytes(600_000))
    with small_disk(tmp_path / "small") as disk:
        done = stack.run("backup", "--out", str(disk.path))
        assert list(disk.path.iterdir()) == []
    assert done.returncode == 1
    assert f"{disk.path}: the disk is full; make room, or name a folder on another" in done.stdout
    assert all_run(stack)


def test_a_stack_that_is_down_stays_down(stack: KeptStack) -> None:
    """Its volumes are there; containers are made for the copy, never started, and removed."""
    stack.run_services(running=False)
    stack.backup()
    assert stack.states == {}
    assert not any(line.startswith("container start") for line in stack.said)


def test_where_there_is_nothing_it_says_so(stack: KeptStack) -> None:
    """No volumes, no backup."""
    stack.run_services(running=False)
    for path in (stack.folder / "volumes").iterdir():
        path.rename(stack.place.root / path.name)
    done = stack.run("backup")
    assert done.returncode == 1
    assert "eventdeck backup: there is nothing of kept to back up. Nothing runs." in done.stdout
