"""Whatever is stopped or killed, nothing is lost and nothing is counted twice."""

import time
from datetime import datetime
from itertools import count, islice

import pytest

from tests.stack.compose.clone import SERVICES, Clone
from tests.stack.compose.test_journey import ASCTIME, ZONE
from tests.stack.native.engines import Json, eventually, lines

BATCH = 20  # lines before, during and after each fault
_NUMBERS = count(1)


class Application:
    """Writes lines, each of which is different from every other."""

    def __init__(self, stack: Clone) -> None:
        """Write into the stack's log."""
        self.stack = stack
        self.written: list[int] = []

    def write(self) -> None:
        """Write a batch."""
        for number in islice(_NUMBERS, BATCH):
            moment = datetime.now(ZONE).strftime(ASCTIME)[:-3]
            self.stack.write(
                f'{{"asctime": "{moment}", "levelname": "INFO", "event": "client.created", '
                f'"request_id": "{number}", "client_id": {number}}}\n'
            )
            self.written.append(number)

    def counted(self) -> int:
        """Return the exporter's count of them."""
        return self.stack.counts()["client.created"]

    def stored(self) -> list[int]:
        """Return the numbers of the lines in Loki."""
        begin, end = time.time() - 86400, time.time() + 3600
        query = '{event="client.created"}'
        found: list[Json] = lines(self.stack.url("LOKI_PORT"), begin, end, query)
        return sorted(int(labels["request_id"]) for labels, _, _ in found)

    def check(self) -> None:
        """Demand every line once, in the counter and in Loki."""
        assert self.counted() == len(self.written)
        eventually(lambda: len(self.stored()) >= len(self.written), "all lines are in Loki")
        assert self.stored() == self.written

    def check_scraped(self) -> None:
        """Demand the exact count in Prometheus, which scrapes every 15 s."""
        eventually(
            lambda: self.stack.scraped().get("client.created") == len(self.written),
            "the count is in Prometheus",
        )


@pytest.fixture(scope="module")
def application(stack: Clone) -> Application:
    """Give an application whose first lines have arrived."""
    application = Application(stack)
    application.write()
    application.check()
    return application


def test_down_and_up_keep_everything(stack: Clone, application: Application) -> None:
    """What is written in between is read afterwards; what was kept before is still there."""
    application.write()
    down = stack.run("down")
    assert down.returncode == 0, down.stdout
    assert "data is kept" in down.stdout
    application.write()
    stack.up()
    application.write()
    application.check()
    application.check_scraped()


@pytest.mark.parametrize("service", SERVICES)
def test_a_killed_service_comes_back_with_all_it_had(
    stack: Clone, application: Application, service: str
) -> None:
    """Kill -9 while lines are written: the engine starts it again, every line is there once."""
    application.write()
    stack.kill(service)
    application.write()
    application.check()
    if service in {"exporter", "prometheus"}:
        application.check_scraped()


def test_what_is_written_while_loki_is_away_arrives_later(
    stack: Clone, application: Application
) -> None:
    """Counting goes on, Promtail keeps its place in the file, in the end every line is there."""
    stack.container("loki").stop()
    application.write()
    eventually(lambda: application.counted() == len(application.written), "counting goes on")
    stack.container("loki").start()
    eventually(lambda: stack.healthy("loki"), "Loki is back")
    application.check()
