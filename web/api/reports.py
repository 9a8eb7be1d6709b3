"""Reports for programs: the register, one report's value, and its files."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import Field

from reports.documents.formats import TYPES, Kind
from reports.quarterly import written
from reports.reading import draft_file, report_read, reports_readable
from web.api.calling import Call, reads
from web.api.paging import USUAL, Cursor, Limit, Listed, page_of
from web.api.shapes import Shape, Small, Word
from workflow.domain.errors import Refusal
from workflow.store.reports import files_of

if TYPE_CHECKING:
    from sqlalchemy import Row

router: Final = APIRouter(tags=["reports"])
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")


class Report(Shape):
    """A report as the register has it; edition 1 is the report, later ones its addenda."""

    id: int
    agreement: str
    period: str
    edition: int
    state: Literal["draft", "approved", "issued"]
    cut_off: datetime
    as_of: datetime
    sha256: str
    number: str | None
    drafted_by: str
    drafted_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    issued_by: str | None
    issued_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawn_for: str | None = Field(description="Why; it is not to be used any more.")


class ReportFile(Shape):
    """A file that was frozen when the report was issued."""

    format: str
    name: str
    sha256: str
    size: int


class ReportWhole(Report):
    """One report with its figures and the files that it was issued with."""

    files: list[ReportFile]
    content: dict[str, Any] = Field(description="The value that every format is made of.")


@router.get("/reports")
@reads
def listed(
    call: Call,
    *,
    agreement: Word | None = None,
    period: Word | None = None,
    state: Literal["draft", "approved", "issued"] | None = None,
    sort: Literal["period", "-period"] = "period",
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Listed[Report]:
    """The reports that this person may read, by period, agreement and edition."""
    rows = [
        row
        for row in reports_readable(call.db, by=call.by, code=agreement)
        if (period is None or row.period == period) and (state is None or row.state == state)
    ]
    items, more = page_of(
        rows,
        Report.model_validate,
        key=lambda row: f"{row.period}/{row.agreement}/{row.edition:06}",
        sort=sort,
        cursor=cursor,
        limit=limit,
    )
    return Listed[Report](items=items, next=more)


@router.get("/reports/{report_id}")
@reads
def shown(call: Call, report_id: Small) -> ReportWhole:
    """One report with its figures."""
    row = _row(call, report_id)
    value = report_read(call.db, report_id, by=call.by)
    return ReportWhole(
        **Report.model_validate(row).model_dump(),
        files=[ReportFile.model_validate(one) for one in files_of(call.db, report_id)],
        content=json.loads(written(value)),
    )


@router.get(
    "/reports/{report_id}/files/{format}",
    response_class=Response,
    responses={
        200: {
            "description": "The file: of what was issued as it was frozen, else as it would be.",
            "content": {one.partition(";")[0]: {} for one in TYPES.values()},
        }
    },
)
@reads
def file(call: Call, report_id: Small, wanted: Annotated[Kind, Path(alias="format")]) -> Response:
    """One file of a report; a draft's is made now, in the caller's language."""
    row = _row(call, report_id)
    name = f"{row.agreement}-{row.period}-{row.edition}.{wanted}"
    if row.state == "issued":
        frozen = {one.format: one for one in files_of(call.db, report_id)}
        if wanted not in frozen:
            raise Refusal("report.format_not_frozen", format=wanted, frozen=sorted(frozen))
        path = call.premises.settings.data_dir / frozen[wanted].name
        name, content = path.name, path.read_bytes()
    else:
        content = draft_file(
            call.db,
            report_id,
            wanted,
            by=call.by,
            lang=call.lang,
            data_dir=call.premises.settings.data_dir,
        )
    return Response(
        content,
        media_type=TYPES[wanted],
        headers={"Content-Disposition": f'attachment; filename="{_safe(name)}"'},
    )


def _row(call: Call, report_id: int) -> Row[Any]:
    for row in reports_readable(call.db, by=call.by):
        if row.id == report_id:
            return row
    raise Refusal("report.unknown", report=report_id)


def _safe(name: str) -> str:
    """A file name of plain letters, which every program keeps as it is."""
    return "".join(
        one if one.isascii() and (one.isalnum() or one in "-._") else "_" for one in name
    )
