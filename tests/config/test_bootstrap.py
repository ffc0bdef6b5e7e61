"""`exporter/bootstrap.py`: make's first step works with whatever Python the machine has."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "exporter/bootstrap.py"


@pytest.fixture
def bootstrap() -> ModuleType:
    """Give the script as a module."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a source tree that was never prepared."""
    return source_tree(tmp_path)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a source tree after its first `make demo`."""
    root = source_tree(tmp_path_factory.mktemp("prepared"))
    done = prepare(root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("preparing .venv: Python 3.")
    return root


def source_tree(root: Path) -> Path:
    """Write a tree whose package has one empty function and whose locks are empty."""
    for folder in ("exporter", "tests"):
        (root / folder).mkdir()
        (root / folder / "requirements.txt").write_text("")
    (root / "exporter/bootstrap.py").write_bytes(SCRIPT.read_bytes())
    (root / "exporter/eventdeck.py").write_text("def main(): return 0\n")
    (root / "exporter/backend.py").write_text(BACKEND)
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["exporter"]\n'
    )
    return root


BACKEND = """
import zipfile
from pathlib import Path

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "eventdeck-0-py3-none-any.whl"
    files = {
        "METADATA": "Metadata-Version: 2.1\\nName: eventdeck\\nVersion: 0\\n",
        "WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        "entry_points.txt": "[console_scripts]\\neventdeck = eventdeck:main\\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        for file, text in files.items():
            wheel.writestr(f"eventdeck-0.dist-info/{file}", text)
        wheel.writestr("eventdeck.pth", str(Path(__file__).parent))
    return name
"""


def prepare(tree: Path, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script as make does."""
    return subprocess.run(
        [sys.executable, str(tree / "exporter/bootstrap.py"), *flags],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_too_old_a_python_can_read_the_script() -> None:
    """Python 3.6 parses it, and so gets as far as the sentence that it is too old."""
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_too_old_a_python_is_told_what_is_needed(bootstrap: ModuleType) -> None:
    """Version, path and the way to name another Python stand in one sentence."""
    with pytest.raises(bootstrap.CannotPrepareError, match=r"3\.11 or newer .* is 3\.9: .*PYTHON="):
        bootstrap.check_python((3, 9))


def test_python_without_venv_is_told_the_package(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's Python comes without ensurepip; the sentence names the package that has it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if "pip" in name else name)
    with pytest.raises(bootstrap.CannotPrepareError, match="apt-get install python3-venv"):
        bootstrap.check_python((3, 12))


def test_second_run_does_nothing(prepared: Path) -> None:
    """What is up to date is left alone, without a word and without pip."""
    stamp = prepared / ".venv/eventdeck.json"
    before = stamp.stat()
    assert prepare(prepared).stdout == ""
    after = stamp.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_without_a_network_one_sentence_says_so_and_nothing_is_lost(prepared: Path) -> None:
    """A lock that cannot be fetched ends in a sentence; what was installed before still counts."""
    lock = prepared / "tests/requirements.txt"
    lock.write_text(f"yamllint==1.38.0 --hash=sha256:{'0' * 64}\n")
    done = prepare(prepared, "--test", PIP_INDEX_URL="http://127.0.0.1:9/", PIP_FIND_LINKS="")
    lock.write_text("")
    assert done.returncode == 1
    assert "the package index does not answer" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert prepare(prepared).stdout == ""


def test_tests_add_to_what_a_run_needs(prepared: Path) -> None:
    """After `make demo`, `make test` installs the rest; then `make demo` has nothing to do."""
    assert "tests/requirements.txt" in prepare(prepared, "--test").stdout
    assert prepare(prepared).stdout == ""


def test_tree_in_another_place_gets_an_environment_of_its_own(
    prepared: Path, tmp_path: Path
) -> None:
    """Scripts in `.venv` hold absolute paths: a copied or moved tree does not use the old ones."""
    moved = shutil.copytree(prepared, tmp_path / "moved here", symlinks=True)
    assert "preparing" in prepare(moved).stdout
    command = (moved / ".venv/bin/eventdeck").read_text()
    assert "moved here" in command
    assert subprocess.run([str(moved / ".venv/bin/eventdeck")], check=False).returncode == 0


def test_kill_in_the_middle_is_repaired(tree: Path) -> None:
    """A `.venv` that was never finished is made anew, whatever stands in it."""
    (tree / ".venv/bin").mkdir(parents=True)
    (tree / ".venv/bin/python").symlink_to("/no/such/python")
    assert prepare(tree).returncode == 0
    assert subprocess.run([str(tree / ".venv/bin/eventdeck")], check=False).returncode == 0
