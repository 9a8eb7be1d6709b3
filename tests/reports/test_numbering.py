"""Numbers of reports: one each, none twice, no hole, and anew each year or term."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from reports.issuing.issuing import approve_report, send_back
from reports.issuing.numbering import (
    MOST,
    Numbering,
    begin_series,
    begin_term,
    span_on,
    take_number,
)
from reports.issuing.verifying import verify_report
from reports.letterhead import Issuer
from reports.letterheads import change_letterhead, letterhead_from
from reports.quarterly import read, written
from tests.reports import quarter
from tests.reports.paper import approved, by, drafted, issued
from tests.reports.quarter import CODE
from workflow import labels
from workflow.domain.errors import Refusal
from workflow.store.journal import journal_entry
from workflow.store.report_numbers import number_of, report_number, report_series
from workflow.store.reports import report as report_table
from workflow.store.reports import report_by_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

TERM = date(2023, 10, 1)


@pytest.fixture(autouse=True)
def _world(request: pytest.FixtureRequest) -> None:
    if "db" in request.fixturenames:
        db: Connection = request.getfixturevalue("db")
        quarter.lived(db)
        quarter.office(db)


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as found:
        work()
    assert labels.describe(found.value, "vi")
    return found.value.code


def party(db: Connection) -> None:
    said = letterhead_from({"issuer": "party", "body": "Thành ủy Từ Sơn", "sign": "TU"})
    change_letterhead(db, agreement=CODE, letterhead=said, act=by("quan-tri", "2024-01-02"))


def numbered(issuer: Issuer = Issuer.PARTY, sign: str = "TU") -> Numbering:
    return Numbering(
        agreement_id=1, issuer=issuer, span="2024", sign=sign, on=date(2024, 4, 8), terms=()
    )


# --- binding ----------------------------------------------------------------------------


def test_a_failed_issue_keeps_its_number_for_the_same_report(
    db: Connection, tmp_path: Path
) -> None:
    first, second = approved(db), approved(db, period="2023-Q4")
    assert take_number(db, first, act=by("quan-tri")) == "01/2024"
    (tmp_path / "reports").write_text("a file where a folder should be")
    with pytest.raises(Refusal):
        issued(db, first, tmp_path)
    assert take_number(db, first, act=by("quan-tri")) == "01/2024"
    (tmp_path / "reports").unlink()
    assert issued(db, second, tmp_path).number == "02/2024"
    # Also when it was sent back and approved again meanwhile.
    send_back(db, first, act=by("lanh-dao", reason="Sửa"))
    approve_report(db, first, act=by("lanh-dao"))
    assert issued(db, first, tmp_path, on="2024-05-08").number == "01/2024"
    held = number_of(db, first)
    assert held is not None
    assert (held.dated_on, held.is_own) == (date(2024, 5, 8), True)
    assert verify_report(db, first, data_dir=tmp_path) == ()


def test_a_new_year_takes_a_new_number_and_says_that_the_old_one_is_free(
    db: Connection, tmp_path: Path
) -> None:
    report_id = approved(db)
    take_number(db, report_id, act=by("quan-tri", "2024-12-31"))
    assert take_number(db, report_id, act=by("quan-tri", "2025-01-02")) == "01/2025"
    verbs = list(db.scalars(select(journal_entry.c.verb).order_by(journal_entry.c.id)))
    assert verbs[-3:] == ["report.numbered", "report.number_released", "report.numbered"]
    other = approved(db, period="2023-Q4", on="2024-12-30")
    assert issued(db, other, tmp_path, on="2024-12-31").number == "01/2024"


def test_only_an_approved_report_takes_one_and_only_who_may_issue(db: Connection) -> None:
    report_id = drafted(db)
    assert refused(lambda: take_number(db, report_id, act=by("quan-tri"))) == "report.not_approved"
    approve_report(db, report_id, act=by("lanh-dao"))
    for key in ("lanh-dao", "kiem-toan", "can-bo"):
        with pytest.raises(Refusal, match=r"access\.denied"):
            take_number(db, report_id, act=by(key))
    assert number_of(db, report_id) is None
    assert refused(lambda: take_number(db, -1, act=by("quan-tri"))) == "report.unknown"


# --- the office's register --------------------------------------------------------------


def test_number_date_and_signer_come_from_the_offices_register(
    db: Connection, tmp_path: Path
) -> None:
    party(db)
    report_id = approved(db)
    done = issued(
        db,
        report_id,
        tmp_path,
        number=" 45-BC/TU ",
        issued_on=date(2024, 4, 6),
        signer=" Người ký thay ",
        post="Phó Bí thư",
        formats=("json", "html"),
    )
    row = report_by_id(db, report_id)
    assert row is not None
    report = read(row.content)
    assert (done.number, row.number) == ("45-BC/TU", "45-BC/TU")
    assert report.issue is not None
    assert report.issue.issued_on == date(2024, 4, 6)
    assert report.signature is not None
    assert (report.signature.name, report.signature.post) == ("Người ký thay", "Phó Bí thư")
    page = (tmp_path / done.files[0].name).read_text(encoding="utf-8")
    assert page.count("Người ký thay") == 2  # under the text, and in the colophon
    assert "PHÓ BÍ THƯ" in page.upper()
    assert verify_report(db, report_id, data_dir=tmp_path) == ()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"issued_on": date(2024, 4, 4)}, "report.day_wrong"),
        ({"issued_on": date(2024, 4, 9)}, "report.day_wrong"),
        ({"post": "Phó Bí thư"}, "report.signer_wrong"),
        ({"signer": "x" * 201}, "report.signer_wrong"),
        ({"number": "4\n5"}, "report.number_wrong"),
    ],
)
def test_what_no_register_would_hold_is_refused(
    db: Connection, tmp_path: Path, more: dict[str, Any], code: str
) -> None:
    report_id = approved(db)
    if code == "report.number_wrong":
        more = {"number": "4" + "\x07" + "5"}
    assert refused(lambda: issued(db, report_id, tmp_path, **more)) == code


def test_an_older_draft_has_no_place_for_a_signer(db: Connection, tmp_path: Path) -> None:
    from dataclasses import replace

    report_id = approved(db)
    row = report_by_id(db, report_id)
    assert row is not None
    old = written(replace(read(row.content), form=2))
    db.execute(update(report_table).where(report_table.c.id == report_id).values(content=old))
    assert refused(lambda: issued(db, report_id, tmp_path, signer="Ai đó")) == "report.form_old"
    assert issued(db, report_id, tmp_path).number == "01/2024"


@pytest.mark.parametrize(
    ("first", "second"),
    [("5", "05"), ("05/2024", "5"), ("5", "05-BC/TU"), ("45-bc/tu", "45 - BC / TU"), ("A1", "a1")],
)
def test_two_numbers_are_the_same_however_they_are_typed(first: str, second: str) -> None:
    assert numbered().key(first) == numbered().key(second)


def test_numbers_that_differ_stay_apart() -> None:
    said = ("5", "50", "5a", "5-BC/UBND", "5/BC", "0", "x")
    assert len({numbered().key(one) for one in said}) == len(said)
    assert numbered(sign="").key("5-BC/TU") != "5"


def test_duplicates_are_refused_within_a_year_and_taken_in_the_next(
    db: Connection, tmp_path: Path
) -> None:
    ids = [approved(db, period=period) for period in ("2023-Q4", "2024-Q1")]
    issued(db, ids[0], tmp_path, number="7")
    assert refused(lambda: issued(db, ids[1], tmp_path, number="07/2024")) == "report.number_taken"
    assert issued(db, ids[1], tmp_path, on="2025-01-03", number="7").number == "7"


def test_the_own_series_steps_over_what_was_entered(db: Connection, tmp_path: Path) -> None:
    ids = [approved(db, period=period) for period in ("2023-Q4", "2024-Q1")]
    issued(db, ids[0], tmp_path, number="1")
    assert issued(db, ids[1], tmp_path).number == "02/2024"


def test_an_entered_number_gives_the_own_one_back(db: Connection, tmp_path: Path) -> None:
    ids = [approved(db, period=period) for period in ("2023-Q4", "2024-Q1")]
    for one in ids:
        take_number(db, one, act=by("quan-tri"))
    issued(db, ids[0], tmp_path, number="99-BC/X")
    later = approved(db, period="2024-03")
    assert issued(db, later, tmp_path).number == "01/2024"
    # The very number that it holds already is simply confirmed.
    assert issued(db, ids[1], tmp_path, number="2").number == "02/2024"


def test_numbers_given_before_they_were_bound_count(db: Connection, tmp_path: Path) -> None:
    ids = [approved(db, period=period) for period in ("2023-Q4", "2024-Q1")]
    issued(db, ids[0], tmp_path)
    db.execute(report_number.delete())
    assert refused(lambda: issued(db, ids[1], tmp_path, number="1")) == "report.number_taken"
    assert issued(db, ids[1], tmp_path).number == "02/2024"


# --- years and terms --------------------------------------------------------------------


@given(st.dates(date(2015, 1, 1), date(2035, 1, 1)), st.lists(st.dates(), max_size=4))
def test_a_day_belongs_to_one_register(on: date, terms: list[date]) -> None:
    dated = tuple(sorted(set(terms)))
    assert span_on(on, issuer=Issuer.STATE, terms=dated) == str(on.year)
    span = span_on(on, issuer=Issuer.PARTY, terms=dated)
    begun = [one for one in dated if one <= on]
    assert span == (begun[-1].isoformat() if begun else str(on.year))


def test_a_party_body_numbers_on_through_years_and_anew_with_a_term(
    db: Connection, tmp_path: Path
) -> None:
    party(db)
    begin_term(db, agreement=CODE, starts_on=TERM, act=by("quan-tri"))
    begin_term(db, agreement=CODE, starts_on=date(2025, 6, 1), act=by("quan-tri", "2025-01-03"))
    numbers = [
        issued(db, approved(db, period=period, on=on), tmp_path, on=on).number
        for period, on in (
            ("2023-Q4", "2024-04-08"),
            ("2024-Q1", "2025-01-08"),
            ("2024-03", "2025-06-02"),
        )
    ]
    assert numbers == ["01/2024", "02/2025", "01/2025"]


def test_a_term_that_was_forgotten_takes_its_numbers_over(db: Connection, tmp_path: Path) -> None:
    party(db)
    ids = [approved(db, period=period) for period in ("2023-Q4", "2024-Q1", "2024-03")]
    issued(db, ids[0], tmp_path)
    begin_term(db, agreement=CODE, starts_on=TERM, act=by("quan-tri"))
    assert issued(db, ids[1], tmp_path, on="2025-01-08").number == "02/2025"
    # A term within it would bring the second one to a register of its own, which is right;
    # none that would make two of them the same is taken.
    with db.begin_nested() as point:
        begin_term(db, agreement=CODE, starts_on=date(2025, 1, 1), act=by("quan-tri"))
        assert issued(db, ids[2], tmp_path, on="2025-01-09").number == "01/2025"
        point.rollback()


def test_a_term_that_would_make_two_numbers_the_same_is_refused(
    db: Connection, tmp_path: Path
) -> None:
    party(db)
    for period, on in (("2023-Q4", "2024-04-08"), ("2024-Q1", "2025-01-08")):
        assert issued(db, approved(db, period=period), tmp_path, on=on).number[:2] == "01"

    def begin(on: date) -> None:
        begin_term(db, agreement=CODE, starts_on=on, act=by("quan-tri"))

    assert refused(lambda: begin(TERM)) == "report.term_clash"
    begin(date(2024, 6, 1))
    assert refused(lambda: begin(date(2024, 6, 1))) == "report.term_known"
    assert refused(lambda: begin(date(2025, 5, 1))) == "report.term_far"


def test_a_series_begins_after_what_was_on_paper(db: Connection, tmp_path: Path) -> None:
    def begin(first: int, key: str = "quan-tri") -> None:
        on = date(2024, 4, 8)
        begin_series(db, agreement=CODE, issuer=Issuer.STATE, on=on, first=first, act=by(key))

    begin(13)
    assert issued(db, approved(db), tmp_path).number == "13/2024"
    assert refused(lambda: begin(0)) == "report.series_first_wrong"
    assert refused(lambda: begin(MOST + 1)) == "report.series_first_wrong"
    assert refused(lambda: begin(2, "lanh-dao")) == "access.denied"
    assert (
        refused(lambda: begin_term(db, agreement=CODE, starts_on=TERM, act=by("kiem-toan")))
        == "access.denied"
    )
    db.execute(update(report_series).values(first=MOST + 1))
    other = approved(db, period="2023-Q4")
    assert refused(lambda: take_number(db, other, act=by("quan-tri"))) == "report.series_full"
