"""`eventdeck restore`: what it refuses before anything is changed, and what it brings back."""

import io
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from eventdeck.stack.archive import FORMAT, Manifest
from eventdeck.stack.archive_writer import ArchiveWriter
from eventdeck.stack.place import Place

from tests.stack.commands.conftest import miniature
from tests.stack.commands.kept_stack import KeptStack


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Make one backup for all."""
    folder = tmp_path_factory.mktemp("made")
    return kept_stack(miniature(folder / "clone"), folder).backup().read_bytes()


@pytest.fixture
def stack(place: Place, tmp_path: Path, made: bytes) -> KeptStack:
    """Give a stack that has gone on since its backup."""
    stack = kept_stack(place, tmp_path)
    (place.root / "backups").mkdir()
    (place.root / "backups/kept-20260101T000000Z.tar").write_bytes(made)
    stack.keep("later")
    return stack


def kept_stack(place: Place, folder: Path) -> KeptStack:
    """A stack with a dashboard of the user's own."""
    stack = KeptStack(place, folder / "docker")
    (place.local / "dashboards").mkdir(parents=True)
    (place.local / "dashboards/mine.json").write_text("mine")
    return stack


FIRST = {"first of exporter", "first of loki", "first of grafana"}
LATER = {"later of exporter", "later of loki", "later of grafana"}


