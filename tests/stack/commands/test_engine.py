"""What is wrong with Docker is said in a sentence, with the command that mends it."""

import pytest
from eventdeck.stack import engine
from eventdeck.stack.engine import ABSENT, Answer

from tests.stack.commands.docker_fake import COMPOSE, ENGINE, FakeDocker

NO_SUCH_COMMAND = Answer(1, err="docker: 'compose' is not a docker command.")


def test_a_machine_where_all_is_well_gives_no_finding() -> None:
    """Nothing is said where nothing is wrong."""
    assert list(engine.look(FakeDocker())) == []


def test_without_docker_there_is_one_finding() -> None:
    """Engine and Compose are not complained of when the program itself is missing."""
    found = list(engine.look(FakeDocker(**{"docker": Answer(ABSENT), **absent()})))
    assert [one.sentence for one in found] == ["Docker is not here: there is no program `docker`"]
    assert "apt-get install docker.io" in found[0].remedy
    assert "make demo" in found[0].remedy


def absent() -> dict[str, Answer]:
    """Answer every call of docker as a shell without it does."""
    return dict.fromkeys(("docker --version", ENGINE, COMPOSE), Answer(ABSENT))


@pytest.mark.parametrize(
    ("answer", "said", "mends"),
    [
        (
            Answer(1, err="Cannot connect to the Docker daemon at unix:///var/run/docker.sock."),
            "engine does not answer: Cannot connect",
            "start",
        ),
        (
            Answer(1, err="permission denied while trying to connect to the Docker daemon socket"),
            "does not let this user in",
            "usermod -aG docker",
        ),
        (Answer(0, "19.03.15\n"), "engine is too old: 19.03.15, and 20.10", "upgrade"),
    ],
    ids=["stopped", "forbidden", "old"],
)
def test_an_engine_that_will_not_do_is_named(answer: Answer, said: str, mends: str) -> None:
    """Stopped, forbidden and too old are three findings with three remedies."""
    (found,) = engine.look(FakeDocker(**{ENGINE: answer}))
    assert said in found.sentence
    assert mends in found.remedy
    assert found.fatal


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({COMPOSE: Answer(0, "2.19.1\n")}, "too old: 2.19.1, and 2.20"),
        ({COMPOSE: NO_SUCH_COMMAND}, "`docker compose` is no command"),
        (
            {COMPOSE: NO_SUCH_COMMAND, "docker-compose version": Answer(0, "1.29.2\n")},
            "only Docker Compose 1.29.2",
        ),
    ],
    ids=["old", "missing", "1.x"],
)
def test_a_compose_that_will_not_do_is_named(answers: dict[str, Answer], said: str) -> None:
    """Missing, older than 2.20 and 1.x are told apart."""
    (found,) = engine.look(FakeDocker(**answers))
    assert said in found.sentence
    assert "docker-compose-plugin" in found.remedy


def test_all_that_is_wrong_is_said_at_once() -> None:
    """A stopped engine does not hide an old Compose."""
    fake = FakeDocker(**{ENGINE: Answer(1, err="no daemon"), COMPOSE: Answer(0, "2.5.0")})
    assert len(list(engine.look(fake))) == 2


@pytest.mark.parametrize("version", ["20.10.24+dfsg1", "v28.2.2", "25.0.0-rc.1"])
def test_versions_as_distributions_write_them_are_read(version: str) -> None:
    """Suffixes and a leading v do not make an engine old."""
    assert list(engine.look(FakeDocker(**{ENGINE: Answer(0, version)}))) == []
