"""The letters of a report as those see them who answer for it, lead, or read the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.issuing.issuing import may_approve
from reports.reading import report_listed
from workflow import access, catalogue
from workflow.domain import roles
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.store.report_deliveries import deliveries_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row

    from workflow.domain.agreement import Agreement
    from workflow.domain.roles import Grant


def sees_letters(grants: Iterable[Grant], says: Agreement) -> bool:
    """Whether grants let somebody see to whom the reports of an agreement were sent."""
    held = tuple(grants)
    place = Place(agreement=says.code)
    return may_approve(held, says) or any(
        roles.may(held, deed, place=place) for deed in (Deed.DRAFT_REPORT, Deed.READ_JOURNAL)
    )


def letters_sent(db: Connection, report_id: int, *, by: str) -> list[Row[Any]]:
    """Every letter of a report, in the order in which they were made.

    Raises ``Refusal``: ``report.unknown``, ``access.denied``.
    """
    row = report_listed(db, report_id, by=by)
    says = catalogue.kept(db, row.agreement).says
    if not access.is_rule(by) and not sees_letters(access.grants_of(db, by), says):
        raise Refusal("access.denied", by=by, deed=Deed.READ_JOURNAL.value)
    return deliveries_of(db, report_id)
