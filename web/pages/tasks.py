"""The list of tasks for everyone who may read, and the page of one task."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from sqlalchemy import Row, literal, select

from web import cursors
from web.spans import choices_of, span_of
from web.task_sheet import task_page
from web.telling import teller
from web.visit import Visit, reads
from workflow.access import scope_of
from workflow.catalogue import agreements_coded
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import IN_HAND, WAITING, State
from workflow.domain.roles import Deed
from workflow.i18n import N_
from workflow.store.agreements import agreement as agreement_table
from workflow.store.agreements import obligations_named
from workflow.store.tasks import task
from workflow.store.units import unit as unit_table
from workflow.store.units import units_by_id
from workflow.worklist import list_tasks

router: Final = APIRouter(include_in_schema=False)

#: The number of a row in an address: what every database and browser can hold.
Number = Annotated[int, Path(ge=1, le=cursors.GREATEST)]
_AT_ONCE: Final = 50
#: What is not settled yet: how the list opens when nothing was asked for.
_PENDING: Final = (*IN_HAND, *WAITING, State.SUSPENDED)
STATES: Final = (
    ("all", N_("all")),
    ("pending", N_("not settled yet")),
    *((one.value, one.value) for one in State),
)


@router.get("/tasks")
@reads
def tasks(
    visit: Visit,
    *,
    q: Annotated[str, Query(max_length=200)] = "",
    agreement: Annotated[str, Query(max_length=64)] = "",
    obligation: Annotated[str, Query(max_length=64)] = "",
    unit: Annotated[str, Query(max_length=64)] = "",
    state: Annotated[str, Query(max_length=16)] = "",
    period: Annotated[str, Query(max_length=16)] = "",
    overdue: bool = False,
    after: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The tasks within a person's scope, by due day."""
    if not visit.may_somewhere(Deed.READ):
        raise Refusal("access.denied", by=visit.by, deed=Deed.READ.value)
    if not visit.request.query_params:
        state = "pending"
    agreements = _agreements(visit)
    if len(agreements) == 1:
        agreement = agreement or agreements[0].code
    asked = {
        "q": q.replace("\x00", ""),
        "agreement": agreement,
        "obligation": obligation,
        "unit": unit,
        "state": state or "all",
        "period": period,
        "overdue": "true" if overdue else "",
    }
    span = span_of(period, reporting=_reporting(visit, agreement))
    page = list_tasks(
        visit.db,
        by=visit.by,
        at=visit.at,
        grants=visit.grants,
        agreement_code=agreement or None,
        obligation_code=obligation or None,
        unit_key=unit or None,
        states=_states(state),
        belongs_from=None if span is None else span.from_on,
        belongs_until=None if span is None else span.until_on,
        words=asked["q"],
        only_overdue=overdue,
        after=cursors.read(after),
        at_most=_AT_ONCE,
    )
    more = None
    if page.next_after is not None:
        cursor = cursors.written(*page.next_after)
        more = cursors.address("/tasks", {**asked, "after": cursor})
    return visit.page(
        "unit/tasks.html.j2",
        page=page,
        more=more,
        asked=asked,
        is_further=bool(after),
        states=STATES,
        agreements=agreements,
        duties=_duties(visit, agreement),
        unit_name=_unit_name(visit, unit),
        may_press=visit.may_somewhere(Deed.DRAFT_REPORT),
        periods=choices_of(visit),
        tell=teller(visit, occasions=[line.occasion for line in page.lines]),
    )


@router.get("/tasks/{task_id}")
@reads
def one_task(visit: Visit, task_id: Number) -> Response:
    """One task: what, why, until when, what proves it, and what can be done."""
    return task_page(visit, task_id)


def _states(asked: str) -> tuple[State, ...]:
    if asked == "pending":
        return _PENDING
    return tuple(one for one in State if one.value == asked)


def _agreements(visit: Visit) -> list[Row[Any]]:
    """The agreements of which some task lies within the person's scope."""
    named = agreement_table.alias("named")
    some = (
        select(literal(1))
        .select_from(task)
        .where(
            task.c.agreement_id == named.c.id,
            scope_of(visit.db, visit.by, at=visit.at, grants=visit.grants),
        )
        .correlate(named)
        .exists()
    )
    query = select(named.c.id, named.c.code, named.c.title).where(some)
    return list(visit.db.execute(query.order_by(named.c.title)))


def _duties(visit: Visit, code: str) -> list[Row[Any]]:
    return list(obligations_named(visit.db, agreement_table.c.code == code)) if code else []


def _reporting(visit: Visit, code: str) -> str:
    """The reporting year by which the agreement that was chosen counts its quarters."""
    found = agreements_coded(visit.db, code) if code else {}
    return next((one.settings.reporting for one in found.values()), "calendar")


def _unit_name(visit: Visit, key: str) -> str:
    """The name of the unit that the list is narrowed to."""
    if not key:
        return ""
    found = visit.db.scalar(select(unit_table.c.id).where(unit_table.c.key == key))
    if found is None:
        return key
    return units_by_id(visit.db, [found])[found].name_on(visit.today)
