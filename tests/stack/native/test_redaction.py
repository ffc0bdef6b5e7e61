"""The weaker modes of redaction, on the file that plants personal values everywhere."""

from collections.abc import Iterator

import pytest

from tests.stack.native import engines as native

pytestmark = pytest.mark.usefixtures("engines")

LOG = native.ROOT / "tests/stack/fixtures/conformance.jsonl"
BEGIN, END = 1749513600.0, 1749600000.0  # the day of the fixture, in UTC


@pytest.fixture(scope="module", params=["mask", "off", "strict without salt"])
def sent(
    request: pytest.FixtureRequest,
    engines: None,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, list[native.Json]]]:
    """Send the file in one mode after the other."""
    mode, _, salt = request.param.partition(" ")
    folder = tmp_path_factory.mktemp(mode)
    logs = folder / "logs"
    logs.mkdir()
    (logs / "app.jsonl").write_bytes(LOG.read_bytes())
    env = {"REDACTION": mode} | ({"REDACTION_SALT": ""} if salt else {})
    with (
        native.loki(folder / "loki") as loki,
        native.promtail(folder / "promtail", logs, loki, **env),
    ):
        yield request.param, native.eventually(lambda: last(loki), "the last line is there")


def last(loki: str) -> list[native.Json] | None:
    """All lines, once the fixture's last one is among them."""
    found = native.lines(loki, BEGIN, END)
    return found if any("r-0071" in repr(line) for line in found) else None


def test_a_mode_shows_what_it_says(sent: tuple[str, list[native.Json]]) -> None:
    """Patterns blot out addresses and private values; `off` sends lines as they are."""
    mode, found = sent
    text = "\n".join(line for _, _, line in found)
    if mode == "off":
        assert set(LOG.read_text("utf-8-sig").split("\n")) >= {
            line for _, _, line in found if line.startswith('{"asctime"')
        }
        assert "planted.mail@example.org" in text
    else:
        assert "planted.mail" not in text
        assert "203.0.113.77" not in text
        assert "planted.user" not in text
    if mode == "mask":
        assert '"description":"[redacted]"' in text
        assert "planted half" not in text
    if mode.startswith("strict"):
        assert '"username":"[redacted]"' in text
        assert '"hash"' not in text
        assert "planted" not in text


def test_labels_do_not_depend_on_the_mode(sent: tuple[str, list[native.Json]]) -> None:
    """Names and levels are those of the catalogue in every mode."""
    rows = (LOG.parent / "conformance.expected.tsv").read_text().splitlines()[1:]
    wanted = {tuple(row.replace("-\t", "_unknown\t").split("\t")) for row in rows}
    assert {(labels["event"], labels["level"]) for labels, _, _ in sent[1]} == wanted
