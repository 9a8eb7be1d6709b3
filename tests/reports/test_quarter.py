"""One quarter reckoned by hand: every figure of the report against what happened."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, update

from reports.composing import Instants, compose, usual_cut_off
from reports.figures import NOTHING, added
from reports.quarterly import Compared, Paragraph
from tests import worlds
from tests.reports import quarter
from tests.reports.fates import hand_in, the_task
from tests.reports.quarter import CODE, CUT_OFF
from workflow import catalogue
from workflow.coverage import prove_coverage
from workflow.domain.errors import Refusal
from workflow.domain.tally import Box, Boxes, Share
from workflow.store.occasions import occasion
from workflow.store.tasks import task

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from reports.quarterly import Comparison, Report


@pytest.fixture
def report(db: Connection) -> Report:
    quarter.lived(db)
    return quarter.report(db)


def beside(report: Report, to: Compared) -> Comparison:
    return next(one for one in report.comparisons if one.to is to)


def test_the_total_by_hand(report: Report) -> None:
    assert report.total.boxes == Boxes(
        total=10,
        done_on_time=2,  # DOC a January; DOC a March, confirmed after the cut-off
        done_late=2,  # DOC a December, carried over; DOC b January
        awaiting=1,  # DOC a February
        awaiting_past_due=1,
        not_done_in_time=1,  # DOC b March, extended
        not_done_overdue=1,  # MUA a
        no_due_day=1,  # GB
        suspended=1,  # DOC b February
        waived=1,  # MUA b
        cancelled=1,  # BAI, outside
        history=1,  # DOC b October, outside
    )
    assert (report.total.carried_over, report.total.assigned) == (1, 9)
    assert report.total.overdue == (0, 1, 0, 0)  # eleven days since 20 March
    assert report.total.boxes.rate_on_due == Fraction(4, 6)
    assert report.total.boxes.rate_on_all == Fraction(4, 10)


def test_every_table_adds_up_to_the_total(report: Report) -> None:
    for lines in (
        [side.line for side in report.sides],
        [topic.line for topic in report.topics],
        [duty.line for duty in report.duties],
        [unit.line for unit in report.units],
        [pair.line for pair in report.pairs],
        [duty.line for side in report.sides for duty in side.duties],
    ):
        assert added(lines) == report.total
    for side in report.sides:
        assert added(unit.line for unit in report.units if unit.party == side.code) == side.line


def test_lines_are_told_in_the_order_of_the_agreement(report: Report) -> None:
    assert [duty.code for duty in report.duties] == ["MUA", "DOC", "BAI", "GB"]
    assert [(unit.key, unit.name) for unit in report.units] == [
        ("b", "Phường Ân Thịnh"),
        ("a", "Phường Ấp Bắc"),
        ("bao", "Báo Bắc Ninh"),
    ]
    assert [(side.code, side.line.boxes.total) for side in report.sides] == [("ts", 9), ("bbn", 1)]
    assert [(topic.title, topic.line.boxes.total) for topic in report.topics] == [
        ("Mua và đọc báo", 9),
        ("Tuyên truyền", 0),
        ("", 1),
    ]


def test_a_duty_says_its_clause_who_has_done_all_and_who_is_behind(report: Report) -> None:
    buying = report.duties[0]
    assert (buying.clause, buying.clause_text) == ("1", "Mua báo của Đảng")
    assert (buying.units_met, buying.units_owing) == (0, 1)  # b was let off
    assert buying.defaulters == ("a",)
    reading = report.duties[1]
    assert (reading.units_met, reading.units_owing, reading.defaulters) == (0, 2, ())


def test_a_unit_line_by_hand(report: Report) -> None:
    ward = next(unit for unit in report.units if unit.key == "a").line
    assert (ward.boxes.total, ward.carried_over) == (5, 1)
    assert (ward.boxes.done_on_time, ward.boxes.done_late, ward.boxes.awaiting) == (2, 1, 1)
    assert ward.boxes.not_done_overdue == 1


def test_the_previous_period_at_its_own_cut_off(report: Report) -> None:
    previous = beside(report, Compared.PREVIOUS)
    assert previous.period is not None
    assert previous.period.key == "2023-Q4"
    assert previous.cut_off == worlds.at("2024-01-01", "00:00")
    assert previous.line is not None
    boxes = previous.line.boxes
    # December of b counts as done then, for it was handed in by then and is accepted now.
    assert (boxes.total, boxes.done_on_time, boxes.not_done_in_time) == (8, 7, 0)
    assert (boxes.not_done_overdue, boxes.history) == (1, 2)
    # What was left then is what is carried over now.
    assert boxes.total - boxes.done == report.total.carried_over


def test_before_the_agreement_there_is_no_figure(report: Report) -> None:
    last_year = beside(report, Compared.SAME_LAST_YEAR)
    assert last_year.line is None
    assert last_year.period is not None
    assert last_year.period.key == "2023-Q1"


def test_cumulative_tables_count_each_task_once(report: Report) -> None:
    year = beside(report, Compared.YEAR_TO_DATE)
    assert year.line == report.total
    programme = beside(report, Compared.PROGRAMME)
    assert programme.line is not None
    assert (programme.from_on, programme.until_on) == (date(2023, 10, 1), date(2024, 4, 1))
    boxes = programme.line.boxes
    # Eight of the fourth quarter, nine of the first; December of a only once, done late.
    assert (boxes.total, programme.line.carried_over) == (17, 0)
    assert (boxes.done_on_time, boxes.done_late) == (9, 2)
    assert added(programme.by_obligation.values()) == programme.line


def test_the_next_quarter_carries_what_this_one_left(db: Connection, report: Report) -> None:
    july = worlds.at("2024-07-01", "00:00")
    following = quarter.report(db, period="2024-Q2", cut_off=july, as_of=july)
    boxes = report.total.boxes
    # MUA a was accepted since, but after the cut-off; the waiver is settled and stays behind.
    left = boxes.total - boxes.done - boxes.waived
    assert following.total.carried_over == left


def test_from_a_line_to_its_tasks_and_their_files(report: Report) -> None:
    counted = report.total.boxes
    assert len(report.tasks) == counted.total + counted.cancelled + counted.history
    for duty in report.duties:
        mine = [one for one in report.tasks if one.obligation == duty.code]
        for box in Box:
            assert sum(one.box is box for one in mine) == getattr(duty.line.boxes, box.value)
    (proved,) = (one for one in report.tasks if one.evidence)
    assert (proved.obligation, proved.unit, proved.occasion) == ("DOC", "a", "2024-01")
    (file,) = proved.evidence
    assert (file.name, file.outcome) == ("bien-ban-thang-1.pdf", "passed")
    assert file.sha256 is not None
    assert len(file.sha256) == 64


def test_late_tasks_say_why(report: Report) -> None:
    tasks = {(one.obligation, one.unit, one.occasion): one for one in report.tasks}
    bought = tasks["MUA", "a", "2024-Q1"]
    assert (bought.box, bought.days_late) == (Box.NOT_DONE_OVERDUE, 11)
    assert [reason.text for reason in bought.returned] == ["Hóa đơn ghi sai quý."]
    late = tasks["DOC", "a", "2023-12"]
    assert (late.share, late.days_late, late.done_on) == (Share.CARRIED_OVER, 10, date(2024, 1, 10))
    extended = tasks["DOC", "b", "2024-03"]
    assert (extended.original_due_on, extended.due_on) == (date(2024, 3, 31), date(2024, 4, 10))
    (asked,) = extended.concessions
    assert (asked.kind, asked.decision, asked.until_on) == (
        "extension",
        "granted",
        date(2024, 4, 10),
    )


def test_a_doubt_is_told_and_changes_no_figure(report: Report) -> None:
    (doubt,) = report.doubts
    assert (doubt.obligation, doubt.unit, doubt.occasion) == ("DOC", "a", "2024-01")
    assert doubt.reason.text == "Ảnh bị mờ."


def test_what_happened_since_changes_nothing_as_of_then(db: Connection, report: Report) -> None:
    ids = {(one.obligation, one.unit, one.occasion): one.id for one in report.tasks}
    hand_in(db, ids["DOC", "b", "2024-03"], "2024-04-08", accepted="2024-04-09")
    assert quarter.report(db) == report
    now = quarter.report(db, as_of=worlds.at("2024-04-20"))
    # Both were handed in after the cut-off, so they are still not done at it.
    assert now.total.boxes.done == report.total.boxes.done


def test_a_cause_recorded_late_is_carried_into_the_period(db: Connection) -> None:
    quarter.lived(db)
    row = the_task(db, "GB", "bao", "2023-Q4")
    db.execute(
        update(occasion)
        .where(occasion.c.id == row.occasion_id)
        .values(caused_at=worlds.at("2024-02-01"), recorded_at=worlds.at("2024-02-01"))
    )
    report = quarter.report(db)
    assert (report.total.carried_over, report.total.boxes.done_on_time) == (2, 3)


def test_a_later_cut_off_moves_the_earlier_ones_alike(db: Connection) -> None:
    quarter.lived(db)
    report = quarter.report(db, cut_off=worlds.at("2024-04-03", "12:00"))
    assert report.previous_cut_off == worlds.at("2024-01-03", "12:00")
    assert beside(report, Compared.PREVIOUS).cut_off == worlds.at("2024-01-03", "12:00")


def test_an_empty_period_has_no_rate(db: Connection) -> None:
    worlds.activated(db, quarter.the_agreement(), quarter.the_units(), on="2023-09-20")
    report = quarter.report(db)
    assert report.total == NOTHING
    assert report.total.boxes.rate_on_due is None
    assert (report.tasks, report.duties, report.units) == ((), (), ())
    assert report.coverage.until is None


def test_the_usual_cut_off_is_the_first_instant_after_the_period(db: Connection) -> None:
    quarter.lived(db)
    assert usual_cut_off(catalogue.kept(db, CODE), "2024-Q1") == CUT_OFF


def test_gaps_of_coverage_are_told(db: Connection) -> None:
    quarter.lived(db)
    row = the_task(db, "MUA", "b", "2024-Q2")
    db.execute(task.delete().where(task.c.id == row.id))
    coverage = quarter.report(db).coverage
    assert coverage.gap_count == 2
    assert {(gap.code, gap.obligation, gap.unit) for gap in coverage.gaps} == {
        ("coverage.task_missing", "MUA", "b"),
        # The duty whose due day was taken away, behind the planner's back.
        ("coverage.task_wrong_due", "GB", "bao"),
    }


def test_paragraphs_stand_in_the_value(db: Connection) -> None:
    quarter.lived(db)
    report = quarter.report(db, paragraphs={Paragraph.CAUSES: "Thiếu cán bộ."})
    assert report.paragraphs == {Paragraph.CAUSES: "Thiếu cán bộ."}


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ("2023-Q3", "report.period_outside"),
        ("2026-Q1", "report.period_outside"),
        ("2024-Q5", "period.bad_key"),
        ("2024-Q2", "report.cut_off_outside"),
    ],
)
def test_what_cannot_be_reported_is_refused(db: Connection, period: str, code: str) -> None:
    quarter.lived(db)
    with pytest.raises(Refusal) as refused:
        quarter.report(db, period=period)
    assert refused.value.code == code


def test_a_report_is_a_fixed_number_of_statements(db: Connection) -> None:
    quarter.lived(db)
    few, many = (statements(db, period=period) for period in ("2023-Q4", "2024-Q1"))
    assert few == many


def statements(db: Connection, *, period: str) -> int:
    """How many statements composing a report takes, without the proof of coverage."""
    seen: list[str] = []

    def note(_db: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    kept, at = catalogue.kept(db, CODE), worlds.at("2024-04-05")
    coverage = prove_coverage(db, agreement=CODE, at=at)
    event.listen(db, "before_cursor_execute", note)
    try:
        compose(
            db,
            kept,
            period=period,
            at=Instants(cut_off=usual_cut_off(kept, period), as_of=at),
            coverage=coverage,
            is_simulated=False,
        )
    finally:
        event.remove(db, "before_cursor_execute", note)
    return len(seen)
