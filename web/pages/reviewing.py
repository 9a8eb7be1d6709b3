"""The review desk: what waits for a decision, what was asked for, and what is doubted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy import select

from web import cursors
from web.telling import spoken_of, teller
from web.visit import Visit, reads
from workflow.access import scope_of
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import Action
from workflow.domain.roles import Deed, Role
from workflow.i18n import N_
from workflow.review import waiting_reviews
from workflow.store import worklist
from workflow.store.evidence import outcomes_counted
from workflow.store.tasks import task
from workflow.worklist import lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

router: Final = APIRouter(include_in_schema=False)

AT_ONCE: Final = 50
#: The lists of the desk.
TABS: Final = (
    ("/review", N_("Submissions")),
    ("/review/concessions", N_("Requests")),
    ("/review/doubts", N_("Doubts")),
)
_DESK: Final = (Role.REVIEWER, Role.ADMINISTRATOR)


def ensure_desk(visit: Visit) -> None:
    """Refuse who neither reviews nor administers. Raises ``Refusal("access.denied")``."""
    if not visit.is_any(*_DESK):
        raise Refusal("access.denied", by=visit.by, deed=Deed.SETTLE_DOUBT.value)


@router.get("/review")
@reads
def review(
    visit: Visit,
    *,
    overdue: bool = False,
    after: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Submissions that wait for a decision of this person, the oldest due first."""
    ensure_desk(visit)
    seen = cursors.read(after)
    rows = waiting_reviews(
        visit.db,
        by=visit.by,
        at=visit.at,
        only_overdue=overdue,
        after=None if seen is None or seen[0] is None else (seen[0], seen[1]),
        at_most=AT_ONCE + 1,
    )
    page, further = rows[:AT_ONCE], rows[AT_ONCE:]
    more = None
    if further:
        cursor = cursors.written(page[-1].review_due_on, page[-1].submission_id)
        more = cursors.address("/review", {"overdue": overdue or "", "after": cursor})
    ids = [row.task_id for row in page]
    outcomes: dict[int, list[tuple[str | None, int]]] = {}
    for one in outcomes_counted(visit.db, ids):
        outcomes.setdefault(one.task_id, []).append((one.outcome, one.items))
    said = [reason for row in page for reason in row.reasons or ()]
    people = [*(row.submitted_by for row in page), *spoken_of(said)]
    return visit.page(
        "review/queue.html.j2",
        rows=page,
        lines=lines_of(visit.db, ids, by=visit.by, at=visit.at, grants=visit.grants),
        outcomes=outcomes,
        overdue=overdue,
        more=more,
        is_further=seen is not None,
        tell=teller(visit, people, [row.occasion for row in page]),
        tabs=TABS,
    )


@router.get("/review/concessions")
@reads
def concessions(
    visit: Visit,
    *,
    after: Annotated[int, Query(ge=0, le=cursors.GREATEST)] = 0,
) -> Response:
    """Extensions, waivers and suspensions that were asked for and that this person may decide."""
    return concessions_page(visit, after=after)


@router.get("/review/doubts")
@reads
def doubts(
    visit: Visit,
    *,
    after: Annotated[int, Query(ge=0, le=cursors.GREATEST)] = 0,
) -> Response:
    """Doubts about accepted tasks that nobody has settled."""
    return doubts_page(visit, after=after)


def concessions_page(
    visit: Visit, *, after: int = 0, wrong: str = "", typed: str = "", status: int = 200
) -> Response:
    """The list of requests with its forms; ``typed`` is the answer that was refused."""
    ensure_desk(visit)
    decides = scope_of(visit.db, visit.by, at=visit.at, action=Action.EXTEND)
    rows = worklist.requests_open(visit.db, decides, at_most=AT_ONCE + 1, after=after)
    page, more = _paged(rows, "request_id", "/review/concessions")
    return visit.page(
        "review/concessions.html.j2",
        status=status,
        rows=page,
        lines=_lines(visit, page),
        more=more,
        is_further=bool(after),
        wrong=wrong,
        typed=typed,
        tell=teller(visit, (row.asked_by for row in page), (row.occasion for row in page)),
        tabs=TABS,
    )


def doubts_page(
    visit: Visit,
    *,
    after: int = 0,
    wrong: tuple[int, str] | None = None,
    typed: str = "",
    status: int = 200,
) -> Response:
    """The list of doubts with its forms; ``wrong`` says of which doubt what was refused."""
    ensure_desk(visit)
    within = scope_of(visit.db, visit.by, at=visit.at, grants=visit.grants)
    rows = worklist.doubts_listed(visit.db, within, at_most=AT_ONCE + 1, after=after)
    page, more = _paged(rows, "doubt_id", "/review/doubts")
    people = [*(row.raised_by for row in page), *spoken_of(row.reason for row in page)]
    return visit.page(
        "review/doubts.html.j2",
        status=status,
        rows=page,
        lines=_lines(visit, page),
        settles=_settled_by(visit, page),
        corrects=visit.is_any(Role.REVIEWER),
        more=more,
        is_further=bool(after),
        wrong=wrong,
        typed=typed,
        tell=teller(visit, people, (row.occasion for row in page)),
        tabs=TABS,
    )


def _settled_by(visit: Visit, page: Sequence[Row[Any]]) -> frozenset[int]:
    """The tasks of these doubts that this person may give back, and hence settle."""
    may = scope_of(visit.db, visit.by, at=visit.at, action=Action.REOPEN)
    ids = sorted({row.task_id for row in page})
    return frozenset(visit.db.scalars(select(task.c.id).where(task.c.id.in_(ids), may)))


def _paged(rows: Sequence[Row[Any]], name: str, path: str) -> tuple[Sequence[Row[Any]], str | None]:
    page, further = rows[:AT_ONCE], rows[AT_ONCE:]
    last = getattr(page[-1], name) if further else None
    return page, cursors.address(path, {"after": last}) if last else None


def _lines(visit: Visit, page: Sequence[Row[Any]]) -> dict[int, Any]:
    return dict(
        lines_of(
            visit.db, [row.task_id for row in page], by=visit.by, at=visit.at, grants=visit.grants
        )
    )
