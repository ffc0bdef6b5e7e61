"""An authority, and web configs beside the certificates that it issued."""

from collections.abc import Callable
from pathlib import Path

import bcrypt
import pytest

from tests.conftest import Require
from tests.exporter.web.certificates import Authority

WriteConfig = Callable[[str], Path]


@pytest.fixture
def authority(require: Require, tmp_path: Path) -> Authority:
    """Has issued `server.pem` with `server.key`."""
    authority = Authority(require("openssl"), tmp_path)
    authority.issue("server")
    return authority


@pytest.fixture
def write_config(tmp_path: Path) -> WriteConfig:
    """Write a web config as `web.yml`, also again; HASH stands for that of "right"."""
    hashed = bcrypt.hashpw(b"right", bcrypt.gensalt(4)).decode()

    def write(text: str) -> Path:
        path = tmp_path / "web.yml"
        path.write_text(text.replace("HASH", hashed))
        return path

    return write
