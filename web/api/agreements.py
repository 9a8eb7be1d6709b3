"""Agreements for programs: what was agreed, its obligations, its figures and its coverage."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from reports.boards.board import Asked, Shown
from reports.boards.overview import overview
from reports.reach import reports_on, tasks_reached
from web.api.calling import Call, reads
from web.api.paging import USUAL, Cursor, Limit, Listed, cursor_of, page_of, place_of
from web.api.reading import agreement_read, is_readable
from web.api.shapes import Clause, Shape, Word
from workflow import catalogue
from workflow.coverage import prove_coverage
from workflow.domain import roles
from workflow.domain.agreement import requirements_of
from workflow.domain.roles import Deed, Place
from workflow.intake.kept_form import keep_obligation
from workflow.labels import sentence_for
from workflow.store.agreements import agreement_by_code, agreements_listed

if TYPE_CHECKING:
    from sqlalchemy import Row

    from reports.figures import Line
    from workflow.domain.agreement import Agreement as Says
    from workflow.domain.agreement import Obligation

router: Final = APIRouter(tags=["agreements"])
State = Literal["draft", "active", "ended"]
Code = Word


class Party(Shape):
    """A side of an agreement."""

    code: str
    name: str


class Agreement(BaseModel):
    """An agreement as lists show it; it is owed on the days ``[starts_on, until)``."""

    code: str
    title: str
    number: str
    state: State
    signed_on: date | None
    starts_on: date
    until: date
    tracked_from: date
    planned_until: date | None
    parties: list[Party]


class AgreementWhole(Agreement):
    """One agreement with its clauses and topics."""

    source: str
    reporting: str = Field(description="The reporting year that its periods follow.")
    zone: str
    clauses: list[Clause]
    topics: list[Party]


class Requirement(Shape):
    """What proves an obligation: at least so many items that pass a check."""

    code: str
    title: str
    check: str
    minimum: int


class Duty(BaseModel):
    """One version of an obligation, in force on ``[effective_from, effective_until)``."""

    code: str
    title: str
    clause: str
    topic: str | None
    trigger: str = Field(description="“once”, “every”, “day”, “event”, “after” or “when”.")
    effective_from: date
    effective_until: date | None
    beneficiary: str | None
    needs_person: bool
    auto_submit: bool
    allows_nothing: bool
    requirements: list[Requirement]
    definition: dict[str, Any] = Field(description="All of it, in the agreement file's own form.")


class Figures(BaseModel):
    """The boxes of some tasks, and both rates; null where there is nothing to divide by."""

    total: int
    done_on_time: int
    done_late: int
    awaiting: int
    awaiting_past_due: int
    not_done_in_time: int
    not_done_overdue: int
    no_due_day: int
    suspended: int
    waived: int
    cancelled: int = Field(description="Outside the total.")
    history: int = Field(description="Outside the total.")
    assigned: int
    carried_over: int
    rate_on_due: float | None = Field(description="Done ÷ (done + overdue + awaiting past due).")
    rate_on_all: float | None = Field(description="Done ÷ total.")


class DutyFigures(BaseModel):
    """The figures of one obligation."""

    obligation: str
    title: str
    clause: str
    units_owing: int
    units_met: int
    figures: Figures


class UnitFigures(BaseModel):
    """The figures of one unit, under the name that it bore in the period."""

    unit: str
    name: str
    party: str
    figures: Figures


class PeriodFigures(BaseModel):
    """A period as it stands as of an instant; obligations and units each add up to the total."""

    agreement: str
    period: str
    from_on: date
    until_on: date
    cut_off: datetime
    as_of: datetime = Field(description="At most a minute ago: boards keep their figures.")
    is_running: bool
    total: Figures
    obligations: list[DutyFigures]
    units: list[UnitFigures]
    next: str | None = Field(description="The cursor of the next page of units; null on the last.")


class Gap(BaseModel):
    """One difference between what is owed and what is there."""

    code: str
    obligation: str
    occasion: str
    unit: str | None
    expected: str | None
    found: str | None
    text: str


class Coverage(BaseModel):
    """The proof that nothing owed is missing and nothing superfluous is asked."""

    agreement: str
    until: date | None
    occasions: int
    tasks: int
    is_whole: bool
    gaps: list[Gap]


@router.get("/agreements")
@reads
def listed(
    call: Call,
    state: State | None = None,
    sort: Literal["code", "-code"] = "code",
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Listed[Agreement]:
    """The agreements in which this person has a role."""
    rows = [
        row
        for row in agreements_listed(call.db)
        if is_readable(call, row.code) and state in {None, row.state}
    ]
    said = catalogue.agreements_said(call.db, [row.id for row in rows])
    items, more = page_of(
        rows,
        lambda row: _agreement(row, said[row.id]),
        key=lambda row: str(row.code),
        sort=sort,
        cursor=cursor,
        limit=limit,
    )
    return Listed[Agreement](items=items, next=more)


@router.get("/agreements/{code}")
@reads
def shown(call: Call, code: Code) -> AgreementWhole:
    """One agreement with its clauses and topics."""
    says = agreement_read(call, code).says
    return AgreementWhole(
        **_agreement(agreement_by_code(call.db, code), says).model_dump(),
        source=says.source,
        reporting=says.settings.reporting,
        zone=says.settings.zone,
        clauses=[Clause.model_validate(one) for one in says.clauses],
        topics=[Party(code=one.code, name=one.title) for one in says.topics],
    )


@router.get("/agreements/{code}/obligations")
@reads
def obligations(
    call: Call,
    code: Code,
    *,
    on: Annotated[date | None, Query(description="Only versions in force on this day.")] = None,
    sort: Literal["code", "-code"] = "code",
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Listed[Duty]:
    """The obligations of an agreement, each version by itself."""
    found = [
        one.says
        for one in agreement_read(call, code).versions
        if on is None or _is_in_force(one.says, on)
    ]
    items, more = page_of(
        found,
        _duty,
        key=lambda one: f"{one.code}@{one.effective_from.isoformat()}",
        sort=sort,
        cursor=cursor,
        limit=limit,
    )
    return Listed[Duty](items=items, next=more)


@router.get("/agreements/{code}/figures")
@reads
def figures(
    call: Call,
    code: Code,
    period: Annotated[
        Word, Query(description="2024-03, 2024-Q1, 2024-H1, 2024-9M, 2024 or programme.")
    ],
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> PeriodFigures:
    """How a period stands, of the tasks that this person may read; units by name, in pages."""
    kept = agreement_read(call, code)
    is_whole = roles.may(call.grants, Deed.READ, place=Place(agreement=code))
    asked = Asked(
        period=period,
        at=call.at,
        cut_offs=tuple((row.period, row.cut_off) for row in reports_on(call.db, kept.id)),
        within=None
        if is_whole
        else lambda rows: tasks_reached(call.db, call.grants, at=call.at, rows=rows),
    )
    (start,) = place_of(cursor, "units", int) or (0,)
    shown = Shown(start=start, at_most=limit)
    found = overview(call.db, kept, asked=asked, quarters=0, shown=shown)
    rest = start + limit
    return PeriodFigures(
        agreement=code,
        period=found.period.key,
        from_on=found.period.from_on,
        until_on=found.period.until_on,
        cut_off=found.cut_off,
        as_of=found.as_of,
        is_running=found.is_running,
        total=_figures(found.total),
        obligations=[
            DutyFigures(
                obligation=duty.code,
                title=duty.title,
                clause=duty.clause,
                units_owing=duty.units_owing,
                units_met=duty.units_met,
                figures=_figures(duty.line),
            )
            for duty in found.duties
        ],
        units=[
            UnitFigures(
                unit=unit.key, name=unit.name, party=unit.party, figures=_figures(unit.line)
            )
            for unit in found.units.lines
        ],
        next=cursor_of("units", rest) if rest < found.units.count else None,
    )


@router.get("/agreements/{code}/coverage")
@reads
def coverage(call: Call, code: Code) -> Coverage:
    """Prove that nothing owed is missing; it looks at every task of the agreement."""
    agreement_read(call, code)
    call.ensure_may(Deed.READ, place=Place(agreement=code))
    proof = prove_coverage(call.db, agreement=code, at=call.at)
    return Coverage(
        agreement=proof.agreement,
        until=proof.until,
        occasions=proof.occasions,
        tasks=proof.tasks,
        is_whole=proof.is_whole,
        gaps=[
            Gap(
                code=gap.code,
                obligation=gap.obligation,
                occasion=gap.occasion,
                unit=gap.unit,
                expected=gap.expected,
                found=gap.found,
                text=sentence_for(
                    gap.code,
                    {
                        "obligation": gap.obligation,
                        "occasion": gap.occasion,
                        "unit": gap.unit or "—",
                        "expected": gap.expected,
                        "found": gap.found,
                    },
                    call.lang,
                ),
            )
            for gap in proof.gaps
        ],
    )


def _agreement(row: Row[Any], says: Says) -> Agreement:
    return Agreement(
        code=says.code,
        title=says.title,
        number=says.number,
        state=row.state,
        signed_on=says.signed_on,
        starts_on=says.starts_on,
        until=min(says.ends_on, row.ended_on or says.ends_on),
        tracked_from=says.tracked_from,
        planned_until=row.planned_until,
        parties=[Party.model_validate(one) for one in says.parties],
    )


def _duty(says: Obligation) -> Duty:
    return Duty(
        code=says.code,
        title=says.title,
        clause=says.clause,
        topic=says.topic,
        trigger=type(says.trigger).__name__.lower(),
        effective_from=says.effective_from,
        effective_until=says.effective_until,
        beneficiary=says.beneficiary,
        needs_person=says.is_confirmed_by_person,
        auto_submit=says.auto_submit,
        allows_nothing=says.allows_nothing,
        requirements=[Requirement.model_validate(leaf) for leaf in requirements_of(says.proof)],
        definition=keep_obligation(says),
    )


def _is_in_force(says: Obligation, day: date) -> bool:
    return says.effective_from <= day and (
        says.effective_until is None or day < says.effective_until
    )


def _figures(line: Line) -> Figures:
    boxes = line.boxes
    rates = {"rate_on_due": boxes.rate_on_due, "rate_on_all": boxes.rate_on_all}
    counts = {
        name: getattr(boxes, name)
        for name in Figures.model_fields
        if name not in {"assigned", "carried_over", *rates}
    }
    return Figures(
        **counts,
        assigned=line.assigned,
        carried_over=line.carried_over,
        **{name: None if rate is None else float(rate) for name, rate in rates.items()},
    )
