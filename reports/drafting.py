"""Drafting a report: composed after its cut-off, refreshed, and given people's words.

Knows that a refresh changes figures and never a paragraph. Refuses to know approval and
issue: a draft is nobody's word yet.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from reports.composing import Instants, compose, usual_cut_off
from reports.differences import differences
from reports.narrating.sentences import written_on
from reports.quarterly import (
    Addendum,
    CoverageLine,
    Paragraph,
    Report,
    plain,
    read,
    sha256,
    written,
)
from reports.unit_groups import Tree
from reports.windows import period_of
from workflow import access, catalogue, journal
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.journal import canonical
from workflow.store import reports as stored
from workflow.store.coverage_proofs import keep_proof

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from workflow.catalogue import Kept
    from workflow.coverage import Coverage
    from workflow.journal import Act

#: So much fits in a chapter; more is an annex of its own.
LONGEST: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a draft stands on besides the database: the proof, and whether the clock is real.

    ``cut_off`` and ``as_of`` are the end of the period and the present where they are None;
    ``tree`` is that of the draft before, or as it was in the period.
    """

    coverage: Coverage | CoverageLine
    is_simulated: bool
    cut_off: datetime | None = None
    as_of: datetime | None = None
    tree: Tree | None = None


def draft_report(db: Connection, *, agreement: str, period: str, basis: Basis, act: Act) -> int:
    """Draft the report on a period and give its number in the register.

    Locks the agreement's row. Raises ``Refusal``: ``report.before_cut_off``,
    ``report.as_of_in_future``, ``report.as_of_before_cut_off``, ``report.cut_off_outside``,
    ``report.period_outside``, ``report.drafted_already``, ``report.issued_already`` (then an
    addendum corrects it), ``agreement.unknown``, ``access.denied``.
    """
    kept = catalogue.locked(db, agreement)
    ensure_drafts(db, agreement, act)
    period = period_of(kept, period).key
    for row in stored.editions_of(db, kept.id, period):
        code = "report.issued_already" if row.state == "issued" else "report.drafted_already"
        raise Refusal(code, report=row.id, agreement=agreement, period=period)
    report = compose(
        db,
        kept,
        period=period,
        at=instants(kept, period, basis, at=act.at),
        coverage=basis.coverage,
        is_simulated=basis.is_simulated,
        tree=basis.tree or Tree.AS_IT_WAS,
    )
    return _add(db, kept, report, act=act)


def draft_addendum(
    db: Connection, *, agreement: str, period: str, ground: str, basis: Basis, act: Act
) -> int:
    """Draft a correction of the edition issued last, with every figure that differs.

    Its cut-off is that of the edition it corrects, its paragraphs as well. Raises
    ``Refusal``: ``report.nothing_issued``, ``report.drafted_already``,
    ``report.ground_missing``, and as ``draft_report``.
    """
    kept = catalogue.locked(db, agreement)
    ensure_drafts(db, agreement, act)
    period = period_of(kept, period).key
    editions = stored.editions_of(db, kept.id, period)
    if not editions:
        raise Refusal("report.nothing_issued", agreement=agreement, period=period)
    last = editions[-1]
    if last.state != "issued":
        raise Refusal("report.drafted_already", report=last.id, agreement=agreement, period=period)
    if not ground.strip():
        raise Refusal("report.ground_missing", report=last.id)
    before = read(last.content)
    report = _compared(
        compose(
            db,
            kept,
            period=period,
            at=instants(kept, period, replace(basis, cut_off=last.cut_off), at=act.at),
            coverage=basis.coverage,
            is_simulated=basis.is_simulated,
            edition=last.edition + 1,
            paragraphs=before.paragraphs,
            tree=basis.tree or tree_of(before),
        ),
        last,
        ground=unicodedata.normalize("NFC", ground.strip()),
    )
    return _add(db, kept, replace(report, footings=before.footings), act=act)


def refresh_report(db: Connection, report_id: int, *, basis: Basis, act: Act) -> None:
    """Compose a draft anew as of the present or another instant; its paragraphs stay.

    Whoever refreshes answers for the figures from now on. Raises ``Refusal``:
    ``report.unknown``, ``report.not_draft``, and as ``draft_report``.
    """
    row = locked_report(db, report_id)
    ensure_drafts(db, row.agreement, act)
    ensure_state(row, "draft")
    kept = catalogue.kept(db, row.agreement)
    report = composed_anew(db, kept, read(row.content), basis=basis, act=act)
    content = written(report)
    stored.change_report(
        db, report_id, {**_columns(report, content), "drafted_by": act.by, "drafted_at": act.at}
    )
    _keep_proof(db, row.agreement_id, report, act)
    record(
        db,
        row,
        "report.refreshed",
        act,
        before={"sha256": row.sha256, "as_of": row.as_of},
        after={"sha256": sha256(content), "as_of": report.as_of, "cut_off": report.cut_off},
    )


def composed_anew(db: Connection, kept: Kept, before: Report, *, basis: Basis, act: Act) -> Report:
    """What a draft becomes when it is refreshed; nothing is written. Raises as ``draft_report``."""
    period = before.period.key
    basis = replace(basis, cut_off=basis.cut_off or before.cut_off)
    report = compose(
        db,
        kept,
        period=period,
        at=instants(kept, period, basis, at=act.at),
        coverage=basis.coverage,
        is_simulated=basis.is_simulated,
        edition=before.edition,
        paragraphs=before.paragraphs,
        tree=basis.tree or tree_of(before),
    )
    report = replace(report, footings=before.footings)
    return corrected_again(db, kept, report, before)


