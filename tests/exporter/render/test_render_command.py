"""`eventdeck render` as an operator sees it."""

import shutil
from argparse import ArgumentParser
from pathlib import Path

import pytest
from eventdeck.render import rules, runbook, thresholds
from eventdeck.render.command import add_arguments, run
from eventdeck.render.outputs import OUTPUTS

ROOT = Path(__file__).parents[3]
EVENTS = ROOT / "exporter" / "events.yaml"
NAMES = [*OUTPUTS, *rules.load(str(ROOT / thresholds.FILE), ROOT / runbook.FILE).outputs()]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a tree that holds what people write, and nothing else."""
    for name in ("exporter/events.yaml", thresholds.FILE, "prometheus/RUNBOOK.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def render(*flags: str) -> int:
    """Run the command with these flags."""
    parser = ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(flags))


def test_render_says_what_it_wrote(capsys: Capture) -> None:
    """The first run names each file; the second has nothing to say."""
    assert render() == 0
    assert capsys.readouterr().out == "".join(f"wrote {name}\n" for name in NAMES)
    assert render() == 0
    assert capsys.readouterr().out == ""


def test_check_names_stale_files(capsys: Capture) -> None:
    """One name a line, then what to do; after rendering there is nothing."""
    assert render("--check") == 1
    said = capsys.readouterr()
    assert said.out == "".join(f"{name}\n" for name in NAMES)
    assert said.err == "not what the catalogue says: run `make render`\n"
    render()
    capsys.readouterr()
    assert render("--check") == 0
    assert capsys.readouterr() == ("", "")


def test_a_changed_catalogue_makes_the_reference_stale(tree: Path, capsys: Capture) -> None:
    """A word that is changed in the catalogue is changed in the reference, and only there."""
    render()
    catalogue = tree / "exporter" / "events.yaml"
    catalogue.write_text(catalogue.read_text().replace("User logs out", "User goes home"))
    capsys.readouterr()
    assert render("--check") == 1
    assert capsys.readouterr().out == "exporter/EVENTS.md\n"
    assert render() == 0
    assert "User goes home" in (tree / "exporter" / "EVENTS.md").read_text()


def test_an_edited_file_is_named_and_kept(tree: Path, capsys: Capture) -> None:
    """An edit by hand is not lost without `--force`, and the sentence says where it belongs."""
    render()
    reference = tree / "exporter" / "EVENTS.md"
    reference.write_text(reference.read_text() + "mine\n")
    capsys.readouterr()
    assert render() == 1
    assert capsys.readouterr().err == (
        "exporter/EVENTS.md: was edited by hand and is left as it is; make that change in "
        "exporter/events.yaml, then overwrite the file with `eventdeck render --force`\n"
    )
    assert reference.read_text().endswith("mine\n")
    assert render("--check") == 1
    assert "edited by hand: exporter/EVENTS.md; make that change" in capsys.readouterr().err
    assert render("--force") == 0
    assert not reference.read_text().endswith("mine\n")


def test_a_wrong_catalogue_writes_nothing(tree: Path, capsys: Capture) -> None:
    """The problems are told, one a line, and no file appears."""
    catalogue = tree / "exporter" / "events.yaml"
    catalogue.write_text(catalogue.read_text().replace("Europe/Rome\n", "Europe/Rom\n"))
    assert render() == 1
    assert "exporter/events.yaml:" in capsys.readouterr().err
    assert not (tree / "exporter" / "EVENTS.md").exists()


def test_a_changed_threshold_makes_the_rules_stale(tree: Path, capsys: Capture) -> None:
    """And what proves them; a threshold that is no number writes nothing."""
    render()
    path = tree / thresholds.FILE
    path.write_text(path.read_text().replace("failures: 20", "failures: 30"))
    capsys.readouterr()
    assert render("--check") == 1
    assert capsys.readouterr().out == "prometheus/rules/events.yml\nprometheus/tests/events.yml\n"
    path.write_text(path.read_text().replace("failures: 30", "failures: thirty"))
    assert render() == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"{thresholds.FILE}:9: LoginBruteForce.failures: "
        '"thirty" is no number; write one, such as 5\n'
    )


def test_a_missing_root_is_named(capsys: Capture) -> None:
    """A root that is not there is not made."""
    assert render("--root", "nowhere") == 1
    assert capsys.readouterr().err == "nowhere: is no folder; --root names that of the repository\n"


def test_a_catalogue_of_ones_own_has_a_tree_of_its_own(tree: Path, capsys: Capture) -> None:
    """With `local/exporter/events.yaml` all goes below `local`; what git knows stays as it is."""
    (tree / "local/exporter").mkdir(parents=True)
    text = EVENTS.read_text().replace("namespace: timetracker", "namespace: mine")
    (tree / "local/exporter/events.yaml").write_text(text)
    assert render() == 0
    assert capsys.readouterr().out == "".join(f"wrote local/{name}\n" for name in NAMES)
    assert "mine_events_total" in (tree / "local/grafana/dashboards/overview.json").read_text()
    assert "ErrorBurst" in (tree / "local/grafana/dashboards/runbook.json").read_text()
    assert {path.name for path in tree.iterdir()} == {"exporter", "prometheus", "local"}
    assert not (tree / "prometheus/rules").exists()
    assert render("--check") == 0
