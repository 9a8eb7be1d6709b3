"""What stands around the reports of an agreement: the letterhead, and the office's Word template.

Knows the form in which an office says it and how a template is tried and given away. What
people typed stands in the form again where it was refused.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from reports.documents.formats import TYPES
from reports.documents.profiles import profile_on
from reports.documents.template_fields import FIELDS
from reports.documents.word_looks import built_in_bytes
from reports.letterhead import Letterhead
from reports.letterheads import (
    LARGEST,
    change_letterhead,
    change_template,
    letterhead_from,
    letterhead_words,
    template_of,
)
from web.typed import Chosen
from web.visit import Visit, reads, writes
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.i18n import N_
from workflow.labels import describe
from workflow.store.letterheads import letterhead_of

if TYPE_CHECKING:
    from workflow.catalogue import Kept

router: Final = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]


@router.get("/agreements/{code}/letterhead")
@reads
def letterhead(visit: Visit, code: str) -> Response:
    """The letterhead as it is set, and the template in use."""
    return _page(visit, _kept(visit, code))


@router.post("/agreements/{code}/letterhead")
@writes
def change(
    visit: Visit,
    code: str,
    *,
    issuer: Text = "state",
    superior: Text = "",
    body: Text = "",
    sign: Text = "",
    place: Text = "",
    on_behalf: Text = "",
    acting_for: Text = "",
    post: Text = "",
    recipients: Text = "",
    archive: Text = "",
) -> Response:
    """Set the letterhead."""
    kept = _kept(visit, code)
    typed = {
        "issuer": issuer,
        "superior": superior,
        "body": body,
        "sign": sign,
        "place": place,
        "on_behalf": on_behalf,
        "acting_for": acting_for,
        "post": post,
        "recipients": recipients,
        "archive": archive,
    }
    try:
        said = letterhead_from(typed)
    except Refusal as refusal:
        return _page(visit, kept, typed=typed, wrong=describe(refusal, visit.lang))
    change_letterhead(visit.db, agreement=code, letterhead=said, act=visit.act())
    visit.tell(N_("The letterhead is set; drafts bear it once their figures are drawn up anew."))
    return visit.go(_address(code))


@router.post("/agreements/{code}/letterhead/upload")
@writes
def upload(
    visit: Visit,
    code: str,
    *,
    files: Chosen,
) -> Response:
    """Let the office's own Word template take the place of the built-in one."""
    kept = _kept(visit, code)
    given = next((one for one in files if one.filename), None)
    name, content = ("", b"") if given is None else (given.filename, given.file.read(LARGEST + 1))
    try:
        with visit.db.begin_nested():
            _change(visit, code, name or "", content)
    except Refusal as refusal:
        return _page(visit, kept, refused=describe(refusal, visit.lang))
    visit.tell(N_("The office's own template is tried and set."))
    return visit.go(_address(code))


@router.post("/agreements/{code}/letterhead/built-in")
@writes
def built_in(visit: Visit, code: str) -> Response:
    """Go back to the built-in template."""
    _kept(visit, code)
    _change(visit, code, "", None)
    visit.tell(N_("Reports are given in the built-in template again."))
    return visit.go(_address(code))


@router.get("/agreements/{code}/letterhead/template")
@reads
def template(visit: Visit, code: str) -> Response:
    """Give the template in use away, to begin one's own with."""
    kept = _kept(visit, code)
    own = template_of(visit.db, code, data_dir=visit.premises.settings.data_dir)
    said = letterhead_words(visit.db, kept.id)
    return Response(
        built_in_bytes(said, on=visit.today) if own is None else own,
        media_type=TYPES["docx"],
        headers={"content-disposition": 'attachment; filename="mau-bao-cao.docx"'},
    )


def _kept(visit: Visit, code: str) -> Kept:
    visit.ensure_may(Deed.DRAFT_REPORT, place=Place(agreement=code))
    return catalogue.kept(visit.db, code)


def _change(visit: Visit, code: str, name: str, content: bytes | None) -> None:
    change_template(
        visit.db,
        agreement=code,
        name=name,
        content=content,
        data_dir=visit.premises.settings.data_dir,
        act=visit.act(),
    )


def _address(code: str) -> str:
    return f"/agreements/{code}/letterhead"


def _page(
    visit: Visit, kept: Kept, *, typed: dict[str, str] | None = None, wrong: str = "",
    refused: str = "",
) -> Response:  # fmt: skip
    said = letterhead_words(visit.db, kept.id) or Letterhead()
    words: dict[str, Any] = asdict(said)
    words["recipients"] = "\n".join(said.recipients)
    row = letterhead_of(visit.db, kept.id)
    return visit.page(
        "reports/letterhead.html.j2",
        status=422 if wrong or refused else 200,
        code=kept.says.code,
        title=kept.says.title,
        words=typed or words,
        wrong=wrong,
        refused=refused,
        profile=profile_on(said.issuer, visit.today),
        template_name=None if row is None else row.template_name,
        fields=FIELDS,
    )
