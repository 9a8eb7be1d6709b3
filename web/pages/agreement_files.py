"""Agreements written: loaded as drafts, copied for the next term, and amended.

Whatever is wrong is said with its line, and the text stays in the editor; whatever is right
is shown with what it would create before anything is saved.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import Response

from web.amending import effects, put_in_force
from web.pages.agreements import ensure_readable, owed_counts, tell_owed
from web.typed import Chosen, file_sent
from web.visit import Visit, reads, writes
from workflow import catalogue, definitions, labels
from workflow.domain.errors import InvalidFile, Problem, Refusal
from workflow.domain.next_term import next_term
from workflow.domain.roles import Deed, Place
from workflow.evidence.registry import params_problems
from workflow.foreseeing import ahead
from workflow.i18n import N_
from workflow.intake.agreement_file import read_agreement, write_agreement
from workflow.intake.amendment_file import read_amendment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflow.domain.agreement import Agreement
    from workflow.foreseeing import Ahead
    from workflow.owing import BroughtUp

router: Final = APIRouter(include_in_schema=False)
_LARGEST: Final = 1_000_000
#: A preview looks a year ahead: every yearly duty is in it once.
_LOOKS: Final = timedelta(days=366)


@router.get("/agreements/import")
@reads
def editor(visit: Visit, of: str = "") -> Response:
    """The editor, empty or with a draft that is loaded already."""
    _ensure_may_define(visit)
    text = ""
    if of:
        ensure_readable(visit, of)
        text = write_agreement(catalogue.kept(visit.db, of).says)
    return _editor(visit, text)


@router.get("/agreements/{code}/copy")
@reads
def copied(visit: Visit, code: str) -> Response:
    """The editor with the agreement moved to its next term."""
    ensure_readable(visit, code)
    _ensure_may_define(visit)
    moved = next_term(catalogue.kept(visit.db, code).says, code=f"{code}-2")
    note = visit.say(
        N_(
            "This is {code} for the next term. Change its code, title and whatever the parties"
            " settle anew, then check it."
        ),
        code=code,
    )
    return _editor(visit, write_agreement(moved), note=note)


@router.post("/agreements/import")
@writes
def load(
    visit: Visit,
    *,
    text: Annotated[str, Form()] = "",
    do: Annotated[str, Form()] = "check",
    files: Chosen,
) -> Response:
    """Check a text; load it as a draft where that was asked for and nothing is wrong."""
    _ensure_may_define(visit)
    try:
        text = text_of(text, files)
        found = read_agreement(text, check_params=params_problems)
        if do == "load":
            visit.ensure_may(Deed.DEFINE, place=Place(agreement=found.code))
            definitions.import_agreement(visit.db, found, act=visit.act())
            visit.tell(
                N_("{code} is loaded as a draft; another person activates it."), code=found.code
            )
            return visit.go(f"/agreements/{quote(found.code)}")
        return _editor(visit, text, found=found, preview=_ahead(visit, found))
    except Refusal as refusal:
        return _editor(visit, text, refusal=refusal)


@router.get("/agreements/{code}/amend")
@reads
def amendment_editor(visit: Visit, code: str) -> Response:
    """The editor for an amendment."""
    ensure_readable(visit, code)
    visit.ensure_may(Deed.DEFINE, place=Place(agreement=code))
    kept = catalogue.kept(visit.db, code)
    text = f"agreement: {code}\nfrom: {visit.today.isoformat()}\nground: \nobligations: []\n"
    return _amendment_editor(visit, kept.says, text)


@router.post("/agreements/{code}/amend/import")
@writes
def amend(
    visit: Visit,
    code: str,
    *,
    text: Annotated[str, Form()] = "",
    do: Annotated[str, Form()] = "check",
    files: Chosen,
) -> Response:
    """Show what an amendment would change, or make it so."""
    visit.ensure_may(Deed.DEFINE, place=Place(agreement=code))
    before = catalogue.locked(visit.db, code).says
    try:
        text = text_of(text, files)
        amendment = read_amendment(text, agreement=before, check_params=params_problems)
        after, done = put_in_force(visit, before, amendment, is_kept=do == "save")
        if do == "save":
            visit.tell(N_("The amendment is in force from {on:day}."), on=amendment.from_on)
            tell_owed(visit, [done])
            return visit.go(f"/agreements/{quote(code)}")
        return _amendment_editor(visit, before, text, amendment=amendment, after=after, done=done)
    except Refusal as refusal:
        return _amendment_editor(visit, before, text, refusal=refusal)


def _ensure_may_define(visit: Visit) -> None:
    if not visit.may_somewhere(Deed.DEFINE):
        visit.ensure_may(Deed.DEFINE)


def text_of(text: str, files: list[UploadFile]) -> str:
    """What was chosen as a file, or else what stands in the editor."""
    sent = file_sent(files, largest=_LARGEST)
    if sent is None:
        return text.replace("\r\n", "\n")
    try:
        return sent[1].decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refusal("upload.not_text", file=sent[0]) from None


def _ahead(visit: Visit, found: Agreement) -> Ahead:
    from_on = max(visit.today, found.starts_on)
    return ahead(visit.db, found, from_on=from_on, until_on=from_on + _LOOKS)


def _editor(
    visit: Visit,
    text: str,
    *,
    refusal: Refusal | None = None,
    found: Agreement | None = None,
    preview: Ahead | None = None,
    note: str = "",
) -> Response:
    return visit.page(
        "admin/agreement_editor.html.j2",
        status=200 if refusal is None else 422,
        text=text,
        found=found,
        preview=preview,
        note=note,
        **problems_of(visit, refusal),
    )


def _amendment_editor(
    visit: Visit,
    says: Agreement,
    text: str,
    *,
    refusal: Refusal | None = None,
    amendment: Any = None,  # noqa: ANN401 - handed to the page as it is
    after: Agreement | None = None,
    done: BroughtUp | None = None,
) -> Response:
    titles = {one.code: one.title for one in (after or says).obligations}
    return visit.page(
        "admin/amendment_editor.html.j2",
        status=200 if refusal is None else 422,
        says=says,
        text=text,
        amendment=amendment,
        titles=titles,
        effects=[] if done is None else effects(visit, done),
        totals={} if done is None else owed_counts(done),
        **problems_of(visit, refusal),
    )


def problems_of(visit: Visit, refusal: Refusal | None) -> dict[str, Any]:
    """What is wrong, for a page: a sentence, and each problem of a file with its place."""
    if refusal is None:
        return {"wrong": "", "problems": []}
    if not isinstance(refusal, InvalidFile):
        return {"wrong": labels.describe(refusal, visit.lang), "problems": []}
    text = visit.say(
        N_("Nothing was loaded. Problems found: {count:number}."), count=len(refusal.problems)
    )
    return {"wrong": text, "problems": told(visit, refusal.problems)}


def told(visit: Visit, problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems with their lines, places and sentences, in the order of the lines."""
    ordered = sorted(problems, key=lambda one: (one.line or 0, one.column or 0))
    return [
        {
            "line": one.line,
            "path": one.path,
            "text": labels.sentence_for(one.code, one.facts, visit.lang),
        }
        for one in ordered
    ]
