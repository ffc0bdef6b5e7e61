"""The tree is clean for every linter."""

import pytest

from tests.config import lint


@pytest.mark.parametrize("name", lint.LINTERS)
def test_linter_finds_nothing(name: str) -> None:
    """What is committed needs no note from a linter."""
    code, said = lint.run(name)
    assert code == 0, f"{name}:\n{said}"


def test_every_script_is_linted() -> None:
    """No shell script of the tree escapes shellcheck."""
    found = {
        str(path.relative_to(lint.ROOT))
        for folder in (".ci", "exporter", "tests")
        for path in (lint.ROOT / folder).rglob("*")
        if path.is_file() and path.read_bytes()[:64].split(b"\n")[0].endswith((b"bash", b"/sh"))
    }
    assert found == set(lint.SCRIPTS)
