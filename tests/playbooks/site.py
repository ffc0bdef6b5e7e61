"""A clone of the project with an inventory: what an operator has on his machine."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.playbooks import base
from tests.playbooks.hosts import Host, Lan, ssh_options

ROOT = Path(__file__).parents[2]
COMPOSE = "/usr/local/libexec/docker/cli-plugins/docker-compose"
ANSIBLE = ROOT / ".venv-deploy/bin"
SECRETS = {
    "eventdeck_grafana_password": "grafana-4f1d9991f5",
    "eventdeck_push_password": "push-0739b068f31f",
    "eventdeck_scrape_password": "scrape-d0d1d46496",
    "eventdeck_redaction_salt": "salt-10d0d1d46496",
}
LOGS = "/var/log/myapp"
_EACH_IMAGE = (
    "for image in $(docker image ls --format {{{{.Repository}}}}:{{{{.Tag}}}} 2>/dev/null "
    "| grep ^{0}/); "
    "do docker tag $image {1}/${{image#*/}} && echo $image; done"
)
Done = subprocess.CompletedProcess[str]
Json = Any


class Site:
    """Hosts, and the plays that are run on them."""

    def __init__(
        self, root: Path, offline: Path, found: dict[str, Host], images: dict[str, str]
    ) -> None:
        """Copy what git has of the project and fill in an inventory."""
        self.root, self.hosts, self.offline = root, found, offline
        self.lan: Lan = next(iter(found.values())).lan
        self.secrets = dict(SECRETS)
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        for name in listed.stdout.split():
            if not name.startswith("tests/") and (ROOT / name).exists():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, root / name, follow_symlinks=False)
        self.inventory = root / "playbooks/inventory/mine"
        shutil.copytree(root / "playbooks/inventory/example", self.inventory)
        self.settings: Json = {
            "eventdeck_log_path": LOGS,
            "eventdeck_log_group": "adm",
            "eventdeck_offline": str(offline),
            "docker_compose_file": COMPOSE,
            "stack_front_image": images.pop("FRONT_IMAGE"),
            "stack_settings": images,
        }
        self.write()

    def write(self, **changes: object) -> None:
        """Write the inventory, with these variables instead."""
        self.write_hosts()
        main = self.inventory / "group_vars/all/main.yml"
        main.write_text(yaml.safe_dump({**self.settings, **changes}))
        vault = self.inventory / "group_vars/all/vault.yml"
        vault.write_text(yaml.safe_dump(self.secrets))

    def write_hosts(
        self, server: Sequence[str] = ("server1",), agents: Sequence[str] = ("agent1", "agent2")
    ) -> None:
        """Write which hosts there are, with others in the groups than usual."""
        address = {name: {"ansible_host": host.address} for name, host in self.hosts.items()}
        groups = {
            group: {"hosts": {name: address[name] for name in names}}
            for group, names in {"server": server, "agents": agents}.items()
        }
        signing_in = {
            "ansible_user": base.USER,
            "ansible_ssh_common_args": " ".join(ssh_options(self.lan)),
        }
        text = yaml.safe_dump({"all": {"vars": signing_in, "children": groups}}, sort_keys=False)
        (self.inventory / "hosts.yml").write_text(text)

    def hold_images(self, name: str) -> None:
        """Give the images of a host second names: what removes them leaves the layers there."""
        assert self.hosts[name].run(_EACH_IMAGE.format("eventdeck-test", "held")).returncode == 0

    def bring_images(self, name: str) -> None:
        """Lay the images where the play would copy them to: a gigabyte by ssh takes minutes here.

        Those that were held get their names back: to load them takes a minute, too.
        """
        if self.hosts[name].run(_EACH_IMAGE.format("held", "eventdeck-test") + "| grep .").stdout:
            return
        place = self.hosts[name].root / "opt/eventdeck"
        place.mkdir(parents=True, mode=0o755, exist_ok=True)
        shutil.copy(self.offline / "images.tar", place)

    def play(self, name: str = "site", *words: str) -> Done:
        """Run a play from the controller."""
        command = [str(ANSIBLE / "ansible-playbook"), "-i", str(self.inventory)]
        return self.lan.run(
            *command, str(self.root / f"playbooks/{name}.yml"), *words,
            env=environment(self.root), timeout=1500,
        )  # fmt: skip

    def deployed(self, *words: str) -> Done:
        """Run site.yml, which must end well."""
        done = self.play("site", *words)
        assert done.returncode == 0, done.stdout[-6000:]
        return done

    def runs(self, host: str = "server1") -> dict[str, str]:
        """Return the container of every service of the stack, by its identity."""
        form = '{{.Label \\"com.docker.compose.service\\"}} {{.ID}}'
        done = self.hosts[host].run(f'docker ps --format "{form}"')
        assert done.returncode == 0, done.stdout
        return dict(line.split() for line in done.stdout.splitlines())

    def query(self, text: str) -> list[Json]:
        """Ask the server's Prometheus, from the server itself."""
        address = "http://127.0.0.1:9090/api/v1/query"
        script = f"""
import urllib.parse, urllib.request
found = urllib.request.urlopen({address!r} + "?query=" + urllib.parse.quote({text!r}))
print(found.read().decode())
"""
        done = self.hosts["server1"].python(script)
        return list(yaml.safe_load(done)["data"]["result"])

    def events(self) -> dict[str, int]:
        """Return how many events of every agent the server has counted."""
        found = self.query('sum by (instance) (timetracker_events_total{instance=~"agent.*"})')
        return {one["metric"]["instance"]: int(one["value"][1]) for one in found}


def environment(root: Path) -> dict[str, str]:
    """Return what Ansible is told by variables."""
    return {
        "ANSIBLE_CONFIG": str(root / "playbooks/ansible.cfg"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_HOME": str(root / ".ansible"),
        # Two runs at once have hosts of the same addresses.
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(root / ".ansible/cp"),
        "PATH": f"{ANSIBLE}:{os.environ['PATH']}",
    }


def recap(said: str) -> dict[str, dict[str, int]]:
    """Return what a play's last lines say of every host."""
    lines = said.partition("PLAY RECAP")[2].splitlines()
    found = (re.match(r"(\S+)\s+: (.*)", line) for line in lines)
    return {
        one[1]: {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", one[2])}
        for one in found
        if one
    }


def changes(said: str) -> int:
    """Return how many changes a play reports, over all hosts."""
    return sum(host["changed"] for host in recap(said).values())
