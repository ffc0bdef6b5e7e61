"""What the plays ask of the project itself: its files, their digests, hashes of passwords."""

import difflib
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import bcrypt
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "exporter"))  # of this clone, whatever the environment has

from eventdeck import __version__, trial  # noqa: E402  found by the line above
from eventdeck.catalogue.load import load  # noqa: E402
from eventdeck.stack.fingerprint import digest, fingerprints, is_read  # noqa: E402
from eventdeck.stack.place import Place  # noqa: E402
from eventdeck.stack.receivers import Receivers  # noqa: E402

# `source: ../loki` or `source: ${DECK:-..}/promtail`: a folder of the clone
_MOUNTED = re.compile(r'source: "?(?:\$\{DECK:-)?\.\.\}?/([a-z]+)')
_SET = re.compile(r"\[([!^]?)(.)[^]]*\]")  # of a pattern: one of these characters, or any other
_ONLY = {"exporter": ["exporter/events.yaml"]}  # the rest of that folder is in the image
_SALT_LENGTH = 21


def stack_files(overlays: Iterable[str]) -> list[str]:
    """Return every file that the stack is run from: Compose's, and what its services mount."""
    compose = ["compose/compose.yaml", "compose/versions.env", *overlays]
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in compose)
    found = [name for folder in sorted(set(_MOUNTED.findall(text))) for name in _files(folder)]
    return sorted({*compose, *found})


def _files(folder: str) -> list[str]:
    found = (path for path in sorted((ROOT / folder).rglob("*")) if path.is_file())
    names = (path.relative_to(ROOT).as_posix() for path in found)
    return _ONLY.get(folder) or [name for name in names if is_read(name)]


def folders(names: Iterable[str], extra: Iterable[str]) -> list[str]:
    """Return every folder that files stand in, an outer one before those in it."""
    found = {str(parent) for name in names for parent in Path(name).parents}
    return sorted((found | set(extra)) - {"."})


def differing(names: Iterable[str], found: Iterable[Mapping[str, str]], folder: str) -> list[str]:
    """Return the names whose files are not in what `find` found in a folder, or are others."""
    there = {file["path"]: file.get("checksum") for file in found}
    return [
        name
        for name in names
        if there.get(f"{folder}/{name}")
        != hashlib.sha1((ROOT / name).read_bytes(), usedforsecurity=False).hexdigest()
    ]


def digests(extra: Mapping[str, str]) -> dict[str, str]:
    """Return each variable of compose.yaml that holds a digest, as `make up` computes it.

    `extra` adds to the variable it names what a service reads besides the files of the clone.
    """
    found = fingerprints(Place(ROOT))
    if (ROOT / "caddy").is_dir():
        found["FRONT_CONFIG"] = digest([ROOT / "caddy"])
    return found | {name: _sum(found.get(name, ""), text) for name, text in extra.items() if text}


def deck() -> str:
    """Return where the catalogue and what follows from it are: `local` of a user, or the clone."""
    return Place(ROOT).deck.relative_to(ROOT).as_posix()


def test_line(request: str, at: str) -> str:
    """Return a line by which an installation is tried, with this request id and Unix time."""
    catalogue = load(Place(ROOT).deck / "exporter/events.yaml")
    return trial.line(catalogue, request, float(at))


def test_file(pattern: str) -> str:
    """Return a name that a log's pattern takes once `.eventdeck-test` is added to both."""
    chosen = _SET.sub(lambda found: "~" if found[1] else found[2], pattern)
    return re.sub("[*?]", "x", chosen) + ".eventdeck-test"


def receivers(settings: Mapping[str, str], secrets: Mapping[str, str]) -> str:
    """Return Alertmanager's configuration with whom the settings and secrets fill in, or ""."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in secrets.items():
            path = Path(folder, name)
            path.write_text(text, encoding="utf-8")
            os.utime(path, (0, 0))  # it says when a secret was written, and here that is always
        told = Receivers(Place(ROOT), dict(settings), Path(folder))
        found = told.filled()
        return told._text(found) if found else ""  # noqa: SLF001  the same text as `make up`


def _sum(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def bcrypt_hash(password: str, pepper: str) -> str:
    """Hash a password, always to the same text: its salt follows from another secret."""
    salt = hashlib.sha256(f"bcrypt {pepper}".encode()).hexdigest()[:_SALT_LENGTH]
    return bcrypt.hashpw(password.encode(), f"$2b$10${salt}e".encode()).decode()


def sealed(secrets: Iterable[str], pepper: str) -> str:
    """Sum up secrets so that a change shows, and nothing else."""
    return _sum(pepper, *secrets)


def agent_pipeline(text: str, clients: str, log_path: str) -> str:
    """Take `promtail.yaml` as it is, but for where lines go and where they come from."""
    for pattern, new in (
        (r"(?m)^clients:\n(?:[ #].*\n)+", clients),
        (r"(?<=: )/logs/", f"{log_path.rstrip('/')}/"),
    ):
        text, count = re.subn(pattern, lambda _, new=new: new, text)
        if not count:
            raise ValueError(f"promtail/promtail.yaml has no place for {new!r}: render it again")
    return text


def documented(path: str) -> list[str]:
    """Return the names that a file such as compose/env.example documents."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return re.findall(r"(?m)^#?([A-Z_]+)=", text)


def values(path: str) -> dict[str, str]:
    """Return what a file such as compose/versions.env sets."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return dict(re.findall(r"(?m)^([A-Z_]+)=(.*)$", text))


def options(role: str) -> list[str]:
    """Return the variables that a role's argument_specs.yml declares; those of all roles for ""."""
    found: list[str] = []
    for path in (ROOT / "playbooks/roles").glob(f"{role or '*'}/meta/argument_specs.yml"):
        specs = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]
        found += (name for entry in specs.values() for name in entry.get("options", {}))
    return sorted(found)


def unknown(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """Say of every name that is not known what was probably meant."""
    listed = list(known)
    return [
        f"{name} (did you mean {near[0]}?)" if near else name
        for name in sorted(set(names) - set(listed))
        for near in [difflib.get_close_matches(name, listed, n=1, cutoff=0.6)]
    ]


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., object]]:
        """Name the filters."""
        return {
            "eventdeck_deck": lambda _: deck(),
            "eventdeck_receivers": receivers,
            "eventdeck_stack_files": stack_files,
            "eventdeck_differing": differing,
            "eventdeck_folders": folders,
            "eventdeck_digests": digests,
            "eventdeck_bcrypt": bcrypt_hash,
            "eventdeck_sealed": sealed,
            "eventdeck_agent_pipeline": agent_pipeline,
            "eventdeck_documented": documented,
            "eventdeck_options": options,
            "eventdeck_test_file": test_file,
            "eventdeck_test_line": test_line,
            "eventdeck_values": values,
            "eventdeck_version": lambda _: __version__,
            "eventdeck_unknown": unknown,
        }
