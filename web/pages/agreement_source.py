"""The source document of an agreement: added, read as plain paragraphs, taken away as it was.

Its text is read in a process under limits, as evidence is; what its sender wrote as markup is
never shown as any.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from web.beforehand import Ready
from web.evidence_files import safe_name
from web.pages.agreements import ensure_readable
from web.typed import Chosen
from web.visit import Visit, reads, writes_after
from workflow import catalogue, labels, sourcing
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.evidence.check import EvidenceFile, Unreadable
from workflow.evidence.sandbox import Limits, Pool
from workflow.files import FileStore, Stored
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable

router: Final = APIRouter(include_in_schema=False)
#: No agreement is longer; a scan of one may be, but its words cannot be read anyway.
_LARGEST: Final = 15_000_000
#: Nobody waits longer for a page.
_LIMITS: Final = Limits(cpu_seconds=10, wall_seconds=20.0)
_SAID_BETTER: Final = {
    "file.no_text": "source.no_text",
    "file.kind_not_read": "source.kind_not_read",
}


@router.get("/agreements/{code}/source")
@reads
def source(visit: Visit, code: str) -> Response:
    """The document, paragraph by paragraph, and which clause says which."""
    ensure_readable(visit, code)
    return _page(visit, code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A document that is stored, with its text."""

    stored: Stored
    name: str
    text: str


def _read_before(visit: Visit, *, code: str, files: Chosen) -> Callable[[], _Read] | None:
    """Have a document written and read while nobody waits for the database."""
    ensure_readable(visit, code)
    visit.ensure_may(Deed.DEFINE, place=Place(agreement=code))
    sent = next((one for one in files if one.filename), None)
    if sent is None:
        return None
    store = FileStore(root=visit.files.root, largest=_LARGEST)

    def read() -> _Read:
        name = safe_name(PurePath(sent.filename or "").name, 0)
        stored = store.store(sent.file)
        return _Read(stored=stored, name=name, text=_text_of(store, stored, name))

    return read


@router.post("/agreements/{code}/source/upload")
@writes_after(_read_before)
def add_source(
    visit: Visit,
    code: str,
    *,
    files: Chosen,  # noqa: ARG001 - what the form holds; it was read before
    ready: Ready[_Read],
) -> Response:
    """Keep a document and its text."""
    ensure_readable(visit, code)
    visit.ensure_may(Deed.DEFINE, place=Place(agreement=code))
    try:
        read = ready.taken()
        if read is None:
            return _page(visit, code, refused=Refusal("source.none_chosen"))
        sourcing.add_source(
            visit.db, code, stored=read.stored, name=read.name, text=read.text, act=visit.act()
        )
    except Refusal as refused:
        return _page(visit, code, refused=refused)
    visit.tell(N_("{file} is the source document now."), file=read.name)
    return visit.go(f"/agreements/{quote(code)}/source")


@router.get("/agreements/{code}/source/file")
@reads
def source_file(visit: Visit, code: str) -> Response:
    """The document as it was added, to be kept and not to be opened here."""
    ensure_readable(visit, code)
    found = sourcing.source_of(visit.db, catalogue.kept(visit.db, code).id)
    path = None if found is None else visit.files.path_of(found.sha256)
    if found is None or path is None or not path.is_file():
        raise Refusal("source.not_found")
    return FileResponse(
        path,
        filename=found.name,
        media_type="application/octet-stream",
        content_disposition_type="attachment",
        headers={"content-security-policy": "sandbox; default-src 'none'"},
    )


def _text_of(store: FileStore, stored: Stored, name: str) -> str:
    file = EvidenceFile(
        path=store.path_of(stored.sha256), sha256=stored.sha256, size=stored.size, name=name
    )
    try:
        with Pool(size=1, limits=_LIMITS) as pool:
            return pool.text_of(file)
    except Unreadable as stop:
        code = _SAID_BETTER.get(stop.reason.code)
        if code is not None:
            raise Refusal(code, file=name) from stop
        raise Refusal(stop.reason.code, **stop.reason.facts) from stop


def _page(visit: Visit, code: str, *, refused: Refusal | None = None) -> Response:
    kept = catalogue.kept(visit.db, code)
    by_paragraph: dict[int, list[str]] = {}
    for one in kept.says.clauses:
        number = sourcing.paragraph_named(one.place)
        if number is not None:
            by_paragraph.setdefault(number, []).append(one.text)
    return visit.page(
        "editor/source_page.html.j2",
        status=200 if refused is None else 422,
        says=kept.says,
        source=sourcing.source_of(visit.db, kept.id),
        by_paragraph=by_paragraph,
        may_define=visit.may(Deed.DEFINE, place=Place(agreement=code)),
        wrong="" if refused is None else labels.describe(refused, visit.lang),
    )
