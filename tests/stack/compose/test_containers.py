"""Each container is inspected for what is promised."""

import pytest

from tests.stack.compose.clone import SERVICES, Clone

USERS = {
    "exporter": "10001:10001",
    "prometheus": "65534:65534",
    "alertmanager": "65534:65534",
    "loki": "10001:10001",
    "promtail": "10001:10001",
    "grafana": "472:0",
}
PUBLISHED = {
    "exporter": {"9867/tcp"},
    "prometheus": {"9090/tcp"},
    "alertmanager": {"9093/tcp"},
    "loki": {"3100/tcp"},
    "promtail": set(),
    "grafana": {"3000/tcp"},
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_can_do_no_more_than_it_must(stack: Clone, service: str) -> None:
    """Read-only, no capabilities, no new privileges, limits, and not root."""
    container = stack.container(service)
    host = container.attrs["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert not host["Privileged"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Memory"] > 0
    assert host["NanoCpus"] > 0
    assert host["PidsLimit"] > 0
    assert container.attrs["Config"]["User"] == USERS[service]
    assert host["LogConfig"]["Config"] == {"max-size": "10m", "max-file": "3"}
    assert not [mount for mount in container.attrs["Mounts"] if "docker.sock" in mount["Source"]]


@pytest.mark.parametrize("service", SERVICES)
def test_the_kernel_agrees(stack: Clone, service: str) -> None:
    """What the process itself may do: no capability, no privilege to gain, no root."""
    pid = stack.container(service).attrs["State"]["Pid"]
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    assert int(status["CapEff"], 16) == 0
    assert int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert status["Uid"].split()[1] == USERS[service].partition(":")[0]


@pytest.mark.parametrize("service", SERVICES)
def test_ports_are_open_on_loopback_only(stack: Clone, service: str) -> None:
    """What is published, and nothing else, on 127.0.0.1."""
    bindings = stack.container(service).attrs["HostConfig"]["PortBindings"] or {}
    assert set(bindings) == PUBLISHED[service]
    assert {one["HostIp"] for several in bindings.values() for one in several} <= {"127.0.0.1"}


@pytest.mark.parametrize("service", SERVICES)
def test_only_volumes_can_be_written(stack: Clone, service: str) -> None:
    """Configuration and the application's log are mounted read-only, as folders."""
    mounts = stack.container(service).attrs["Mounts"]
    assert {mount["Type"] for mount in mounts if mount["RW"]} <= {"volume"}
    bound = [mount for mount in mounts if mount["Type"] == "bind"]
    assert not [mount["Destination"] for mount in bound if mount["RW"]]
    assert [
        one["Destination"] for one in bound if not one["Destination"].startswith("/run/secrets")
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_no_secret_is_in_the_environment(stack: Clone, service: str) -> None:
    """Whoever may inspect a container sees no password and no salt."""
    described = str(stack.container(service).attrs)
    for path in (stack.root / ".secrets").iterdir():
        if secret := path.read_text():  # that of a receiver may be empty
            assert secret not in described


def test_the_memory_of_each_service_is_far_from_its_limit(stack: Clone) -> None:
    """An idle stack takes less than half of what it may."""
    for service in SERVICES:
        used = stack.client.api.stats(str(stack.container(service).id), stream=False)[
            "memory_stats"
        ]
        assert used["usage"] - used["stats"].get("total_inactive_file", 0) < used["limit"] / 2
