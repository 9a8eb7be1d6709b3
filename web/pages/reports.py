"""The reports: which there are, drafting one, and taking it by steps to its issue.

Knows the forms of each step and who is shown them; the use cases judge every step again.
What people typed stands in the form again where it was refused. Refuses to know figures.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response

from reports import drafting
from reports.issuing import issuing
from reports.reading import report_listed, report_read
from web.pages.report_desk import Typed, basis, differing, list_page, refused, report_page
from web.visit import Visit, reads, writes
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.i18n import N_
from workflow.labels import describe

router: Final = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]


# --- the list, and a new draft ------------------------------------------------------------


@router.get("/reports")
@reads
def reports(
    visit: Visit,
    *,
    agreement: Annotated[str, Query(max_length=64)] = "",
    start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """List the reports that somebody may read."""
    return list_page(visit, agreement=agreement, start=start)


@router.post("/reports")
@writes
def draft(
    visit: Visit,
    *,
    agreement: Text = "",
    period: Text = "",
    cut_off: Text = "",
    as_of: Text = "",
    tree: Text = "",
) -> Response:
    """Draft the report on a period."""
    typed = {
        "agreement": agreement,
        "period": period,
        "cut_off": cut_off,
        "as_of": as_of,
        "tree": tree,
    }
    try:
        with visit.db.begin_nested():
            kept = catalogue.kept(visit.db, agreement)
            drafting.ensure_drafts(visit.db, agreement, visit.act())
            stands_on = basis(visit, kept, cut_off=cut_off, as_of=as_of, tree=tree)
            report_id = drafting.draft_report(
                visit.db, agreement=agreement, period=period, basis=stands_on, act=visit.act()
            )
    except Refusal as refusal:
        if refusal.code in {"agreement.unknown", "access.denied"}:
            raise
        wrong = Typed(wrong=describe(refusal, visit.lang), step="draft", fields=typed)
        return list_page(visit, agreement=agreement, typed=wrong)
    visit.tell(N_("The report is drafted. Read it, and write what people have to judge."))
    return visit.go(f"/reports/{report_id}")


# --- one report ---------------------------------------------------------------------------


@router.get("/reports/{report_id}")
@reads
def one(visit: Visit, report_id: int) -> Response:
    """Show how a report stands, what it says in short, and what can be done."""
    return report_page(visit, report_id)


@router.get("/reports/{report_id}/refresh")
@reads
def fresh(visit: Visit, report_id: int) -> Response:
    """Show what would differ if the figures of a draft were drawn up anew."""
    row = report_listed(visit.db, report_id, by=visit.by)
    drafting.ensure_drafts(visit.db, row.agreement, visit.act())
    drafting.ensure_state(row, "draft")
    kept = catalogue.kept(visit.db, row.agreement)
    before = report_read(visit.db, report_id, by=visit.by)
    after = drafting.composed_anew(
        visit.db, kept, before, basis=basis(visit, kept, cut_off=""), act=visit.act()
    )
    return visit.page(
        "reports/fresh.html.j2", row=row, after=after, changes=differing(visit, before, after)
    )


@router.post("/reports/{report_id}/refresh")
@writes
def refresh(visit: Visit, report_id: int) -> Response:
    """Draw up the figures of a draft anew."""
    row = report_listed(visit.db, report_id, by=visit.by)
    drafting.ensure_drafts(visit.db, row.agreement, visit.act())
    stands_on = basis(visit, catalogue.kept(visit.db, row.agreement))
    drafting.refresh_report(visit.db, report_id, basis=stands_on, act=visit.act())
    visit.tell(N_("The figures are drawn up anew; what people wrote stays."))
    return visit.go(f"/reports/{report_id}")


@router.post("/reports/{report_id}/approve")
@writes
def approve(
    visit: Visit, report_id: int, *, seen: Text = "", despite_changes: Text = ""
) -> Response:
    """Approve a draft as it was read."""
    report_listed(visit.db, report_id, by=visit.by)
    try:
        with visit.db.begin_nested():
            issuing.approve_report(
                visit.db,
                report_id,
                act=visit.act(),
                seen=seen,
                despite_changes=bool(despite_changes),
            )
    except Refusal as refusal:
        if refusal.code != "report.words_outdated":
            raise
        return refused(visit, report_id, refusal, "approve", {})
    visit.tell(N_("The report is approved. It can be issued now."))
    return visit.go(f"/reports/{report_id}")


@router.post("/reports/{report_id}/send-back")
@writes
def send_back(visit: Visit, report_id: int, *, reason: Text = "") -> Response:
    """Make an approved report a draft again."""
    report_listed(visit.db, report_id, by=visit.by)
    try:
        with visit.db.begin_nested():
            issuing.send_back(visit.db, report_id, act=visit.act(reason=reason))
    except Refusal as refusal:
        return refused(visit, report_id, refusal, "send-back", {"reason": reason})
    visit.tell(N_("The report is a draft again."))
    return visit.go(f"/reports/{report_id}")


@router.post("/reports/{report_id}/addendum")
@writes
def addendum(visit: Visit, report_id: int, *, ground: Text = "") -> Response:
    """Draft a correction of an issued report."""
    row = report_listed(visit.db, report_id, by=visit.by)
    drafting.ensure_drafts(visit.db, row.agreement, visit.act())
    try:
        with visit.db.begin_nested():
            made = drafting.draft_addendum(
                visit.db,
                agreement=row.agreement,
                period=row.period,
                ground=ground,
                basis=basis(visit, catalogue.kept(visit.db, row.agreement)),
                act=visit.act(),
            )
    except Refusal as refusal:
        return refused(visit, report_id, refusal, "addendum", {"ground": ground})
    visit.tell(N_("The addendum is drafted, with every figure that differs."))
    return visit.go(f"/reports/{made}")
