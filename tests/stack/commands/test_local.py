"""A user's own catalogue in `local`: the stack mounts what follows from it instead of ours."""

import shutil
from pathlib import Path

from eventdeck.stack import settings
from eventdeck.stack.fingerprint import fingerprints
from eventdeck.stack.place import Place

ROOT = Path(__file__).parents[3]
FOLDERS = ("compose", "exporter", "promtail", "prometheus", "loki", "grafana")


def clone(folder: Path) -> Place:
    """What a clone has that the settings follow from."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, symlinks=True)
    return Place(folder)


def test_without_one_nothing_is_set(tmp_path: Path) -> None:
    """The tree of the repository is mounted."""
    place = clone(tmp_path)
    assert "DECK" not in settings.load(place)[0].environment()
    assert place.deck == place.root


def test_with_one_its_tree_is_mounted_and_watched(tmp_path: Path) -> None:
    """Containers are made anew for another catalogue of one's own, and only those that read it."""
    place = clone(tmp_path)
    before = fingerprints(place)
    own = tmp_path / "local"
    shutil.copytree(ROOT / "exporter", own / "exporter", symlinks=True)
    environment = settings.load(place)[0].environment()
    assert environment["DECK"] == str(own)
    first = fingerprints(place)
    assert first["LOKI_CONFIG"] == before["LOKI_CONFIG"]
    assert first["EXPORTER_CONFIG"] != before["EXPORTER_CONFIG"]
    with (own / "exporter/events.yaml").open("a") as catalogue:
        catalogue.write("# changed\n")
    changed = {name for name, value in fingerprints(place).items() if first[name] != value}
    assert changed == {"EXPORTER_CONFIG"}


def test_a_rule_of_ones_own_reaches_prometheus(tmp_path: Path) -> None:
    """Its container is made anew, and no other."""
    place = clone(tmp_path)
    before = fingerprints(place)
    place.own_rules.mkdir(parents=True)
    (place.own_rules / "mine.yml").write_text("groups: []\n")
    changed = {name for name, value in fingerprints(place).items() if before[name] != value}
    assert changed == {"PROMETHEUS_CONFIG"}


def test_what_only_people_and_tests_read_makes_no_container_anew(tmp_path: Path) -> None:
    """A runbook, a threshold before it was rendered, a promtool test: Prometheus reads none."""
    place = clone(tmp_path)
    before = fingerprints(place)
    for name in ("RUNBOOK.md", "thresholds.yaml", "tests/events.yml"):
        with (tmp_path / "prometheus" / name).open("a") as file:
            file.write("# changed\n")
    assert fingerprints(place) == before
    with (tmp_path / "prometheus/rules/events.yml").open("a") as rules:
        rules.write("# changed\n")
    assert fingerprints(place)["PROMETHEUS_CONFIG"] != before["PROMETHEUS_CONFIG"]
