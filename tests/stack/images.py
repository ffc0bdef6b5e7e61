"""Images under the shipped names, put together from the programs on this machine.

For tests where no registry can be reached. Each is as close as can be to the one that it stands
for: its paths, user, entry point and folders, and nothing in it that the other lacks, so that a
health check that needs a shell fails here as it would there. An image of that name that is here
already is left alone and used.

    python tests/stack/images.py          makes those that are missing
    python tests/stack/images.py remove   removes those that it made
"""

import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Set as AbstractSet
from pathlib import Path

import docker
from docker.errors import ImageNotFound
from eventdeck.stack import env_file

ROOT = Path(__file__).parents[2]
DEBIAN = "eventdeck-test/debian:bookworm"
PYTHON = "eventdeck-test/python:bookworm"
OURS = "eventdeck.test"  # label of every image made here
SERVICES = ("prometheus", "alertmanager", "loki", "promtail", "grafana")
ALERTMANAGER_TEMPLATES = Path("/usr/share/prometheus/alertmanager")  # upstream's are within it
GRAFANA_HOME = Path("/usr/local/share/grafana")
_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
_SUITE = "bookworm"

# Distroless: certificates, zones, two users and one program.
LOKI = """
FROM scratch
COPY certificates /etc/ssl/certs/ca-certificates.crt
COPY passwd group /etc/
COPY --chown=10001:10001 loki.d /loki
COPY --chown=10001:10001 loki.d /etc/loki
COPY loki /usr/bin/loki
USER 10001
WORKDIR /
EXPOSE 3100
ENTRYPOINT ["/usr/bin/loki"]
CMD ["-config.file=/etc/loki/local-config.yaml"]
"""

# Ubuntu with bash, tzdata and certificates; neither curl nor wget. It runs as root.
PROMTAIL = f"""
FROM {DEBIAN}
COPY promtail /usr/bin/promtail
ENTRYPOINT ["/usr/bin/promtail"]
CMD ["-config.file=/etc/promtail/config.yml"]
"""

# Busybox with glibc.
PROMETHEUS = """
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "mkdir", "-p", "/usr/bin", "/usr/sbin", "/sbin", "/tmp", "/prometheus", \
  "/etc/prometheus"]
RUN ["/bin/busybox", "--install", "-s", "/bin"]
COPY libraries /lib/x86_64-linux-gnu
COPY loader /lib64/ld-linux-x86-64.so.2
COPY certificates /etc/ssl/certs/ca-certificates.crt
COPY passwd group /etc/
COPY prometheus promtool /bin/
WORKDIR /prometheus
RUN ["/bin/busybox", "chown", "-R", "65534:65534", "/etc/prometheus", "/prometheus"]
USER nobody
EXPOSE 9090
VOLUME ["/prometheus"]
ENTRYPOINT ["/bin/prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
"""

# The same, with another program.
ALERTMANAGER = """
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "mkdir", "-p", "/usr/bin", "/usr/sbin", "/sbin", "/tmp", "/alertmanager", \
  "/etc/alertmanager"]
RUN ["/bin/busybox", "--install", "-s", "/bin"]
COPY libraries /lib/x86_64-linux-gnu
COPY loader /lib64/ld-linux-x86-64.so.2
COPY certificates /etc/ssl/certs/ca-certificates.crt
COPY passwd group /etc/
COPY alertmanager amtool /bin/
COPY templates /usr/share/prometheus/alertmanager
WORKDIR /alertmanager
RUN ["/bin/busybox", "chown", "-R", "65534:65534", "/etc/alertmanager", "/alertmanager"]
USER nobody
EXPOSE 9093
VOLUME ["/alertmanager"]
ENTRYPOINT ["/bin/alertmanager"]
CMD ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"]
"""

