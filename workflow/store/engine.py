"""How the database is opened, and the three column types that every table shares.

Knows the differences between SQLite and PostgreSQL that are worth hiding: when a
transaction begins, how an instant and a JSON value are kept, whose clock a lease
reads. Refuses to know any table and any rule, and never commits.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Integer,
    MetaData,
    String,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Dialect, Engine, Select, UpdateBase
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.types import TypeEngine

# Every constraint has a name, so that a migration can drop it and a message can cite it.
metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# None is SQL NULL in both databases; a JSON null inside a value stays what it is.
Json: Final = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


# A key that may pass two thousand million; SQLite numbers rows only in an INTEGER key.
BigId: Final = BigInteger().with_variant(Integer, "sqlite")


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware in, aware UTC out, to the microsecond.

    PostgreSQL keeps ``timestamptz``. SQLite keeps UTC as text of one fixed width
    (``2024-03-31 17:00:00.000000``), so that comparing texts compares instants and
    SQLite's own date functions read it. A naive value raises ``ValueError``, anything
    that is not a datetime ``TypeError``: neither is ever guessed at.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of this database."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(26))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: object, dialect: Dialect) -> datetime | str | None:
        """Turn an aware instant into what this database keeps."""
        if value is None:
            return None
        if not isinstance(value, datetime):
            raise TypeError(f"an instant is a datetime, not {type(value).__name__}")
        if value.tzinfo is None:
            raise ValueError(f"an instant without its zone: {value.isoformat()}")
        instant = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return instant.replace(tzinfo=None).isoformat(" ", "microseconds")
        return instant

    def process_result_value(
        self, value: datetime | str | None, dialect: Dialect
    ) -> datetime | None:
        """Turn what this database keeps into an aware instant in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        # The session's zone is UTC, so this changes the name of the zone and no digit.
        return value.astimezone(UTC) if dialect.name == "postgresql" else value


class database_now(FunctionElement[datetime]):  # noqa: N801 - read as an SQL function, like func.now
    """The database's own clock, for leases only; business instants are arguments.

    Stable within a statement and moving between the statements of one transaction.
    SQLite gives milliseconds in the fixed width of ``UTCDateTime``.
    """

    name = "database_now"
    type = UTCDateTime()
    inherit_cache = True


@compiles(database_now, "postgresql")
def _now_on_postgresql(_element: database_now, _compiler: SQLCompiler, **_: Any) -> str:
    return "statement_timestamp()"


@compiles(database_now, "sqlite")
def _now_on_sqlite(_element: database_now, _compiler: SQLCompiler, **_: Any) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


def make_engine(
    url: str | URL,
    *,
    lock_timeout_s: float = 30.0,
    statement_timeout_s: float = 0.0,
    pool_size: int = 5,
    echo: bool = False,
) -> Engine:
    """Open a database for this product; nothing is connected yet.

    ``lock_timeout_s`` bounds the wait for another writer (SQLite: the whole file,
    PostgreSQL: each lock); ``statement_timeout_s`` bounds one statement on PostgreSQL,
    0 for no bound. On SQLite every transaction begins with ``BEGIN IMMEDIATE``, because
    one that reads first and writes later fails at once where another writes in between;
    ``reading(engine)`` begins without the lock.
    """
    address = _with_driver(make_url(url))
    shared: dict[str, Any] = {"echo": echo, "json_serializer": _to_json}
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, connect_args={"timeout": lock_timeout_s}, **shared)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    settings = {
        "timezone": "UTC",
        "lock_timeout": f"{lock_timeout_s * 1000:.0f}",
        "statement_timeout": f"{statement_timeout_s * 1000:.0f}",
        # A process that died between two statements must not hold its locks for hours.
        "idle_in_transaction_session_timeout": "600000",
    }
    return create_engine(
        address,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 10,
            "application_name": "camket",
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        },
        **shared,
    )


def affected_rows(db: Connection, statement: UpdateBase) -> int:
    """Execute a statement that writes, and give how many rows it wrote.

    An INSERT … SELECT keeps its count only when asked to, and SQLite's driver counts
    nothing for a statement that begins with WITH: the database itself is asked then.
    """
    count = db.execute(statement, execution_options={"preserve_rowcount": True}).rowcount
    if count < 0:
        count = db.exec_driver_sql("SELECT changes()").scalar_one()
    return count


def streamed(db: Connection, query: Select[Any], *, at_once: int = 10_000) -> Iterator[Any]:
    """Rows read a few at a time, so that memory does not grow with their number.

    The cursor is closed at the end, also when nobody reads that far.
    """
    result = db.execute(query, execution_options={"yield_per": at_once})
    try:
        yield from result
    finally:
        result.close()


def reading(engine: Engine) -> Engine:
    """Give the same engine for transactions that only read.

    They take no write lock, see one state of the data from their first statement on
    SQLite, and a write in them fails in the database.
    """
    return engine.execution_options(read_only=True, postgresql_readonly=True)


def snapshot(engine: Engine) -> Engine:
    """Give the same engine for transactions whose every statement must read one state."""
    seen = reading(engine)
    if engine.dialect.name == "postgresql":
        seen = seen.execution_options(isolation_level="REPEATABLE READ")
    return seen


def _with_driver(address: URL) -> URL:
    """Accept the spellings that hosting services hand out for PostgreSQL."""
    if address.drivername in {"postgres", "postgresql"}:
        return address.set(drivername="postgresql+psycopg")
    return address


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver's habit of opening deferred transactions by itself is switched off:
    # _begin_sqlite is the only place that begins one.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    is_reader = bool(connection.get_execution_options().get("read_only", False))
    # A pooled connection remembers whether its last user was a reader.
    if connection.info.get("query_only", False) != is_reader:
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if is_reader else 'OFF'}")
        connection.info["query_only"] = is_reader
    connection.exec_driver_sql("BEGIN" if is_reader else "BEGIN IMMEDIATE")
