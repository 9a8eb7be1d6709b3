"""The signed copy of an issued report: attached as a scan, and given out first from then on.

Knows that it is a PDF that opens, kept under its hash; whatever was attached or frozen
before stays. Refuses to know what stands on its pages.
"""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from typing import TYPE_CHECKING, Final

from reports.delivering import sending as delivering
from reports.drafting import ensure_state, locked_report, record
from reports.issuing.freezing import LARGEST_SCAN, scans
from workflow import access, catalogue
from workflow.domain.errors import Refusal
from workflow.domain.folding import tidied
from workflow.domain.roles import Deed, Place
from workflow.store import report_papers as stored

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from workflow.journal import Act

_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


def attach_scan(
    db: Connection, report_id: int, *, name: str, content: bytes, data_dir: Path, act: Act
) -> int:
    """Attach the signed copy of an issued report, and give its number.

    Whoever was sent the report without it is sent it now. Raises ``Refusal``:
    ``report.unknown``, ``report.not_issued``, ``report.withdrawn``, ``access.denied``,
    ``files.*``, ``report.scan_no_pdf``, ``report.scan_locked``, ``report.scan_broken``,
    ``report.scan_known`` where the same file holds already.
    """
    row = locked_report(db, report_id)
    access.ensure_may(db, Deed.ISSUE_REPORT, act=act, place=Place(agreement=row.agreement))
    ensure_state(row, "issued")
    if row.withdrawn_at is not None:
        raise Refusal("report.withdrawn", report=report_id, number=row.number)
    pages = _pages(content)
    digest = hashlib.sha256(content).hexdigest()
    if digest in {one.sha256 for one in stored.scans_of(db, report_id)[:1]}:
        raise Refusal("report.scan_known", report=report_id)
    kept = scans(data_dir).store(BytesIO(content))
    said = {"name": _named(name), "sha256": kept.sha256, "size": kept.size, "pages": pages}
    number = stored.add_scan(
        db, {"report_id": report_id, **said, "attached_by": act.by, "attached_at": act.at}
    )
    record(db, row, "report.scan_attached", act, after={"scan": number, **said})
    delivering.announce_scan(db, row, catalogue.kept(db, row.agreement), number, act=act)
    return number


def _pages(content: bytes) -> int:
    """How many pages a PDF has; what it truly is decides, not its name."""
    from workflow.evidence.check import Unreadable
    from workflow.evidence.file_kinds import Kind, described, true_kind
    from workflow.evidence.pdf_reading import page_count

    if not content:
        raise Refusal("files.empty")
    if len(content) > LARGEST_SCAN:
        raise Refusal("files.too_large", most=LARGEST_SCAN)
    kind = true_kind(content)
    if kind is not Kind.PDF:
        raise Refusal("report.scan_no_pdf", found=described(content, kind))
    try:
        pages = page_count(content)
    except Unreadable as fault:
        locked = fault.reason.code == "file.encrypted"
        raise Refusal("report.scan_locked" if locked else "report.scan_broken") from fault
    if not pages:
        raise Refusal("report.scan_broken")
    return pages


def _named(name: str) -> str:
    """A name that says PDF, and that no system takes for a place or a command."""
    said = _UNSAFE.sub("_", tidied(name)).strip(" .")[-150:]
    return said if said.lower().endswith(".pdf") else f"{said or 'ban-ky'}.pdf"
