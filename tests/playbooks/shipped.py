"""What is brought along to hosts that see no network: images, packages, programs."""

import shutil
import subprocess
import sys
from pathlib import Path

import docker
from eventdeck.stack.fingerprint import source
from eventdeck.stack.place import Place

from tests.stack import images

ROOT = Path(__file__).parents[2]
STANDIN = Path(__file__).with_name("standin.py")
PROGRAMS = ("loki", "promtail", "grafana")  # those that may be missing
_NAME = "eventdeck-test/hosts-{}:1"  # never the shipped names: nobody should take one for real
BROKEN = _NAME.format("broken")

# Alpine with busybox; here for a program that is linked against nothing.
CADDY = """
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "mkdir", "-p", "/usr/bin", "/usr/sbin", "/sbin", "/tmp"]
RUN ["/bin/busybox", "--install", "-s", "/bin"]
COPY passwd group /etc/
COPY caddy /usr/bin/caddy
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile"]
"""
FROM_PYTHON = f"""
FROM {images.PYTHON}
COPY busybox /usr/bin/wget
COPY standin.py /usr/bin/NAME
ENTRYPOINT ["/usr/bin/NAME"]
"""
ENDS_AT_ONCE = f'FROM {images.PYTHON}\nENTRYPOINT ["/bin/false"]\n'


def missing() -> list[str]:
    """Return the programs that are stood in for on this machine."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def make(client: docker.DockerClient, folder: Path) -> dict[str, str]:
    """Fill the folder; return the image of every variable of compose/versions.env, and FRONT."""
    images.make_bases(client)
    made = {f"{name.upper()}_IMAGE": _image(client, name) for name in images.SERVICES}
    made["FRONT_IMAGE"] = _front(client)
    made["EXPORTER_IMAGE"] = _exporter()
    images._build(client, BROKEN, ENDS_AT_ONCE, {})  # noqa: SLF001  they belong together
    archive = str(folder / "images.tar")
    _run("docker", "save", "--output", archive, *made.values(), BROKEN)
    _packages(folder / "wheels")
    program = shutil.which("promtail") or STANDIN
    shutil.copy(program, folder / "promtail")
    (folder / "promtail").chmod(0o755)
    return made


def _image(client: docker.DockerClient, service: str) -> str:
    name = _NAME.format(service)
    recipe = images._recipe(service) if service not in missing() else _standin(service)  # noqa: SLF001
    images._build(client, name, *recipe)  # noqa: SLF001
    return name


def _standin(service: str) -> tuple[str, dict[str, Path | str]]:
    files: dict[str, Path | str] = {
        "busybox": images._program("busybox"),  # noqa: SLF001
        "standin.py": STANDIN.read_text(),
    }
    return FROM_PYTHON.replace("NAME", service), files


def _front(client: docker.DockerClient) -> str:
    """Put Caddy's image together from the program that PyPI has."""
    files: dict[str, Path | str] = {
        "passwd": images.USERS,
        "group": images.GROUP,
        "busybox": images._program("busybox"),  # noqa: SLF001
        "caddy": Path(sys.executable).with_name("caddy"),
    }
    name = _NAME.format("front")
    images._build(client, name, CADDY, files)  # noqa: SLF001
    return name


def _exporter() -> str:
    name = _NAME.format("exporter")
    arguments = (f"PYTHON_IMAGE={images.PYTHON}", f"SOURCE={source(Place(ROOT))}")
    flags = [word for text in arguments for word in ("--build-arg", text)]
    _run("docker", "build", "--quiet", "--tag", name, *flags, str(ROOT / "exporter"))
    return name


def _packages(folder: Path) -> None:
    """Fetch the exporter's packages for the Python of the hosts, which is Debian 12's."""
    platforms = [f"--platform=manylinux{word}_x86_64" for word in ("2014", "_2_28")]
    words = ["--require-hashes", "--only-binary=:all:", "--python-version=3.11", *platforms]
    lock = str(ROOT / "exporter/requirements.txt")
    _pip("download", *words, "--dest", str(folder), "--requirement", lock)


def _pip(*words: str) -> None:
    _run(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words)


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
