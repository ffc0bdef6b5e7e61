"""Read a catalogue; refuse a wrong one with everything that is wrong about it."""

import os
import zlib

from msgspec import ValidationError, convert

from eventdeck.catalogue.form import VERSION, CatalogueForm
from eventdeck.catalogue.lint import Finding, lint
from eventdeck.catalogue.model import Catalogue
from eventdeck.catalogue.problem import CatalogueError, Path, Problem, place, whole
from eventdeck.catalogue.resolve import resolve
from eventdeck.catalogue.yaml_file import YamlFile

__all__ = ["CatalogueError", "Problem", "load"]


def load(path: str | os.PathLike[str]) -> Catalogue:
    """Read the catalogue in this file.

    Raises `CatalogueError` with all problems of the file, by line.
    """
    try:
        return _load(YamlFile(path))
    except RecursionError:
        raise whole(os.fspath(path), "is nested too deeply") from None


def _load(file: YamlFile) -> Catalogue:
    _refuse_foreign(file)
    misfits: list[Finding] = []
    findings: list[Finding] = []
    form = _form(file, misfits)
    # crc32 because it is to tell versions apart, and hashlib costs 4 MB (OpenSSL).
    digest = f"{zlib.crc32(file.bytes):08x}"
    catalogue = resolve(form, file.name, digest, lambda *finding: findings.append(finding))
    findings.extend(lint(form, catalogue))
    if misfits or findings or file.repeated:
        _refuse(file, misfits, findings)
    return catalogue


def _refuse_foreign(file: YamlFile) -> None:
    if file.data is None:
        raise file.refuse('is empty; a catalogue begins with "catalogue: 1"')
    if not isinstance(file.data, dict):
        raise file.refuse('is no catalogue: it should hold "catalogue: 1", "events:" and more')
    version = file.data.get("catalogue")
    if isinstance(version, int) and version > VERSION:
        raise file.refuse(
            f"is made for a newer Eventdeck: it is of format {version}, this Eventdeck reads "
            f"{VERSION}; upgrade Eventdeck",
            file.lines().of(("catalogue",)),
        )


def _form(file: YamlFile, misfits: list[Finding]) -> CatalogueForm:
    try:
        return convert(file.data, CatalogueForm)
    except ValidationError as error:
        from eventdeck.catalogue.fit import fit  # noqa: PLC0415  only a wrong catalogue pays for it

        form = fit(file.data, misfits)
        if not misfits:  # a lint is about to say it, and better; if none does, msgspec has
            misfits.append(((), str(error)))
        return form


def _refuse(file: YamlFile, misfits: list[Finding], findings: list[Finding]) -> None:
    lines = file.lines()
    if findings and misfits and misfits[0][0] == ():
        misfits = []
    # What does not fit was left out or replaced: a finding about the replacement is no news.
    replaced = [path[:-1] if path[-1:] == ("type",) else path for path, _ in misfits]
    found = [*misfits, *(f for f in findings if not any(_within(f[0], path) for path in replaced))]
    problems = [_problem(file.name, lines.of(path), path, sentence) for path, sentence in found]
    for path, first, line in lines.repeated():
        sentence = f"is written twice, here and in line {first}; remove one"
        problems.append(_problem(file.name, line, path, sentence))
    if problems:
        raise CatalogueError(problems)


def _within(path: Path, other: Path) -> bool:
    return path[: len(other)] == other


def _problem(file: str, line: int, path: Path, sentence: str) -> Problem:
    event, name, _ = place(path)
    return Problem(file=file, line=line, event=event, property=name, sentence=sentence)
