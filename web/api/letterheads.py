"""The letterhead of an agreement's reports for programs: as it is set, and set anew."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field

from reports.letterhead import Issuer
from reports.letterhead import Letterhead as Said
from reports.letterheads import change_letterhead, letterhead_from, letterhead_words
from web.api.calling import Call, reads, writes
from web.api.shapes import TEXT, Word
from workflow import catalogue
from workflow.domain.roles import Deed, Place

if TYPE_CHECKING:
    from workflow.catalogue import Kept

router: Final = APIRouter(tags=["reports"])
_Line = Annotated[str, Field(max_length=300, pattern=TEXT)]


class Letterhead(BaseModel):
    """What an office sets around the text of its documents; an empty word is left out."""

    issuer: Issuer = Issuer.STATE
    superior: _Line = ""
    body: _Line = ""
    sign: _Line = Field(default="", description="What stands for the body in a number: UBND.")
    place: _Line = ""
    on_behalf: _Line = ""
    acting_for: _Line = ""
    post: _Line = ""
    recipients: list[_Line] = Field(default=[], max_length=40)
    archive: _Line = ""


@router.get("/agreements/{code}/letterhead")
@reads
def shown(call: Call, code: Word) -> Letterhead:
    """The letterhead of an agreement's reports; nothing set is all empty."""
    return _now(call, _kept(call, code))


@router.put("/agreements/{code}/letterhead")
@writes
def change(call: Call, code: Word, said: Letterhead) -> Letterhead:
    """Set the letterhead; drafts bear it once their figures are drawn up anew."""
    kept = _kept(call, code)
    words = letterhead_from(said.model_dump())
    change_letterhead(call.db, agreement=code, letterhead=words, act=call.act())
    return _now(call, kept)


def _kept(call: Call, code: str) -> Kept:
    call.ensure_may(Deed.DRAFT_REPORT, place=Place(agreement=code))
    return catalogue.kept(call.db, code)


def _now(call: Call, kept: Kept) -> Letterhead:
    return Letterhead(**asdict(letterhead_words(call.db, kept.id) or Said()))
