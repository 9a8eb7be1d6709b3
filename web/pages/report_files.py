"""A report as a file: read on a page of its own, taken away, and held to what was issued.

Knows under which headers a whole document may be shown: it runs nothing, fetches nothing
and belongs to no origin. What was issued is given away as it was frozen, never made anew.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from fastapi.responses import Response

from reports.documents.formats import TYPES, Kind
from reports.issuing.verifying import verify_report
from reports.reading import draft_file, report_listed
from web.visit import Visit, reads
from workflow.domain.errors import Refusal
from workflow.i18n import N_
from workflow.labels import sentence_for
from workflow.store.reports import files_of

if TYPE_CHECKING:
    from sqlalchemy import Row

router: Final = APIRouter(include_in_schema=False)

#: The document has its own style and nothing else; ``sandbox`` takes its origin away.
DOCUMENT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'none'; sandbox"
)
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")

#: What is compared, in words, and what is found where it differs.
CHECKS: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    (
        N_("The content bears the hash under which it was issued."),
        frozenset({"report.content_altered", "report.content_unreadable"}),
    ),
    (
        N_("The content is written as reports are written."),
        frozenset({"report.content_not_canonical"}),
    ),
    (
        N_("The register says the same as the content."),
        frozenset({"report.register_differs"}),
    ),
    (
        N_("What was issued is what was approved."),
        frozenset({"report.not_as_approved"}),
    ),
    (
        N_("Every file is the one that was issued."),
        frozenset({"report.file_missing", "report.file_altered", "report.file_not_content"}),
    ),
    (
        N_("The journal tells the same approval and issue."),
        frozenset({"report.not_in_journal", "report.journal_differs"}),
    ),
)


@router.get("/reports/{report_id}/read")
@reads
def read(visit: Visit, report_id: int) -> Response:
    """Show the whole report as a document."""
    _, content = _file(visit, report_id, "html")
    return Response(
        content,
        media_type=TYPES["html"],
        headers={"content-security-policy": DOCUMENT_POLICY},
    )


@router.get("/reports/{report_id}/files/{kind}")
@reads
def file(visit: Visit, report_id: int, kind: Kind) -> Response:
    """Give the report away as a file."""
    name, content = _file(visit, report_id, kind)
    return Response(
        content,
        media_type=TYPES[kind],
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "content-security-policy": DOCUMENT_POLICY,
        },
    )


@router.get("/reports/{report_id}/verify")
@reads
def verify(visit: Visit, report_id: int) -> Response:
    """Show of each check whether an issued report is still what was issued."""
    row = report_listed(visit.db, report_id, by=visit.by)
    found = verify_report(visit.db, report_id, data_dir=visit.premises.settings.data_dir)
    checks = [
        (
            text,
            [sentence_for(one.code, one.facts, visit.lang) for one in found if one.code in codes],
        )
        for text, codes in CHECKS
    ]
    return visit.page("reports/verify.html.j2", row=row, checks=checks, is_whole=not found)


def _file(visit: Visit, report_id: int, kind: str) -> tuple[str, bytes]:
    """A file's name and bytes: as frozen where it was issued, or else as it would be."""
    row = report_listed(visit.db, report_id, by=visit.by)
    data_dir = visit.premises.settings.data_dir
    if row.state != "issued":
        content = draft_file(
            visit.db, report_id, kind, by=visit.by, lang=visit.lang, data_dir=data_dir
        )
        return _draft_name(row, kind), content
    frozen = {one.format: one.name for one in files_of(visit.db, report_id)}
    if kind not in frozen:
        raise Refusal("report.format_not_frozen", format=kind, frozen=sorted(frozen))
    name = frozen[kind]
    try:
        content = (data_dir / name).read_bytes()
    except OSError as fault:
        raise Refusal("report.file_missing", file=name) from fault
    return PurePosixPath(name).name, content


def _draft_name(row: Row[tuple[object, ...]], kind: str) -> str:
    name = f"{row.agreement}-{row.period}-{row.edition}-{row.state}.{kind}"
    return _UNSAFE.sub("_", name)
