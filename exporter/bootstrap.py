"""Makes `.venv` and puts into it what a lock names, and the package `eventdeck`.

For the playbooks it is `.venv-deploy`, with Ansible.

make calls it before everything else, with the system's Python and nothing installed. It stands
outside of the package, which cannot be imported yet, and parses under Python 3.6, so that a Python
which is too old says so in a sentence and not in a traceback.
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
import typing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
RUN = "exporter/requirements.txt"
TEST = "tests/requirements.txt"  # holds everything that RUN holds
DEPLOY = "playbooks/requirements.txt"  # so does this; 500 MB, hence in a folder of its own

DISK_FULL = "No space left on device"
SMALLEST_DISK = 32 * 2**20  # bytes

TROUBLES = (  # what pip says -> what to do; the first one found is told
    (
        ("CERTIFICATE_VERIFY_FAILED", "SSLError"),
        "the certificate of the package index is not trusted: PIP_CERT=/path/to/ca.pem make ...",
    ),
    (
        ("NewConnectionError", "NameResolution", "ConnectTimeout", "ReadTimeout", "Retrying ("),
        "the package index does not answer: connect this machine, or name a mirror of yours with "
        "PIP_INDEX_URL, and run make again",
    ),
    ((DISK_FULL,), "the disk is full: make room and run make again"),
    (
        ("Permission denied", "Read-only file system"),
        f"{ROOT} cannot be written: run make as the owner of that folder",
    ),
)
# Settings of a person's own pip that would send packages elsewhere than into .venv.
ELSEWHERE = ("PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PIP_ROOT", "PIP_TARGET")


class CannotPrepareError(Exception):
    """Why there is no `.venv`, and what to do about it, in one sentence."""


def main() -> int:
    """Prepare `.venv` for running, or with `--test` for the tests too; 1 when that cannot be."""
    parser = argparse.ArgumentParser(description="Make .venv as make needs it.")
    parser.add_argument("--test", action="store_true", help="with what the tests and lint need")
    parser.add_argument("--deploy", action="store_true", help="make .venv-deploy, for servers")
    options = parser.parse_args()
    try:
        check_python(sys.version_info[:2])
        if options.deploy:
            Environment(ROOT, ".venv-deploy").prepare(DEPLOY)
        else:
            Environment(ROOT).prepare(TEST if options.test else RUN)
    except (CannotPrepareError, OSError) as trouble:
        sys.stderr.write(f"eventdeck: {trouble}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def check_python(version: "tuple[int, int]") -> None:
    """Refuse a Python that is too old or cannot make virtual environments."""
    if version < OLDEST:
        raise CannotPrepareError(
            f"Python 3.11 or newer is needed, and {sys.executable} is {version[0]}.{version[1]}: "
            f"name another one, for example PYTHON={newer_python() or 'python3.12'} make ..."
        )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise CannotPrepareError(
            f"{sys.executable} cannot make virtual environments (no module venv or ensurepip): "
            "install it, on Debian and Ubuntu with apt-get install python3-venv"
        )


def newer_python() -> "str | None":
    """Find a Python on this machine that is new enough and starts."""
    for minor in range(20, OLDEST[1] - 1, -1):
        name = f"python3.{minor}"
        if shutil.which(name) and subprocess.call([name, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            return name
    return None


class Environment:
    """The folder `.venv` of a source tree. Its stamp says what it holds, and is written last.

    Without a stamp, with another Python, another lock or in another place it is made anew, so that
    it does not matter what a kill in the middle or an earlier lock left behind.
    """

    def __init__(self, root: Path, folder: str = ".venv") -> None:
        self.root = root
        self.folder = root / folder
        self.stamp = self.folder / "eventdeck.json"
        # Never the Python of an active .venv: that one may be about to go.
        self.python = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)

    def prepare(self, lock: str) -> None:
        """Bring it up to `lock`; at once and silently when it is."""
        if self.holds(lock):
            return
        with self.alone():
            if not self.holds(lock):
                self.build(lock)

    def holds(self, lock: str) -> bool:
        """Whether all of `lock` is there; what serves the tests serves a run."""
        return self.stamped() in [[self.made(), self.digest(name)] for name in (lock, TEST)]

    def stamped(self) -> object:
        """Read the stamp; None when it is missing or damaged or the programs are gone."""
        try:
            for name in ("python", "eventdeck"):
                (self.folder / "bin" / name).stat()
            return json.loads(self.stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def made(self) -> "list[str]":
        """Return what cannot change without making it anew: scripts in it hold absolute paths."""
        return [self.python, ".".join(map(str, sys.version_info[:2])), str(self.folder)]

    def digest(self, lock: str) -> str:
        """Sum up everything that an installation of `lock` depends on."""
        import tomllib  # noqa: PLC0415 - an old Python has none, and must come to say so

        declared = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        tool = declared.get("tool", {}).get("setuptools")
        parts = [repr((declared.get("project"), declared.get("build-system"), tool)).encode()]
        parts += [(self.root / name).read_bytes() for name in sorted({RUN, lock})]
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    @contextlib.contextmanager
    def alone(self) -> "typing.Iterator[None]":
        """Let a second make wait until this one is done, and a pip that outlived a kill as well."""
        folder = os.open(str(self.root), os.O_RDONLY)
        os.set_inheritable(folder, True)  # noqa: FBT003 - takes no keyword
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def build(self, lock: str) -> None:
        """Install `lock`, anew where nothing can be kept, and say how long it took."""
        began = time.monotonic()
        say(f"preparing {self.folder.name}: Python {self.made()[1]}, {lock} ... ")
        before = self.stamped()
        anew = before != [self.made(), self.digest(RUN)]
        try:
            self.install(lock, anew=anew)
        except CannotPrepareError:
            say("failed\n")
            if not anew:
                self.stamp.write_text(json.dumps(before), encoding="utf-8")
            raise
        self.stamp.write_text(json.dumps([self.made(), self.digest(lock)]), encoding="utf-8")
        say(f"{time.monotonic() - began:.0f} s\n")

    def install(self, lock: str, *, anew: bool) -> None:
        """Run venv and pip, without a stamp in between: a kill leaves nothing that looks whole."""
        with contextlib.suppress(FileNotFoundError):
            self.stamp.unlink()
        if anew:
            run([self.python, "-I", "-m", "venv", "--clear", str(self.folder)])
        pip = [str(self.folder / "bin/python"), "-I", "-m", "pip", "--disable-pip-version-check"]
        pip += ["--no-input", "--retries=2", "install", "--quiet"]
        run([*pip, "--require-hashes", "-r", str(self.root / lock)])
        run([*pip, "--no-deps", "--no-build-isolation", "--no-index", "-e", str(self.root)])


def run(command: "list[str]") -> None:
    """Run one step without a word; raise with what to do, or with all it said, when it fails."""
    environment = {name: word for name, word in os.environ.items() if name not in ELSEWHERE}
    step = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**environment, "PIP_USER": "0"},
        check=False,
        close_fds=False,
    )
    if step.returncode == 0:
        return
    said = step.stdout.decode(errors="replace")
    if shutil.disk_usage(str(ROOT)).free < SMALLEST_DISK:
        said += DISK_FULL  # venv keeps to itself what its own pip said
    for marks, advice in TROUBLES:
        if any(mark in said for mark in marks):
            raise CannotPrepareError(advice)
    raise CannotPrepareError(f"this failed: {' '.join(command)}\n{said.rstrip()}")


def say(words: str) -> None:
    """Write at once, so that a waiting person sees what is being done."""
    sys.stdout.write(words)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
