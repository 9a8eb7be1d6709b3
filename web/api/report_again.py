"""A past report for programs: made again from the dated rows, and compared with the frozen one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from reports.quarterly import sha256, written
from reports.regenerating import regenerate_report
from web.api.calling import Call, reads
from web.api.shapes import Shape, Small

router: Final = APIRouter(tags=["reports"])


class ReportDifference(Shape):
    """One place in which the two differ."""

    path: str = Field(description="Such as tasks[17].state; items are named by what they are.")
    stands: Literal["otherwise", "only_before", "only_after"]
    before: Any
    after: Any


class Regenerated(Shape):
    """A report made again as of its own instants, or as of another one."""

    cut_off: datetime
    as_of: datetime
    sha256: str = Field(description="Of what the register holds.")
    regenerated_sha256: str = Field(description="Of what was made now.")
    is_equal: bool
    has_proof: bool = Field(
        description="Whether the proof of coverage of then is kept; if not, the report's own stood"
        " in."
    )
    differences: list[ReportDifference]


@router.get("/reports/{report_id}/regenerated")
@reads
def regenerated(
    call: Call,
    report_id: Small,
    as_of: Annotated[
        datetime | None, Query(description="Otherwise the report's own; UTC without a zone.")
    ] = None,
) -> Regenerated:
    """Make a report again from the dated rows and name every place in which it differs."""
    at = None if as_of is None else as_of.replace(tzinfo=as_of.tzinfo or UTC)
    found = regenerate_report(call.db, report_id, by=call.by, at=call.at, as_of=at)
    return Regenerated(
        cut_off=found.report.cut_off,
        as_of=found.report.as_of,
        sha256=found.sha256,
        regenerated_sha256=sha256(written(found.report)),
        is_equal=found.is_equal,
        has_proof=found.has_proof,
        differences=[
            ReportDifference(
                path=one.path, stands=one.stands.value, before=one.before, after=one.after
            )
            for one in found.differences
        ],
    )
