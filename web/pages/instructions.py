"""Instructions (ý kiến chỉ đạo): the list, one of them with what came of it, given and taken back.

Whoever looks at a line of a board, a list, a task or a report comes here with that line.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response
from sqlalchemy import not_, select

from web import cursors
from web.pages.instructing import Asked, about_told, answered, choice_page, form_page
from web.refusing import status_of
from web.telling import teller
from web.visit import Visit, reads, writes
from workflow.access import units_in_reach
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.i18n import N_
from workflow.instructions import (
    Stage,
    Standing,
    instruction_given,
    instructions_given,
    withdraw_instruction,
)
from workflow.labels import describe
from workflow.owing import bring_up_to_date
from workflow.store.submissions import concession
from workflow.store.units import unit
from workflow.worklist import list_tasks

router: Final = APIRouter(include_in_schema=False)

_AT_ONCE: Final = 50
#: The stages with their colours: a colour is never alone, the word stands with it.
STAGES: Final = {
    Stage.RUNNING: ("running", "open"),
    Stage.OVERDUE: ("overdue", "overdue"),
    Stage.FULFILLED: ("fulfilled", "done"),
    Stage.TAKEN_BACK: ("taken back", "void"),
}
Code = Annotated[str, Query(max_length=64)]


@router.get("/instructions")
@reads
def listed(
    visit: Visit,
    *,
    agreement: Code = "",
    stage: Annotated[str, Query(max_length=16)] = "",
    start: Annotated[int, Query(ge=0, le=10_000)] = 0,
) -> Response:
    """The instructions of which this person may read some task, the latest first."""
    if not visit.may_somewhere(Deed.READ):
        raise Refusal("access.denied", by=visit.by, deed=Deed.READ.value)
    every = instructions_given(visit.db, by=visit.by, at=visit.at, grants=visit.grants)
    agreements = {one.agreement: one.agreement_title for one in every}
    within = [one for one in every if agreement in {"", one.agreement}]
    counts = {one: sum(each.stage is one for each in within) for one in Stage}
    found = [one for one in within if stage in {"", one.stage.value}]
    page, rest = found[start : start + _AT_ONCE], start + _AT_ONCE
    more = None
    if rest < len(found):
        asked = {"agreement": agreement, "stage": stage, "start": rest}
        more = cursors.address("/instructions", asked)
    return visit.page(
        "instructions/list.html.j2",
        rows=page,
        counts=counts,
        stages=STAGES,
        agreement=agreement,
        stage=stage,
        agreements=agreements,
        more=more,
        may_instruct=visit.may_somewhere(Deed.INSTRUCT),
        tell=teller(visit, (one.says.by for one in page)),
    )


@router.get("/instructions/new")
@reads
def new(
    visit: Visit,
    *,
    agreement: Code = "",
    obligation: Code = "",
    occasion: Annotated[str, Query(max_length=160)] = "",
    unit: Code = "",
    period: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """The form, on the line from which a leader came."""
    if not agreement:
        return choice_page(visit)
    asked = Asked(
        agreement=agreement,
        obligation=obligation,
        occasion=occasion,
        unit=unit,
        period=period,
        chosen=frozenset({unit} - {""}),
    )
    return form_page(visit, asked, is_fresh=True)


@router.post("/instructions/new")
@writes
def give(
    visit: Visit,
    *,
    agreement: Annotated[str, Form(max_length=64)] = "",
    obligation: Annotated[str, Form(max_length=64)] = "",
    occasion: Annotated[str, Form(max_length=160)] = "",
    unit: Annotated[str, Form(max_length=64)] = "",
    period: Annotated[str, Form(max_length=16)] = "",
    text: Annotated[str, Form(max_length=20_000)] = "",
    title: Annotated[str, Form(max_length=2_000)] = "",
    ground: Annotated[str, Form(max_length=2_000)] = "",
    due: Annotated[str, Form(max_length=40)] = "",
    asked_due: Annotated[str, Form(max_length=40)] = "",
    take: Annotated[str, Form(max_length=8)] = "",
    proof: Annotated[str, Form(max_length=32)] = "",
    units: Annotated[list[str] | None, Form()] = None,
    kinds: Annotated[list[str] | None, Form()] = None,
    named: Annotated[str, Form(max_length=100_000)] = "",
) -> Response:
    """Give an instruction, and plan what it makes owed."""
    asked = Asked(
        agreement=agreement,
        obligation=obligation,
        occasion=occasion,
        unit=unit,
        period=period,
        text=text,
        title=title,
        ground=ground,
        due=due,
        asked_due=asked_due,
        take=take,
        proof=proof,
        chosen=frozenset(units or ()),
        kinds=frozenset(kinds or ()),
        named=named,
    )
    return answered(visit, asked)


@router.get("/instructions/{agreement}/{code}")
@reads
def one(
    visit: Visit, agreement: str, code: str, after: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """One instruction with what came of it."""
    return _page(visit, agreement, code, after=after)


@router.post("/instructions/{agreement}/{code}/withdraw")
@writes
def withdraw(
    visit: Visit, agreement: str, code: str, reason: Annotated[str, Form(max_length=4000)] = ""
) -> Response:
    """Take an instruction back: what is open is cancelled, what is done is kept."""
    _read(visit, agreement, code)
    act = visit.act(reason=reason.strip())
    try:
        cancelled = withdraw_instruction(visit.db, agreement, code, act=act)
    except Refusal as refusal:
        if status_of(refusal.code) in {403, 404}:
            raise
        wrong = describe(refusal, visit.lang)
        return _page(visit, agreement, code, wrong=wrong, typed=reason, status=422)
    bring_up_to_date(visit.db, agreement, act=visit.act())
    visit.tell(
        N_("{code} is taken back; open tasks cancelled: {count:number}."),
        code=code,
        count=cancelled,
    )
    return visit.go(f"/instructions/{agreement}/{code}")


def _read(visit: Visit, agreement: str, code: str) -> Standing:
    return instruction_given(
        visit.db, agreement, code, by=visit.by, at=visit.at, grants=visit.grants
    )


def _page(
    visit: Visit,
    agreement: str,
    code: str,
    *,
    after: str = "",
    wrong: str = "",
    typed: str = "",
    status: int = 200,
) -> Response:
    standing = _read(visit, agreement, code)
    page = list_tasks(
        visit.db,
        by=visit.by,
        at=visit.at,
        grants=visit.grants,
        agreement_code=agreement,
        obligation_code=code,
        with_history=True,
        after=cursors.read(after),
        at_most=_AT_ONCE,
    )
    more = None
    if page.next_after is not None:
        cursor = cursors.written(*page.next_after)
        more = cursors.address(f"/instructions/{agreement}/{code}", {"after": cursor})
    back = standing.says.withdrawn
    people = [standing.says.by, *([] if back is None else [back.by])]
    return visit.page(
        "instructions/one.html.j2",
        status=status,
        standing=standing,
        says=standing.says,
        stages=STAGES,
        page=page,
        more=more,
        asking=_asking(visit, [line.task_id for line in page.lines]),
        about=about_told(visit, standing.says.about, standing.under),
        may_withdraw=back is None and _is_theirs(visit, standing),
        wrong=wrong,
        typed=typed,
        tell=teller(visit, people),
    )


def _asking(visit: Visit, task_ids: list[int]) -> frozenset[int]:
    """Of these tasks, those for which something was asked and not decided."""
    waiting = select(concession.c.task_id).where(
        concession.c.task_id.in_(task_ids), concession.c.decided_at.is_(None)
    )
    return frozenset(visit.db.scalars(waiting))


def _is_theirs(visit: Visit, standing: Standing) -> bool:
    """Whether this person may instruct every unit that was instructed."""
    if not visit.may_somewhere(Deed.INSTRUCT):
        return False
    reach = units_in_reach(
        visit.db,
        visit.by,
        Deed.INSTRUCT,
        says=standing.under,
        at=visit.at,
        grants=visit.grants,
    )
    others = select(unit.c.id).where(unit.c.key.in_(sorted(standing.says.units)), not_(reach))
    return visit.db.scalar(others.limit(1)) is None
