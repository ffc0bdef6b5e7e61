"""The Compose files as they are written: every image pinned, every service hardened."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from eventdeck.stack import env_file, receivers
from eventdeck.stack.settings import PORTS

from tests.conftest import Require
from tests.stack.native.engines import ROOT, Json

COMPOSE = ROOT / "compose"
FILES = {"compose.yaml": ["compose.yaml"], "sample.yaml": ["compose.yaml", "sample.yaml"]}
IMAGES = env_file.values(COMPOSE / "versions.env")
EXAMPLE = env_file.documented(COMPOSE / "env.example")
# Set by the commands, not by people: digests.
_OTHERS = ("ALERTMANAGER", "LOKI", "PROMTAIL", "GRAFANA")
COMPUTED = {
    "EXPORTER_SOURCE",
    *(f"{name}_CONFIG" for name in ("EXPORTER", "PROMETHEUS", *_OTHERS)),
    "ALERTMANAGER_FILE",
    "DECK",
}
USED = re.compile(r"(?<!\$)\$\{([A-Z_]+)(?::-([^{}]*))?\}")


def filled_in(*files: str) -> Json:
    """Return what Compose makes of the files: everything filled in, as it would be run."""
    docker = shutil.which("docker") or ""
    command = [docker, "compose", "--env-file", str(COMPOSE / "versions.env")]
    for file in files:
        command += ["-f", str(COMPOSE / file)]
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [*command, "config", "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
        env=clean,
    )
    assert done.returncode == 0, done.stderr
    assert "variable is not set" not in done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module", params=FILES)
def project(request: pytest.FixtureRequest, require: Require) -> Json:
    """Give the stack on a log, and the one on samples."""
    require("docker")
    return filled_in(*FILES[request.param])


def test_every_image_is_pinned_in_one_file() -> None:
    """A tag that says a version, and never `latest`."""
    assert len(IMAGES) == 7
    for name, image in IMAGES.items():
        assert name.endswith("_IMAGE")
        assert re.fullmatch(r"[a-z/]+:v?\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?", image), image


@pytest.mark.parametrize("file", FILES)
def test_no_image_is_named_elsewhere(file: str) -> None:
    """Services name variables of that file only."""
    services = yaml.safe_load((COMPOSE / file).read_text())["services"]
    named = [service["image"] for service in services.values() if "image" in service]
    assert named
    assert all(image[2:-1] in IMAGES for image in named)


@pytest.mark.parametrize("file", FILES)
def test_defaults_are_those_that_the_example_explains(file: str) -> None:
    """What a person reads in env.example is what happens where nothing is set."""
    for name, default in USED.findall((COMPOSE / file).read_text()):
        if name in COMPUTED or name in IMAGES:
            continue
        assert name in EXAMPLE, f"{name} is not explained in env.example"
        if name != "LOG_PATH":  # its example is an example
            assert EXAMPLE[name] == default, name


def test_everything_that_the_example_explains_is_used() -> None:
    """No name in env.example is without effect."""
    used = {name for file in FILES for name, _ in USED.findall((COMPOSE / file).read_text())}
    assert set(EXAMPLE) == used - COMPUTED | set(PORTS) | set(receivers.SETTINGS)


def test_every_service_is_hardened(project: Json) -> None:
    """Read-only, no capability, no new privilege, not root, limited, checked, its log rotated."""
    for name, service in project["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "cap_add" not in service, name
        assert service.get("privileged", False) is False, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert re.fullmatch(r"[1-9]\d*:\d+", service["user"]), name
        assert int(service["mem_limit"]) > 0, name
        assert 0 < float(service["cpus"]) <= 1, name
        assert service["pids_limit"] > 0, name
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert service["restart"] == "unless-stopped", name
        assert set(service["logging"]["options"]) == {"max-size", "max-file"}, name
        assert "container_name" not in service, name
        assert service["image"] in IMAGES.values(), name


def test_only_data_volumes_and_the_samples_can_be_written(project: Json) -> None:
    """Folders of the machine are mounted read-only and as folders; the engine's socket never."""
    for name, service in project["services"].items():
        for mount in service["volumes"]:
            assert mount["type"] == "volume" or mount["read_only"], (name, mount)
            assert "docker.sock" not in str(mount)
            if mount["type"] == "bind" and "/local/" not in mount["source"]:
                assert mount["bind"].get("create_host_path", False) is False, mount
                source = Path(mount["source"])
                assert mount["target"] == "/logs" or source.is_dir(), mount


def test_nothing_is_open_beyond_this_machine(project: Json) -> None:
    """Every published port is on loopback."""
    published = [port for one in project["services"].values() for port in one.get("ports", [])]
    assert len(published) == len(PORTS)
    assert {port["host_ip"] for port in published} == {"127.0.0.1"}


def test_no_secret_is_a_value(project: Json) -> None:
    """Secrets are files; the environment names their paths only."""
    ours = {"grafana-admin-password", "redaction-salt"}
    assert set(project["secrets"]) == ours | set(receivers.FILES)
    for service in project["services"].values():
        for name, value in (service.get("environment") or {}).items():
            if re.search("PASSWORD|SALT|TOKEN|KEY", name):
                assert value.startswith("/run/secrets/"), name


def test_samples_have_volumes_of_their_own(require: Require) -> None:
    """Both projects name their volumes by themselves, and only samples are written by us."""
    require("docker")
    real, made_up = (filled_in(*files) for files in FILES.values())
    volumes = [{one["name"] for one in each["volumes"].values()} for each in (real, made_up)]
    assert not volumes[0] & volumes[1]
    assert set(made_up["services"]) - set(real["services"]) == {"sample"}
    assert "/logs" not in [m["target"] for m in real["services"]["loki"]["volumes"]]
    command = made_up["services"]["alertmanager"]["command"]
    assert command[0] == "--config.file=/etc/alertmanager/alertmanager.yml"
    for service in ("exporter", "promtail"):
        (logs,) = (m for m in made_up["services"][service]["volumes"] if m["target"] == "/logs")
        assert (logs["type"], logs["source"], logs["read_only"]) == ("volume", "logs", True)


def test_samples_are_those_of_the_catalogue_that_is_counted_by(require: Require) -> None:
    """Also where the user has his own in `local`: player and exporter read one file."""
    require("docker")
    services = filled_in(*FILES["sample.yaml"])["services"]
    read = [
        [m["source"] for m in services[name]["volumes"] if m["target"] == "/etc/eventdeck"]
        for name in ("sample", "exporter")
    ]
    assert read[0] == read[1] != []
    assert "--catalogue /etc/eventdeck/events.yaml" in services["sample"]["command"][-1]
