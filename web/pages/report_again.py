"""A report made again from the dated rows, beside what the register holds of it.

Knows how a difference is shown. Refuses to change any report.
"""

from __future__ import annotations

import json
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from reports.quarterly import sha256, written
from reports.reading import report_listed
from reports.regenerating import regenerate_report
from web.pages.report_desk import instant_typed
from web.visit import Visit, reads
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.labels import describe

router: Final = APIRouter(include_in_schema=False)

#: So many differences stand on the page; the command line and programs are told all.
AT_ONCE: Final = 200
_LONGEST: Final = 160


@router.get("/reports/{report_id}/regenerated")
@reads
def regenerated(
    visit: Visit, report_id: int, *, as_of: Annotated[str, Query(max_length=32)] = ""
) -> Response:
    """Make a report again as of its instants, or another one, and show where it differs."""
    row = report_listed(visit.db, report_id, by=visit.by)
    found, wrong = None, ""
    try:
        at = instant_typed(catalogue.kept(visit.db, row.agreement), as_of)
        found = regenerate_report(visit.db, report_id, by=visit.by, at=visit.at, as_of=at)
    except Refusal as refusal:
        if refusal.code == "report.unknown":
            raise
        wrong = describe(refusal, visit.lang)
    return visit.page(
        "reports/regenerated.html.j2",
        status=422 if wrong else 200,
        row=row,
        found=found,
        wrong=wrong,
        as_of=as_of,
        made_sha256="" if found is None else sha256(written(found.report)),
        shown=[]
        if found is None
        else [
            (one.path, _short(one.before), _short(one.after)) for one in found.differences[:AT_ONCE]
        ],
    )


def _short(value: object) -> str:
    text = "–" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
