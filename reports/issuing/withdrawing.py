"""Withdrawing an issued report: it stays as it is, and is shown as withdrawn everywhere.

Knows that a leader does it, with a reason, and that whoever got the report is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.delivering import sending as delivering
from reports.drafting import ensure_state, locked_report, record
from reports.issuing.issuing import ensure_leads
from workflow import access, catalogue
from workflow.domain.errors import Refusal
from workflow.store import report_papers as stored

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workflow.journal import Act

LONGEST = 2_000


def withdraw_report(db: Connection, report_id: int, *, act: Act) -> None:
    """Withdraw an issued report as a leader; the reason is told to whoever got it.

    Its number stays its own. Raises ``Refusal``: ``report.unknown``,
    ``report.not_issued``, ``report.withdrawn``, ``report.ground_missing``,
    ``report.ground_too_long``, ``access.person_only``, ``access.denied``.
    """
    row = locked_report(db, report_id)
    if access.is_rule(act.by):
        raise Refusal("access.person_only", by=act.by)
    ensure_leads(db, row.agreement, act)
    ensure_state(row, "issued")
    if row.withdrawn_at is not None:
        raise Refusal("report.withdrawn", report=report_id, number=row.number)
    ground = (act.reason or "").strip()
    if not ground:
        raise Refusal("report.ground_missing", report=report_id)
    if len(ground) > LONGEST:
        raise Refusal("report.ground_too_long", length=len(ground), most=LONGEST)
    stored.add_withdrawal(
        db,
        {
            "report_id": report_id,
            "withdrawn_by": act.by,
            "withdrawn_at": act.at,
            "withdrawn_for": ground,
        },
    )
    record(db, row, "report.withdrawn", act, after={"number": row.number, "ground": ground})
    delivering.announce_withdrawal(db, row, catalogue.kept(db, row.agreement), act=act)
