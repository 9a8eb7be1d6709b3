"""What surrounds a report, for programs: comments, its number, signed copy, letters, withdrawal.

Also whom an agreement's reports go to, when they leave, and how they are numbered.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field

from reports.delivering import receipts
from reports.delivering import recipients as whom
from reports.delivering import sending as delivering
from reports.delivering.letters_sent import letters_sent
from reports.issuing import commenting, numbering, scanning, withdrawing
from reports.issuing.freezing import LARGEST_SCAN
from reports.letterhead import Issuer
from reports.reading import report_listed
from web.api.calling import Call, reads, writes
from web.api.decisions import Reasoned
from web.api.reports import Report
from web.api.shapes import TEXT, Shape, Small, Word
from web.pages.report_issuing import given_out
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.store.people import names_of
from workflow.store.report_deliveries import recipients_of
from workflow.store.report_numbers import number_of, terms_of
from workflow.store.report_papers import scans_of

if TYPE_CHECKING:
    from sqlalchemy import Row

    from workflow.catalogue import Kept

router: Final = APIRouter(tags=["reports"])
_Line = Annotated[str, Field(max_length=254, pattern=TEXT)]


class Comment(Shape):
    """A comment on a draft; ``is_of_now`` where the draft is still as it was then."""

    id: int
    by: str
    name: str
    at: datetime
    text: str
    sha256: str
    is_of_now: bool


class Comments(BaseModel):
    """The comments on a report, the first first."""

    items: list[Comment]


class Commenting(BaseModel):
    """What is said about a draft."""

    text: str = Field(min_length=1, max_length=commenting.LONGEST, pattern=TEXT)


class Bound(BaseModel):
    """A number that stays with its report until it is issued."""

    report_id: int
    number: str
    is_own: bool = Field(description="Of the own series, not of the office's register.")


class Scan(Shape):
    """A signed copy; the first of several is the one that holds."""

    id: int
    name: str
    sha256: str
    size: int
    pages: int
    attached_by: str
    attached_at: datetime


class Letter(Shape):
    """A letter about a report, and what is known of its receipt."""

    id: int
    kind: Literal["issued", "signed", "withdrawn"]
    name: str
    mail: str
    person: str | None
    due_at: datetime
    sent_at: datetime | None
    sent_sha256: str | None = Field(description="Of the file that went along.")
    opened_at: datetime | None
    received_at: datetime | None
    received_by: str | None
    cancelled_at: datetime | None
    failed_at: datetime | None
    error: str | None


class Letters(BaseModel):
    """The signed copies of a report and every letter about it."""

    scans: list[Scan]
    items: list[Letter]


class Posted(BaseModel):
    """How many letters are now in the post."""

    letters: int


class Confirmed(BaseModel):
    """How many letters to the own account are confirmed by this call."""

    letters: int


class Recipient(Shape):
    """Whom reports go to: everybody who holds a role, or one body's address."""

    id: int
    role: str | None
    name: str | None
    mail: str | None
    lang: str


class Delivery(BaseModel):
    """How an agreement's reports are delivered and numbered."""

    moment: whom.Moment
    weekday: int | None = Field(description="0 is Monday; null is any day.")
    time: str | None = Field(description="Such as 07:30, by the clock of the agreement's zone.")
    recipients: list[Recipient]
    terms: list[date] = Field(description="First days of the terms of a Party body.")


class Adding(BaseModel):
    """A role, or the name and address of a body."""

    role: Word | None = None
    name: _Line = ""
    mail: _Line = ""
    lang: Literal["vi", "en"] = "vi"


class Scheduling(BaseModel):
    """When reports leave; ``weekday`` and ``time`` belong to the moment ``time``."""

    moment: whom.Moment
    weekday: Annotated[int, Field(ge=0, le=6)] | None = None
    time: Word = ""


class Term(BaseModel):
    """When a term of the issuing body begins."""

    starts_on: date


class Series(BaseModel):
    """Where the own series of the register of a day begins."""

    issuer: Issuer
    first: Annotated[int, Field(ge=1, le=numbering.MOST)]


# --- one report ---------------------------------------------------------------------------


@router.get("/reports/{report_id}/comments")
@reads
def comments(call: Call, report_id: Small) -> Comments:
    """What leaders and other readers said about a draft."""
    found = commenting.comments_read(call.db, report_id, by=call.by)
    return Comments(items=[Comment.model_validate(one) for one in found])


@router.post("/reports/{report_id}/comments", status_code=201)
@writes
def comment(call: Call, report_id: Small, said: Commenting) -> Comments:
    """Comment on a draft."""
    commenting.comment_on(call.db, report_id, text=said.text, act=call.act())
    found = commenting.comments_read(call.db, report_id, by=call.by)
    return Comments(items=[Comment.model_validate(one) for one in found])


@router.post("/reports/{report_id}/number")
@writes
def number(call: Call, report_id: Small) -> Bound:
    """Bind the next number of the own series to an approved report; asked again, the same."""
    report_listed(call.db, report_id, by=call.by)
    taken = numbering.take_number(call.db, report_id, act=call.act())
    held = number_of(call.db, report_id)
    return Bound(report_id=report_id, number=taken, is_own=held is not None and held.is_own)