def test_everything_is_as_it_was(stack: KeptStack) -> None:
    """Volumes and secrets are replaced, also what came later; the stack runs."""
    (stack.folder / "volumes/kept_loki/new").write_text("came later")
    (stack.secrets / "salt").write_text("later")
    done = stack.run("restore", str(stack.archives[0]), "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert stack.kept == FIRST
    assert not (stack.folder / "volumes/kept_loki/new").exists()
    assert (stack.secrets / "salt").read_text() == "of the backup"
    assert (stack.secrets / "salt").stat().st_mode & 0o777 == 0o444
    assert set(stack.states.values()) == {"running"}


def test_an_empty_machine_gets_settings_as_well(stack: KeptStack) -> None:
    """Nothing is asked where nothing is replaced; .env, local/ and secrets come back as well."""
    env = stack.place.env.read_text()
    shutil.rmtree(stack.place.local)
    stack.place.env.unlink()
    (stack.secrets / "salt").unlink()
    stack.secrets.rmdir()
    stack.run_services(running=False)
    for path in (stack.folder / "volumes").iterdir():
        path.rename(stack.place.root / path.name)
    done = stack.run("restore", str(stack.archives[0]))
    assert done.returncode == 0, done.stdout + done.stderr
    assert stack.kept == FIRST
    assert stack.place.env.read_text() == env
    assert (stack.place.local / "dashboards/mine.json").read_text() == "mine"
    assert stack.secrets.stat().st_mode & 0o777 == 0o700


def test_settings_that_are_here_are_kept(stack: KeptStack) -> None:
    """A machine's own .env and local/ win, and that they differ is said."""
    stack.place.env.write_text("PROJECT=kept\nLOG_PATH=logs\n")
    (stack.place.local / "dashboards/mine.json").write_text("later")
    done = stack.run("restore", str(stack.archives[0]), "--yes")
    assert "kept .env as it is here; the one in the archive differs" in done.stdout
    assert "kept local/ as it is here" in done.stdout
    assert stack.place.env.read_text() == "PROJECT=kept\nLOG_PATH=logs\n"
    assert (stack.place.local / "dashboards/mine.json").read_text() == "later"


def test_without_a_yes_nothing_is_replaced(stack: KeptStack) -> None:
    """It names what would go, and that nobody can be asked here."""
    done = stack.run("restore", str(stack.archives[0]))
    assert done.returncode == 1
    assert "This replaces kept and all it has kept: kept_exporter, kept_" in done.stdout
    assert "Nobody is there to be asked; --yes says yes." in done.stdout
    assert stack.kept == LATER


def nothing(_: bytes) -> bytes:
    """An empty file."""
    return b""


def text(_: bytes) -> bytes:
    """No tar at all."""
    return b"hello " * 1000


def foreign(_: bytes) -> bytes:
    """Somebody else's tar."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("etc/passwd"), io.BytesIO())
    return made.getvalue()


def half(whole: bytes) -> bytes:
    """Cut in the middle of a volume."""
    return whole[: len(whole) // 2]


def without_end(whole: bytes) -> bytes:
    """Cut before the checksums."""
    return whole[: whole.rindex(b"SHA256SUMS\0")]


def flipped(whole: bytes) -> bytes:
    """One byte of a volume is another."""
    return whole.replace(b"first of loki", b"first of lokI")


def flipped_manifest(whole: bytes) -> bytes:
    """One byte of the manifest is another."""
    return whole.replace(b'"project": "kept"', b'"project": "kepT"')


def renamed(whole: bytes) -> bytes:
    """A member has a name that leads elsewhere."""
    return rewritten(whole, "secrets/salt", "secrets/../../x")


def rewritten(whole: bytes, name: str, other: str) -> bytes:
    """Give a member another name."""
    made = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(whole)) as old,
        tarfile.open(fileobj=made, mode="w") as new,
    ):
        for entry in old:
            content = old.extractfile(entry)
            entry.name = other if entry.name == name else entry.name
            new.addfile(entry, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (nothing, "is no backup of Eventdeck; `make backup` writes one"),
        (text, "is no backup of Eventdeck; `make backup` writes one"),
        (foreign, "is no backup of Eventdeck; `make backup` writes one"),
        (half, "is cut short; take another backup, or copy this one once more"),
        (without_end, "is cut short; take another backup, or copy this one once more"),
        (flipped, "volumes/loki.tar has another checksum than when it was written; take another"),
        (flipped_manifest, "manifest.json has another checksum than when it was written; take"),
        (renamed, "secrets/../../x is no backup that this version can have made"),
    ],
)
def test_an_archive_that_is_not_whole_is_refused(
    stack: KeptStack, spoil: Callable[[bytes], bytes], sentence: str
) -> None:
    """Before anything is changed, also with --yes; file, what is wrong, what to do."""
    path = stack.archives[0]
    path.write_bytes(spoil(path.read_bytes()))
    done = stack.run("restore", str(path), "--yes")
    assert done.returncode == 1
    assert f"eventdeck restore: {path}: {sentence}" in done.stdout
    assert done.stdout.endswith("Nothing was changed.\n")
    assert stack.kept == LATER


def test_an_archive_that_is_not_there_is_named(stack: KeptStack) -> None:
    """No trace of the program."""
    done = stack.run("restore", "nowhere.tar", "--yes")
    assert done.stdout.startswith("eventdeck restore: nowhere.tar: cannot be read: No such file")
    assert (done.returncode, done.stderr) == (1, "")


def archive(path: Path, **values: object) -> Path:
    """Write a backup that is whole, and as another version or stack would make it."""
    given = {
        "format": FORMAT,
        "eventdeck": "0.1.0",
        "made": "20260101T000000Z",
        "project": "kept",
        "sample": False,
        "images": {},
        **values,
    }
    with path.open("wb") as file:
        writer = ArchiveWriter(file)
        writer.add("env", b"PROJECT=kept\nLOG_PATH=logs\n")
        writer.add("volumes/loki.tar", b"")
        writer.finish(Manifest(**given))  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"eventdeck": "0.9.0"},
            "was made by Eventdeck 0.9.0, and this is 0.1.0; check out v0.9.0, restore it there",
        ),
        ({"format": 2}, "was made by Eventdeck 0.1.0"),
        (
            {"sample": True},
            "is of a stack on samples, and .env here sets LOG_PATH; change that, or move .env",
        ),
        (
            {"images": {"LOKI_IMAGE": "grafana/loki:9"}},
            "was made with grafana/loki:9, and here LOKI_IMAGE is grafana/loki:",
        ),
    ],
)
def test_another_version_or_stack_is_refused(
    stack: KeptStack, tmp_path: Path, values: dict[str, object], sentence: str
) -> None:
    """What it was made with stands in the sentence, and what to do."""
    path = archive(tmp_path / "other.tar", **values)
    done = stack.run("restore", str(path), "--yes")
    assert done.returncode == 1
    assert f"{path}: {sentence}" in done.stdout
    assert "Nothing was changed." in done.stdout
    assert stack.kept == LATER


def test_settings_that_cannot_start_are_refused_first(stack: KeptStack) -> None:
    """The archive's .env names a folder that this machine has not: said before data is touched."""
    stack.place.env.unlink()
    (stack.place.root / "logs").rmdir()
    done = stack.run("restore", str(stack.archives[0]), "--yes")
    assert done.returncode == 1
    assert "the stack could not start:" in done.stdout
    assert "LOG_PATH: there is no folder" in done.stdout
    assert not stack.place.env.exists()
    assert stack.kept == LATER


def test_a_restore_that_fails_half_way_says_so_and_starts_nothing(stack: KeptStack) -> None:
    """What is there is not the backup: it does not run until a restore has succeeded."""
    stack.faults("cp")
    done = stack.run("restore", str(stack.archives[0]), "--yes")
    assert done.returncode == 1
    assert "kept is restored in part only: mend that, then restore once more." in done.stdout
    assert "running" not in stack.states.values()
    stack.faults()
    assert stack.run("restore", str(stack.archives[0]), "--yes").returncode == 0
    assert stack.kept == FIRST
