"""Every linter of the project, by name; `make lint` runs them all, the tests one by one."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent  # .venv/bin, where the locked linters are
SCRIPTS = [".ci/run", "tests/system-packages.sh"]

LINTERS = {
    "ruff check": ["ruff", "check", "--quiet", "."],
    "ruff format": ["ruff", "format", "--check", "--quiet", "."],
    "mypy": ["mypy", "--no-error-summary"],
    "yamllint": ["yamllint", "--strict", "."],
    "shellcheck": ["shellcheck", *SCRIPTS],
    "hadolint": ["hadolint", "exporter/Dockerfile"],
}


def run(name: str) -> tuple[int, str]:
    """Run one linter over the whole tree; its exit code and what it said."""
    program, *arguments = LINTERS[name]
    path = shutil.which(program, path=str(BIN)) or program
    done = subprocess.run(
        [path, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def main() -> int:
    """Run all of them, also after one has failed."""
    worst = 0
    for name in LINTERS:
        code, said = run(name)
        sys.stdout.write(f"{name}: {'ok' if code == 0 else 'failed'}\n{said}")
        worst = worst or code
    return worst


if __name__ == "__main__":
    sys.exit(main())
