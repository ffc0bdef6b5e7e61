"""The archive of a server: made, checked and laid back by the module that the plays use."""

import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.playbooks.site import ROOT, environment


class Archive:
    """The module, asked by Ansible itself, on this machine."""

    def __init__(self, ansible: Path, folder: Path) -> None:
        """Put a volume with a file, a link and an owner of its own into a folder."""
        self._ansible, self._home = ansible, folder / "ansible"
        self.path = folder / "archive.tar.gz"
        self.volume = folder / "volume"
        (self.volume / "wal").mkdir(parents=True)
        (self.volume / "wal/0001").write_text("samples")
        (self.volume / "link").symlink_to("wal/0001")
        os.chown(self.volume / "wal", 10001, 10001)

    def ask(self, state: str) -> tuple[bool, str]:
        """Run the module; whether all was well, and what it said."""
        given = {"path": str(self.path), "state": state, "folders": {"loki": str(self.volume)}}
        words = ["localhost", "-m", "eventdeck_archive", "-a", json.dumps(given)]
        done = subprocess.run(
            [str(self._ansible / "ansible"), *words],
            env=environment(ROOT) | {"ANSIBLE_HOME": str(self._home)},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode == 0, " ".join((done.stdout + done.stderr).split())


@pytest.fixture
def archive(ansible: Path, tmp_path: Path) -> Archive:
    """Give an archive that was made."""
    made = Archive(ansible, tmp_path)
    well, said = made.ask("made")
    assert well, said
    return made


def test_what_was_archived_comes_back_and_what_is_newer_goes(archive: Archive) -> None:
    """Files, links and owners are again what they were; nothing else is left in the folder."""
    assert archive.path.stat().st_mode & 0o077 == 0
    (archive.volume / "wal/0001").write_text("other")
    (archive.volume / "wal/0002").write_text("newer")
    (archive.volume / "link").unlink()
    well, said = archive.ask("laid_back")
    assert well, said
    assert (archive.volume / "link").read_text() == "samples"
    assert (archive.volume / "wal").stat().st_uid == 10001
    assert not (archive.volume / "wal/0002").exists()


@pytest.mark.parametrize("harm", ["cut", "altered", "foreign"])
def test_an_archive_that_is_not_whole_is_refused(
    archive: Archive, tmp_path: Path, harm: str
) -> None:
    """It is said what is wrong, and nothing in the folder was touched."""
    if harm == "cut":
        data = archive.path.read_bytes()
        archive.path.write_bytes(data[: len(data) // 2])
    else:
        repack(archive.path, tmp_path / "unpacked", harm)
    (archive.volume / "wal/0001").write_text("untouched")
    well, said = archive.ask("laid_back")
    assert not well
    wanted = {"cut": "take another", "altered": "checksum of loki/wal/0001", "foreign": "format 99"}
    assert wanted[harm] in said
    assert (archive.volume / "wal/0001").read_text() == "untouched"


def repack(path: Path, folder: Path, harm: str) -> None:
    """Alter a file of an archive, or the version of its manifest."""
    with tarfile.open(path) as tar:
        tar.extractall(folder, filter="data")
    if harm == "altered":
        (folder / "loki/wal/0001").write_text("altered")
    else:
        manifest = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    with tarfile.open(path, "w:gz") as tar:
        for entry in sorted(folder.iterdir()):
            tar.add(entry, entry.name)
