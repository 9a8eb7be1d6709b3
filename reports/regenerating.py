"""A past report made again from the dated rows, as it was on a day, and compared.

Knows that what belongs to a report itself is no figure of that day: its paragraphs, its
edition and what it corrects, its signer, number and issue are taken from the report that it
is compared with. Everything else is asked of the database as of the report's instants.
Refuses to write.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter

from reports.comparing import Difference, differing
from reports.composing import compose
from reports.drafting import Basis, corrected_again, instants, tree_of
from reports.quarterly import CoverageLine, Report, read, sha256, written
from reports.reading import ensure_reads_whole, report_listed
from reports.unit_groups import Tree
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.store import reports as stored
from workflow.store.coverage_proofs import proof_at

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from workflow.catalogue import Kept

_PROOF: Final = TypeAdapter(CoverageLine)
#: What belongs to a report itself.
_OWN: Final = ("form", "edition", "paragraphs", "footings", "signature", "issue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Regenerated:
    """A report made again, and in what it differs from the one it was compared with.

    ``sha256`` is of the one it was compared with. ``has_proof`` is unset where no proof of
    coverage was kept for that instant; then the compared report's own is taken.
    """

    report: Report
    sha256: str
    differences: tuple[Difference, ...]
    has_proof: bool

    @property
    def is_equal(self) -> bool:
        """Whether both are the same text."""
        return not self.differences


def regenerated(
    db: Connection, *, agreement: str, period: str, basis: Basis, by: str, at: datetime
) -> Report:
    """The report on a period as it was at a past instant, without anybody's paragraphs.

    What is known of the proof then takes the place of the one given. Raises ``Refusal``:
    ``agreement.unknown``, ``access.denied``, ``period.bad_key``, ``report.period_outside``,
    ``report.before_cut_off``, ``report.as_of_in_future``, ``report.as_of_before_cut_off``,
    ``report.cut_off_outside``.
    """
    now = catalogue.kept(db, agreement)
    ensure_reads_whole(db, agreement, by=by)
    # When the period ended and when it was cut off was said in what held then.
    then = catalogue.kept_then(db, now, as_of=basis.as_of or at)
    on = instants(then, period, basis, at=at)
    proof = _proof(db, now, as_of=on.as_of)
    return compose(
        db,
        now,
        period=period,
        at=on,
        coverage=proof or basis.coverage,
        is_simulated=basis.is_simulated,
        tree=basis.tree or Tree.AS_IT_WAS,
    )


def regenerate_report(
    db: Connection, report_id: int, *, by: str, at: datetime, as_of: datetime | None = None
) -> Regenerated:
    """Make a report of the register again and compare it with what is written there.

    ``as_of`` is the report's own instant unless another is asked for. Raises ``Refusal``:
    ``report.unknown``, ``report.as_of_before_cut_off``, ``report.as_of_in_future``.
    """
    listed = report_listed(db, report_id, by=by)
    row = stored.report_by_id(db, report_id)
    if row is None:
        raise Refusal("report.unknown", report=report_id)
    before = read(row.content)
    kept = catalogue.kept(db, listed.agreement)
    basis = Basis(
        coverage=before.coverage,
        is_simulated=before.is_simulated,
        cut_off=before.cut_off,
        as_of=as_of or before.as_of,
    )
    on = instants(kept, before.period.key, basis, at=at)
    proof = _proof(db, kept, as_of=on.as_of)
    report = compose(
        db,
        kept,
        period=before.period.key,
        at=on,
        coverage=proof or before.coverage,
        is_simulated=before.is_simulated,
        edition=before.edition,
        paragraphs=before.paragraphs,
        tree=tree_of(before),
    )
    report = corrected_again(db, kept, report, before)
    report = replace(report, **{name: getattr(before, name) for name in _OWN})
    return Regenerated(
        report=report,
        sha256=sha256(row.content),
        differences=tuple(differing(json.loads(row.content), json.loads(written(report)))),
        has_proof=proof is not None,
    )


def _proof(db: Connection, kept: Kept, *, as_of: datetime) -> CoverageLine | None:
    said = proof_at(db, kept.id, as_of=as_of)
    return None if said is None else _PROOF.validate_python(said)
