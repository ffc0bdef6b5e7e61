"""The soak of `make soak`, shortened: kill -9 in the middle of things."""

from pathlib import Path

import pytest

from tests.exporter.soak.kill import soak


@pytest.mark.parametrize(("rotate", "seed"), [("rename", 11), ("copytruncate", 12)])
def test_kill_loses_and_repeats_nothing(tmp_path: Path, rotate: str, seed: int) -> None:
    """Killed at random moments, the exporter counts each line once and takes no value back."""
    result = soak(tmp_path / "soak", kills=6, seed=seed, rotate=rotate)
    assert result.wrong == []
    assert result.scrapes > result.kills
