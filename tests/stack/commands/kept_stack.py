"""A clone in miniature whose stack keeps something, with a `docker` program of its own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from eventdeck.stack.place import Place

from tests.exporter.service import eventually
from tests.stack.commands import docker_program
from tests.stack.commands.conftest import ROOT


class KeptStack:
    """What a person does with it, and what then is there."""

    def __init__(self, place: Place, folder: Path) -> None:
        """Begin with three services that run, each with a volume."""
        self.place, self.folder = place, folder
        folder.mkdir()
        program = folder / "docker"
        source = Path(docker_program.__file__).read_text()
        program.write_text(f"#!{sys.executable} -IS\n{source}")
        program.chmod(0o755)
        (folder / "volumes").mkdir()
        (folder / "said").touch()
        self.faults()
        self.run_services(running=True)
        self.keep("first")
        place.env.write_text("PROJECT=kept\nREDACTION=mask\nLOG_PATH=logs\n")
        (place.root / "logs").mkdir()
        self.secrets = place.root / ".secrets"
        self.secrets.mkdir(mode=0o700)
        (self.secrets / "salt").write_text("of the backup")

    def faults(self, *words: str) -> None:
        """Let commands with these words fail."""
        (self.folder / "faults").write_text(" ".join(words))

    def run_services(self, *, running: bool) -> None:
        """Have them run, or have no container at all."""
        services = dict.fromkeys(docker_program.SERVICES, "running") if running else {}
        (self.folder / "engine.json").write_text(json.dumps(services))

    def keep(self, text: str) -> None:
        """Have every service keep a text."""
        for service in docker_program.SERVICES:
            kept = self.folder / "volumes" / f"kept_{service}"
            kept.mkdir(exist_ok=True)
            (kept / "data").write_text(f"{text} of {service}")
        covered = self.folder / "volumes/kept_grafana/dashboards"
        covered.mkdir(exist_ok=True)
        (covered / "overview.json").write_text("{}")

    @property
    def kept(self) -> set[str]:
        """What the services keep now."""
        return {path.read_text() for path in self.folder.glob("volumes/*/data")}

    @property
    def states(self) -> dict[str, str]:
        """The containers by service, and how they are."""
        states: dict[str, str] = json.loads((self.folder / "engine.json").read_text())
        return states

    @property
    def said(self) -> list[str]:
        """Every command that was given to Docker."""
        return (self.folder / "said").read_text().splitlines()

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of Eventdeck to its end."""
        return subprocess.run(
            self._command(*words),
            cwd=self.place.root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def interrupted(self, number: signal.Signals, *words: str) -> int:
        """Run a command that hangs in its copy, and send it a signal there; its exit code."""
        self.faults("hang")
        # Who starts the tests in the background may have had them ignore SIGINT.
        heedful = ["env", "--default-signal=INT", *self._command(*words)]
        with subprocess.Popen(
            heedful, cwd=self.place.root, env=self._environment, stdout=subprocess.DEVNULL
        ) as process:
            try:
                eventually(lambda: any(" cp " in line for line in self.said), "it copies")
                process.send_signal(number)
                return process.wait(60)
            finally:
                process.kill()

    def backup(self, *flags: str) -> Path:
        """Make a backup, which must succeed; its file."""
        before = set(self.archives)
        done = self.run("backup", *flags)
        assert done.returncode == 0, done.stdout + done.stderr
        (made,) = set(self.archives) - before
        return made

    @property
    def archives(self) -> list[Path]:
        """The backups, oldest first; with whatever else lies there."""
        folder = self.place.root / "backups"
        return sorted(folder.iterdir()) if folder.exists() else []

    @property
    def _environment(self) -> dict[str, str]:
        path = f"{self.folder}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "exporter")}

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "eventdeck", *words]
