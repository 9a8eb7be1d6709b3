"""One way to open a database: instants, JSON, and who may write when."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, cast, func, select, text
from sqlalchemy.dialects import registry
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.schema import CreateTable

from workflow.store.engine import Json, UTCDateTime, database_now, make_engine, reading

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

SQLITE, POSTGRESQL = (registry.load(name)() for name in ("sqlite", "postgresql"))
HANOI = timezone(timedelta(hours=7))
things = Table(
    "engine_things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", UTCDateTime()),
    Column("value", Json),
)
# An offset must not push an instant out of the years that datetime can hold.
instants = st.datetimes(
    datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.timezones(), allow_imaginary=False
)


@pytest.fixture
def with_things(clone: Engine) -> Engine:
    things.metadata.create_all(clone)
    return clone


def test_an_instant_comes_back_in_utc(with_things: Engine) -> None:
    with with_things.begin() as db:
        db.execute(things.insert().values(at=datetime(2024, 4, 1, 0, 30, 0, 5, tzinfo=HANOI)))
        found = db.scalars(select(things.c.at)).one()
    assert found == datetime(2024, 3, 31, 17, 30, 0, 5, tzinfo=UTC)
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "fault"),
    [(datetime(2024, 4, 1), ValueError), ("2024-04-01", TypeError)],
)
def test_what_is_no_instant_is_refused(
    db: Connection, value: object, fault: type[Exception]
) -> None:
    with pytest.raises(StatementError) as refused:
        db.execute(select(things.c.at).where(things.c.at == value))
    assert isinstance(refused.value.orig, fault)


@given(one=instants, other=instants)
def test_on_sqlite_the_order_of_texts_is_the_order_of_instants(
    one: datetime, other: datetime
) -> None:
    kind, dialect = UTCDateTime(), SQLITE
    first, second = (kind.process_bind_param(at, dialect) for at in (one, other))
    assert isinstance(first, str)
    assert isinstance(second, str)
    assert len(first) == len(second) == 26
    assert (first < second) == (one.astimezone(UTC) < other.astimezone(UTC))
    assert kind.process_result_value(first, dialect) == one


def test_nothing_stays_nothing(with_things: Engine) -> None:
    with with_things.begin() as db:
        db.execute(things.insert().values(at=None, value=None))
        row = db.execute(select(things.c.at, things.c.value)).one()
        assert db.scalar(select(func.count()).where(things.c.value.is_(None))) == 1
    assert row == (None, None)


def test_json_keeps_vietnamese_as_it_is_written(with_things: Engine) -> None:
    value = {"đơn vị": ["phường Đông Ngàn", 1, None, 2.5, True]}
    with with_things.begin() as db:
        db.execute(things.insert().values(value=value))
        assert db.scalars(select(things.c.value)).one() == value
        assert "Đông Ngàn" in db.scalars(select(cast(things.c.value, String))).one()


def test_json_refuses_what_is_not_json(with_things: Engine) -> None:
    with with_things.connect() as db, pytest.raises((StatementError, ValueError)):
        db.execute(things.insert().values(value=float("nan")))


def test_the_databases_clock_is_an_instant_near_ours(db: Connection) -> None:
    now = db.scalars(select(database_now())).one()
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    assert now.tzinfo is UTC


def test_the_databases_clock_compares_with_stored_instants(with_things: Engine) -> None:
    now = datetime.now(UTC)
    with with_things.begin() as db:
        for hours in (-1, 1):
            db.execute(things.insert().values(at=now + timedelta(hours=hours)))
        past = select(func.count()).where(things.c.at <= database_now())
        assert db.scalar(past) == 1


def test_foreign_keys_hold(clone: Engine) -> None:
    with clone.begin() as db:
        db.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        db.execute(text("CREATE TABLE child (parent_id INTEGER REFERENCES parent (id))"))
    with clone.begin() as db, pytest.raises(IntegrityError):
        db.execute(text("INSERT INTO child VALUES (7)"))


def test_a_reader_cannot_write_and_its_connection_is_usable_afterwards(
    with_things: Engine,
) -> None:
    for _ in range(2):
        with reading(with_things).connect() as db, pytest.raises(DBAPIError):
            db.execute(things.insert())
        with with_things.begin() as db:
            db.execute(things.insert())
    with reading(with_things).connect() as db:
        assert db.scalar(select(func.count()).select_from(things)) == 2


def test_a_reader_does_not_wait_for_a_writer(with_things: Engine) -> None:
    with with_things.begin() as writer:
        writer.execute(things.insert())
        with reading(with_things).connect() as reader:
            assert reader.scalar(select(func.count()).select_from(things)) == 0


def test_a_savepoint_is_undone_alone(with_things: Engine) -> None:
    with with_things.begin() as db:
        db.execute(things.insert())
        savepoint = db.begin_nested()
        db.execute(things.insert())
        savepoint.rollback()
    with reading(with_things).connect() as db:
        assert db.scalar(select(func.count()).select_from(things)) == 1


def test_tables_are_made_or_not_made_with_their_transaction(clone: Engine) -> None:
    with clone.connect() as db:
        db.execute(text("CREATE TABLE passing (id INTEGER)"))
        db.rollback()
        exists = (
            "SELECT count(*) FROM sqlite_master WHERE name = 'passing'"
            if db.dialect.name == "sqlite"
            else "SELECT count(*) FROM pg_tables WHERE tablename = 'passing'"
        )
        assert db.scalar(text(exists)) == 0


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_sqlite_is_opened_as_advised(clone: Engine) -> None:
    with clone.connect() as db:
        found = {
            name: db.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_two_that_read_and_then_write_wait_for_one_another(with_things: Engine) -> None:
    # With a deferred BEGIN one of two such transactions fails at once, whatever it waits.
    with with_things.begin() as db:
        db.execute(things.insert().values(id=1, value=0))

    def add(times: int) -> None:
        for _ in range(times):
            with with_things.begin() as db:
                value = db.scalars(select(things.c.value)).one()
                db.execute(things.update().values(value=value + 1))

    threads = [threading.Thread(target=add, args=(50,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(with_things).connect() as db:
        assert db.scalars(select(things.c.value)).one() == 200


def test_the_wait_for_a_writer_is_bounded(clone: Engine) -> None:
    impatient = make_engine(clone.url, lock_timeout_s=0.05)
    with clone.begin() as db:
        db.execute(text("DELETE FROM agreement"))
        if db.dialect.name == "postgresql":
            db.execute(text("LOCK TABLE agreement IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(OperationalError), impatient.begin() as other:
            other.execute(text("DELETE FROM agreement"))
    impatient.dispose()


@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)
def test_a_statement_on_postgresql_is_bounded_when_asked(clone: Engine) -> None:
    impatient = make_engine(clone.url, statement_timeout_s=0.05)
    with pytest.raises(OperationalError), impatient.connect() as db:
        db.execute(text("SELECT pg_sleep(30)"))
    impatient.dispose()


@pytest.mark.parametrize("spelling", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_the_same(spelling: str) -> None:
    assert make_engine(f"{spelling}://someone@localhost/some").driver == "psycopg"


def test_postgresql_keeps_its_own_kinds_of_instant_and_json() -> None:
    written = str(CreateTable(things).compile(dialect=POSTGRESQL))
    assert "at TIMESTAMP WITH TIME ZONE" in written
    assert "value JSONB" in written


def test_a_file_made_elsewhere_is_read_as_it_is(tmp_path: Path) -> None:
    # SQLite's own functions and other tools may leave out the fraction.
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE engine_things (id INTEGER PRIMARY KEY, at TEXT, value TEXT)")
    other.execute("INSERT INTO engine_things VALUES (1, '2024-03-31 17:00:00', NULL)")
    other.commit()
    other.close()
    engine = make_engine(f"sqlite:///{path}")
    with reading(engine).connect() as db:
        assert db.scalars(select(things.c.at)).one() == datetime(2024, 3, 31, 17, tzinfo=UTC)
    engine.dispose()
