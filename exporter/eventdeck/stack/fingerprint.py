"""Digests of what containers are made of: a container is replaced when its own has changed."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from eventdeck.stack.place import Place

# Variable of compose.yaml -> what its service reads at start. Dashboards are not here: Grafana
# reads them again by itself, and nobody is thrown out for a new panel.
CONFIGURATIONS = {
    "EXPORTER_CONFIG": "exporter/events.yaml",
    "PROMETHEUS_CONFIG": "prometheus",
    "ALERTMANAGER_CONFIG": "alertmanager",
    "LOKI_CONFIG": "loki",
    "PROMTAIL_CONFIG": "promtail",
    "GRAFANA_CONFIG": "grafana/provisioning",
}
# Beside a configuration, but for people and tests only: nobody is restarted for a new runbook.
_READ_BY_NO_SERVICE = (".md", ".gitignore", ".gitkeep", "/thresholds.yaml")
_IMAGE = ("Dockerfile", "requirements.txt", "eventdeck")


def fingerprints(place: Place) -> dict[str, str]:
    """Return each variable of compose.yaml that holds a digest, with the digest."""
    roots = dict.fromkeys((place.root, place.deck))  # ours, and the user's own where he has one
    paths = {name: [root / path for root in roots] for name, path in CONFIGURATIONS.items()}
    paths["PROMETHEUS_CONFIG"].append(place.own_rules)
    found = {name: _configuration(filter(Path.exists, several)) for name, several in paths.items()}
    return found | {"EXPORTER_SOURCE": source(place)}


def source(place: Place) -> str:
    """Sum up what the exporter's image is made of."""
    return digest(place.root / "exporter" / name for name in _IMAGE)


def digest(paths: Iterable[Path]) -> str:
    """Sum up files and folders: names and contents, whatever their times and owners are."""
    return _sum(_files(paths))


def is_read(name: str) -> bool:
    """Whether a service reads this file of the clone, named with the folder of the service."""
    return not name.endswith(_READ_BY_NO_SERVICE) and "/tests/" not in name


def _configuration(paths: Iterable[Path]) -> str:
    return _sum((name, file) for name, file in _files(paths) if is_read(name))


def _files(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Give every file with its name, which begins with that of the folder it was found in."""
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                yield file.relative_to(path.parent).as_posix(), file


def _sum(files: Iterable[tuple[str, Path]]) -> str:
    total = hashlib.sha256()
    for name, file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{name} {content}\n".encode())
    return total.hexdigest()[:16]
