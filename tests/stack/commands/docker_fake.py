"""A `docker` program that answers what a test says."""

from eventdeck.stack.engine import ABSENT, Answer

ENGINE = "docker version"
COMPOSE = "docker compose version"
ALL_WELL = {
    "docker --version": Answer(0, "Docker version 28.2.2"),
    ENGINE: Answer(0, "28.2.2\n"),
    COMPOSE: Answer(0, "2.40.3-3\n"),
    "docker info": Answer(0, "/var/lib/docker-of-another-machine\n"),
}


class FakeDocker:
    """Answers by how a command begins; what it does not know is not there."""

    def __init__(self, **answers: Answer) -> None:
        """Take answers that differ from those of a machine where all is well."""
        self.answers = {**ALL_WELL, **answers}

    def __call__(self, command: list[str]) -> Answer:
        """Answer a command."""
        line = " ".join(command)
        begins = [begin for begin in self.answers if line.startswith(begin)]
        return self.answers[max(begins, key=len)] if begins else Answer(ABSENT)
