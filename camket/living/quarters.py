"""At the end of a quarter: coverage proved, the report drafted, approved, issued and verified.

Knows who drafts and who approves, and what is counted for the summary. Refuses to know how a
report looks. The people's paragraphs say what its own figures show.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from camket.living.days import CUT_OFF_AFTER
from camket.living.founding import COORDINATOR, LEADER, REVIEWER, instant
from reports import quarterly
from reports.drafting import Basis, draft_report, write_paragraph
from reports.issuing.issuing import Issuing, approve_report, issue_report
from reports.issuing.verifying import verify_report
from reports.quarterly import read
from workflow.coverage import prove_coverage
from workflow.i18n import translator
from workflow.journal import Act
from workflow.sealing import latest_head
from workflow.store.engine import reading
from workflow.store.evidence import evidence_verdict
from workflow.store.reports import report_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from reports.quarterly import Paragraph, Report
    from tasks.embedded import Embedded
    from workflow.domain.clock import SteppedClock
    from workflow.domain.periods import Period
    from workflow.domain.tally import Boxes

_DRAFTED: Final = "17:30"
_STEP: Final = timedelta(minutes=10)
_MOST_NAMED: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A quarter that was reported on; ``files`` are the copies by format.

    ``verdicts`` counts by outcome what the checks said since the report before it;
    ``gaps`` and ``findings`` are nothing where all is well.
    """

    period: Period
    report_id: int
    number: str
    sha256: str
    boxes: Boxes
    doubts: int
    late_notices: int
    verdicts: dict[str, int]
    gaps: int
    findings: int
    files: dict[str, Path]
    seconds: float


def report_on(
    engine: Engine,
    embedded: Embedded,
    clock: SteppedClock,
    *,
    agreement: str,
    period: Period,
    since: datetime,
    data_dir: Path,
    out: Path,
    lang: str,
    begun: float,
) -> Reported:
    """Report on a quarter this evening, and copy the issued files where people find them.

    ``since`` is the instant of the report before, ``begun`` when living the quarter began.
    """
    clock.advance(timedelta(minutes=30))
    embedded.until_idle()
    cut_off = instant(period.until_on + timedelta(days=CUT_OFF_AFTER - 1), "17:00")
    with reading(engine).connect() as db:
        coverage = prove_coverage(db, agreement=agreement, at=clock.now())
        verdicts = _verdicts(db, since, clock.now())
    with engine.begin() as db:
        act = Act(by=COORDINATOR, at=clock.now())
        basis = Basis(coverage=coverage, is_simulated=True, cut_off=cut_off)
        report_id = draft_report(db, agreement=agreement, period=period.key, basis=basis, act=act)
        draft = _read(db, report_id)
        said = Act(by=REVIEWER, at=clock.advance(_STEP))
        for place, text in _paragraphs(draft):
            write_paragraph(db, report_id, place=place, text=text, act=said)
        approve_report(db, report_id, act=Act(by=LEADER, at=clock.advance(_STEP)))
    # What was approved is sealed before the report is issued, so that its head covers it.
    embedded.until_idle()
    with engine.begin() as db:
        head = latest_head(db)
        how = Issuing(data_dir=data_dir, journal_head=head.head if head else "", lang=lang)
        act = Act(by=COORDINATOR, at=clock.advance(_STEP))
        issued = issue_report(db, report_id, how=how, act=act)
    with reading(engine).connect() as db:
        findings = verify_report(db, report_id, data_dir=data_dir)
        report = _read(db, report_id)
    files = {}
    for one in issued.files:
        target = out / f"{period.key}.{one.format}"
        target.unlink(missing_ok=True)
        shutil.copyfile(data_dir / one.name, target)
        files[one.format] = target
    return Reported(
        period=period,
        report_id=report_id,
        number=issued.number,
        sha256=issued.sha256,
        boxes=report.total.boxes,
        doubts=len(report.doubts),
        late_notices=sum(line.late_notice_on is not None for line in report.tasks),
        verdicts=verdicts,
        gaps=len(coverage.gaps),
        findings=len(findings),
        files=files,
        seconds=round(time.monotonic() - begun, 1),
    )


def _read(db: Connection, report_id: int) -> Report:
    row = report_by_id(db, report_id)
    if row is None:
        raise LookupError(f"report {report_id} was written a moment ago")
    return read(row.content)


def _verdicts(db: Connection, since: datetime, until: datetime) -> dict[str, int]:
    """How many items were judged since then, by outcome."""
    query = (
        select(evidence_verdict.c.outcome, func.count().label("judged"))
        .where(evidence_verdict.c.decided_at > since, evidence_verdict.c.decided_at <= until)
        .group_by(evidence_verdict.c.outcome)
        .order_by(evidence_verdict.c.outcome)
    )
    return {row.outcome: row.judged for row in db.execute(query)}


def _paragraphs(report: Report) -> Iterator[tuple[Paragraph, str]]:
    """What a leader's office would write under these figures; Vietnamese, as people write."""
    say = translator("vi")
    boxes = report.total.boxes
    names = {line.key: line.name for line in report.units}
    overdue = {
        duty.title: [names[key] for key in duty.defaulters]
        for duty in report.duties
        if duty.defaulters
    }
    yield (
        quarterly.Paragraph.DIRECTION,
        (
            "Thường trực Thành ủy chỉ đạo các đơn vị thực hiện đúng tiến độ, giao đầu mối theo dõi"
            " hằng tuần; mọi minh chứng được đối chiếu trước khi xác nhận."
        ),
    )
    rate = boxes.rate_on_due
    done = say.number(boxes.done)
    strengths = f"Hoàn thành {done}/{say.number(boxes.total)} nhiệm vụ trong kỳ"
    if rate is not None:
        strengths += f", đạt {say.percent(rate)} tính trên số việc đến hạn"
    yield quarterly.Paragraph.STRENGTHS, f"{strengths}."
    if overdue:
        lines = [
            f"{title}: {', '.join(units[:_MOST_NAMED])}"
            + (f" và {len(units) - _MOST_NAMED} đơn vị khác" if len(units) > _MOST_NAMED else "")
            for title, units in overdue.items()
        ]
        yield (
            quarterly.Paragraph.SHORTCOMINGS,
            "Còn việc quá hạn chưa hoàn thành:\n" + "\n".join(f"- {line}." for line in lines),
        )
        yield (
            quarterly.Paragraph.CAUSES,
            (
                "Một số đơn vị chưa phân công người theo dõi; có nơi nộp minh chứng sai kỳ, phải"
                " làm lại."
            ),
        )
    else:
        yield quarterly.Paragraph.SHORTCOMINGS, "Không có việc quá hạn."
    yield (
        quarterly.Paragraph.PLANS,
        f"Hoàn thành {say.number(boxes.not_done)} việc còn lại; nộp minh chứng ngay trong kỳ.",
    )
    if report.doubts:
        yield (
            quarterly.Paragraph.PROPOSALS,
            f"Xem xét {len(report.doubts)} ý kiến khác về kết quả đã xác nhận.",
        )