@router.post("/reports/{report_id}/scan", status_code=201)
@writes
def attach(call: Call, report_id: Small, file: Annotated[UploadFile | None, File()] = None) -> Scan:
    """Attach the signed copy (PDF) of an issued report; recipients get it from then on."""
    row = report_listed(call.db, report_id, by=call.by)
    call.ensure_may(Deed.ISSUE_REPORT, place=Place(agreement=row.agreement))
    if file is None:
        raise Refusal("files.empty")
    scanning.attach_scan(
        call.db,
        report_id,
        name=(file.filename or "").replace("\x00", ""),
        content=file.file.read(LARGEST_SCAN + 1),
        data_dir=call.premises.settings.data_dir,
        act=call.act(),
    )
    return Scan.model_validate(scans_of(call.db, report_id)[0])


@router.get(
    "/reports/{report_id}/scan",
    response_class=Response,
    responses={
        200: {
            "description": "The signed copy as it was attached.",
            "content": {"application/pdf": {}},
        }
    },
)
@reads
def signed(call: Call, report_id: Small) -> Response:
    """The signed copy of a report, the latest of several."""
    row = report_listed(call.db, report_id, by=call.by)
    enclosure = delivering.enclosure_of(call.db, row, data_dir=call.premises.settings.data_dir)
    if enclosure is None or not enclosure.is_signed:
        raise Refusal("report_scan.unknown", report=report_id)
    return given_out(row, enclosure)


@router.post("/reports/{report_id}/withdraw")
@writes
def withdraw(call: Call, report_id: Small, said: Reasoned) -> Report:
    """Withdraw an issued report as a leader; whoever got it is told."""
    report_listed(call.db, report_id, by=call.by)
    withdrawing.withdraw_report(call.db, report_id, act=call.act(reason=said.reason))
    return Report.model_validate(report_listed(call.db, report_id, by=call.by))


@router.get("/reports/{report_id}/letters")
@reads
def letters(call: Call, report_id: Small) -> Letters:
    """To whom a report was sent, when, and who confirmed it; for those who answer for it."""
    items = letters_sent(call.db, report_id, by=call.by)
    return Letters(
        scans=[Scan.model_validate(one) for one in scans_of(call.db, report_id)],
        items=[Letter.model_validate(one) for one in items],
    )


@router.post("/reports/{report_id}/deliver")
@writes
def deliver(call: Call, report_id: Small) -> Posted:
    """Send an issued report to whoever has not got it."""
    report_listed(call.db, report_id, by=call.by)
    return Posted(letters=delivering.deliver(call.db, report_id, act=call.act()))


@router.post("/reports/{report_id}/receipt")
@writes
def receipt(call: Call, report_id: Small) -> Confirmed:
    """Confirm that a report has reached the own account."""
    report_listed(call.db, report_id, by=call.by)
    name = names_of(call.db, [call.by])[call.by]
    many = receipts.acknowledge_own(call.db, report_id, name=name, act=call.act())
    return Confirmed(letters=many)


# --- an agreement's reports ---------------------------------------------------------------


@router.get("/agreements/{code}/delivery")
@reads
def shown(call: Call, code: Word) -> Delivery:
    """Whom the reports of an agreement go to, when, and how they are numbered."""
    return _delivery(call, code)


@router.post("/agreements/{code}/delivery/recipients", status_code=201)
@writes
def add(call: Call, code: Word, said: Adding) -> Delivery:
    """Send reports to the holders of a role, or to the address of a body."""
    _kept(call, code)
    if said.role is not None:
        whom.add_role(call.db, agreement=code, role=said.role, act=call.act())
    else:
        whom.add_body(
            call.db,
            agreement=code,
            name=said.name,
            mail=said.mail,
            lang=said.lang,
            act=call.act(),
        )
    return _delivery(call, code)


@router.delete("/agreements/{code}/delivery/recipients/{number}")
@writes
def end(call: Call, code: Word, number: Small) -> Delivery:
    """Send no further report to a recipient."""
    _kept(call, code)
    whom.end_recipient(call.db, number, agreement=code, act=call.act())
    return _delivery(call, code)


@router.post("/agreements/{code}/delivery/schedule")
@writes
def schedule(call: Call, code: Word, said: Scheduling) -> Delivery:
    """Set when reports leave."""
    _kept(call, code)
    leaves = whom.schedule_from(said.moment, weekday=said.weekday, time=said.time)
    whom.change_schedule(call.db, agreement=code, schedule=leaves, act=call.act())
    return _delivery(call, code)


@router.post("/agreements/{code}/delivery/terms", status_code=201)
@writes
def term(call: Call, code: Word, said: Term) -> Delivery:
    """Say when a term of the issuing body begins: its numbers begin anew there."""
    _kept(call, code)
    numbering.begin_term(call.db, agreement=code, starts_on=said.starts_on, act=call.act())
    return _delivery(call, code)


@router.post("/agreements/{code}/delivery/series")
@writes
def series(call: Call, code: Word, said: Series) -> Delivery:
    """Let the own series of today's register begin at a number."""
    kept = _kept(call, code)
    numbering.begin_series(
        call.db,
        agreement=code,
        issuer=said.issuer,
        on=kept.day_of(call.at),
        first=said.first,
        act=call.act(),
    )
    return _delivery(call, code)


def _kept(call: Call, code: str) -> Kept:
    call.ensure_may(Deed.ISSUE_REPORT, place=Place(agreement=code))
    return catalogue.kept(call.db, code)


def _delivery(call: Call, code: str) -> Delivery:
    kept = _kept(call, code)
    leaves = whom.schedule_of(call.db, kept.id)
    rows: list[Row[tuple[object, ...]]] = recipients_of(call.db, kept.id)
    return Delivery(
        moment=leaves.moment,
        weekday=leaves.weekday,
        time=leaves.time,
        recipients=[Recipient.model_validate(row) for row in rows],
        terms=terms_of(call.db, kept.id),
    )
