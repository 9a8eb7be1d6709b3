"""The words of a draft: people's own, and what they make of composed sentences.

One form, so that nothing typed is lost: whichever button is pressed, what was changed is
written first. Refuses to know figures and how a sentence is composed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from reports import drafting
from reports.narrating import writing
from reports.quarterly import Paragraph
from reports.reading import report_listed, report_read
from web.pages.report_desk import PLACES, refused
from web.visit import Visit, writes
from workflow.domain.errors import Refusal
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

router: Final = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]


@router.post("/reports/{report_id}/paragraphs")
@writes
def write(
    visit: Visit,
    report_id: int,
    *,
    seen: Text = "",
    direction: Text = "",
    results: Text = "",
    strengths: Text = "",
    shortcomings: Text = "",
    causes: Text = "",
    plans: Text = "",
    proposals: Text = "",
    take: Text = "",
    leave_out: Text = "",
    put_back: Text = "",
    confirm: Text = "",
    save: Text = "",
) -> Response:
    """Write the paragraphs that were changed, then do what the button says."""
    row = report_listed(visit.db, report_id, by=visit.by)
    said = (direction, results, strengths, shortcomings, causes, plans, proposals)
    texts = dict(zip(PLACES, said, strict=True))
    drafting.ensure_drafts(visit.db, row.agreement, visit.act())
    try:
        with visit.db.begin_nested():
            _ensure_seen(seen, row)
            _write(visit, report_id, texts)
            if take:
                writing.take_sentence(
                    visit.db, report_id, key=take, lang=visit.lang, act=visit.act()
                )
            if leave_out:
                writing.leave_out_sentence(visit.db, report_id, key=leave_out, act=visit.act())
            if put_back:
                writing.put_back_sentence(visit.db, report_id, key=put_back, act=visit.act())
            if confirm in texts:
                place = Paragraph(confirm)
                writing.confirm_paragraph(visit.db, report_id, place=place, act=visit.act())
    except Refusal as refusal:
        return refused(visit, report_id, refusal, "paragraphs", texts)
    visit.tell(N_("What you wrote is saved."))
    place_at = _place(take or leave_out or put_back, confirm or save)
    return visit.go(f"/reports/{report_id}{place_at}")


def _ensure_seen(seen: str, row: Row[Any]) -> None:
    """Refuse to write over what somebody else has written since the page was shown."""
    if seen != row.sha256:
        raise Refusal("report.written_meanwhile")


def _write(visit: Visit, report_id: int, texts: Mapping[Paragraph, str]) -> None:
    before = report_read(visit.db, report_id, by=visit.by).paragraphs
    for place, text in texts.items():
        if text.replace("\r\n", "\n").strip() != before.get(place, ""):
            drafting.write_paragraph(visit.db, report_id, place=place, text=text, act=visit.act())


def _place(key: str, named: str) -> str:
    """Where on the page people go on: a sentence's key begins with its place."""
    place = key.partition(".")[0] or named
    return f"#place-{place}" if place in {str(one) for one in Paragraph} else ""
