"""Pressing in writing: who owes, the letters drawn up to them, their numbers and their files.

Knows how a choice becomes letters by two looks: who is meant, then what each will say. The
use cases judge every step again. Refuses to know what a letter says.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response, StreamingResponse

from reports.letters.drawing import (
    Drawing,
    draw_letters,
    letter_listed,
    letter_read,
    letters_readable,
    number_letter,
)
from reports.letters.due import Wording, debtors, letters_of
from reports.letters.files import kept_file, letter_page, letters_joined, letters_packed
from web.pages.letter_desk import (
    MOST_AT_ONCE,
    as_document,
    asked_of,
    choice_of,
    choose_page,
    day_typed,
    drawable,
    letter_page_of,
    letters_of_run,
    unit_names,
    usual_day,
)
from web.pages.tasks import Number
from web.visit import Visit, reads, writes
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.i18n import N_
from workflow.labels import describe
from workflow.store.agreements import agreement as agreement_table
from workflow.store.letters import letter_files

router: Final = APIRouter(include_in_schema=False)

_AT_ONCE: Final = 50
_MOST_DAYS: Final = 3650
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")
TYPES: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "zip": "application/zip",
}
Text = Annotated[str, Form(max_length=4000)]
Word = Annotated[str, Query(max_length=64)]
Days = Annotated[int, Query(ge=1, le=_MOST_DAYS)]


@router.get("/letters")
@reads
def letters(
    visit: Visit, *, agreement: Word = "", after: Annotated[int, Query(ge=0)] = 0
) -> Response:
    """The letters that somebody may read, the latest first, and the way to new ones."""
    if not visit.may_somewhere(Deed.READ):
        visit.ensure_may(Deed.READ)
    rows = letters_readable(
        visit.db,
        *([agreement_table.c.code == agreement] if agreement else ()),
        by=visit.by,
        at=visit.at,
        grants=visit.grants,
        after=after or None,
        at_most=_AT_ONCE + 1,
    )
    page, more = rows[:_AT_ONCE], rows[_AT_ONCE:]
    return visit.page(
        "letters/list.html.j2",
        rows=page,
        names=unit_names(visit, page),
        more=f"/letters?agreement={agreement}&after={page[-1].id}" if more else "",
        drawable=drawable(visit),
        agreement=agreement,
    )


@router.get("/letters/new")
@reads
def new(
    visit: Visit,
    *,
    agreement: Word = "",
    obligation: Word = "",
    party: Word = "",
    days: Days = 1,
    step: Word = "",
    unit: Word = "",
) -> Response:
    """Who owes something of a choice, to be looked at and pressed."""
    asked = asked_of(obligation, party, days, step)
    return choose_page(visit, agreement, asked, chosen={unit} if unit else None)


@router.get("/letters/preview")
@reads
def preview(
    visit: Visit,
    *,
    agreement: Word,
    unit: Word,
    obligation: Word = "",
    party: Word = "",
    days: Days = 1,
    step: Word = "",
) -> Response:
    """What the letter to a unit would say, as a document."""
    kept = catalogue.kept(visit.db, agreement)
    choice = choice_of(asked_of(obligation, party, days, step), {unit})
    owing = debtors(visit.db, kept, choice, by=visit.by, at=visit.at)
    wording = Wording(
        answer_by=usual_day(kept, visit),
        lang=visit.lang,
        is_simulated=visit.premises.is_simulated,
    )
    made = letters_of(visit.db, kept, owing, wording, at=visit.at)
    if not made:
        raise Refusal("letter.nobody_owes", agreement=agreement)
    return as_document(letter_page(next(iter(made.values()))))


@router.post("/letters")
@writes
def draw(
    visit: Visit,
    *,
    agreement: Text = "",
    obligation: Text = "",
    party: Text = "",
    days: Annotated[int, Form(ge=1, le=_MOST_DAYS)] = 1,
    step: Text = "",
    units: Annotated[list[str] | None, Form()] = None,
    answer_by: Text = "",
    signer: Text = "",
    copies: Text = "",
    lang: Annotated[Literal["vi", "en"], Form()] = "vi",
) -> Response:
    """Draw up a letter to each unit that was chosen."""
    asked = asked_of(obligation, party, days, step)
    typed = {"answer_by": answer_by, "signer": signer, "copies": copies, "lang": lang}
    chosen = set(units or ())
    try:
        with visit.db.begin_nested():
            made = draw_letters(
                visit.db,
                agreement=agreement,
                choice=choice_of(asked, chosen or {""}),
                how=Drawing(
                    wording=Wording(
                        answer_by=day_typed(answer_by),
                        lang=lang,
                        signer=signer,
                        copies=tuple(copies.splitlines()),
                        is_simulated=visit.premises.is_simulated,
                    ),
                    data_dir=visit.premises.settings.data_dir,
                    at_most=MOST_AT_ONCE,
                ),
                act=visit.act(),
            )
    except Refusal as refusal:
        if refusal.code in {"agreement.unknown", "access.denied"}:
            raise
        visit.refused = refusal
        wrong = describe(refusal, visit.lang)
        return choose_page(visit, agreement, asked, chosen=chosen, typed=typed, wrong=wrong)
    visit.tell(
        N_("Drawn up: {count:number} letters. Print them, sign them, number them."), count=len(made)
    )
    return visit.go(f"/letters/runs/{made[0]}")


@router.get("/letters/runs/{run_id}")
@reads
def run(visit: Visit, run_id: Number) -> Response:
    """The letters that were drawn up together, with one file for printing and one for sending."""
    rows = letters_of_run(visit, run_id)
    return visit.page("letters/run.html.j2", rows=rows, names=unit_names(visit, rows), run=run_id)


@router.get("/letters/runs/{run_id}/files/{kind}")
@reads
def run_file(
    visit: Visit, run_id: Number, kind: Literal["zip", "pdf"], *, duplex: bool = False
) -> Response:
    """All of them in one ZIP, in both formats, or in one PDF for printing."""
    rows = letters_of_run(visit, run_id)
    rows.reverse()
    files, names = letter_files(visit.db, [row.id for row in rows]), unit_names(visit, rows)
    data_dir = visit.premises.settings.data_dir
    disposition = {"content-disposition": f'attachment; filename="letters-{run_id}.{kind}"'}
    if kind == "pdf":
        hashes = [files[row.id]["pdf"].sha256 for row in rows]
        contents = (kept_file(data_dir, one, name=f"{one}.pdf") for one in hashes)
        joined = letters_joined(contents, for_both_sides=duplex)
        return Response(joined, media_type=TYPES["pdf"], headers=disposition)
    named = [
        (f"{place:03} {names[row.unit_id]}", form, found.sha256)
        for place, row in enumerate(rows, 1)
        for form, found in sorted(files[row.id].items())
    ]
    packed = letters_packed(data_dir, named)
    return StreamingResponse(packed, media_type=TYPES["zip"], headers=disposition)


@router.get("/letters/{letter_id}")
@reads
def one(visit: Visit, letter_id: Number) -> Response:
    """One letter: what it lists, its number and its files."""
    return letter_page_of(visit, letter_id)


@router.post("/letters/{letter_id}/number")
@writes
def give_number(
    visit: Visit, letter_id: Number, *, number: Text = "", issued_on: Text = "", signer: Text = ""
) -> Response:
    """Enter the number and the day that the office's register gave to a letter."""
    letter_listed(visit.db, letter_id, by=visit.by, at=visit.at, grants=visit.grants)
    try:
        with visit.db.begin_nested():
            number_letter(
                visit.db,
                letter_id,
                number=number,
                issued_on=day_typed(issued_on),
                signer=signer if signer.strip() else None,
                data_dir=visit.premises.settings.data_dir,
                act=visit.act(),
            )
    except Refusal as refusal:
        if refusal.code in {"letter.unknown", "access.denied"}:
            raise
        visit.refused = refusal
        typed = {"number": number, "issued_on": issued_on, "signer": signer}
        return letter_page_of(visit, letter_id, typed=typed, wrong=describe(refusal, visit.lang))
    visit.tell(N_("The letter bears its number now; its files were made anew."))
    return visit.go(f"/letters/{letter_id}")


@router.get("/letters/{letter_id}/read")
@reads
def read(visit: Visit, letter_id: Number) -> Response:
    """The letter as a document."""
    letter_listed(visit.db, letter_id, by=visit.by, at=visit.at, grants=visit.grants)
    return as_document(letter_page(letter_read(visit.db, letter_id)))


@router.get("/letters/{letter_id}/files/{kind}")
@reads
def file(visit: Visit, letter_id: Number, kind: Literal["docx", "pdf"]) -> Response:
    """A file of a letter, as it was made."""
    row = letter_listed(visit.db, letter_id, by=visit.by, at=visit.at, grants=visit.grants)
    found = letter_files(visit.db, [letter_id])[letter_id][kind]
    name = _UNSAFE.sub("_", f"{row.agreement}-{row.unit}-{letter_id}.{kind}")
    return Response(
        kept_file(visit.premises.settings.data_dir, found.sha256, name=name),
        media_type=TYPES[kind],
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
