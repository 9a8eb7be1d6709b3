"""Instructions for programs: given, listed with what came of them, taken back.

An instruction and what it makes owed are one transaction. Its tasks are those of its code:
``/tasks?agreement=…&obligation=YK-2024-001``.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from web.api.calling import Call, reads, writes
from web.api.decisions import Reasoned
from web.api.paging import USUAL, Cursor, Limit, Listed, page_of
from web.api.shapes import TEXT, Shape, Word
from workflow import instructions
from workflow.domain.instructing import About, paper
from workflow.instructions import LONGEST_LINE, LONGEST_TEXT, Stage, Standing, Wanted
from workflow.owing import bring_up_to_date, instruct_units

router: Final = APIRouter(tags=["instructions"])
_Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=TEXT)]
_Line = Annotated[str, StringConstraints(max_length=LONGEST_LINE, pattern=TEXT)]


class Line(Shape):
    """The line on which an instruction was given; what is null did not narrow it."""

    obligation: Word | None = None
    occasion: Annotated[str, StringConstraints(max_length=160, pattern=TEXT)] | None = None
    unit: Word | None = None
    period: Annotated[str, StringConstraints(max_length=16, pattern=TEXT)] | None = None


class Instructing(BaseModel):
    """What is to be done, by which units, until when."""

    agreement: Word = Field(min_length=1)
    text: _Text = Field(min_length=1)
    units: list[Word] = Field(min_length=1, max_length=10_000, description="Keys of units.")
    due_on: date = Field(description="The last day; it is not moved where it is a day off.")
    title: _Line = ""
    ground: _Line = Field(default="", description="The document or meeting at which it was said.")
    proof: Literal["attachment", "letter", "minutes", "statement", "article"] | None = Field(
        default=None, description="What proves it; a person confirms in any case."
    )
    about: Line | None = None


class TakenBack(Shape):
    """Who took an instruction back, when and why."""

    by: str
    on: date
    reason: str


class Instruction(BaseModel):
    """An instruction with how many of its tasks, of those that this person may read, stand how."""

    agreement: str
    code: str = Field(description="Permanent; also the code of its obligation.")
    title: str
    text: str
    ground: str
    by: str
    given_on: date
    due_on: date
    about: Line | None
    withdrawn: TakenBack | None
    stage: Stage
    tasks: int = Field(description="Without the cancelled ones.")
    done: int
    overdue: int
    states: dict[str, int]


class Given(BaseModel):
    """What giving an instruction did."""

    instruction: Instruction
    created: int = Field(description="How many tasks were created.")
    next_working_day: date | None = Field(
        description="Null where all its units work on the due day; else the next day they do."
    )


class Withdrawn(BaseModel):
    """What taking an instruction back did."""

    instruction: Instruction
    cancelled: int = Field(description="How many tasks were cancelled.")


@router.get("/instructions")
@reads
def listed(
    call: Call,
    *,
    agreement: Word | None = None,
    stage: Stage | None = None,
    sort: Literal["given_on", "-given_on"] = "-given_on",
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Listed[Instruction]:
    """The instructions of which this person may read some task, the latest first."""
    rows = [
        one
        for one in instructions.instructions_given(
            call.db, by=call.by, at=call.at, grants=call.grants, agreement=agreement
        )
        if stage in {None, one.stage}
    ]
    items, more = page_of(rows, _told, key=_key, sort=sort, cursor=cursor, limit=limit)
    return Listed[Instruction](items=items, next=more)


@router.get("/instructions/{agreement}/{code}")
@reads
def shown(call: Call, agreement: Word, code: Word) -> Instruction:
    """One instruction."""
    return _now(call, agreement, code)


@router.post("/instructions", status_code=201)
@writes
def give(call: Call, said: Instructing) -> Given:
    """Give an instruction, and create what it makes owed."""
    about = None if said.about is None else About(**said.about.model_dump())
    wanted = Wanted(
        text=said.text,
        title=said.title,
        ground=said.ground,
        units=frozenset(said.units),
        due_on=said.due_on,
        proof=None if said.proof is None else paper(said.proof),
        about=None if about == About() else about,
    )
    given, done = instruct_units(call.db, wanted, agreement=said.agreement, act=call.act())
    standing = _standing(call, said.agreement, given.code)
    works_on = instructions.working_day_from(call.db, standing.under, given.units, given.due_on)
    return Given(
        instruction=_told(standing),
        created=done.planned.by_obligation.get(given.code, {}).get("created", 0),
        next_working_day=None if works_on == given.due_on else works_on,
    )


@router.post("/instructions/{agreement}/{code}/withdraw")
@writes
def withdraw(call: Call, agreement: Word, code: Word, said: Reasoned) -> Withdrawn:
    """Take an instruction back: what is open is cancelled, what is handed in or done is kept."""
    _standing(call, agreement, code)
    act = call.act(reason=said.reason)
    cancelled = instructions.withdraw_instruction(call.db, agreement, code, act=act)
    bring_up_to_date(call.db, agreement, act=call.act())
    return Withdrawn(instruction=_now(call, agreement, code), cancelled=cancelled)


def _standing(call: Call, agreement: str, code: str) -> Standing:
    return instructions.instruction_given(
        call.db, agreement, code, by=call.by, at=call.at, grants=call.grants
    )


def _now(call: Call, agreement: str, code: str) -> Instruction:
    return _told(_standing(call, agreement, code))


def _key(one: Standing) -> str:
    return f"{one.says.given_on.isoformat()} {one.says.code} {one.agreement}"


def _told(one: Standing) -> Instruction:
    says = one.says
    return Instruction(
        agreement=one.agreement,
        code=says.code,
        title=says.title,
        text=says.text,
        ground=says.ground,
        by=says.by,
        given_on=says.given_on,
        due_on=says.due_on,
        about=None if says.about is None else Line.model_validate(says.about),
        withdrawn=None if says.withdrawn is None else TakenBack.model_validate(says.withdrawn),
        stage=one.stage,
        tasks=one.tasks,
        done=one.done,
        overdue=one.overdue,
        states={state.value: number for state, number in one.states.items()},
    )
