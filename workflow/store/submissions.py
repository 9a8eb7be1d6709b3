"""Submissions with their settlement, and the concessions that people ask for and decide."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    literal,
    not_,
    select,
    text,
    update,
)

from workflow.store.engine import BigId, Json, UTCDateTime, metadata
from workflow.store.given_rows import as_json, given_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection
    from sqlalchemy.types import TypeEngine

submission = Table(
    "submission",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    # 1, 2, 3 … within the task.
    Column("number", Integer, nullable=False),
    Column("submitted_at", UTCDateTime, nullable=False),
    Column("submitted_by", String(64), nullable=False),
    # Set when an administrator or superior hands it in for the unit.
    Column("on_behalf_of", String(64)),
    Column("ground", String),
    Column("is_automatic", Boolean, nullable=False, server_default=text("false")),
    Column("says_nothing", Boolean, nullable=False, server_default=text("false")),
    # The instant it counts at: the first submission's, within a correction term.
    Column("counted_at", UTCDateTime, nullable=False),
    Column("referred_at", UTCDateTime),
    # The day by which a reviewer should have decided.
    Column("review_due_on", Date),
    Column("settled_at", UTCDateTime),
    Column("settled_by", String(64)),
    Column("outcome", String(9)),
    Column("reasons", Json),
    CheckConstraint(
        "outcome IN ('accepted', 'returned', 'withdrawn', 'cancelled')", name="outcome"
    ),
    UniqueConstraint("task_id", "number"),
)
# At most one submission of a task waits at a time, whoever hands in at once.
Index(
    "uq_submission_waiting",
    submission.c.task_id,
    unique=True,
    sqlite_where=text("settled_at IS NULL"),
    postgresql_where=text("settled_at IS NULL"),
)
# The review desk, the most urgent first.
Index(
    "ix_submission_review",
    submission.c.review_due_on,
    submission.c.id,
    sqlite_where=text("settled_at IS NULL AND referred_at IS NOT NULL"),
    postgresql_where=text("settled_at IS NULL AND referred_at IS NOT NULL"),
)

concession = Table(
    "concession",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("reason", String, nullable=False),
    # An extension's wished due day.
    Column("until_on", Date),
    # Asked when the due day had passed.
    Column("is_late", Boolean, nullable=False, server_default=text("false")),
    Column("decided_by", String(64)),
    Column("decided_at", UTCDateTime),
    Column("decision", String(7)),
    Column("answer", String),
    CheckConstraint("kind IN ('extension', 'waiver', 'suspension')", name="kind"),
    CheckConstraint("decision IN ('granted', 'refused')", name="decision"),
    CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="another_person"),
)
Index(
    "uq_concession_open",
    concession.c.task_id,
    concession.c.kind,
    unique=True,
    sqlite_where=text("decided_at IS NULL"),
    postgresql_where=text("decided_at IS NULL"),
)
Index("ix_concession_task", concession.c.task_id)

_REFERRED: Final[Mapping[str, TypeEngine[Any]]] = {
    "id": BigInteger(),
    "review_due_on": Date(),
    "reasons": String(),
}
_SETTLED: Final[Mapping[str, TypeEngine[Any]]] = {
    "id": BigInteger(),
    "outcome": String(),
    "reasons": String(),
}


def waiting_submissions(db: Connection, task_ids: Iterable[int]) -> dict[int, Row[Any]]:
    """The submission of each of these tasks that waits for a verdict, by task."""
    query = select(submission).where(
        submission.c.task_id.in_(_among(db, task_ids)), submission.c.settled_at.is_(None)
    )
    return {row.task_id: row for row in db.execute(query)}


def submissions_of(db: Connection, task_id: int) -> list[Row[Any]]:
    """Every submission of a task, in order."""
    query = select(submission).where(submission.c.task_id == task_id)
    return list(db.execute(query.order_by(submission.c.number)))


def latest_submissions(db: Connection, task_ids: Iterable[int]) -> dict[int, Row[Any]]:
    """The latest submission of each of these tasks, by task."""
    later = submission.alias("later")
    is_latest = not_(
        select(literal(1))
        .select_from(later)
        .where(later.c.task_id == submission.c.task_id, later.c.number > submission.c.number)
        .exists()
    )
    query = select(submission).where(submission.c.task_id.in_(_among(db, task_ids)), is_latest)
    return {row.task_id: row for row in db.execute(query)}


def add_submissions(db: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Write new submissions, each numbered after the last of its task; their ids by task."""
    latest = latest_submissions(db, [row["task_id"] for row in rows])
    numbered = [
        {
            **row,
            "number": latest[row["task_id"]].number + 1 if row["task_id"] in latest else 1,
        }
        for row in rows
    ]
    if not numbered:
        return {}
    added = insert(submission).returning(submission.c.task_id, submission.c.id)
    return {row.task_id: row.id for row in db.execute(added, numbered)}


def refer_submissions(
    db: Connection, referred: Mapping[int, tuple[date, Any]], *, at: datetime
) -> None:
    """Lay waiting submissions before a reviewer: by id, the review's due day and the reasons."""
    rows = [(one, due_on, json.dumps(reasons)) for one, (due_on, reasons) in referred.items()]
    given = given_rows(db, "referred", _REFERRED, rows)
    db.execute(
        update(submission)
        .where(submission.c.id == given.c.id, submission.c.settled_at.is_(None))
        .values(
            referred_at=at,
            review_due_on=given.c.review_due_on,
            reasons=as_json(db, given.c.reasons),
        )
    )


def settle_submissions(
    db: Connection,
    settled: Mapping[int, tuple[str, Any]],
    *,
    by: str,
    at: datetime,
) -> None:
    """Close waiting submissions: by id, the outcome and the reasons (None keeps what is there)."""
    rows = [
        (one, outcome, None if reasons is None else json.dumps(reasons))
        for one, (outcome, reasons) in settled.items()
    ]
    given = given_rows(db, "settled", _SETTLED, rows)
    db.execute(
        update(submission)
        .where(submission.c.id == given.c.id, submission.c.settled_at.is_(None))
        .values(
            settled_at=at,
            settled_by=by,
            outcome=given.c.outcome,
            reasons=func.coalesce(as_json(db, given.c.reasons), submission.c.reasons),
        )
    )


def _among(db: Connection, ids: Iterable[int]) -> Select[int]:
    return select(given_rows(db, "ids", {"id": BigInteger()}, [(one,) for one in set(ids)]).c.id)
