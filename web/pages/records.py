"""Parts of a report to argue with, and the evidence behind one: as pages and as files.

Knows which agreements and periods a record is offered for, and that a pack leaves while it
is made. Refuses to know any figure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response, StreamingResponse

from reports.documents.formats import TYPES, Kind
from reports.packs.packing import pack_of, streamed
from reports.reach import agreements_reached
from reports.records.files import record_file
from reports.records.record import About, Part, Record, record_of
from reports.windows import periods_offered
from web.pages.board_looks import LOOKS
from web.pages.report_files import DOCUMENT_POLICY
from web.pages.tasks import Number
from web.visit import Visit, reads
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed

if TYPE_CHECKING:
    from workflow.domain.periods import Period

router: Final = APIRouter(include_in_schema=False)

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")
Key = Annotated[str, Path(max_length=64)]
Word = Annotated[str, Query(max_length=64)]


@router.get("/records/{about}/{key}")
@reads
def record(
    visit: Visit, about: About, key: Key, *, agreement: Word = "", period: Word = ""
) -> Response:
    """A unit's record, or an obligation's across units: figures in short, and its files."""
    known = agreements_reached(visit.db, visit.grants, at=visit.at)
    code = agreement or next((row.code for row in known), "")
    if not code:
        visit.ensure_may(Deed.READ)
        raise Refusal("record.unknown", about=key)
    periods = _periods(visit, code)
    wanted = period or periods[0].key
    found = _record(visit, Part(about=about, key=key, agreement=code, period=wanted))
    return visit.page(
        "letters/record.html.j2",
        record=found,
        about=about.value,
        looks=LOOKS,
        known=known if about is About.UNIT else [],
        periods=periods,
        asked=urlencode({"agreement": code, "period": wanted}),
    )


@router.get("/records/{about}/{key}/read")
@reads
def read(visit: Visit, about: About, key: Key, *, agreement: Word, period: Word) -> Response:
    """The record as a document."""
    found = _record(visit, Part(about=about, key=key, agreement=agreement, period=period))
    return Response(
        record_file(found, "html", lang=visit.lang),
        media_type=TYPES["html"],
        headers={"content-security-policy": DOCUMENT_POLICY},
    )


@router.get("/records/{about}/{key}/files/{kind}")
@reads
def file(
    visit: Visit, about: About, key: Key, kind: Kind, *, agreement: Word, period: Word
) -> Response:
    """The record as a file."""
    found = _record(visit, Part(about=about, key=key, agreement=agreement, period=period))
    name = _UNSAFE.sub("_", f"{agreement}-{period}-{key}.{kind}")
    return Response(
        record_file(found, kind, lang=visit.lang),
        media_type=TYPES[kind],
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "content-security-policy": DOCUMENT_POLICY,
        },
    )


@router.get("/reports/{report_id}/pack")
@reads
def pack(visit: Visit, report_id: Number) -> Response:
    """The evidence behind an issued report, in one ZIP that leaves while it is made."""
    made = pack_of(
        visit.db,
        report_id,
        by=visit.by,
        data_dir=visit.premises.settings.data_dir,
        evidence=visit.files,
    )
    return StreamingResponse(
        streamed(made),
        media_type="application/zip",
        headers={"content-disposition": f'attachment; filename="{_UNSAFE.sub("_", made.name)}"'},
    )


def _record(visit: Visit, part: Part) -> Record:
    return record_of(
        visit.db, part, by=visit.by, at=visit.at, is_simulated=visit.premises.is_simulated
    )


def _periods(visit: Visit, code: str) -> list[Period]:
    """The periods of an agreement that have begun, quarters before the longer ones."""
    kept = catalogue.kept(visit.db, code)
    offered = periods_offered(kept, today=kept.day_of(visit.at))
    return [one for ones in offered.values() for one in ones]
