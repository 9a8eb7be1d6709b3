"""A report of the small quarter on its way: drafted, approved, issued, in one call each."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from reports.drafting import Basis, draft_report
from reports.issuing.issuing import Issuing, approve_report, issue_report
from tests import worlds
from tests.reports.quarter import CODE
from workflow.coverage import prove_coverage
from workflow.journal import Act

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from reports.issuing.issuing import Issued


def by(key: str, on: str = "2024-04-05", **more: Any) -> Act:
    return Act(by=key, at=worlds.at(on), **more)


def drafted(db: Connection, *, period: str = "2024-Q1", on: str = "2024-04-05") -> int:
    act = by("quan-tri", on)
    coverage = prove_coverage(db, agreement=CODE, at=act.at)
    basis = Basis(coverage=coverage, is_simulated=False)
    return draft_report(db, agreement=CODE, period=period, basis=basis, act=act)


def approved(db: Connection, **more: Any) -> int:
    report_id = drafted(db, **more)
    approve_report(db, report_id, act=by("lanh-dao", more.get("on", "2024-04-05")))
    return report_id


def issued(
    db: Connection, report_id: int, folder: Path, *, on: str = "2024-04-08", **more: Any
) -> Issued:
    more.setdefault("formats", ("json",))
    how = Issuing(data_dir=folder, journal_head="ab" * 32, **more)
    return issue_report(db, report_id, how=how, act=by("quan-tri", on))


@cache
def pdf(text: str = "signed", *, pages: int = 1) -> bytes:
    """A PDF with so many pages."""
    import typst

    made = typst.compile("#pagebreak()\n".join([text] * pages).encode(), format="pdf")
    assert isinstance(made, bytes)
    return made
