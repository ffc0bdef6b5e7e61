"""What the roles declare, what the linters say, and an inventory of fifty hosts: without hosts."""

import fnmatch
import importlib.util
import json
import subprocess
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from tests.playbooks.site import ROOT, environment

ROLES = sorted((ROOT / "playbooks/roles").iterdir())
PLAYS = ("site", "backup", "restore", "remove")


def declared(role: Path) -> dict[str, object]:
    """Return the defaults in a role's argument_specs, over all of its entry points."""
    specs = yaml.safe_load((role / "meta/argument_specs.yml").read_text())["argument_specs"]
    return {
        name: option["default"]
        for entry in specs.values()
        for name, option in entry.get("options", {}).items()
        if "default" in option
    }


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_specs_of_a_role_say_what_its_defaults_say(role: Path) -> None:
    """Each default is declared with its value; shared ones, `eventdeck_…`, stand in no role."""
    defaults = yaml.safe_load((role / "defaults/main.yml").read_text())
    own = {k: v for k, v in declared(role).items() if not k.startswith("eventdeck_")}
    assert own == defaults
    assert all(name.startswith(f"{role.name}_") for name in defaults)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_default_is_explained(role: Path) -> None:
    """A word behind it, above it, or before a group of them."""
    text = (role / "defaults/main.yml").read_text()
    assert text.count("#") >= len(yaml.safe_load(text)) / 3


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("app.jsonl", "app.jsonl"),
        ("app*.jsonl", "appx.jsonl"),
        ("app-?.jsonl", "app-x.jsonl"),
        ("app[0-9].jsonl", "app0.jsonl"),
        ("app[]a].jsonl", "app].jsonl"),
        ("app[!0-9].jsonl", "app~.jsonl"),
    ],
)
def test_a_test_event_is_written_where_the_exporter_reads_it(pattern: str, name: str) -> None:
    """Its name fits the pattern that both exporter and log agent are given."""
    file = plugin().FilterModule().filters()["eventdeck_test_file"](pattern)
    assert file == f"{name}.eventdeck-test"
    assert fnmatch.fnmatchcase(file, f"{pattern}.eventdeck-tes[t]")


def plugin() -> ModuleType:
    """The filters, as Ansible loads them: from their file."""
    path = ROOT / "playbooks/filter_plugins/eventdeck_filters.py"
    spec = importlib.util.spec_from_file_location("eventdeck_filters", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(folder: Path, *words: str) -> str:
    """Run one of Ansible's programs to a good end; what it said."""
    done = ansible_run(folder, *words)
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


def ansible_run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run one of Ansible's programs."""
    return subprocess.run(
        words, cwd=ROOT / "playbooks", env=environment(ROOT) | {"ANSIBLE_HOME": str(folder)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip


def test_ansible_lint_finds_nothing(ansible: Path, tmp_path: Path) -> None:
    """Profile production, without a network."""
    run(tmp_path, str(ansible / "ansible-lint"), "--nocolor")


SOUND = {
    "eventdeck_log_path": "/var/log/myapp",
    "eventdeck_grafana_password": "a-long-one-for-grafana",
    "eventdeck_push_password": "a-long-one-for-pushing",
    "eventdeck_scrape_password": "a-long-one-for-scrapes",
    "eventdeck_redaction_salt": "a-long-one-for-hashes",
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"eventdeck_push_password": None}, "missing required arguments: eventdeck_push_password"),
        ({"eventdeck_lgo_path": "/x"}, "eventdeck_lgo_path (did you mean eventdeck_log_path?)"),
        ({"eventdeck_grafana_password": "short"}, "eventdeck_grafana_password has fewer than 12"),
        ({"eventdeck_log_path": "logs"}, 'eventdeck_log_path is "logs"'),
        ({"stack_settings": {"GRAFANA_PROT": 1}}, "GRAFANA_PROT (did you mean GRAFANA_PORT?)"),
    ],
    ids=["missing", "unknown", "short", "relative", "setting"],
)
def test_bad_variables_are_refused_before_any_host_is_asked(
    ansible: Path, fifty: Path, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    """A sentence that says what, where and what to do; the hosts of this inventory do not exist."""
    given = {name: value for name, value in (SOUND | changes).items() if value is not None}
    words = ["-i", str(fifty), "site.yml", "--limit", "app1", "-e", json.dumps(given)]
    done = ansible_run(tmp_path, str(ansible / "ansible-playbook"), *words)
    assert done.returncode != 0
    assert said in " ".join(done.stdout.split())
    assert "UNREACHABLE" not in done.stdout


@pytest.fixture(scope="module")
def fifty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an inventory of two servers and forty-eight application hosts."""
    folder = tmp_path_factory.mktemp("fifty")
    agents = {f"app{n}": {"ansible_host": f"192.0.2.{n}"} for n in range(1, 49)}
    servers = {f"monitor{n}": {"ansible_host": f"192.0.2.{200 + n}"} for n in (1, 2)}
    groups = {"server": {"hosts": servers}, "agents": {"hosts": agents}}
    (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"children": groups}}))
    return folder


@pytest.mark.parametrize("play", PLAYS)
def test_a_play_is_right_for_fifty_hosts(
    ansible: Path, fifty: Path, tmp_path: Path, play: str
) -> None:
    """--syntax-check and --list-tasks."""
    program = str(ansible / "ansible-playbook")
    for flag in ("--syntax-check", "--list-tasks"):
        said = run(tmp_path, program, "-i", str(fifty), f"{play}.yml", flag)
        assert f"playbook: {play}.yml" in said


def test_prometheus_gets_all_of_fifty_hosts(ansible: Path, fifty: Path, tmp_path: Path) -> None:
    """The list of targets follows from the inventory: every agent once, under its name."""
    target = tmp_path / "targets.yml"
    template = ROOT / "playbooks/roles/stack/templates/targets.yml.j2"
    run(
        tmp_path, str(ansible / "ansible"), "-i", str(fifty), "monitor1", "--connection=local",
        "-m", "template", "-a", f"src={template} dest={target}",
        "-e", '{"stack_agents": "{{ groups.agents }}"}',
    )  # fmt: skip
    found = yaml.safe_load(target.read_text())
    assert {one["labels"]["instance"]: one["targets"] for one in found} == {
        f"app{n}": [f"192.0.2.{n}:9867"] for n in range(1, 49)
    }
