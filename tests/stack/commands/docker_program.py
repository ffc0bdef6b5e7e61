"""A `docker` program for tests: containers and volumes are a file and folders in its own folder.

It knows the words that backup and restore say, and fails where the file `faults` names one of them.
"""

import fcntl
import json
import shutil
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

HERE = Path(sys.argv[0]).resolve().parent
ENGINE, FAULTS, VOLUMES, SAID = (
    HERE / name for name in ("engine.json", "faults", "volumes", "said")
)
SERVICES: dict[str, list[dict[str, Any]]] = {
    "exporter": [{"type": "volume", "source": "exporter", "target": "/var/lib/eventdeck"}],
    "loki": [{"type": "volume", "source": "loki", "target": "/loki"}],
    "grafana": [
        {"type": "bind", "source": "/dashboards", "target": "/var/lib/grafana/dashboards"},
        {"type": "volume", "source": "grafana", "target": "/var/lib/grafana"},
    ],
}
ANSWERS = {
    "--version": "Docker version 28.2.2",
    "version": "28.2.2",
    "info": "/nowhere",
    "image": "",
    "compose version": "2.40.3",
    "compose build": "",
}


def compose(words: list[str], project: str) -> str:
    """Run a command of Compose."""
    known = json.loads(ENGINE.read_text())
    if words[0] == "config":
        described = {name: {"volumes": mounts} for name, mounts in SERVICES.items()}
        return json.dumps({"services": described}) if "json" in words else "\n".join(SERVICES)
    if words[0] in {"create", "up"}:
        for name in SERVICES:
            known.setdefault(name, "created")
            (VOLUMES / f"{project}_{name}").mkdir(parents=True, exist_ok=True)
    if words[0] == "up":
        known = dict.fromkeys(known, "running")
    if words[0] == "down":
        known = {}
    if "--volumes" in words:
        shutil.rmtree(VOLUMES)
        VOLUMES.mkdir()
    ENGINE.write_text(json.dumps(known))
    return ""


def container(words: list[str]) -> str:
    """Stop and start, and copy in and out."""
    if words[0] == "cp":
        copy(*words[1:])
        return ""
    with (HERE / "lock").open("w") as lock:  # several may come at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = "exited" if words[0] == "stop" else "running"
        known = json.loads(ENGINE.read_text())
        ENGINE.write_text(json.dumps(known | dict.fromkeys(words[1:], state)))
    return ""


def copy(source: str, target: str) -> None:
    """Copy a volume."""
    service, _, path = (target if source == "-" else source).partition(":")
    mounts = {mount["target"]: mount["source"] for mount in SERVICES[service]}
    (folder,) = VOLUMES.glob(f"*_{mounts[path.removesuffix('/.')]}")
    if source == "-":
        with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as tar:
            tar.extractall(folder)  # noqa: S202  made by the test
        return
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as tar:
        tar.add(folder, ".")
    if "hang" in FAULTS.read_text():
        sys.stdout.flush()
        time.sleep(600)


def inspect(services: list[str]) -> str:
    """Describe containers."""
    known = json.loads(ENGINE.read_text())
    return json.dumps(
        [
            {
                "Id": name,
                "HostConfig": {},
                "Config": {"Image": "x:1", "Labels": {"com.docker.compose.service": name}},
                "State": {"Status": known[name], "StartedAt": "", "Health": {"Status": "healthy"}},
            }
            for name in services
        ]
    )


def answer(words: list[str]) -> str:
    """Do what is asked, and return what is printed."""
    if words[0] == "compose" and "--project-name" in words:
        project = words[words.index("--project-name") + 1]
        rest = words[max(place for place, word in enumerate(words) if word == "-f") + 2 :]
        return compose(rest, project) if rest[0] != "build" else ""
    if words[0] == "container":
        return container(words[1:])
    if words[0] == "ps":
        return "" if "-sample" in words[-1] else "\n".join(json.loads(ENGINE.read_text()))
    if words[0] == "inspect":
        return inspect(words[1:])
    if words[:2] == ["volume", "ls"]:
        return "\n".join(sorted(path.name for path in VOLUMES.iterdir()))
    return ANSWERS.get(words[0], ANSWERS.get(" ".join(words[:2]), ""))


def main() -> int:
    """Answer one command."""
    words = sys.argv[1:]
    with SAID.open("a") as said:
        said.write(" ".join(words) + "\n")
    for fault in FAULTS.read_text().split():
        if fault in words:
            sys.stderr.write(f"Error response from daemon: no {fault} today\n")
            return 1
    sys.stdout.write(answer(words))
    return 0


if __name__ == "__main__":
    sys.exit(main())
