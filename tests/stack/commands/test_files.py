"""Secrets are made once, digests change with what they stand for, lines show what is waited for."""

import io
from pathlib import Path

from eventdeck.stack import secret
from eventdeck.stack.board import Board
from eventdeck.stack.container import Container
from eventdeck.stack.fingerprint import digest
from eventdeck.stack.status import table


def test_secrets_are_made_once_and_never_changed(tmp_path: Path) -> None:
    """A second start keeps what is there; a password that the user wrote as well."""
    folder = tmp_path / ".secrets"
    folder.mkdir(mode=0o700)
    (folder / secret.PASSWORD).write_text("my own\n")
    assert [path.name for path in secret.prepare(folder)] == [secret.SALT]
    salt = (folder / secret.SALT).read_text()
    assert secret.prepare(folder) == []
    assert (folder / secret.SALT).read_text() == salt
    assert secret.password(folder) == "my own"


def test_only_the_owner_reaches_the_secrets(tmp_path: Path) -> None:
    """The folder lets nobody in; the files may be read by the containers' users."""
    folder = tmp_path / ".secrets"
    for path in secret.prepare(folder):
        assert path.stat().st_mode & 0o777 == 0o444
        assert len(path.read_text()) == 24
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_digest_follows_names_and_contents_only(tmp_path: Path) -> None:
    """A checkout with other times and modes replaces no container; a changed line does."""
    first, second = tmp_path / "a/loki", tmp_path / "b/loki"
    for folder in (first, second):
        folder.mkdir(parents=True)
        (folder / "loki.yaml").write_text("auth_enabled: false\n")
    (second / "loki.yaml").chmod(0o600)
    assert digest([first]) == digest([second])
    (second / "loki.yaml").write_text("auth_enabled: true\n")
    assert digest([first]) != digest([second])
    (second / "loki.yaml").write_text("auth_enabled: false\n")
    (second / "loki.yaml").rename(second / "other.yaml")
    assert digest([first]) != digest([second])


def container(service: str, health: str, identity: str = "1") -> Container:
    """Describe a running container."""
    return Container(identity, service, "image:1", "running", health, (), "")


def test_each_service_has_one_line_when_it_is_well() -> None:
    """Without a terminal nothing is drawn twice."""
    out = io.StringIO()
    board = Board(["loki", "grafana"], {"loki": container("loki", "healthy")}, out)
    well = {"loki": container("loki", "healthy")}
    board.show({**well, "grafana": container("grafana", "starting", "2")}, 1.0, settled=False)
    board.show({**well, "grafana": container("grafana", "healthy", "2")}, 4.0, settled=False)
    board.show({**well, "grafana": container("grafana", "healthy", "2")}, 5.0, settled=True)
    lines = [line.split(maxsplit=1) for line in out.getvalue().splitlines()]
    assert lines == [["grafana", "healthy after 4 s"], ["loki", "healthy, as it was"]]
    assert not board.unchanged


def test_a_container_that_is_about_to_be_replaced_is_not_as_it_was() -> None:
    """Compose looks for a moment before it replaces one; only its end settles the matter."""
    out = io.StringIO()
    before = {"loki": container("loki", "healthy")}
    board = Board(["loki"], before, out)
    board.show(before, 0.0, settled=False)
    board.show({"loki": container("loki", "healthy", "2")}, 6.0, settled=True)
    assert out.getvalue().split() == ["loki", "healthy", "after", "6", "s"]
    board = Board(["loki"], before, out)
    board.show(before, 1.0, settled=True)
    assert board.unchanged


def test_a_table_has_columns() -> None:
    """Every column is as wide as its widest word."""
    assert table([("a", "bb"), ("ccc", "d")]) == "a    bb\nccc  d"
