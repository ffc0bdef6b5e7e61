"""The engines that these tests need, and the versions that `make up` would run instead."""

import re

import pytest

from tests.conftest import RecordEngine, Require
from tests.stack.native.engines import BUILD, ROOT, version


@pytest.fixture(scope="session")
def engines(require: Require, record_engine: RecordEngine) -> None:
    """Ask for Loki and Promtail, or skip by name."""
    for program in ("loki", "promtail"):
        require(program, BUILD)
        record_engine(program, version(program), shipped(program))


def shipped(name: str) -> str:
    """Version of an image in `compose/versions.env`, or "unknown" where there is none yet."""
    try:
        text = (ROOT / "compose/versions.env").read_text()
    except FileNotFoundError:
        return "unknown"
    found = re.search(rf"^{name.upper()}_IMAGE=[^:\s]+:v?([\w.-]+)", text, re.MULTILINE)
    return found[1] if found else "unknown"