# Alpine with bash and busybox' wget; here Debian, for the program that is linked against glibc.
GRAFANA = f"""
FROM {DEBIAN}
ENV PATH=/usr/share/grafana/bin:$PATH \\
    GF_PATHS_CONFIG=/etc/grafana/grafana.ini \\
    GF_PATHS_DATA=/var/lib/grafana \\
    GF_PATHS_HOME=/usr/share/grafana \\
    GF_PATHS_LOGS=/var/log/grafana \\
    GF_PATHS_PLUGINS=/var/lib/grafana/plugins \\
    GF_PATHS_PROVISIONING=/etc/grafana/provisioning
WORKDIR /usr/share/grafana
COPY busybox /usr/bin/wget
COPY grafana.d /usr/share/grafana
COPY run.sh /run.sh
RUN useradd --system --uid 472 --gid 0 --no-create-home grafana \\
 && mkdir -p bin "$GF_PATHS_PROVISIONING" "$GF_PATHS_LOGS" "$GF_PATHS_PLUGINS" \\
 && cp conf/sample.ini "$GF_PATHS_CONFIG" \\
 && chown -R grafana:root "$GF_PATHS_DATA" "$GF_PATHS_LOGS" "$GF_PATHS_PROVISIONING" \\
 && chmod -R 777 "$GF_PATHS_DATA" "$GF_PATHS_LOGS" "$GF_PATHS_PROVISIONING"
COPY grafana /usr/share/grafana/bin/grafana
EXPOSE 3000
USER 472
ENTRYPOINT ["/run.sh"]
"""

# What the entry point of Grafana's image does: secrets become variables, then the server starts.
RUN_SH = """#!/bin/bash -e
for name in $(env | sed -n 's/^\\(GF_[^=]*\\)__FILE=.*/\\1/p'); do
  file="${name}__FILE"
  export "$name"="$(<"${!file}")"
  unset "$file"
done
[ -d "$GF_PATHS_PLUGINS" ] || mkdir "$GF_PATHS_PLUGINS"
export HOME="$GF_PATHS_HOME"
exec grafana server --homepath="$GF_PATHS_HOME" --config="$GF_PATHS_CONFIG" --packaging=docker \\
  "$@" \\
  cfg:default.log.mode=console cfg:default.paths.data="$GF_PATHS_DATA" \\
  cfg:default.paths.logs="$GF_PATHS_LOGS" cfg:default.paths.plugins="$GF_PATHS_PLUGINS" \\
  cfg:default.paths.provisioning="$GF_PATHS_PROVISIONING"
"""

# What the exporter's image is built on: python:3.13-slim has pip.
PYTHON_BASE = f"""
FROM {DEBIAN}
RUN apt-get update -q && apt-get install -q -y --no-install-recommends python3 python3-pip \\
 && rm -rf /var/lib/apt/lists/*
ENV PIP_CERT={_AUTHORITIES}
"""

USERS = "root:x:0:0:root:/root:/sbin/nologin\nloki:x:10001:10001::/home/loki:/sbin/nologin\n"
USERS += "nobody:x:65534:65534:nobody:/home:/bin/false\n"
GROUP = "root:x:0:\nloki:x:10001:\nnobody:x:65534:\n"


def names() -> dict[str, str]:
    """Return the shipped image of each service."""
    shipped = env_file.values(ROOT / "compose/versions.env")
    return {service: shipped[f"{service.upper()}_IMAGE"] for service in SERVICES}


def make_bases(client: docker.DockerClient) -> None:
    """Make what the others are built on, where it is missing; it stays. Raises what Docker says."""
    if not _here(client, DEBIAN):
        _import_debian(client)
    if not _here(client, PYTHON):
        _build(client, PYTHON, PYTHON_BASE, {})


def make(client: docker.DockerClient) -> None:
    """Make what is missing. Raises what Docker says."""
    make_bases(client)
    for service, name in names().items():
        if not _here(client, name):
            _build(client, name, *_recipe(service))


def present(client: docker.DockerClient) -> set[str]:
    """Return the shipped names that are here."""
    return {name for name in names().values() if _here(client, name)}


