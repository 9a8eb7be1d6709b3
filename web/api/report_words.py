"""The composed sentences of a report for programs, and what people make of them."""

from __future__ import annotations

from typing import Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from reports.drafting import ensure_drafts
from reports.narrating import writing
from reports.narrating.worded import offered
from reports.quarterly import Paragraph
from reports.reading import report_listed, report_read
from web.api.calling import Call, reads, writes
from web.api.reports import Report
from web.api.shapes import Shape, Small, Word
from workflow.domain.errors import Refusal

router: Final = APIRouter(tags=["reports"])


class Difference(Shape):
    """A number that a sentence tells, as it was when words were written on it and as it is."""

    before: str
    now: str


class ComposedSentence(Shape):
    """A sentence that rules make of the figures, in the caller's language."""

    key: str
    place: Paragraph
    text: str | None = Field(description="None where the figures give no such sentence any more.")
    use: Literal["standing", "taken", "left_out", "cited"] = Field(
        description="Cited: it stands by itself, and people's words tell one of its numbers."
    )
    is_outdated: bool = Field(description="Its figures are others than when people wrote.")
    was: str | None = Field(description="The sentence of then, where it is outdated.")
    changes: list[Difference]


class ComposedSentences(Shape):
    """Every composed sentence of a report, in the order of its chapters."""

    sentences: list[ComposedSentence]


class Using(BaseModel):
    """What becomes of one composed sentence."""

    seen: Word = Field(description="The draft's sha256, so that nobody's words are written over.")
    key: str = Field(min_length=1, max_length=400)
    use: Literal["standing", "taken", "left_out"]


class Confirming(BaseModel):
    """Whose words are right on today's figures."""

    seen: Word = Field(description="The draft's sha256, as it was read.")
    place: Paragraph


@router.get("/reports/{report_id}/sentences")
@reads
def sentences(call: Call, report_id: Small) -> ComposedSentences:
    """The composed sentences, with what people made of them and whether that still holds."""
    report_listed(call.db, report_id, by=call.by)
    value = report_read(call.db, report_id, by=call.by)
    return ComposedSentences(
        sentences=[
            ComposedSentence(
                key=one.key,
                place=Paragraph(one.place),
                text=one.text,
                use=one.use.value if one.use else "standing",
                is_outdated=one.was is not None,
                was=one.was,
                changes=[Difference(before=before, now=now) for before, now in one.changes],
            )
            for one in offered(value, lang=call.lang)
        ]
    )


@router.post("/reports/{report_id}/sentences")
@writes
def use(call: Call, report_id: Small, said: Using) -> Report:
    """Take a composed sentence over into people's words, leave it out, or let it stand again."""
    _ensure_seen(call, report_id, said.seen)
    match said.use:
        case "taken":
            writing.take_sentence(call.db, report_id, key=said.key, lang=call.lang, act=call.act())
        case "left_out":
            writing.leave_out_sentence(call.db, report_id, key=said.key, act=call.act())
        case "standing":
            writing.put_back_sentence(call.db, report_id, key=said.key, act=call.act())
    return Report.model_validate(report_listed(call.db, report_id, by=call.by))


@router.post("/reports/{report_id}/confirm")
@writes
def confirm(call: Call, report_id: Small, said: Confirming) -> Report:
    """Say that people's words in a place are right on today's figures."""
    _ensure_seen(call, report_id, said.seen)
    writing.confirm_paragraph(call.db, report_id, place=said.place, act=call.act())
    return Report.model_validate(report_listed(call.db, report_id, by=call.by))


def _ensure_seen(call: Call, report_id: int, seen: str) -> None:
    row = report_listed(call.db, report_id, by=call.by)
    ensure_drafts(call.db, row.agreement, call.act())
    if seen != row.sha256:
        raise Refusal("report.written_meanwhile")
