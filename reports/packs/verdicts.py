"""What the checks said of evidence, with their reasons, as it was known at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - read at run time, by pydantic
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, or_, select

from reports.listing import reason_said
from reports.quarterly import Reason  # noqa: TC001 - pydantic reads it at run time
from workflow.store.evidence import evidence_item, evidence_verdict
from workflow.store.given_rows import given_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLine:
    """One verdict on one item of evidence; ``sha256`` are the bytes that were judged."""

    task: int
    requirement: str
    name: str
    sha256: str | None
    check: str
    version: str
    outcome: str
    reasons: tuple[Reason, ...]
    decided_at: datetime


def verdicts_given(
    db: Connection, tasks: Iterable[int], *, as_of: datetime
) -> tuple[VerdictLine, ...]:
    """Every verdict on what stood as evidence of these tasks, by task, item and time."""
    of = given_rows(db, "of", {"id": BigInteger()}, ((one,) for one in sorted(set(tasks))))
    rows = db.execute(
        select(
            evidence_item.c.task_id,
            evidence_item.c.requirement,
            evidence_item.c.name,
            evidence_verdict,
        )
        .join(evidence_verdict, evidence_verdict.c.item_id == evidence_item.c.id)
        .where(
            evidence_item.c.task_id.in_(select(of.c.id)),
            evidence_item.c.added_at <= as_of,
            or_(evidence_item.c.removed_at.is_(None), evidence_item.c.removed_at > as_of),
            evidence_verdict.c.decided_at <= as_of,
        )
    )
    return tuple(
        _line(row)
        for row in sorted(rows, key=lambda row: (row.task_id, row.item_id, row.decided_at, row.id))
    )


def _line(row: Row[Any]) -> VerdictLine:
    return VerdictLine(
        task=row.task_id,
        requirement=row.requirement,
        name=row.name,
        sha256=row.sha256,
        check=row.check,
        version=row.version,
        outcome=row.outcome,
        reasons=tuple(reason_said(one) for one in row.reasons),
        decided_at=row.decided_at,
    )
