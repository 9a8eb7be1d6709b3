"""The work of one's own unit, by how urgent it is."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy import select

from web.cursors import address
from web.menu import UNIT_ROLES
from web.spans import choices_of, span_of
from web.telling import teller
from web.visit import Visit, reads
from workflow.access import scope_of
from workflow.domain.errors import Refusal
from workflow.domain.periods import reporting_year
from workflow.domain.roles import Deed
from workflow.domain.triggers import Length
from workflow.i18n import N_
from workflow.store.agreements import obligation, obligations_named
from workflow.store.tasks import task
from workflow.worklist import own_work

router: Final = APIRouter(include_in_schema=False)

#: The parts in the order in which a day's work is gone about, with their words and colours.
PARTS: Final = (
    ("overdue", N_("Overdue"), "overdue", True),
    ("returned", N_("Returned"), "overdue", True),
    ("due_soon", N_("Due soon"), "late", True),
    ("open", N_("To be done"), "", True),
    ("waiting", N_("Waiting for others"), "awaiting", False),
    ("upcoming", N_("Not open yet"), "", False),
    ("done", N_("Done in this quarter"), "done", False),
)


@router.get("/work")
@reads
def work(
    visit: Visit,
    *,
    q: Annotated[str, Query(max_length=200)] = "",
    duty: Annotated[str, Query(max_length=64)] = "",
    period: Annotated[str, Query(max_length=16)] = "",
    below: bool = False,
) -> Response:
    """What the unit has to do: overdue, returned, due soon, open, and what was done."""
    if not visit.is_any(*UNIT_ROLES):
        raise Refusal("access.denied", by=visit.by, deed=Deed.ASK_CONCESSION.value)
    quarter = reporting_year("calendar").period_containing(visit.today, Length.QUARTER)
    span = span_of(period)
    own = (
        select(task.c.obligation_id)
        .where(scope_of(visit.db, visit.by, at=visit.at, grants=visit.grants))
        .distinct()
    )
    found = own_work(
        visit.db,
        by=visit.by,
        at=visit.at,
        grants=visit.grants,
        done_from=quarter.from_on if span is None else span.from_on,
        done_until=quarter.until_on if span is None else span.until_on,
        with_units_below=below,
        obligation_code=duty or None,
        belongs_from=None if span is None else span.from_on,
        belongs_until=None if span is None else span.until_on,
        words=q.replace("\x00", ""),
    )
    lines = [line for part in found.parts.values() for line in part]
    return visit.page(
        "unit/work.html.j2",
        parts=PARTS,
        found=found,
        q=q,
        duty=duty,
        period=period,
        below=below,
        is_narrowed=bool(q or duty or span),
        duties=obligations_named(visit.db, obligation.c.id.in_(own)),
        periods=choices_of(visit),
        tell=teller(visit, occasions=[line.occasion for line in lines]),
        address=address,
    )
