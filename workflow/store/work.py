"""The work that waits: one row a piece, claimed under a lease, parked when it keeps failing.

The database is the queue of truth; messages carry ids and may be lost. Leases
run on the database's clock, due instants on the business clock. What becomes of
rows that wait (offered to the broker, looked at, tried anew) is ``store.offers``.

Asking for work that is already asked for is asking once. But whoever asks while it
is being done may have changed what it looks at: the row then remembers that it was
asked again, and settling it makes it wait anew instead of deleting it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Select,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    case,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from workflow.store.engine import BigId, UTCDateTime, database_now, metadata
from workflow.store.given_rows import given_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection, FromClause
    from sqlalchemy.sql.compiler import SQLCompiler

work = Table(
    "work",
    metadata,
    Column("id", BigId, primary_key=True),
    # verify_item, settle_submission, submit_automatically, follow_on, send_digest, ...
    Column("kind", String(24), nullable=False),
    Column("subject_id", BigId, nullable=False),
    # Not before this business instant.
    Column("due_at", UTCDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # One batch has one token.
    Column("lease_token", String(32)),
    # On the database's clock; without a token it is a rest after a failure.
    Column("leased_until", UTCDateTime),
    Column("is_asked_again", Boolean, nullable=False, server_default=text("false")),
    # The relay offered it to the broker; offered again when nobody has claimed it for long.
    Column("offered_at", UTCDateTime),
    Column("parked_at", UTCDateTime),
    Column("last_error", String),
    # Asking twice for the same work is asking once.
    UniqueConstraint("kind", "subject_id"),
)
# What is due, of each kind the oldest first: the relay's sweep.
Index(
    "ix_work_pending",
    work.c.kind,
    work.c.due_at,
    sqlite_where=text("parked_at IS NULL"),
    postgresql_where=text("parked_at IS NULL"),
)
# What was offered and is not settled: how much stands before the workers, what was lost.
Index(
    "ix_work_offered",
    work.c.offered_at,
    sqlite_where=text("offered_at IS NOT NULL AND parked_at IS NULL"),
    postgresql_where=text("offered_at IS NOT NULL AND parked_at IS NULL"),
)
# The administrator's list.
Index(
    "ix_work_parked",
    work.c.parked_at,
    sqlite_where=text("parked_at IS NOT NULL"),
    postgresql_where=text("parked_at IS NOT NULL"),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    # worker:<host>:<pid>, relay, broker, scheduler
    Column("name", String(128), primary_key=True),
    # On the database's clock, so that two machines agree on how old it is.
    Column("beat_at", UTCDateTime, nullable=False),
    Column("detail", String, nullable=False, server_default=""),
)

tick = Table(
    "tick",
    metadata,
    Column("job", String(64), primary_key=True),
    # However many schedulers run, an instant of a job is served once.
    Column("scheduled_for", UTCDateTime, primary_key=True),
    Column("served_at", UTCDateTime, nullable=False),
)

LARGEST_CLAIM = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A piece of work that is ours until its lease ends; ``attempts`` counts this one."""

    id: int
    kind: str
    subject_id: int
    token: str
    attempts: int


class LeaseLost(Exception):
    """Somebody else has the work by now: whatever was done for it must not be kept."""

    def __init__(self, ids: Iterable[int]) -> None:
        self.ids = tuple(sorted(ids))
        super().__init__(f"lease lost on {len(self.ids)} rows, the first {self.ids[:3]}")


def put_work(
    db: Connection,
    *,
    kind: str,
    subjects: Iterable[int] | Select[Any],
    due_at: datetime,
) -> None:
    """Ask for work on each subject, not before ``due_at`` on the business clock.

    ``subjects`` are ids, or a query of one column that gives them: one statement either
    way. Work already asked for keeps the earlier instant; parked work waits again, since
    whoever asks has a new reason. Rows are touched in the order of their subjects, so
    that two who ask for the same never wait for each other in a circle.
    """
    if isinstance(subjects, Select):
        chosen: FromClause = subjects.subquery("chosen")
    else:
        ids = sorted(set(subjects))
        if not ids:
            return
        chosen = given_rows(db, "chosen", {"subject_id": BigId}, [(one,) for one in ids])
    subject = next(iter(chosen.c))
    source = (
        select(literal(kind), subject, literal(due_at, UTCDateTime))
        .distinct()
        # SQLite reads ON CONFLICT after a SELECT only where that has a WHERE.
        .where(subject.is_not(None))
        .order_by(subject)
    )
    insert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    asked = insert(work).from_select(["kind", "subject_id", "due_at"], source)
    earlier = func.least if db.dialect.name == "postgresql" else func.min
    is_parked = work.c.parked_at.is_not(None)
    db.execute(
        asked.on_conflict_do_update(
            index_elements=["kind", "subject_id"],
            set_={
                "due_at": earlier(work.c.due_at, asked.excluded.due_at),
                # Always written: the row lock makes a claim wait for, or pass over, work
                # whose cause is not committed yet.
                "is_asked_again": true(),
                "offered_at": case((work.c.lease_token.is_(None), None), else_=work.c.offered_at),
                "attempts": case((is_parked, 0), else_=work.c.attempts),
                "leased_until": case((is_parked, None), else_=work.c.leased_until),
                "parked_at": None,
            },
        )
    )


