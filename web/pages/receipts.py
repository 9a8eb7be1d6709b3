"""The receipt that a report's letter leads to: open to whoever holds the letter's link.

Knows that only a deed of a person counts: programs that follow every link of a mail open
and confirm nothing. Refuses to show anything but that one report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from reports.delivering import receipts
from reports.delivering.sending import enclosure_of
from reports.quarterly import read
from web.pages.report_issuing import given_out
from web.refusing import status_of
from web.visit import Visit, reads_openly, writes_openly
from workflow.domain.errors import Refusal
from workflow.i18n import N_
from workflow.journal import Act
from workflow.labels import describe
from workflow.store.reports import reports_among

if TYPE_CHECKING:
    from sqlalchemy import Row

router: Final = APIRouter(include_in_schema=False)


@router.get("/receipts/{token}")
@reads_openly
def receipt(visit: Visit, token: str) -> Response:
    """Show which report a letter brought; looking at it notes nothing."""
    return _page(visit, token)


@router.post("/receipts/{token}/open")
@writes_openly
def open_report(visit: Visit, token: str) -> Response:
    """Give the report away, and note that it was opened."""
    letter, row = _found(visit, token)
    if row.withdrawn_at is not None:
        raise Refusal("report.withdrawn", report=row.id, number=row.number)
    enclosure = enclosure_of(visit.db, row, data_dir=visit.premises.settings.data_dir)
    if enclosure is None:
        raise Refusal("report.format_not_frozen", format="pdf", frozen=[])
    response = given_out(row, enclosure)
    receipts.note_opened(visit.db, letter, at=visit.at)
    return response


@router.post("/receipts/{token}/confirm")
@writes_openly
def confirm(visit: Visit, token: str, *, name: Annotated[str, Form()] = "") -> Response:
    """Confirm that a letter was received, and say by whom."""
    letter, _ = _found(visit, token)
    act = Act(by=visit.who.key if visit.who else "system:stranger", at=visit.at)
    try:
        receipts.acknowledge(visit.db, letter, name=name, act=act)
    except Refusal as refusal:
        return _page(visit, token, wrong=refusal, name=name)
    visit.tell(N_("Thank you: the receipt is confirmed."))
    return visit.go(f"/receipts/{token}")


def _found(visit: Visit, token: str) -> tuple[Row[Any], Row[Any]]:
    """A letter and its report."""
    secret = visit.premises.settings.session_secret
    letter = receipts.letter_of(visit.db, token, secret=secret)
    (row,) = reports_among(visit.db, [letter.report_id])
    return letter, row


def _page(visit: Visit, token: str, *, wrong: Refusal | None = None, name: str = "") -> Response:
    letter, row = _found(visit, token)
    value = read(row.content)
    return visit.page(
        "reports/receipt.html.j2",
        status=200 if wrong is None else status_of(wrong.code),
        token_of_letter=token,
        letter=letter,
        row=row,
        value=value,
        wrong="" if wrong is None else describe(wrong, visit.lang),
        name=name,
    )
