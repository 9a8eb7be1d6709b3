"""What was offered for tasks and what the checks read in it, as it was known at an instant.

One statement, whatever the number of tasks. Refuses to judge: a verdict is what a check said,
and what a person made of it is the task's own state.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, func, or_, select

from workflow.evidence.verdict import Findings
from workflow.store.evidence import evidence_item, evidence_verdict
from workflow.store.given_rows import given_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

PASSED: Final = "passed"
UNDECIDED: Final = "undecided"
_PARTLY: Final = "evidence.partly_used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An item with the last verdict on it by the instant; ``outcome`` is None where none was in.

    ``quantity`` is what it proves for its task, after others had their share. ``read`` is
    what its check read and ``codes`` are the reasons that it gave.
    """

    id: int
    task: int
    requirement: str
    name: str
    sha256: str | None
    added_at: datetime
    outcome: str | None
    quantity: int
    performed_on: date | None
    identity: str
    read: Mapping[str, Any]
    codes: frozenset[str]

    def is_proof(self, *, is_accepted: bool) -> bool:
        """Whether it counts: it passed, or a person took what the check left open."""
        return self.outcome == PASSED or (is_accepted and self.outcome == UNDECIDED)


def offers_read(db: Connection, tasks: Iterable[int], *, as_of: datetime) -> dict[int, list[Offer]]:
    """The items of these tasks that were there at the instant, by task, the first one first."""
    of = given_rows(db, "of", {"id": BigInteger()}, ((one,) for one in sorted(set(tasks))))
    verdict = evidence_verdict.alias("verdict")
    latest = (
        select(verdict.c.id)
        .where(
            # What was carried over bears the verdict of where it was, until it has its own.
            verdict.c.item_id.in_([evidence_item.c.id, evidence_item.c.carried_from_id]),
            verdict.c.decided_at <= as_of,
        )
        .order_by(
            # What is carried over comes later than what it was.
            verdict.c.item_id.desc(),
            verdict.c.decided_at.desc(),
            verdict.c.id.desc(),
        )
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            evidence_item,
            evidence_verdict.c.outcome.label("said"),
            evidence_verdict.c.reasons,
            evidence_verdict.c.read,
        )
        .select_from(evidence_item.outerjoin(evidence_verdict, evidence_verdict.c.id == latest))
        .where(
            evidence_item.c.task_id.in_(select(of.c.id)),
            func.coalesce(evidence_item.c.carried_at, evidence_item.c.added_at) <= as_of,
            or_(evidence_item.c.removed_at.is_(None), evidence_item.c.removed_at > as_of),
        )
    )
    found: defaultdict[int, list[Offer]] = defaultdict(list)
    for row in sorted(db.execute(query), key=lambda row: (row.added_at, row.id)):
        found[row.task_id].append(_offer(row, as_of))
    return found


def counted(offers: Iterable[Offer], *, cut_off: datetime, is_accepted: bool) -> list[Offer]:
    """Those that count at a cut-off: of the same thing for the same requirement the first."""
    firsts: dict[tuple[str, str], Offer] = {}
    for one in offers:
        if one.added_at <= cut_off and one.is_proof(is_accepted=is_accepted):
            firsts.setdefault((one.requirement, one.identity), one)
    return list(firsts.values())


def _offer(row: Row[Any], as_of: datetime) -> Offer:
    # What was carried over from a unit that ended bears its verdict without a row of its own.
    is_carried = (
        row.said is None
        and row.carried_from_id is not None
        and row.outcome_at is not None
        and row.outcome_at <= as_of
    )
    reasons: Sequence[Mapping[str, Any]] = row.reasons or ()
    findings = Findings.from_json(row.read or {})
    shares = [one["quantity"] for one in reasons if one["code"] == _PARTLY]
    quantity = row.quantity if is_carried else findings.quantity
    return Offer(
        id=row.id,
        task=row.task_id,
        requirement=row.requirement,
        name=row.name,
        sha256=row.sha256,
        added_at=row.added_at,
        outcome=row.outcome if is_carried else row.said,
        quantity=1 if quantity is None else min([quantity, *shares]),
        performed_on=row.performed_on if is_carried else findings.performed_on,
        identity=_identity(row, findings, is_carried=is_carried),
        read=row.read or {},
        codes=frozenset(one["code"] for one in reasons),
    )


def _identity(row: Row[Any], findings: Findings, *, is_carried: bool) -> str:
    if is_carried:
        return row.identity or f"item:{row.id}"
    return findings.identity.text if findings.identity else f"item:{row.id}"
