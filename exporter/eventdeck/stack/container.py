"""The containers of a project, as the engine describes them."""

import json
from typing import Any

from msgspec import Struct

from eventdeck.stack.engine import Ask

_PROJECT = "com.docker.compose.project"
_SERVICE = "com.docker.compose.service"


class Container(Struct, frozen=True):
    """One service's container."""

    id: str
    service: str
    image: str  # as it was asked for: name and tag
    state: str  # created | running | restarting | exited …
    health: str  # starting | healthy | unhealthy; "" where there is no check
    ports: tuple[tuple[str, int], ...]  # published: address and port on this machine
    started: str  # tells one run of a container from the next

    @property
    def well(self) -> bool:
        """Whether it runs and its check is content."""
        return self.state == "running" and self.health in {"healthy", ""}

    @property
    def word(self) -> str:
        """Its health in a word for people."""
        return self.state if self.state != "running" else self.health or "running"


def containers(run: Ask, project: str) -> dict[str, Container]:
    """Return a project's containers by service; empty also where no engine answers."""
    listed = run(["docker", "ps", "-aq", "--no-trunc", "--filter", f"label={_PROJECT}={project}"])
    ids = listed.out.split()
    if not listed.ok or not ids:
        return {}
    # One that went away in between is missing from the answer, whose code is then 1.
    described = run(["docker", "inspect", *ids]).out
    found = [_container(one) for one in json.loads(described or "[]")]
    return {container.service: container for container in sorted(found, key=lambda c: c.service)}


def _container(data: dict[str, Any]) -> Container:
    bindings = (data["HostConfig"].get("PortBindings") or {}).values()
    return Container(
        id=data["Id"],
        service=data["Config"]["Labels"].get(_SERVICE, ""),
        image=data["Config"]["Image"],
        state=data["State"]["Status"],
        health=data["State"].get("Health", {}).get("Status", ""),
        ports=tuple(
            (one["HostIp"], int(one["HostPort"]))
            for several in bindings
            for one in several or []
            if one["HostPort"]
        ),
        started=data["State"]["StartedAt"],
    )
