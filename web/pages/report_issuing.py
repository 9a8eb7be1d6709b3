"""Issuing a report and what follows: its number, signed copy, delivery, receipt, withdrawal.

Knows the forms of each step and what is kept where one is refused; the use cases judge every
step again. Refuses to know figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from reports.delivering import receipts
from reports.delivering import sending as delivering
from reports.delivering.sending import Enclosure, enclosed
from reports.issuing import commenting, issuing, numbering, scanning, withdrawing
from reports.issuing.freezing import LARGEST_SCAN, scans
from reports.reading import report_listed
from web.pages.report_desk import refused
from web.pages.report_files import DOCUMENT_POLICY
from web.typed import Chosen, day_typed, file_sent
from web.visit import Visit, reads, writes
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.i18n import N_
from workflow.sealing import latest_head, seal
from workflow.store.report_papers import scans_of

if TYPE_CHECKING:
    from sqlalchemy import Row

router: Final = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]
Line = Annotated[str, Form(max_length=400)]


@router.post("/reports/{report_id}/comments")
@writes
def comment(visit: Visit, report_id: int, *, text: Text = "") -> Response:
    """Comment on a draft."""
    try:
        with visit.db.begin_nested():
            commenting.comment_on(visit.db, report_id, text=text, act=visit.act())
    except Refusal as refusal:
        return refused(visit, report_id, refusal, "comment", {"text": text})
    visit.tell(N_("Your comment is kept."))
    return visit.go(f"/reports/{report_id}#comments")


# --- its number, and its issue ------------------------------------------------------------


@router.post("/reports/{report_id}/number")
@writes
def number(visit: Visit, report_id: int) -> Response:
    """Bind the next number of the own series to an approved report."""
    report_listed(visit.db, report_id, by=visit.by)
    taken = numbering.take_number(visit.db, report_id, act=visit.act())
    visit.tell(N_("No. {number} is bound to this report."), number=taken)
    return visit.go(f"/reports/{report_id}")


@router.post("/reports/{report_id}/issue")
@writes
def issue(
    visit: Visit,
    report_id: int,
    *,
    number: Line = "",
    issued_on: Line = "",
    signer: Line = "",
    post: Line = "",
) -> Response:
    """Number an approved report and freeze it with its files."""
    row = report_listed(visit.db, report_id, by=visit.by)
    visit.ensure_may(Deed.ISSUE_REPORT, place=Place(agreement=row.agreement))
    settings = visit.premises.settings
    typed = {"number": number, "issued_on": issued_on, "signer": signer, "post": post}
    try:
        on = day_typed(issued_on, name="issued_on") if issued_on.strip() else None
        # The number is given under a seal over what came before it.
        seal(visit.db, settings.journal_keys, at=visit.at)
        if not number.strip() and on is None:
            # Whatever fails from here on, the number stays with this report.
            numbering.take_number(visit.db, report_id, act=visit.act())
        head = latest_head(visit.db)
        how = issuing.Issuing(
            data_dir=settings.data_dir,
            journal_head="" if head is None else head.head,
            lang=visit.lang,
            number=number.strip() or None,
            issued_on=on,
            signer=signer,
            post=post,
        )
        with visit.db.begin_nested():
            issued = issuing.issue_report(visit.db, report_id, how=how, act=visit.act())
    except Refusal as refusal:
        visit.is_kept = True
        return refused(visit, report_id, refusal, "issue", typed)
    visit.tell(N_("The report is issued as No. {number}."), number=issued.number)
    return visit.go(f"/reports/{report_id}")


# --- its signed copy ----------------------------------------------------------------------


@router.post("/reports/{report_id}/scan")
@writes
def attach(visit: Visit, report_id: int, *, files: Chosen) -> Response:
    """Attach the signed copy of an issued report."""
    row = report_listed(visit.db, report_id, by=visit.by)
    visit.ensure_may(Deed.ISSUE_REPORT, place=Place(agreement=row.agreement))
    try:
        name, content = file_sent(files, largest=LARGEST_SCAN) or ("", b"")
        with visit.db.begin_nested():
            scanning.attach_scan(
                visit.db,
                report_id,
                name=name,
                content=content,
                data_dir=visit.premises.settings.data_dir,
                act=visit.act(),
            )
    except Refusal as refusal:
        return refused(visit, report_id, refusal, "scan", {})
    visit.tell(N_("The signed copy is attached; it is given out first from now on."))
    return visit.go(f"/reports/{report_id}")


@router.get("/reports/{report_id}/scan")
@reads
def signed(visit: Visit, report_id: int) -> Response:
    """Give the signed copy away, the latest of several."""
    return _scan(visit, report_id, None)


@router.get("/reports/{report_id}/scans/{number}")
@reads
def signed_before(visit: Visit, report_id: int, number: int) -> Response:
    """Give one of the signed copies away, also one that was replaced."""
    return _scan(visit, report_id, number)


def _scan(visit: Visit, report_id: int, number: int | None) -> Response:
    row = report_listed(visit.db, report_id, by=visit.by)
    for scan in scans_of(visit.db, report_id):
        if number in {None, scan.id}:
            path = scans(visit.premises.settings.data_dir).path_of(scan.sha256)
            return given_out(
                row,
                Enclosure(path=path, sha256=scan.sha256, name=scan.name, is_signed=True),
            )
    raise Refusal("report_scan.unknown", report=report_id)


def given_out(row: Row[tuple[object, ...]], enclosure: Enclosure) -> Response:
    """A PDF under a name of plain letters, as it was frozen or attached."""
    name = f"{row.agreement}-{row.period}-{row.edition}"
    name += "-signed" if enclosure.is_signed else ""
    safe = "".join(one if one.isascii() and (one.isalnum() or one in "-.") else "_" for one in name)
    return Response(
        enclosed(enclosure),
        media_type="application/pdf",
        headers={
            "content-disposition": f'attachment; filename="{safe}.pdf"',
            "content-security-policy": DOCUMENT_POLICY,
        },
    )


# --- its delivery, and its withdrawal -----------------------------------------------------


@router.post("/reports/{report_id}/deliver")
@writes
def deliver(visit: Visit, report_id: int) -> Response:
    """Send an issued report to whoever has not got it."""
    report_listed(visit.db, report_id, by=visit.by)
    try:
        with visit.db.begin_nested():
            many = delivering.deliver(visit.db, report_id, act=visit.act())
    except Refusal as refusal:
        return refused(visit, report_id, refusal, "deliver", {})
    visit.tell(N_("Letters in the post: {count:number}."), count=many)
    return visit.go(f"/reports/{report_id}#delivery")


@router.post("/reports/{report_id}/receipt")
@writes
def receipt(visit: Visit, report_id: int) -> Response:
    """Confirm that a report has reached one's own account."""
    report_listed(visit.db, report_id, by=visit.by)
    receipts.acknowledge_own(visit.db, report_id, name=visit.person.name, act=visit.act())
    visit.tell(N_("Your receipt is confirmed."))
    return visit.go(f"/reports/{report_id}#delivery")


@router.post("/reports/{report_id}/withdraw")
@writes
def withdraw(visit: Visit, report_id: int, *, reason: Text = "") -> Response:
    """Withdraw an issued report; whoever got it is told."""
    report_listed(visit.db, report_id, by=visit.by)
    try:
        with visit.db.begin_nested():
            withdrawing.withdraw_report(visit.db, report_id, act=visit.act(reason=reason))
    except Refusal as refusal:
        return refused(visit, report_id, refusal, "withdraw", {"reason": reason})
    visit.tell(N_("The report is withdrawn."))
    return visit.go(f"/reports/{report_id}")
