"""Whether an issued report is still what was issued: content, files, register, journal.

Signed copies and a withdrawal are held to what the journal says of them in the same way.

Recomputes every hash and compares each record with every other. Refuses to repair, and to
judge the journal itself: ``workflow.sealing`` does.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from reports.drafting import ensure_state
from reports.issuing.freezing import File, scans
from reports.issuing.issuing import Issued, entry_of
from reports.quarterly import before_issue, read, sha256, written
from workflow.domain.errors import Refusal
from workflow.journal import canonical
from workflow.store import reports as stored
from workflow.store.journal import journal_entry
from workflow.store.report_papers import scans_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from reports.quarterly import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it was issued, as a code with its facts."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def verify_report(db: Connection, report_id: int, *, data_dir: Path) -> tuple[Finding, ...]:
    """Everything that differs from what was issued; empty where nothing does.

    Raises ``Refusal``: ``report.unknown``, ``report.not_issued``.
    """
    row = stored.report_by_id(db, report_id)
    if row is None:
        raise Refusal("report.unknown", report=report_id)
    ensure_state(row, "issued")
    files = stored.files_of(db, report_id)
    return (
        *_content(row),
        *(finding for file in files for finding in _file(file, row, data_dir)),
        *(finding for scan in scans_of(db, report_id) for finding in _scan(scan, data_dir)),
        *_journal(db, row, files),
        *_added(db, row),
    )


def _content(row: Row[Any]) -> Iterator[Finding]:
    if sha256(row.content) != row.sha256:
        yield Finding(
            code="report.content_altered",
            facts={"expected": row.sha256, "found": sha256(row.content)},
        )
    try:
        report = read(row.content)
    except ValueError:
        yield Finding(code="report.content_unreadable")
        return
    if written(report) != row.content:
        yield Finding(code="report.content_not_canonical")
    for name, kept, said in _told_twice(row, report):
        if kept != said:
            yield Finding(
                code="report.register_differs",
                facts={"field": name, "expected": str(said), "found": str(kept)},
            )
    if report.issue is not None:
        approved = sha256(written(before_issue(report)))
        if approved != report.issue.approved_sha256:
            yield Finding(
                code="report.not_as_approved",
                facts={"expected": report.issue.approved_sha256, "found": approved},
            )


def _told_twice(row: Row[Any], report: Report) -> Iterator[tuple[str, object, object]]:
    """What both the register and the content say: name, the former, the latter."""
    yield "agreement", row.agreement, report.agreement.code
    yield "period", row.period, report.period.key
    yield "edition", row.edition, report.edition
    yield "cut_off", row.cut_off, report.cut_off
    yield "as_of", row.as_of, report.as_of
    yield (
        "paragraphs",
        row.paragraphs,
        {str(place): text for place, text in report.paragraphs.items()},
    )
    issue = report.issue
    yield "number", row.number, issue.number if issue else None
    yield "journal_head", row.journal_head, issue.journal_head if issue else None


def _file(file: Row[Any], row: Row[Any], data_dir: Path) -> Iterator[Finding]:
    content = yield from _read(data_dir / file.name, file)
    if content is not None and file.format == "json" and content != row.content.encode():
        yield Finding(code="report.file_not_content", facts={"file": file.name})


def _scan(scan: Row[Any], data_dir: Path) -> Iterator[Finding]:
    yield from _read(scans(data_dir).path_of(scan.sha256), scan)


def _read(path: Path, said: Row[Any]) -> Generator[Finding, None, bytes | None]:
    """The bytes of a file; None where they are not those that were written."""
    try:
        content = path.read_bytes()
    except OSError:
        yield Finding(code="report.file_missing", facts={"file": said.name})
        return None
    found = hashlib.sha256(content).hexdigest()
    if found == said.sha256 and len(content) == said.size:
        return content
    yield Finding(
        code="report.file_altered",
        facts={"file": said.name, "expected": said.sha256, "found": found},
    )
    return None


def _journal(db: Connection, row: Row[Any], files: list[Row[Any]]) -> Iterator[Finding]:
    issues = _entries(db, row, "report.issued")
    if len(issues) != 1:
        yield Finding(code="report.not_in_journal", facts={"entries": len(issues)})
        return
    issued = Issued(
        number=row.number,
        sha256=row.sha256,
        files=tuple(
            File(format=one.format, name=one.name, sha256=one.sha256, size=one.size)
            for one in files
        ),
    )
    expected = {**entry_of(issued), "issued_by": row.issued_by, "issued_at": _text(row.issued_at)}
    found = {**issues[0]["after"], "issued_by": issues[0]["by"], "issued_at": issues[0]["at"]}
    approvals = _entries(db, row, "report.approved")
    if approvals:
        expected |= {"approved_by": row.approved_by, "approved_at": _text(row.approved_at)}
        found |= {"approved_by": approvals[-1]["by"], "approved_at": approvals[-1]["at"]}
    for name, value in expected.items():
        if found.get(name) != value:
            yield Finding(code="report.journal_differs", facts={"field": name})


def _added(db: Connection, row: Row[Any]) -> Iterator[Finding]:
    """What was added to the report after its issue, as the journal tells it."""
    attached = {
        (one["after"]["scan"], one["after"]["sha256"], one["by"], one["at"])
        for one in _entries(db, row, "report.scan_attached")
    }
    kept = {
        (one.id, one.sha256, one.attached_by, _text(one.attached_at))
        for one in scans_of(db, row.id)
    }
    if attached != kept:
        yield Finding(code="report.journal_differs", facts={"field": "scans"})
    told = [
        (one["after"]["ground"], one["by"], one["at"])
        for one in _entries(db, row, "report.withdrawn")
    ]
    held = []
    if row.withdrawn_at is not None:
        held = [(row.withdrawn_for, row.withdrawn_by, _text(row.withdrawn_at))]
    if told != held:
        yield Finding(code="report.journal_differs", facts={"field": "withdrawn"})


def _entries(db: Connection, row: Row[Any], verb: str) -> list[dict[str, Any]]:
    """What the journal holds of a step of this report, in order."""
    bodies = db.scalars(
        select(journal_entry.c.body)
        .where(
            journal_entry.c.subject == "report",
            journal_entry.c.subject_id == row.id,
            journal_entry.c.verb == verb,
        )
        .order_by(journal_entry.c.id)
    )
    return [json.loads(body) for body in bodies]


def _text(at: datetime) -> str:
    """An instant as the journal writes it."""
    return str(json.loads(canonical(at)))
