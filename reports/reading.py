"""Which reports somebody may read, and reading one.

A report shows every unit of an agreement, so it is read by those who may read the whole
agreement or stand for one of its sides; a unit's own people read their own tasks elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, false, or_, select, true

from reports.documents.formats import rendering
from reports.letterheads import template_of
from reports.quarterly import Report, read
from workflow import access, catalogue
from workflow.domain import roles
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.store import reports as stored
from workflow.store.agreements import agreement

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sqlalchemy import ColumnElement, Connection, Row

    from workflow.domain.roles import Grant


def reports_readable(db: Connection, *, by: str, code: str | None = None) -> list[Row[Any]]:
    """The reports that somebody may read, of one agreement where its code is given."""
    within = _readable(db, by)
    if code is not None:
        within = and_(within, agreement.c.code == code)
    return stored.reports_listed(db, within=within)


def report_listed(db: Connection, report_id: int, *, by: str) -> Row[Any]:
    """The register's row of a report, without its content.

    Raises ``Refusal("report.unknown")``, also where it is not for this person to know.
    """
    within = and_(_readable(db, by), stored.report.c.id == report_id)
    for row in stored.reports_listed(db, within=within):
        return row
    raise Refusal("report.unknown", report=report_id)


def report_read(db: Connection, report_id: int, *, by: str) -> Report:
    """A report as it stands in the register, drafted or issued.

    Raises ``Refusal("report.unknown")``, also where it is not for this person to know.
    """
    report_listed(db, report_id, by=by)
    row = stored.report_by_id(db, report_id)
    if row is None:
        raise Refusal("report.unknown", report=report_id)
    return read(row.content)


def draft_file(
    db: Connection, report_id: int, kind: str, *, by: str, lang: str, data_dir: Path
) -> bytes:
    """A file of a report that is not issued, as it would be, in the office's own template.

    Raises ``Refusal``: ``report.unknown``, ``report.format_unknown``, ``template.*``.
    """
    render = rendering(kind)
    row = report_listed(db, report_id, by=by)
    template = template_of(db, row.agreement, data_dir=data_dir) if kind == "docx" else None
    return render(report_read(db, report_id, by=by), lang=lang, template=template)


def agreements_whole(db: Connection, grants: Iterable[Grant]) -> ColumnElement[bool]:
    """The condition on ``agreement`` rows for those that grants reach as a whole or as a side."""
    held = roles.conferring(grants, Deed.READ)
    return or_(false(), *(_whole(db, grant) for grant in held if grant.unit is None))


def ensure_reads_whole(db: Connection, code: str, *, by: str) -> None:
    """Refuse whoever may not read the reports of an agreement: ``access.denied``."""
    within = and_(_readable(db, by), agreement.c.code == code)
    if db.execute(select(agreement.c.id).where(within)).one_or_none() is None:
        raise Refusal("access.denied", by=by, deed=Deed.READ.value)


def _readable(db: Connection, by: str) -> ColumnElement[bool]:
    return true() if access.is_rule(by) else agreements_whole(db, access.grants_of(db, by))


def _whole(db: Connection, grant: Grant) -> ColumnElement[bool]:
    """The agreements that a grant reaches as a whole, or as one of their sides."""
    is_its = true() if grant.agreement is None else agreement.c.code == grant.agreement
    if grant.party is None:
        return is_its
    said = catalogue.agreements_coded(db, grant.agreement)
    sides = [
        agreement_id
        for agreement_id, says in said.items()
        if grant.party in {party.code for party in says.parties}
    ]
    return and_(is_its, agreement.c.id.in_(sides))
