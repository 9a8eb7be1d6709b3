"""Letters that press, for programs: drawn up, numbered, listed, and their files."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import BaseModel, Field, StringConstraints

from reports.letters.drawing import (
    Drawing,
    draw_letters,
    letter_listed,
    letters_readable,
    number_letter,
)
from reports.letters.due import Choice, Wording
from reports.letters.files import kept_file
from web.api.calling import Call, reads, writes
from web.api.paging import USUAL, Cursor, Limit, Listed, cursor_of, place_of
from web.api.shapes import TEXT, Shape, Small, Word
from workflow.store.agreements import agreement as agreement_table
from workflow.store.letters import letter_files, of_task, tasks_of
from workflow.store.units import unit as unit_table

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

router: Final = APIRouter(tags=["letters"])
#: More are drawn up by the command line: each letter is set while the caller waits.
MOST_AT_ONCE: Final = 60
TYPES: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_Name = Annotated[str, StringConstraints(max_length=300, pattern=TEXT)]


class Letter(Shape):
    """A letter as the register has it; without a number until a clerk has entered it."""

    id: int
    agreement: str
    unit: str
    run_id: int = Field(description="The first letter of those that were drawn up together.")
    as_of: datetime
    answer_by: date
    number: str | None
    issued_on: date | None
    sha256: str
    tasks: int
    drawn_by: str
    drawn_at: datetime
    numbered_by: str | None
    numbered_at: datetime | None


class LetterTask(Shape):
    """A task that a letter lists, with the hash of what it says of it."""

    task_id: int
    sha256: str


class LetterFile(Shape):
    """A file of a letter."""

    format: str
    sha256: str
    size: int


class LetterWhole(Letter):
    """One letter with what it lists and its files."""

    listed: list[LetterTask]
    files: list[LetterFile]


class Pressing(BaseModel):
    """Which units are pressed and for what; each that is left out leaves it open."""

    agreement: Word
    obligation: Word | None = None
    party: Word | None = None
    days: int = Field(default=1, ge=1, le=3650, description="Overdue for so many days at least.")
    step: Word | None = Field(default=None, description="A step of the ladder that has fallen.")
    units: list[Word] = Field(default=[], max_length=MOST_AT_ONCE)
    answer_by: date
    signer: _Name = ""
    copies: list[_Name] = Field(default=[], max_length=40)
    lang: Literal["vi", "en"] | None = Field(default=None, description="Otherwise the caller's.")


class Drawn(BaseModel):
    """The letters that were drawn up."""

    letters: list[int]


class Numbering(BaseModel):
    """The number and day that the office's register gave."""

    number: Word
    issued_on: date
    signer: _Name | None = None


@router.get("/letters")
@reads
def listed(
    call: Call,
    *,
    agreement: Word | None = None,
    unit: Word | None = None,
    task: Annotated[int | None, Field(ge=1, le=2**53 - 1)] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Listed[Letter]:
    """The letters of which this person may read every task, the latest first."""
    where: list[ColumnElement[bool]] = []
    if agreement is not None:
        where.append(agreement_table.c.code == agreement)
    if unit is not None:
        where.append(unit_table.c.key == unit)
    if task is not None:
        where.append(of_task(task))
    place = place_of(cursor, "-id", int)
    rows = letters_readable(
        call.db,
        *where,
        by=call.by,
        at=call.at,
        grants=call.grants,
        after=None if place is None else place[0],
        at_most=limit + 1,
    )
    page = rows[:limit]
    return Listed[Letter](
        items=[Letter.model_validate(row) for row in page],
        next=cursor_of("-id", page[-1].id) if len(rows) > limit else None,
    )


@router.post("/letters", status_code=201)
@writes
def draw(call: Call, *, wanted: Pressing) -> Drawn:
    """Draw up a letter to each unit that owes something of the choice."""
    made = draw_letters(
        call.db,
        agreement=wanted.agreement,
        choice=Choice(
            obligation=wanted.obligation,
            party=wanted.party,
            days=wanted.days,
            step=wanted.step,
            units=frozenset(wanted.units),
        ),
        how=Drawing(
            wording=Wording(
                answer_by=wanted.answer_by,
                lang=wanted.lang or call.lang,
                signer=wanted.signer,
                copies=tuple(wanted.copies),
                is_simulated=call.premises.is_simulated,
            ),
            data_dir=call.premises.settings.data_dir,
            at_most=MOST_AT_ONCE,
        ),
        act=call.act(),
    )
    return Drawn(letters=made)


@router.get("/letters/{letter_id}")
@reads
def shown(call: Call, letter_id: Small) -> LetterWhole:
    """One letter with the tasks that it lists and its files."""
    return _whole(call, letter_id)


@router.post("/letters/{letter_id}/number")
@writes
def number(call: Call, letter_id: Small, *, given: Numbering) -> LetterWhole:
    """Enter the number of a letter, once; its files are made anew."""
    letter_listed(call.db, letter_id, by=call.by, at=call.at, grants=call.grants)
    number_letter(
        call.db,
        letter_id,
        number=given.number,
        issued_on=given.issued_on,
        signer=given.signer,
        data_dir=call.premises.settings.data_dir,
        act=call.act(),
    )
    return _whole(call, letter_id)


@router.get(
    "/letters/{letter_id}/files/{format}",
    response_class=Response,
    responses={
        200: {
            "description": "The file as it was made.",
            "content": {one: {} for one in TYPES.values()},
        }
    },
)
@reads
def file(
    call: Call, letter_id: Small, wanted: Annotated[Literal["docx", "pdf"], Path(alias="format")]
) -> Response:
    """A file of a letter."""
    letter_listed(call.db, letter_id, by=call.by, at=call.at, grants=call.grants)
    found = letter_files(call.db, [letter_id])[letter_id][wanted]
    name = f"letter-{letter_id}.{wanted}"
    return Response(
        kept_file(call.premises.settings.data_dir, found.sha256, name=name),
        media_type=TYPES[wanted],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _whole(call: Call, letter_id: int) -> LetterWhole:
    row = letter_listed(call.db, letter_id, by=call.by, at=call.at, grants=call.grants)
    files = letter_files(call.db, [letter_id]).get(letter_id, {})
    return LetterWhole(
        **Letter.model_validate(row).model_dump(),
        listed=[LetterTask.model_validate(one) for one in tasks_of(call.db, letter_id)],
        files=[LetterFile.model_validate(one) for _, one in sorted(files.items())],
    )
