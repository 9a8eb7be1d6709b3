"""The steps of a report for programs: drafted, written, refreshed, approved, issued, corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field

from reports import drafting
from reports.drafting import Basis
from reports.issuing import issuing
from reports.quarterly import Paragraph
from reports.reading import report_listed
from reports.unit_groups import Tree
from web.api.calling import Call, writes
from web.api.decisions import Reasoned
from web.api.reports import Report
from web.api.shapes import TEXT, Small, Word
from workflow import catalogue
from workflow.coverage import prove_coverage
from workflow.domain.errors import Refusal
from workflow.sealing import latest_head, seal

if TYPE_CHECKING:
    from workflow.catalogue import Kept

router: Final = APIRouter(tags=["reports"])
_Text = Annotated[str, Field(max_length=20_000, pattern=TEXT)]
_Name = Annotated[str, Field(max_length=200, pattern=TEXT)]


class Drafting(BaseModel):
    """Which period a report is drafted on, and the instants that it stands on."""

    agreement: Word
    period: Word = Field(description="2024-03, 2024-Q1, 2024-H1, 2024-9M, 2024 or programme.")
    cut_off: datetime | None = Field(default=None, description="Otherwise the period's end.")
    as_of: datetime | None = Field(default=None, description="Otherwise now.")
    tree: Tree = Field(
        default=Tree.AS_IT_WAS,
        description="Units are grouped by the tree as it was in the period, or as it is then.",
    )


class Writing(BaseModel):
    """What people have to judge; places that are left out stay as they are."""

    seen: Word = Field(description="The draft's sha256, so that nobody's words are written over.")
    paragraphs: dict[Paragraph, _Text]


class Approving(BaseModel):
    """What is approved."""

    seen: Word = Field(description="The draft's sha256, as it was read.")
    despite_changes: bool = Field(
        default=False,
        description="Knowing that figures changed under words that nobody has confirmed.",
    )


class Issuing(BaseModel):
    """What the office's register says of a report that is issued."""

    number: Word | None = Field(
        default=None, description="Otherwise the one bound to it, or the next one of the series."
    )
    issued_on: date | None = Field(default=None, description="Otherwise today.")
    signer: _Name = Field(default="", description="Otherwise whoever approved it.")
    post: _Name = Field(default="", description="Otherwise the letterhead's.")


class Correcting(BaseModel):
    """Why an issued report is corrected."""

    ground: str = Field(min_length=1, max_length=2_000, pattern=TEXT)


@router.post("/reports", status_code=201)
@writes
def draft(call: Call, said: Drafting) -> Report:
    """Draft the report on a period that has ended."""
    kept = catalogue.kept(call.db, said.agreement)
    drafting.ensure_drafts(call.db, said.agreement, call.act())
    basis = replace(_basis(call, kept, cut_off=said.cut_off, as_of=said.as_of), tree=said.tree)
    number = drafting.draft_report(
        call.db, agreement=said.agreement, period=said.period, basis=basis, act=call.act()
    )
    return _now(call, number)


@router.post("/reports/{report_id}/paragraphs")
@writes
def write(call: Call, report_id: Small, said: Writing) -> Report:
    """Write paragraphs of a draft."""
    row = report_listed(call.db, report_id, by=call.by)
    drafting.ensure_drafts(call.db, row.agreement, call.act())
    if said.seen != row.sha256:
        raise Refusal("report.written_meanwhile")
    for place, text in said.paragraphs.items():
        drafting.write_paragraph(call.db, report_id, place=place, text=text, act=call.act())
    return _now(call, report_id)


@router.post("/reports/{report_id}/refresh")
@writes
def refresh(call: Call, report_id: Small) -> Report:
    """Draw up the figures of a draft anew; what people wrote stays."""
    row = report_listed(call.db, report_id, by=call.by)
    drafting.ensure_drafts(call.db, row.agreement, call.act())
    basis = _basis(call, catalogue.kept(call.db, row.agreement))
    drafting.refresh_report(call.db, report_id, basis=basis, act=call.act())
    return _now(call, report_id)


@router.post("/reports/{report_id}/approve")
@writes
def approve(call: Call, report_id: Small, said: Approving) -> Report:
    """Approve a draft as it was read; whoever drafted it does not."""
    report_listed(call.db, report_id, by=call.by)
    issuing.approve_report(
        call.db,
        report_id,
        act=call.act(),
        seen=said.seen,
        despite_changes=said.despite_changes,
    )
    return _now(call, report_id)


@router.post("/reports/{report_id}/send-back")
@writes
def send_back(call: Call, report_id: Small, said: Reasoned) -> Report:
    """Make an approved report a draft again."""
    report_listed(call.db, report_id, by=call.by)
    issuing.send_back(call.db, report_id, act=call.act(reason=said.reason))
    return _now(call, report_id)


@router.post("/reports/{report_id}/issue")
@writes
def issue(call: Call, report_id: Small, said: Issuing | None = None) -> Report:
    """Number an approved report and freeze it with its files."""
    report_listed(call.db, report_id, by=call.by)
    settings, said = call.premises.settings, said or Issuing()
    # The number is given under a seal over what came before it.
    seal(call.db, settings.journal_keys, at=call.at)
    head = latest_head(call.db)
    how = issuing.Issuing(
        data_dir=settings.data_dir,
        journal_head="" if head is None else head.head,
        lang=call.lang,
        number=said.number,
        issued_on=said.issued_on,
        signer=said.signer,
        post=said.post,
    )
    issuing.issue_report(call.db, report_id, how=how, act=call.act())
    return _now(call, report_id)


@router.post("/reports/{report_id}/addendum", status_code=201)
@writes
def addendum(call: Call, report_id: Small, said: Correcting) -> Report:
    """Draft a correction of an issued report, with every figure that differs."""
    row = report_listed(call.db, report_id, by=call.by)
    drafting.ensure_drafts(call.db, row.agreement, call.act())
    number = drafting.draft_addendum(
        call.db,
        agreement=row.agreement,
        period=row.period,
        ground=said.ground,
        basis=_basis(call, catalogue.kept(call.db, row.agreement)),
        act=call.act(),
    )
    return _now(call, number)


def _now(call: Call, report_id: int) -> Report:
    return Report.model_validate(report_listed(call.db, report_id, by=call.by))


def _basis(
    call: Call, kept: Kept, *, cut_off: datetime | None = None, as_of: datetime | None = None
) -> Basis:
    return Basis(
        coverage=prove_coverage(call.db, agreement=kept.says.code, at=call.at),
        is_simulated=call.premises.is_simulated,
        cut_off=_aware(kept, cut_off),
        as_of=_aware(kept, as_of),
    )


def _aware(kept: Kept, at: datetime | None) -> datetime | None:
    """An instant; without a zone, by the clock on the agreement's wall."""
    return None if at is None else at.replace(tzinfo=at.tzinfo or kept.zone)
