"""What of the figures somebody may see, and what in it waits for somebody's decision.

Knows how grants become the agreements of a board and the condition on its tasks. Whoever
stands for a unit sees the figures of what that unit answers for, and no agreement of which
it has nothing. Refuses to count tasks by box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, false, func, literal, or_, select

from reports.reading import agreements_whole
from workflow import access
from workflow.domain import roles
from workflow.domain.roles import Deed
from workflow.store.agreements import agreement
from workflow.store.evidence import doubt
from workflow.store.reports import report
from workflow.store.submissions import concession, submission
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, FromClause, Row, Table

    from workflow.domain.roles import Grant


#: What waits is counted so far; of more it is said that it is more.
MOST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How much waits for people, of all periods: each number within the scope it was asked for.

    Counted up to ``MOST``: a number above it says that there is more.
    """

    reviews: int
    extensions: int
    waivers: int
    suspensions: int
    doubts: int

    @property
    def total(self) -> int:
        """All of it."""
        asked = self.extensions + self.waivers + self.suspensions
        return self.reviews + asked + self.doubts


def tasks_reached(
    db: Connection, grants: Iterable[Grant], *, at: datetime, rows: FromClause = task
) -> ColumnElement[bool]:
    """The condition on ``task`` rows, or others, for what these grants let somebody read."""
    held = roles.conferring(grants, Deed.READ)
    return or_(false(), *(access.scope_of_grant(db, grant, at=at, rows=rows) for grant in held))


def agreements_reached(db: Connection, grants: Iterable[Grant], *, at: datetime) -> list[Row[Any]]:
    """The agreements that were ever in force and concern whoever has these grants, by code.

    Active ones come first. ``is_whole`` says whether their reports are to be read as well.
    """
    held = roles.conferring(grants, Deed.READ)
    whole = agreements_whole(db, held)
    within = [whole]
    units = [access.scope_of_grant(db, grant, at=at) for grant in held if grant.unit is not None]
    if units:
        within.append(agreement.c.id.in_(select(task.c.agreement_id).where(or_(*units))))
    query = (
        select(
            agreement.c.id,
            agreement.c.code,
            agreement.c.title,
            agreement.c.state,
            case((whole, 1), else_=0).label("is_whole"),
        )
        .where(agreement.c.state != "draft", or_(*within))
        # "active" before "ended".
        .order_by(agreement.c.state, agreement.c.code)
    )
    return list(db.execute(query))


def waiting_for_people(
    db: Connection, agreement_id: int, *, within: ColumnElement[bool]
) -> Waiting:
    """What waits for a decision among the tasks of an agreement, in one statement."""
    is_its = and_(task.c.agreement_id == agreement_id, within)
    is_referred = and_(submission.c.settled_at.is_(None), submission.c.referred_at.is_not(None))
    is_open = concession.c.decided_at.is_(None)
    is_asked = _is_of(concession, is_its)
    waits: dict[str, ColumnElement[bool]] = {
        # A person is asked for exactly what is in review, which is few of very many.
        "reviews": and_(is_referred, _is_among(is_its, state="in_review")),
        "doubts": and_(doubt.c.settled_at.is_(None), _is_of(doubt, is_its)),
        **{
            f"{kind}s": and_(is_open, concession.c.kind == kind, is_asked)
            for kind in ("extension", "waiver", "suspension")
        },
    }
    asked = [
        select(func.count())
        .select_from(select(literal(1)).where(waits_there).limit(MOST + 1).subquery())
        .scalar_subquery()
        .label(name)
        for name, waits_there in waits.items()
    ]
    return Waiting(**db.execute(select(*asked)).mappings().one())


def _is_among(meant: ColumnElement[bool], *, state: str) -> ColumnElement[bool]:
    return submission.c.task_id.in_(select(task.c.id).where(task.c.state == state, meant))


def _is_of(table: Table, meant: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the task of a row is meant; looked up one by one, since few wait of very many."""
    found = select(literal(1)).where(task.c.id == table.c.task_id, meant).limit(1)
    return found.correlate(table).scalar_subquery().is_not(None)


def reports_on(db: Connection, agreement_id: int) -> list[Row[Any]]:
    """The reports on an agreement, the latest drawn up last.

    When figures were cut off is known to whoever sees figures; who reads a report itself is
    what ``agreements_reached`` says.
    """
    query = (
        select(
            report.c.id,
            report.c.period,
            report.c.edition,
            report.c.state,
            report.c.number,
            report.c.cut_off,
        )
        .where(report.c.agreement_id == agreement_id)
        .order_by(report.c.as_of, report.c.edition)
    )
    return list(db.execute(query))
