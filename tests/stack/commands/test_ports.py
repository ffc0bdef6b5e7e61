"""A port that somebody else has is named before anything is started."""

import json
import socket
from collections.abc import Iterator

import pytest
from eventdeck.stack import ports
from eventdeck.stack.engine import Answer

from tests.stack.commands.conftest import Write
from tests.stack.commands.docker_fake import FakeDocker


@pytest.fixture
def taken() -> Iterator[int]:
    """Give a port that is listened on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def ours(port: int) -> dict[str, Answer]:
    """Answer as an engine with one container of ours that publishes `port`."""
    container = {
        "Id": "abc",
        "Config": {"Image": "grafana/grafana:12.4.11", "Labels": {}},
        "State": {"Status": "running", "StartedAt": "2026-01-01"},
        "HostConfig": {
            "PortBindings": {"3000/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]}
        },
    }
    return {
        "docker ps -aq": Answer(0, "abc\n"),
        "docker inspect abc": Answer(0, json.dumps([container])),
    }


def test_free_ports_give_no_finding(write: Write) -> None:
    """Nothing is said where nobody listens."""
    assert list(ports.look(write()[0], FakeDocker())) == []


def test_a_taken_port_is_named_with_a_free_one(write: Write, taken: int) -> None:
    """The finding says how to see who has it, and the line for .env that goes round it."""
    chosen, _ = write(GRAFANA_PORT=taken)
    (found,) = ports.look(chosen, FakeDocker())
    assert found.sentence == f"port {taken} is taken"
    assert f"sport = :{taken}" in found.remedy
    proposed = int(found.remedy.partition("GRAFANA_PORT=")[2].split()[0])
    assert not ports.occupied("127.0.0.1", proposed)


def test_a_container_that_has_the_port_is_named(write: Write, taken: int) -> None:
    """Where it is Docker's, the container's name is known."""
    answers = {f"docker ps --filter publish={taken}": Answer(0, "my-grafana\n")}
    (found,) = ports.look(write(LOKI_PORT=taken)[0], FakeDocker(**answers))
    assert found.sentence == f"port {taken} is taken by the container my-grafana"


def test_our_own_containers_may_have_their_ports(write: Write, taken: int) -> None:
    """A second `make up` does not complain of the first."""
    assert list(ports.look(write(GRAFANA_PORT=taken)[0], FakeDocker(**ours(taken)))) == []


def test_two_services_cannot_have_one_port(write: Write) -> None:
    """The two names are said."""
    chosen, _ = write(GRAFANA_PORT=39123, LOKI_PORT=39123)
    (found,) = ports.look(chosen, FakeDocker())
    assert "GRAFANA_PORT and LOKI_PORT are both 39123" in found.sentence


def test_an_address_that_is_not_this_machines_is_named(write: Write) -> None:
    """192.0.2.1 is nobody's: kept for documentation by RFC 5737."""
    found = list(ports.look(write(BIND="192.0.2.1")[0], FakeDocker()))
    assert {one.sentence for one in found} == {"BIND: 192.0.2.1 is no address of this machine"}
