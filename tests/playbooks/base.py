"""A minimal Debian that hosts are booted from, made once and kept.

It has what a rented server has: systemd, sshd, sudo, Python. What the plays install comes from a
package archive inside of it, because the hosts see no network but their own.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

CACHE = Path("/var/cache/eventdeck/hosts")
USER = "maria"  # signs in by key, becomes root by sudo
DEBS = "/srv/debs"  # the archive, within the tree
_SUITE = "bookworm"
_SYSTEM = (
    "ca-certificates dbus iproute2 openssh-server procps python3 python3-apt sudo systemd "
    "systemd-sysv"
)
_OFFERED = "docker.io iptables logrotate python3-venv"  # for the plays to install
_MASKED = (
    "apt-daily.timer apt-daily-upgrade.timer console-getty.service getty.target "
    "systemd-networkd.service systemd-resolved.service systemd-timesyncd.service"
)
# Docker wants to write where nspawn mounts read-only: on a real host nothing of this is needed.
_WRITABLE = r"""[Service]
ExecStartPre=/bin/sh -c 'for d in /sys/fs/cgroup /sys/fs/cgroup/*; do \
    mount -o remount,rw,bind $d; done; true'
"""
# Raise it with a change of the functions below that another tree follows from.
_RECIPE = 1


def tree() -> Path:
    """Return the tree, made by debootstrap where this recipe has not been followed before."""
    told = (_RECIPE, USER, DEBS, _SUITE, _SYSTEM, _OFFERED, _MASKED, _WRITABLE)
    recipe = hashlib.sha256(repr(told).encode()).hexdigest()[:12]
    made = CACHE / recipe
    if not made.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        begun = CACHE / f"{recipe}.{os.getpid()}"
        try:
            _make(begun)
            begun.rename(made)
        finally:
            shutil.rmtree(begun, ignore_errors=True)
    return made


def _make(root: Path) -> None:
    include = ",".join(_SYSTEM.split())
    _run("debootstrap", "--variant=minbase", f"--include={include}", _SUITE, str(root))
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    _fill_archive(root)
    _configure(root)
    policy.unlink()


def _fill_archive(root: Path) -> None:
    """Keep the packages that the plays may ask for, and let apt know of no others."""
    resolv = root / "etc/resolv.conf"
    resolv.unlink(missing_ok=True)
    shutil.copyfile("/etc/resolv.conf", resolv)
    _chroot(root, "apt-get", "update", "-q")
    wanted = ["--no-install-recommends", *_OFFERED.split()]
    _chroot(root, "apt-get", "install", "-q", "-y", "--download-only", *wanted)
    archive = root / DEBS.lstrip("/")
    archive.mkdir(parents=True)
    for package in sorted((root / "var/cache/apt/archives").glob("*.deb")):
        shutil.move(package, archive / package.name)
    index = [_entry(package) for package in sorted(archive.glob("*.deb"))]
    (archive / "Packages").write_text("\n".join(index))
    for path in (root / "var/lib/apt/lists").iterdir():
        if path.is_file():
            path.unlink()
    (root / "etc/apt/sources.list").write_text(f"deb [trusted=yes] file:{DEBS} ./\n")
    resolv.write_text("")


def _entry(package: Path) -> str:
    fields = _run("dpkg-deb", "--field", str(package))
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    place = f"Filename: ./{package.name}\nSize: {package.stat().st_size}\nSHA256: {digest}\n"
    return fields.rstrip("\n") + "\n" + place


def _configure(root: Path) -> None:
    _chroot(root, "apt-get", "update", "-q")
    _chroot(root, "useradd", "--create-home", "--shell", "/bin/bash", USER)
    sudoers = root / f"etc/sudoers.d/{USER}"
    sudoers.write_text(f"{USER} ALL=(ALL) NOPASSWD: ALL\n")
    sudoers.chmod(0o440)
    (root / "etc/machine-id").write_text("")
    override = root / "etc/systemd/system/docker.service.d/nspawn.conf"
    override.parent.mkdir(parents=True)
    override.write_text(_WRITABLE)
    for unit in _MASKED.split():
        (root / "etc/systemd/system" / unit).symlink_to("/dev/null")


def _chroot(root: Path, *words: str) -> None:
    _run("chroot", str(root), *words)


def _run(*words: str) -> str:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(
        words,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-3000:]}"
    return done.stdout
