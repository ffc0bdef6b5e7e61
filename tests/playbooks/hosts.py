"""Booted hosts: systemd as process 1, an address, sshd and an engine of their own, by nspawn.

All of them, and the controller, live in network namespaces; the machine's own network, routes and
engine know nothing of them.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.playbooks import base

_NETWORK = "10.77.0"
_PATIENCE = 60.0  # seconds
_HALT = signal.SIGRTMIN + 4  # systemd's word for "power off"


class Lan:
    """A bridge in a namespace of its own, where the controller is too."""

    def __init__(self, folder: Path) -> None:
        """Name all that is made after this process, so that two runs do not meet."""
        self.folder = folder
        self.name = f"eventdeck-{os.getpid()}"
        self.key = folder / "key"

    def run(
        self, *words: str, env: dict[str, str] | None = None, timeout: float = 900
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program on the controller."""
        return subprocess.run(
            ["ip", "netns", "exec", self.name, *words],
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )

    def open(self) -> None:
        """Make the bridge, and the key that opens every host."""
        _do("ip", "netns", "add", self.name)
        inside = ("ip", "-n", self.name)
        _do(*inside, "link", "set", "lo", "up")
        _do(*inside, "link", "add", "br0", "type", "bridge")
        _do(*inside, "addr", "add", f"{_NETWORK}.1/24", "dev", "br0")
        _do(*inside, "link", "set", "br0", "up")
        _do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key))

    def close(self) -> None:
        """Remove it."""
        _do("ip", "netns", "del", self.name)


class Host:
    """One host: its files are laid over the tree, its engine's data on a real file system."""

    def __init__(self, lan: Lan, name: str, number: int) -> None:
        """Nothing runs yet."""
        self.lan, self.name = lan, name
        self.address = f"{_NETWORK}.{number}"
        self.netns = f"{lan.name}-{name}"
        self._port = f"v{number}"
        self._folder = lan.folder / name
        self.root = self._folder / "root"
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make its network and its files."""
        _do("ip", "netns", "add", self.netns)
        _do("ip", "-n", self.netns, "link", "set", "lo", "up")
        peer = ("peer", "name", "host0", "netns", self.netns)
        _do("ip", "link", "add", self._port, "netns", self.lan.name, "type", "veth", *peer)
        _do("ip", "-n", self.lan.name, "link", "set", self._port, "master", "br0", "up")
        for word in ("upper", "work", "root", "docker"):
            (self._folder / word).mkdir(parents=True)
        lower = f"lowerdir={base.tree()},upperdir={self._folder}/upper,workdir={self._folder}/work"
        _do("mount", "-t", "overlay", "overlay", "-o", lower, str(self.root))
        (self.root / "etc/hostname").write_text(f"{self.name}\n")
        (self.root / "etc/hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 {self.name}\n")
        keys = self.root / f"home/{base.USER}/.ssh/authorized_keys"
        keys.parent.mkdir()
        shutil.copyfile(f"{self.lan.key}.pub", keys)

    def boot(self) -> None:
        """Switch it on, and wait until one can sign in."""
        self._address()
        command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--console=pipe"]
        command += [f"--machine={self.netns}", f"--hostname={self.name}", "--capability=all"]
        command += [f"--network-namespace-path=/run/netns/{self.netns}", f"--directory={self.root}"]
        command += [f"--bind={self._folder}/docker:/var/lib/docker", "--boot"]
        with (self._folder / "console").open("ab") as console:
            self._process = subprocess.Popen(
                command,
                env={**os.environ, "SYSTEMD_SECCOMP": "0"},  # dockerd in it needs the calls
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
            )
        self._wait(lambda: self.run("true").returncode == 0, "sign-in works")

    def _address(self) -> None:
        inside = ("ip", "-n", self.netns)
        _do(*inside, "addr", "replace", f"{self.address}/24", "dev", "host0")
        _do(*inside, "link", "set", "host0", "up")
        _do(*inside, "route", "replace", "default", "via", f"{_NETWORK}.1")

    def run(self, command: str, timeout: float = 120) -> "subprocess.CompletedProcess[str]":
        """Run a command as root, by ssh and sudo."""
        return self.lan.run(
            "ssh", *ssh_options(self.lan), f"{base.USER}@{self.address}", "sudo", "sh", "-c",
            f"'{command}'", timeout=timeout,
        )  # fmt: skip

    def python(self, script: str) -> str:
        """Run a script on the host, as root; return what it printed."""
        done = subprocess.run(
            ["ip", "netns", "exec", self.lan.name, "ssh", *ssh_options(self.lan),
             f"{base.USER}@{self.address}", "sudo", "python3", "-"],
            input=script, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def power_off(self) -> None:
        """Switch it off as the button does, and wait until it is."""
        if self._process is None or self._process.poll() is not None:
            return
        for child in _children(self._process.pid):
            os.kill(child, _HALT)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def cut(self) -> None:
        """Pull its network cable."""
        _do("ip", "-n", self.lan.name, "link", "set", self._port, "down")

    def join(self) -> None:
        """Plug it in again."""
        _do("ip", "-n", self.lan.name, "link", "set", self._port, "up")

    def remove(self) -> None:
        """Leave nothing of it behind."""
        self.power_off()
        subprocess.run(["umount", "--recursive", str(self.root)], check=False)
        subprocess.run(["ip", "netns", "del", self.netns], check=False)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait(self, look: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + _PATIENCE
        while not look():
            assert self._process is not None
            said = (self._folder / "console").read_text(errors="replace")[-2000:]
            assert self._process.poll() is None, f"{self.name} does not boot:\n{said}"
            assert time.monotonic() < end, f"{self.name}: never came true: {what}\n{said}"
            time.sleep(0.2)


def ssh_options(lan: Lan) -> list[str]:
    """Return what ssh must be told to reach a host of the lan."""
    return [
        "-i", str(lan.key), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
        "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=20", "-o", "BatchMode=yes",
    ]  # fmt: skip


@contextmanager
def booted(folder: Path, names: Sequence[str]) -> Iterator[dict[str, Host]]:
    """Give hosts that run; in the end nothing of them is left, however it ended."""
    lan = Lan(folder)
    with ExitStack() as stack:
        stack.callback(lan.close)
        lan.open()
        found = {name: Host(lan, name, number) for number, name in enumerate(names, 11)}
        for host in found.values():
            stack.callback(host.remove)
            host.make()
            host.boot()
        yield found


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _do(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