def corrected_again(db: Connection, kept: Kept, report: Report, before: Report) -> Report:
    """A report with what it corrects, where it is an addendum as the one before was."""
    if before.addendum is None:
        return report
    editions = stored.editions_of(db, kept.id, before.period.key)
    corrected = next(one for one in editions if one.edition == before.addendum.corrects)
    return _compared(report, corrected, ground=before.addendum.ground)


def write_paragraph(
    db: Connection, report_id: int, *, place: Paragraph, text: str, act: Act
) -> None:
    """Write what stands in a place of a draft; an empty text takes away what stood there.

    Raises ``Refusal``: ``report.unknown``, ``report.not_draft``,
    ``report.paragraph_too_long``, ``access.denied``.
    """
    row = locked_report(db, report_id)
    ensure_drafts(db, row.agreement, act)
    ensure_state(row, "draft")
    said = unicodedata.normalize("NFC", text.replace("\r\n", "\n").strip())
    if len(said) > LONGEST:
        raise Refusal("report.paragraph_too_long", length=len(said), most=LONGEST)
    before = read(row.content)
    paragraphs = {**before.paragraphs, place: said}
    report = replace(
        before,
        paragraphs={key: text for key, text in paragraphs.items() if text},
        # Whoever writes has the figures of today before them.
        footings=written_on(before.sentences, before.footings, place=place, text=said),
    )
    digest = save(db, report_id, report)
    record(
        db,
        row,
        "report.paragraph_written",
        act,
        before={"place": place, "text": before.paragraphs.get(place, "")},
        after={"place": place, "text": said, "sha256": digest},
    )


def save(db: Connection, report_id: int, report: Report) -> str:
    """Write down what a draft has become, and give the hash that names it."""
    content = written(report)
    stored.change_report(db, report_id, _columns(report, content))
    return sha256(content)


def tree_of(report: Report) -> Tree:
    """By which tree a report groups its units."""
    return Tree.AS_IT_WAS if report.grouping is None else report.grouping.tree


# --- what every step of a report asks first -------------------------------------------


def locked_report(db: Connection, report_id: int) -> Row[Any]:
    """A report's row, locked until the transaction ends. Raises ``Refusal("report.unknown")``."""
    row = stored.report_by_id(db, report_id, lock=True)
    if row is None:
        raise Refusal("report.unknown", report=report_id)
    return row


def ensure_state(row: Row[Any], state: str) -> None:
    """Refuse a step for which a report is not in its state: ``report.not_draft`` and the like."""
    if row.state != state:
        code = {
            "draft": "report.not_draft",
            "approved": "report.not_approved",
            "issued": "report.not_issued",
        }[state]
        raise Refusal(code, report=row.id, state=row.state)


def ensure_drafts(db: Connection, agreement: str, act: Act) -> None:
    """Refuse whoever may not draft reports of the whole agreement."""
    access.ensure_may(db, Deed.DRAFT_REPORT, act=act, place=Place(agreement=agreement))


def record(
    db: Connection,
    row: Row[Any],
    verb: str,
    act: Act,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Journal a step of a report."""
    journal.record(
        db,
        act=act,
        verb=verb,
        agreement=row.agreement_id,
        subject=("report", row.id),
        before=before,
        after=after,
    )


def instants(kept: Kept, period: str, basis: Basis, *, at: datetime) -> Instants:
    """The two instants of a report that is drawn up at an instant, neither of them later.

    Raises ``Refusal``: ``report.before_cut_off``, ``report.as_of_in_future``,
    ``report.as_of_before_cut_off``.
    """
    cut_off = basis.cut_off or usual_cut_off(kept, period)
    as_of = basis.as_of or at
    facts = {"period": period, "cut_off": cut_off.isoformat()}
    if at < cut_off:
        raise Refusal("report.before_cut_off", **facts, at=at.isoformat())
    if as_of > at:
        raise Refusal("report.as_of_in_future", as_of=as_of.isoformat(), at=at.isoformat())
    if as_of < cut_off:
        raise Refusal("report.as_of_before_cut_off", **facts, as_of=as_of.isoformat())
    return Instants(cut_off=cut_off, as_of=as_of)


def _compared(report: Report, corrected: Row[Any], *, ground: str) -> Report:
    return replace(
        report,
        addendum=Addendum(
            corrects=corrected.edition,
            number=corrected.number,
            sha256=corrected.sha256,
            ground=ground,
            changes=differences(read(corrected.content), report),
        ),
    )


def _add(db: Connection, kept: Kept, report: Report, *, act: Act) -> int:
    content = written(report)
    report_id = stored.add_report(
        db,
        {
            "agreement_id": kept.id,
            "period": report.period.key,
            "edition": report.edition,
            "state": "draft",
            "drafted_by": act.by,
            "drafted_at": act.at,
            **_columns(report, content),
        },
    )
    _keep_proof(db, kept.id, report, act)
    journal.record(
        db,
        act=act,
        verb="report.drafted",
        agreement=kept.id,
        subject=("report", report_id),
        after={
            "period": report.period.key,
            "edition": report.edition,
            "cut_off": report.cut_off,
            "as_of": report.as_of,
            "sha256": sha256(content),
        },
    )
    return report_id


def _keep_proof(db: Connection, agreement_id: int, report: Report, act: Act) -> None:
    said = json.loads(canonical(plain(report.coverage)))
    keep_proof(db, agreement_id, said, as_of=report.as_of, at=act.at)


def _columns(report: Report, content: str) -> dict[str, object]:
    return {
        "cut_off": report.cut_off,
        "as_of": report.as_of,
        "paragraphs": {str(place): text for place, text in report.paragraphs.items()},
        "content": content,
        "sha256": sha256(content),
    }