def remove(client: docker.DockerClient, keep: AbstractSet[str] = frozenset()) -> None:
    """Remove the shipped names that `make` gave: nobody should take such an image for real."""
    for name in present(client) - keep:
        if OURS in client.images.get(name).labels:
            client.images.remove(name)


def _recipe(service: str) -> tuple[str, dict[str, Path | str]]:
    """Return a Dockerfile and its context: files and folders here, or texts."""
    etc: dict[str, Path | str] = {"certificates": _AUTHORITIES, "passwd": USERS, "group": GROUP}
    if service == "loki":
        return LOKI, {**etc, "loki": _program("loki"), "loki.d/.keep": ""}
    if service == "promtail":
        return PROMTAIL, {"promtail": _program("promtail")}
    if service == "prometheus":
        programs = {name: _program(name) for name in ("prometheus", "promtool", "busybox")}
        return PROMETHEUS, {**etc, **programs, **_libraries(programs["prometheus"])}
    if service == "alertmanager":
        programs = {
            "alertmanager": _program("prometheus-alertmanager"),
            **{name: _program(name) for name in ("amtool", "busybox")},
            "templates": ALERTMANAGER_TEMPLATES,
        }
        return ALERTMANAGER, {**etc, **programs, **_libraries(programs["alertmanager"])}
    return GRAFANA, {
        "grafana": _program("grafana"),
        "busybox": _program("busybox"),
        "grafana.d/public": GRAFANA_HOME / "public",
        "grafana.d/conf": GRAFANA_HOME / "conf",
        "run.sh": RUN_SH,
    }


def _program(name: str) -> Path:
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not on PATH")
    return Path(found).resolve()


def _libraries(program: Path) -> dict[str, Path | str]:
    """Return the libraries that a program is linked against, as `ldd` lists them."""
    listed = subprocess.run(
        [str(_program("ldd")), str(program)], capture_output=True, text=True, check=True
    )
    paths = [Path(w) for line in listed.stdout.splitlines() for w in line.split() if w[0] == "/"]
    loader = next(path for path in paths if path.name.startswith("ld-linux"))
    others = {f"libraries/{path.name}": path.resolve() for path in paths if path != loader}
    return {"loader": loader.resolve(), **others}


def _here(client: docker.DockerClient, name: str) -> bool:
    try:
        client.images.get(name)
    except ImageNotFound:
        return False
    return True


def _build(
    client: docker.DockerClient, name: str, dockerfile: str, files: dict[str, Path | str]
) -> None:
    with tempfile.TemporaryFile() as context:
        with tarfile.open(fileobj=context, mode="w") as tar:
            _add(tar, "Dockerfile", dockerfile)
            for inside, content in files.items():
                _add(tar, inside, content)
        context.seek(0)
        client.images.build(
            fileobj=context, custom_context=True, tag=name, rm=True, labels={OURS: "true"}
        )


def _add(tar: tarfile.TarFile, name: str, content: Path | str) -> None:
    if isinstance(content, Path):
        tar.add(content, name)
        return
    data = content.encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o755
    tar.addfile(entry, io.BytesIO(data))


def _import_debian(client: docker.DockerClient) -> None:
    """Make a minimal Debian; it needs root, as debootstrap does."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        subprocess.run(
            [
                str(_program("debootstrap")),
                "--variant=minbase",
                "--include=ca-certificates",
                _SUITE,
                str(root),
            ],
            check=True,
            capture_output=True,
        )
        shutil.rmtree(root / "var/cache/apt/archives", ignore_errors=True)
        # This machine's authorities: it may see the world through a proxy of its own.
        shutil.copyfile(_AUTHORITIES, root / _AUTHORITIES.relative_to("/"))
        archive = Path(folder, "debian.tar")
        with tarfile.open(archive, mode="w") as tar:
            tar.add(root, ".")
        repository, _, tag = DEBIAN.partition(":")
        client.api.import_image_from_file(str(archive), repository=repository, tag=tag)


if __name__ == "__main__":
    act = remove if sys.argv[1:] == ["remove"] else make
    act(docker.from_env())
