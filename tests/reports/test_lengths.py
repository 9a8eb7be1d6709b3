"""Reports on every length of period: what each counts, beside what, and under which name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from reports.boards.board import Asked
from reports.boards.overview import overview
from reports.composing import Instants, compose, usual_cut_off
from reports.drafting import Basis, draft_addendum, draft_report
from reports.quarterly import Compared, read, written
from reports.windows import period_of, whole_programme
from tests import worlds
from tests.reports import quarter
from workflow import catalogue
from workflow.coverage import prove_coverage
from workflow.domain.errors import Refusal
from workflow.journal import Act
from workflow.store.agreements import agreement
from workflow.store.reports import editions_of
from workflow.store.tasks import task

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from reports.quarterly import Report

LATER = worlds.at("2026-02-01")


@pytest.fixture
def lived(db: Connection) -> Connection:
    quarter.lived(db)
    return db


def on(db: Connection, period: str) -> Report:
    """The report on a period, cut off at its end."""
    kept = catalogue.kept(db, quarter.CODE)
    return compose(
        db,
        kept,
        period=period,
        at=Instants(cut_off=usual_cut_off(kept, period), as_of=LATER),
        coverage=prove_coverage(db, agreement=quarter.CODE, at=LATER),
        is_simulated=False,
    )


def beside(report: Report) -> dict[Compared, str | None]:
    return {one.to: one.period.key if one.period else None for one in report.comparisons}


def test_each_length_stands_beside_what_it_is_compared_with(lived: Connection) -> None:
    previous, last_year = Compared.PREVIOUS, Compared.SAME_LAST_YEAR
    to_date, since = Compared.YEAR_TO_DATE, Compared.PROGRAMME
    for key, expected, course in (
        (
            "2024-03",
            {previous: "2024-02", last_year: "2023-03", to_date: "2024-Q1", since: None},
            ["2023-11", "2023-12", "2024-01", "2024-02"],
        ),
        (
            "2024-H1",
            {previous: "2023-H2", last_year: "2023-H1", to_date: "2024-H1", since: None},
            ["2023-H2"],
        ),
        # Of the nine months and of a year, what went before is the same as last year's.
        ("2024-9M", {last_year: "2023-9M", to_date: "2024-9M", since: None}, []),
        ("2024", {previous: "2023", to_date: "2024", since: None}, ["2023"]),
        ("programme", {}, ["2023", "2024", "2025"]),
    ):
        report = on(lived, key)
        assert report.period.key == key
        assert beside(report) == expected, key
        assert [step.period.key for step in report.course] == course, key
        assert written(read(written(report))) == written(report)


def test_a_programme_counts_every_task_once_whenever_it_is_due(lived: Connection) -> None:
    report = on(lived, "programme")
    assert report.period.facts == {"years": "2023–2025"}
    kept = catalogue.kept(lived, quarter.CODE)
    assert (report.period.from_on, report.period.until_on) == (
        kept.says.starts_on,
        kept.says.ends_on,
    )
    there_are = lived.scalar(select(func.count()).select_from(task))
    boxes = report.total.boxes
    assert boxes.total + boxes.cancelled + boxes.history == there_are == len(report.tasks)
    assert report.total.carried_over == 0
    last = on(lived, "2025-Q4")
    (since,) = (one for one in last.comparisons if one.to is Compared.PROGRAMME)
    assert since.line is not None
    assert since.line.boxes == boxes
    board = overview(lived, kept, asked=Asked(period="programme", at=LATER))
    assert board.total == report.total


def test_months_add_up_to_their_quarter(lived: Connection) -> None:
    months = [on(lived, key).total for key in ("2024-01", "2024-02", "2024-03")]
    whole = on(lived, "2024-Q1").total
    assert sum(one.assigned for one in months) == whole.assigned
    assert months[0].carried_over == whole.carried_over


def test_one_period_has_one_report_by_whichever_name_it_is_asked_for(lived: Connection) -> None:
    quarter.office(lived)
    act = Act(by="quan-tri", at=LATER)
    basis = Basis(
        coverage=prove_coverage(lived, agreement=quarter.CODE, at=LATER), is_simulated=False
    )
    asked: dict[str, Any] = {"agreement": quarter.CODE, "basis": basis, "act": act}
    draft_report(lived, period="2024-3M", **asked)
    kept = catalogue.kept(lived, quarter.CODE)
    (row,) = editions_of(lived, kept.id, "2024-Q1")
    with pytest.raises(Refusal) as refused:
        draft_report(lived, period="2024-Q1", **asked)
    assert (refused.value.code, refused.value.facts["report"]) == ("report.drafted_already", row.id)
    with pytest.raises(Refusal, match=r"report\.drafted_already"):
        draft_addendum(lived, period="2024-3M", ground="Sai", **asked)


def test_a_programme_that_is_ended_early_ends_on_that_day(lived: Connection) -> None:
    kept = catalogue.kept(lived, quarter.CODE)
    ended = replace(kept, ended_on=date(2024, 7, 1))
    assert whole_programme(ended).until_on == date(2024, 7, 1)
    assert period_of(ended, "programme").label == ("period.programme", {"years": "2023–2024"})
    assert whole_programme(replace(kept, ended_on=date(2020, 1, 1))).last_on == kept.says.starts_on
    at = worlds.at("2024-06-30")
    lived.execute(update(agreement).values(ended_on=date(2024, 7, 1), ended_at=at))
    assert on(lived, "programme").period.until_on == date(2024, 7, 1)
