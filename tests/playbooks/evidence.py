"""What can be seen of a site: by ssh, over HTTP as others would, in what the server answers."""

import base64
import json
import time

import testinfra

from tests.playbooks import base
from tests.playbooks.hosts import ssh_options
from tests.playbooks.site import LOGS, Site
from tests.stack import images
from tests.stack.native.engines import eventually

SERVICES = {*images.SERVICES, "exporter", "front"}
LIVE = "/opt/eventdeck/stack"
AGENTS = ("agent1", "agent2")


def infra(site: Site, name: str) -> testinfra.host.Host:
    """Look at a host by ssh and sudo, as a person would."""
    host = site.hosts[name]
    proxy = f"ProxyCommand=ip netns exec {site.lan.name} busybox nc %h %p"
    options = [*ssh_options(site.lan), "-o", f'"{proxy}"']
    extra = " ".join(options)
    return testinfra.get_host(f"ssh://{base.USER}@{host.address}", ssh_extra_args=extra, sudo=True)


def ask(site: Site, url: str, user: str = "", password: str = "", body: str = "") -> int:
    """Return the status of an answer to the controller; 0 where nobody answers."""
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    script = f"""
import ssl, urllib.request, urllib.error
trust = ssl.create_default_context(cafile={str(site.inventory / "pki/ca.pem")!r})
data = {body.encode()!r} or None
request = urllib.request.Request({url!r}, data, {{"Content-Type": "application/json"}})
if {user!r}:
    request.add_header("Authorization", "Basic {token}")
try:
    print(urllib.request.urlopen(request, timeout=10, context=trust).status)
except urllib.error.HTTPError as error:
    print(error.code)
except OSError as error:
    print(0, error)
"""
    done = site.lan.run("python3", "-c", script)
    assert done.returncode == 0, done.stdout
    return int(done.stdout.split()[0])


def write(site: Site, name: str, count: int) -> None:
    """Let the application on a host write events."""
    now = time.time()
    lines = [
        json.dumps(
            {
                "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
                "level": "INFO",
                "event": "timer.started",
                "request_id": f"{name}-{now}-{number}",
                "user_id": number,
                "project_id": 1,
            }
        )
        for number in range(count)
    ]
    text = "\n".join(lines) + "\n"
    site.hosts[name].python(f"open('{LOGS}/app.jsonl', 'a').write({text!r})")


def counted(site: Site) -> None:
    """Wait until the server has counted every line of every agent's logs, and none twice."""
    script = f"""
import glob, gzip
paths = [path for path in glob.glob('{LOGS}/app.jsonl*') if 'eventdeck' not in path]
print(sum(len((gzip.open if path.endswith('.gz') else open)(path).readlines()) for path in paths))
"""
    lines = {name: int(site.hosts[name].python(script)) for name in AGENTS}
    eventually(lambda: site.events() == lines, f"{lines} events are counted")


def line() -> str:
    """Return a line for Loki, of an application of its own."""
    entry = [str(time.time_ns()), "from the tests"]
    return json.dumps({"streams": [{"stream": {"app": "eventdeck-test"}, "values": [entry]}]})


def pushed(site: Site) -> str:
    """Return the password that agents push with."""
    return site.secrets["eventdeck_push_password"]


def up(site: Site) -> set[str]:
    """Return the agents that Prometheus reaches."""
    return {one["metric"]["instance"] for one in site.query('up{job="exporter"} == 1')}


def running(site: Site) -> dict[str, str]:
    """Return what runs, or nothing while the engine starts."""
    try:
        return site.runs()
    except AssertionError:
        return {}


def logged(site: Site) -> dict[str, str]:
    """Return how many lines of every host the server's Loki has; "" where they name none."""
    query = 'sum by (host) (count_over_time({app="timetracker", event="timer.started"}[2h]))'
    script = f"""
import urllib.parse, urllib.request
url = "http://127.0.0.1:3100/loki/api/v1/query?query=" + urllib.parse.quote({query!r})
print(urllib.request.urlopen(url).read().decode())
"""
    result = json.loads(site.hosts["server1"].python(script))["data"]["result"]
    return {one["metric"].get("host", ""): one["value"][1] for one in result}


def open_ports(site: Site, name: str) -> set[int]:
    """Return the ports of a host that others reach."""
    said = site.hosts[name].run("ss --listening --tcp --numeric --no-header").stdout
    ends = (row.split()[3].rpartition(":") for row in said.splitlines())
    return {int(port) for address, _, port in ends if not address.startswith("127.")}
