#!/usr/bin/python
"""One dated archive of a stack: made with a manifest of checksums, checked, and laid back."""

import hashlib
import io
import json
import os
import shutil
import tarfile
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: eventdeck_archive
short_description: Makes, checks and lays back the archive of a stack
author: Eventdeck contributors
description:
  - C(made) writes folders into an archive whose last member, C(manifest.json), has the checksum of
    every file. C(checked) reads all of it and compares. C(laid_back) does that too, and then
    replaces the contents of folders.
options:
  path: {description: The archive, type: path, required: true}
  state:
    description: What is to be
    type: str
    choices: [made, checked, laid_back]
    required: true
  folders: {description: Folder of the host by its name in the archive, type: dict, default: {}}
  about: {description: What the manifest says besides, type: dict, default: {}}
"""
EXAMPLES = """
- eventdeck_archive: {path: /tmp/a.tar.gz, state: made, folders: {loki: /var/lib/loki}}
"""
RETURN = """
about: {description: What the manifest says, type: dict, returned: success}
"""

FORMAT = 1
MANIFEST = "manifest.json"
_BLOCK = 1 << 20  # bytes


class Unusable(Exception):  # noqa: N818  it is no error of the program
    """Why an archive cannot be used: one sentence."""


def make(path: str, folders: dict[str, str], about: dict[str, object]) -> dict[str, object]:
    """Write the archive, readable by its owner only; what it holds are secrets too."""
    sums: dict[str, str] = {}
    os.umask(0o077)
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        for name, folder in sorted(folders.items()):
            for file in [Path(folder), *sorted(Path(folder).rglob("*"))]:
                inside = f"{name}/{file.relative_to(folder)}"
                tar.add(file, inside, recursive=False)
                if file.is_file() and not file.is_symlink():
                    sums[inside] = _sum(file.open("rb"))
        manifest = {"format": FORMAT, **about, "files": sums}
        text = json.dumps(manifest, indent=1).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    return manifest


def check(path: str) -> dict[str, object]:
    """Read all of an archive and compare it with its manifest. Raises Unusable."""
    found: dict[str, str] = {}
    manifest: dict[str, object] | None = None
    try:
        with tarfile.open(path) as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isfile() else None
                if file and member.name == MANIFEST:
                    manifest = json.load(file)
                elif file:
                    found[member.name] = _sum(file)
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        raise Unusable(
            f"{path} cannot be read to its end ({error}): take another archive"
        ) from error
    if manifest is None:
        raise Unusable(f"{path} has no {MANIFEST}: it is cut, or not an archive of Eventdeck")
    if manifest.get("format") != FORMAT:
        raise Unusable(
            f"{path} has format {manifest.get('format')}, and this version reads {FORMAT}: use the "
            "version of Eventdeck that made it"
        )
    if found != manifest["files"]:
        wrong = sorted(set(found.items()) ^ set(dict(manifest["files"]).items()))  # type: ignore[call-overload]
        raise Unusable(f"{path}: the checksum of {wrong[0][0]} is wrong: take another archive")
    return manifest


def lay_back(path: str, folders: dict[str, str]) -> None:
    """Replace what is in the folders by what the archive has of each."""
    for folder in folders.values():
        for entry in Path(folder).iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
    with tarfile.open(path) as tar:
        # Owners are put back, too; what is in the archive was checked.
        tar.extraction_filter = lambda member, _: member
        for member in tar:
            name, _, inside = member.name.partition("/")
            if name in folders and inside not in ("", "."):
                member.name = inside
                tar.extract(member, folders[name], numeric_owner=True)


def _sum(file: "io.BufferedIOBase | object") -> str:
    total = hashlib.sha256()
    with file:  # type: ignore[attr-defined]
        while block := file.read(_BLOCK):  # type: ignore[attr-defined]
            total.update(block)
    return total.hexdigest()


def main() -> None:
    """Do what Ansible asks."""
    module = AnsibleModule(
        {
            "path": {"type": "path", "required": True},
            "state": {"choices": ["made", "checked", "laid_back"], "required": True},
            "folders": {"type": "dict", "default": {}},
            "about": {"type": "dict", "default": {}},
        },
        supports_check_mode=True,
    )
    path, state = module.params["path"], module.params["state"]
    try:
        if state == "made":
            manifest = (
                {}
                if module.check_mode
                else make(path, module.params["folders"], module.params["about"])
            )
        else:
            manifest = check(path)
        if state == "laid_back" and not module.check_mode:
            lay_back(path, module.params["folders"])
    except (Unusable, OSError) as error:
        module.fail_json(msg=str(error))
    module.exit_json(
        changed=state != "checked", about={k: v for k, v in manifest.items() if k != "files"}
    )


if __name__ == "__main__":
    main()
