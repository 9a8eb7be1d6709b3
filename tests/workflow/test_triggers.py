"""The journal only grows, and the database itself holds to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from workflow.store import migrate
from workflow.store.triggers import WORK_CHANNEL, ensure_triggers, missing_triggers

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

ENTRY = (
    "INSERT INTO journal_entry (id, at, by, verb, subject, body, transaction_id)"
    " VALUES (1, '2024-01-01 00:00:00.000000', 'a', 'b', 'c', '{}', 0)"
)
SEAL = (
    "INSERT INTO journal_seal (id, sealed_at, entries, digest, head, key_version)"
    " VALUES (1, '2024-01-01 00:00:00.000000', 1, 'd', 'h', 1)"
)
SEALED = "INSERT INTO journal_sealed (entry_id, seal_id, position, mac) VALUES (1, 1, 1, 'm')"

CHANGES = [
    "UPDATE journal_entry SET by = 'x'",
    "UPDATE journal_seal SET head = 'x'",
    "UPDATE journal_sealed SET position = 2",
    "DELETE FROM journal_sealed",
    "DELETE FROM journal_seal",
    "DELETE FROM journal_entry",
]
REPLACEMENTS = [
    ENTRY.replace("INSERT", "INSERT OR REPLACE"),
    SEAL.replace("INSERT", "INSERT OR REPLACE"),
    SEALED.replace("INSERT", "INSERT OR REPLACE"),
    # Another entry in the place of one that is sealed.
    SEALED.replace("INSERT", "INSERT OR REPLACE").replace("(1, 1, 1", "(2, 1, 1"),
]
TRUNCATIONS = [
    "TRUNCATE journal_entry CASCADE",
    "TRUNCATE journal_seal CASCADE",
    "TRUNCATE journal_sealed",
]


@pytest.fixture
def journal(db: Connection) -> Connection:
    for statement in (ENTRY, SEAL, SEALED):
        db.execute(text(statement))
    return db


def refused(db: Connection, statement: str) -> None:
    with pytest.raises(DBAPIError, match="the journal only grows"), db.begin_nested():
        db.execute(text(statement))


@pytest.mark.parametrize("statement", CHANGES)
def test_a_row_of_the_journal_is_never_changed_or_deleted(
    journal: Connection, statement: str
) -> None:
    refused(journal, statement)


@pytest.mark.parametrize("engine_kind", ["sqlite"])
@pytest.mark.parametrize("statement", REPLACEMENTS)
def test_no_row_takes_the_place_of_another(journal: Connection, statement: str) -> None:
    refused(journal, statement)


@pytest.mark.parametrize("engine_kind", ["postgresql"])
@pytest.mark.parametrize("statement", TRUNCATIONS)
def test_the_journal_is_never_emptied(journal: Connection, statement: str) -> None:
    refused(journal, statement)


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_a_session_that_replays_is_refused_as_well(journal: Connection) -> None:
    journal.execute(text("SET LOCAL session_replication_role = replica"))
    refused(journal, CHANGES[0])


def test_a_migrated_database_has_every_trigger(db: Connection) -> None:
    assert missing_triggers(db) == []


def test_what_a_migration_lost_is_made_again(clone: Engine) -> None:
    with clone.begin() as db:
        drop_one(db)
        assert len(missing_triggers(db)) == 1
    migrate.upgrade(clone)
    with clone.begin() as db:
        assert missing_triggers(db) == []


def drop_one(db: Connection) -> None:
    if db.dialect.name == "postgresql":
        db.execute(text("DROP TRIGGER journal_entry_only_grows ON journal_entry"))
    else:
        db.execute(text("DROP TRIGGER journal_entry_no_delete"))


NARROWER = (
    "CREATE OR REPLACE TRIGGER journal_entry_only_grows BEFORE UPDATE ON journal_entry"
    " FOR EACH STATEMENT EXECUTE FUNCTION camket_keep_journal()"
)
TOOTHLESS = (
    "CREATE OR REPLACE FUNCTION camket_keep_journal() RETURNS trigger LANGUAGE plpgsql"
    " AS $$BEGIN RETURN NULL; END$$"
)


@pytest.mark.parametrize("engine_kind", ["postgresql"])
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_only_grows",
        "ALTER TABLE journal_entry ENABLE TRIGGER journal_entry_only_grows",
        NARROWER,
        TOOTHLESS,
    ],
)
def test_a_trigger_that_was_weakened_counts_as_missing(db: Connection, statement: str) -> None:
    db.execute(text(statement))
    assert "journal_entry_only_grows" in missing_triggers(db)
    ensure_triggers(db)
    assert missing_triggers(db) == []


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a_trigger_that_says_something_else_counts_as_missing(db: Connection) -> None:
    db.execute(text("DROP TRIGGER journal_entry_no_delete"))
    db.execute(
        text("CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON work BEGIN SELECT 1; END")
    )
    assert missing_triggers(db) == ["journal_entry_no_delete"]
    ensure_triggers(db)
    assert missing_triggers(db) == []


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_work_that_is_asked_for_is_announced_when_it_is_committed(clone: Engine) -> None:
    listening = clone.execution_options(isolation_level="AUTOCOMMIT").connect()
    with listening:
        listening.exec_driver_sql(f"LISTEN {WORK_CHANNEL}")
        driver = listening.connection.driver_connection
        assert driver is not None
        with clone.begin() as db:
            db.execute(
                text("INSERT INTO work (kind, subject_id, due_at) VALUES ('x', 1, '2024-01-01')")
            )
            assert list(driver.notifies(timeout=0)) == []
        assert len(list(driver.notifies(timeout=10, stop_after=1))) == 1
