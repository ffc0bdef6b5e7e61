"""Digests of what containers are made of: a container is replaced when its own has changed."""

import hashlib
from collections.abc import Iterable
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
_IMAGE = ("Dockerfile", "requirements.txt", "eventdeck")


def fingerprints(place: Place) -> dict[str, str]:
    """Return each variable of compose.yaml that holds a digest, with the digest."""
    roots = dict.fromkeys((place.root, place.deck))  # ours, and the user's own where he has one
    paths = {name: [root / path for root in roots] for name, path in CONFIGURATIONS.items()}
    paths["PROMETHEUS_CONFIG"].append(place.own_rules)
    found = {name: digest(filter(Path.exists, several)) for name, several in paths.items()}
    return found | {"EXPORTER_SOURCE": source(place)}


def source(place: Place) -> str:
    """Sum up what the exporter's image is made of."""
    return digest(place.root / "exporter" / name for name in _IMAGE)


def digest(paths: Iterable[Path]) -> str:
    """Sum up files and folders: names and contents, whatever their times and owners are."""
    total = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                name = file.relative_to(path.parent).as_posix()
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                total.update(f"{name} {content}\n".encode())
    return total.hexdigest()[:16]