def claim(
    db: Connection, ids: Sequence[int], *, kind: str, now: datetime, lease_s: float, tries: int
) -> list[Claimed]:
    """Take what of these rows is due, free and not tried out, in one statement.

    At most 100 ids. The lease runs ``lease_s`` seconds on the database's clock; commit
    before working. Rows that somebody is just changing are passed over: they are offered
    again when that is done. A row that was tried before is taken only when it is asked for
    alone, so that what takes its worker down does not take others with it each time.
    """
    if len(ids) > LARGEST_CLAIM:
        raise ValueError(f"{len(ids)} rows in one claim, {LARGEST_CLAIM} allowed")
    token = secrets.token_hex(16)
    free = (
        select(work.c.id)
        .where(
            among(db, ids),
            work.c.kind == kind,
            work.c.parked_at.is_(None),
            work.c.due_at <= now,
            work.c.attempts < (tries if len(ids) == 1 else 1),
            is_free(),
        )
        .order_by(work.c.id)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(work)
        .where(work.c.id.in_(free))
        .values(
            lease_token=token,
            leased_until=database_later(lease_s),
            attempts=work.c.attempts + 1,
            is_asked_again=false(),
        )
        .returning(work.c.id, work.c.subject_id, work.c.attempts)
    )
    return sorted(
        (
            Claimed(
                id=row.id,
                kind=kind,
                subject_id=row.subject_id,
                token=token,
                attempts=row.attempts,
            )
            for row in db.execute(taken)
        ),
        key=lambda one: one.id,
    )


def settle(db: Connection, claimed: Sequence[Claimed]) -> None:
    """Delete what was done, in one statement and in the transaction that keeps its effects.

    Rows that were asked for again meanwhile wait anew instead. Raises ``LeaseLost`` when
    any row is no longer ours: the caller rolls back, and nothing of the batch is kept.
    """
    if not claimed:
        return
    ids = {one.id for one in claimed}
    ours = (work.c.lease_token == claimed[0].token, among(db, sorted(ids)))
    done = delete(work).where(*ours, work.c.is_asked_again.is_(False)).returning(work.c.id)
    missing = ids.difference(db.scalars(done))
    if not missing:
        return
    again = (
        update(work)
        .where(*ours)
        .values(lease_token=None, leased_until=None, offered_at=None, attempts=0)
        .returning(work.c.id)
    )
    missing.difference_update(db.scalars(again))
    if missing:
        raise LeaseLost(missing)


def fail(
    db: Connection, failed: Claimed, *, error: str, rest_s: float, is_last_try: bool = False
) -> None:
    """Give a row back with what went wrong, to be tried again after a rest, or park it.

    The rest runs on the database's clock. Nothing happens where the lease is lost.
    """
    db.execute(
        update(work)
        .where(work.c.id == failed.id, work.c.lease_token == failed.token)
        .values(
            lease_token=None,
            leased_until=None if is_last_try else database_later(rest_s),
            offered_at=None,
            parked_at=database_now() if is_last_try else None,
            last_error=error,
        )
    )


def give_back(db: Connection, claimed: Sequence[Claimed]) -> None:
    """Let go of rows that were not begun; it does not count as an attempt."""
    if claimed:
        db.execute(
            update(work)
            .where(work.c.lease_token == claimed[0].token, among(db, [one.id for one in claimed]))
            .values(
                lease_token=None,
                leased_until=None,
                offered_at=None,
                attempts=work.c.attempts - 1,
            )
        )


def is_free() -> ColumnElement[bool]:
    """Nobody holds the row, and its rest after a failure is over."""
    return or_(work.c.leased_until.is_(None), work.c.leased_until <= database_now())


def among(db: Connection, ids: Sequence[int]) -> ColumnElement[bool]:
    """The rows with these ids, as one parameter whatever their number."""
    if db.dialect.name == "postgresql":
        given = bindparam(None, list(ids), postgresql.ARRAY(BigInteger))
        return work.c.id == func.any(given)
    return work.c.id.in_(given_rows(db, "ids", {"id": BigId}, [(one,) for one in ids]).select())


class database_later(FunctionElement[datetime]):  # noqa: N801 - read as an SQL function
    """So many seconds after ``database_now``; before it when negative."""

    name = "database_later"
    type = UTCDateTime()
    inherit_cache = True

    def __init__(self, seconds: float) -> None:
        super().__init__(literal(float(seconds)))


@compiles(database_later, "postgresql")
def _later_on_postgresql(element: database_later, compiler: SQLCompiler, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    return f"statement_timestamp() + make_interval(secs => CAST({seconds} AS double precision))"


@compiles(database_later, "sqlite")
def _later_on_sqlite(element: database_later, compiler: SQLCompiler, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"
