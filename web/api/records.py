"""Records for programs: one unit's, or one obligation's across units; and packs of evidence."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from reports.documents.formats import TYPES, Kind
from reports.packs.packing import pack_of, streamed
from reports.records.files import record_file
from reports.records.record import About, Part, Record, record_of, sha256, written
from web.api.calling import Call, reads
from web.api.shapes import Small, Word

router: Final = APIRouter(tags=["reports"])
_Key = Annotated[Word, Path()]


class RecordWhole(BaseModel):
    """A record with its hash."""

    sha256: str
    content: dict[str, Any] = Field(description="The value that every format is made of.")


@router.get("/records/{about}/{key}")
@reads
def shown(call: Call, about: About, key: _Key, *, agreement: Word, period: Word) -> RecordWhole:
    """The record of a unit (its key) or of an obligation (its code) on a period."""
    text = written(_record(call, about, key, agreement, period))
    return RecordWhole(sha256=sha256(text), content=json.loads(text))


@router.get(
    "/records/{about}/{key}/files/{format}",
    response_class=Response,
    responses={
        200: {
            "description": "The record in this format, in the caller's language.",
            "content": {one.partition(";")[0]: {} for one in TYPES.values()},
        }
    },
)
@reads
def file(
    call: Call,
    about: About,
    key: _Key,
    wanted: Annotated[Kind, Path(alias="format")],
    *,
    agreement: Word,
    period: Word,
) -> Response:
    """A record as a file."""
    return Response(
        record_file(_record(call, about, key, agreement, period), wanted, lang=call.lang),
        media_type=TYPES[wanted],
        headers={"Content-Disposition": f'attachment; filename="record.{wanted}"'},
    )


@router.get(
    "/reports/{report_id}/pack",
    response_class=Response,
    responses={
        200: {
            "description": "The report, its evidence, the verdicts and a manifest, in one ZIP.",
            "content": {"application/zip": {}},
        }
    },
)
@reads
def pack(call: Call, report_id: Small) -> Response:
    """The evidence behind an issued report, for who may read all of it."""
    made = pack_of(
        call.db,
        report_id,
        by=call.by,
        data_dir=call.premises.settings.data_dir,
        evidence=call.files,
    )
    return StreamingResponse(
        streamed(made),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="report-{report_id}.zip"'},
    )


def _record(call: Call, about: About, key: str, agreement: str, period: str) -> Record:
    return record_of(
        call.db,
        Part(about=about, key=key, agreement=agreement, period=period),
        by=call.by,
        at=call.at,
        is_simulated=call.premises.is_simulated,
    )
