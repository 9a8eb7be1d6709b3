"""From a draft to an issued report that can be verified, and everyone who is refused on the way."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from reports.drafting import (
    LONGEST,
    Basis,
    draft_addendum,
    draft_report,
    refresh_report,
    write_paragraph,
)
from reports.issuing.issuing import Issuing, approve_report, issue_report, send_back
from reports.issuing.verifying import verify_report
from reports.quarterly import Paragraph, before_issue, read, sha256, written
from reports.reading import report_read, reports_readable
from tests import worlds
from tests.reports import quarter
from tests.reports.fates import change as change_task
from tests.reports.fates import the_task
from tests.reports.quarter import CODE
from workflow import labels
from workflow.coverage import prove_coverage
from workflow.domain.errors import Refusal
from workflow.journal import Act
from workflow.store.journal import journal_entry
from workflow.store.reports import report as report_table
from workflow.store.reports import report_by_id, report_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from reports.issuing.issuing import Issued


@pytest.fixture(autouse=True)
def _world(db: Connection) -> None:
    quarter.lived(db)
    quarter.office(db)


def by(key: str, on: str = "2024-04-05", **more: Any) -> Act:
    return Act(by=key, at=worlds.at(on), **more)


def basis(db: Connection, **more: Any) -> Basis:
    coverage = prove_coverage(db, agreement=CODE, at=worlds.at("2024-04-05"))
    return Basis(coverage=coverage, is_simulated=False, **more)


def drafted(db: Connection, *, period: str = "2024-Q1", act: Act | None = None, **more: Any) -> int:
    return draft_report(
        db, agreement=CODE, period=period, basis=basis(db, **more), act=act or by("quan-tri")
    )


def approved(db: Connection, **more: Any) -> int:
    report_id = drafted(db, **more)
    approve_report(db, report_id, act=by("lanh-dao"))
    return report_id


def issued(
    db: Connection, report_id: int, folder: Path, *, act: Act | None = None, **more: Any
) -> Issued:
    more.setdefault("formats", ("json", "html", "pdf"))
    how = Issuing(data_dir=folder, journal_head="ab" * 32, **more)
    return issue_report(db, report_id, how=how, act=act or by("quan-tri", "2024-04-08"))


def refused(work: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as found:
        work()
    # Whoever is refused can read why.
    assert labels.describe(found.value, "vi")
    return found.value


def verbs(db: Connection, report_id: int) -> list[str]:
    return list(
        db.scalars(
            select(journal_entry.c.verb)
            .where(journal_entry.c.subject == "report", journal_entry.c.subject_id == report_id)
            .order_by(journal_entry.c.id)
        )
    )


# --- drafting -------------------------------------------------------------------------


def test_a_draft_holds_the_composed_report(db: Connection) -> None:
    row = report_by_id(db, drafted(db))
    assert row is not None
    assert read(row.content) == quarter.report(db)
    assert (row.state, row.edition, row.sha256) == ("draft", 1, sha256(row.content))


def test_no_draft_before_the_cut_off(db: Connection) -> None:
    early = by("quan-tri", "2024-03-31")
    assert refused(lambda: drafted(db, act=early)).code == "report.before_cut_off"


def test_no_draft_as_of_a_time_to_come_or_before_the_cut_off(db: Connection) -> None:
    later, earlier = worlds.at("2024-04-06"), worlds.at("2024-03-31")
    assert refused(lambda: drafted(db, as_of=later)).code == "report.as_of_in_future"
    assert refused(lambda: drafted(db, as_of=earlier)).code == "report.as_of_before_cut_off"


def test_a_draft_as_of_an_earlier_day_is_that_days_report(db: Connection) -> None:
    late = by("quan-tri", "2024-04-20")
    row = report_by_id(db, drafted(db, act=late, as_of=quarter.AS_OF))
    assert row is not None
    assert read(row.content) == quarter.report(db)


def test_a_period_is_drafted_once(db: Connection) -> None:
    report_id = drafted(db)
    refusal = refused(lambda: drafted(db))
    assert (refusal.code, refusal.facts["report"]) == ("report.drafted_already", report_id)


@pytest.mark.parametrize("key", ["lanh-dao", "kiem-toan", "can-bo", "nguoi-la"])
def test_only_who_may_draft_drafts(db: Connection, key: str) -> None:
    assert refused(lambda: drafted(db, act=by(key))).code in {"access.denied", "access.unknown"}


def test_a_refresh_changes_figures_and_no_paragraph(db: Connection) -> None:
    report_id = drafted(db)
    write_paragraph(
        db, report_id, place=Paragraph.CAUSES, text=" Thiếu\r\ncán bộ. ", act=by("quan-tri")
    )
    waits = the_task(db, "DOC", "a", "2024-02").id
    hand_over(db, waits)
    refresh_report(db, report_id, basis=basis(db), act=by("quan-tri-2", "2024-04-12"))
    row = report_by_id(db, report_id)
    assert row is not None
    report = read(row.content)
    assert report.paragraphs == {Paragraph.CAUSES: "Thiếu\ncán bộ."}
    assert (report.total.boxes.awaiting, report.total.boxes.done_on_time) == (0, 3)
    assert (row.drafted_by, row.cut_off) == ("quan-tri-2", quarter.CUT_OFF)
    assert verbs(db, report_id) == [
        "report.drafted",
        "report.paragraph_written",
        "report.refreshed",
    ]


def hand_over(db: Connection, task_id: int) -> None:
    """Accept what waits, on 10 April."""
    change_task(
        db,
        task_id,
        "accepted",
        "2024-04-10",
        done_at=worlds.at("2024-02-28"),
        done_on=worlds.day("2024-02-28"),
    )


def test_a_paragraph_can_be_taken_away(db: Connection) -> None:
    report_id = drafted(db)
    for words in ("Có.", ""):
        write_paragraph(db, report_id, place=Paragraph.PLANS, text=words, act=by("quan-tri"))
    assert report_read(db, report_id, by="quan-tri").paragraphs == {}


def test_a_paragraph_has_its_bound(db: Connection) -> None:
    report_id = drafted(db)
    long = "x" * (LONGEST + 1)
    refusal = refused(
        lambda: write_paragraph(db, report_id, place=Paragraph.PLANS, text=long, act=by("quan-tri"))
    )
    assert refusal.code == "report.paragraph_too_long"


@pytest.mark.parametrize("key", ["lanh-dao", "kiem-toan", "can-bo"])
def test_a_stranger_neither_writes_nor_refreshes(db: Connection, key: str) -> None:
    report_id = drafted(db)
    for work in (
        lambda: write_paragraph(db, report_id, place=Paragraph.PLANS, text="x", act=by(key)),
        lambda: refresh_report(db, report_id, basis=basis(db), act=by(key)),
    ):
        assert refused(work).code == "access.denied"


# --- approval -------------------------------------------------------------------------


def test_a_leader_of_the_agreement_or_of_a_side_approves(db: Connection) -> None:
    for key in ("lanh-dao", "lanh-dao-bao"):
        with db.begin_nested() as point:
            report_id = drafted(db)
            approve_report(db, report_id, act=by(key))
            row = report_by_id(db, report_id)
            assert row is not None
            assert (row.state, row.approved_by) == ("approved", key)
            point.rollback()


@pytest.mark.parametrize("key", ["quan-tri", "quan-tri-2", "kiem-toan", "can-bo", "lanh-dao-khac"])
def test_nobody_else_approves(db: Connection, key: str) -> None:
    report_id = drafted(db)
    assert refused(lambda: approve_report(db, report_id, act=by(key))).code == "access.denied"


def test_a_rule_never_approves(db: Connection) -> None:
    report_id = drafted(db)
    refusal = refused(lambda: approve_report(db, report_id, act=by("system:demo")))
    assert refusal.code == "access.person_only"


def test_whoever_drafted_or_refreshed_does_not_approve(db: Connection) -> None:
    report_id = drafted(db)
    db.execute(
        update(report_table).where(report_table.c.id == report_id).values(drafted_by="lanh-dao")
    )
    refusal = refused(lambda: approve_report(db, report_id, act=by("lanh-dao")))
    assert refusal.code == "report.second_person"


def test_what_is_approved_is_what_was_read(db: Connection) -> None:
    report_id = drafted(db)
    row = report_by_id(db, report_id)
    assert row is not None
    write_paragraph(db, report_id, place=Paragraph.PLANS, text="Mới.", act=by("quan-tri"))
    refusal = refused(lambda: approve_report(db, report_id, act=by("lanh-dao"), seen=row.sha256))
    assert refusal.code == "report.changed_meanwhile"
    now = report_by_id(db, report_id)
    assert now is not None
    approve_report(db, report_id, act=by("lanh-dao"), seen=now.sha256)


def test_an_approved_report_is_changed_only_after_it_was_sent_back(db: Connection) -> None:
    report_id = approved(db)
    for work in (
        lambda: write_paragraph(db, report_id, place=Paragraph.PLANS, text="x", act=by("quan-tri")),
        lambda: refresh_report(db, report_id, basis=basis(db), act=by("quan-tri")),
        lambda: approve_report(db, report_id, act=by("lanh-dao")),
    ):
        assert refused(work).code == "report.not_draft"
    without = refused(lambda: send_back(db, report_id, act=by("lanh-dao")))
    assert without.code == "report.ground_missing"
    stranger = refused(lambda: send_back(db, report_id, act=by("can-bo", reason="Sai số liệu")))
    assert stranger.code == "access.denied"
    send_back(db, report_id, act=by("lanh-dao", reason="Sai số liệu"))
    again = refused(lambda: send_back(db, report_id, act=by("lanh-dao", reason="Sai số liệu")))
    assert again.code == "report.not_approved"
    write_paragraph(db, report_id, place=Paragraph.PLANS, text="x", act=by("quan-tri"))
    approve_report(db, report_id, act=by("lanh-dao"))


# --- issue ----------------------------------------------------------------------------


def test_what_was_approved_is_issued_and_frozen(db: Connection, tmp_path: Path) -> None:
    report_id = approved(db)
    before = report_by_id(db, report_id)
    assert before is not None
    done = issued(db, report_id, tmp_path)
    row = report_by_id(db, report_id)
    assert row is not None
    assert (row.state, row.number, done.number) == ("issued", "01/2024", "01/2024")
    report = read(row.content)
    assert report.issue is not None
    assert report.issue.approved_by == "Người lanh-dao"
    assert report.issue.journal_head == "ab" * 32
    assert written(before_issue(report)) == before.content
    assert report.issue.approved_sha256 == before.sha256
    assert [one.format for one in done.files] == ["html", "json", "pdf"]
    for one in done.files:
        content = (tmp_path / one.name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (one.sha256, one.size)
    assert (tmp_path / done.files[1].name).read_text(encoding="utf-8") == row.content
    assert not list(tmp_path.rglob(".draft-*"))
    assert verify_report(db, report_id, data_dir=tmp_path) == ()


def test_the_series_counts_within_a_year(db: Connection, tmp_path: Path) -> None:
    numbers = []
    for period, on in (("2023-Q4", "2024-04-08"), ("2024-Q1", "2024-04-09")):
        report_id = approved(db, period=period)
        numbers.append(issued(db, report_id, tmp_path, act=by("quan-tri", on)).number)
    assert numbers == ["01/2024", "02/2024"]
    late = by("quan-tri", "2025-01-08")
    report_id = drafted(db, period="2024-Q2", act=late)
    approve_report(db, report_id, act=by("lanh-dao", "2025-01-08"))
    assert issued(db, report_id, tmp_path, act=late).number == "01/2025"


def test_an_offices_own_number_is_given_once(db: Connection, tmp_path: Path) -> None:
    report_id = approved(db)
    assert issued(db, report_id, tmp_path, number=" 45-BC/TU ").number == "45-BC/TU"
    other = approved(db, period="2023-Q4")
    refusal = refused(lambda: issued(db, other, tmp_path, number="45-BC/TU"))
    assert refusal.code == "report.number_taken"
    for work in (
        lambda: issued(db, other, tmp_path, number=" "),
        lambda: issued(db, other, tmp_path, number="9" * 65),
    ):
        assert refused(work).code == "report.number_wrong"


def test_only_an_approved_report_is_issued_and_only_once(db: Connection, tmp_path: Path) -> None:
    report_id = drafted(db)
    assert refused(lambda: issued(db, report_id, tmp_path)).code == "report.not_approved"
    approve_report(db, report_id, act=by("lanh-dao"))
    issued(db, report_id, tmp_path)
    again = refused(lambda: issued(db, report_id, tmp_path))
    assert (again.code, again.facts["state"]) == ("report.not_approved", "issued")
    assert refused(lambda: drafted(db)).code == "report.issued_already"


@pytest.mark.parametrize("key", ["lanh-dao", "kiem-toan", "can-bo"])
def test_a_stranger_does_not_issue(db: Connection, tmp_path: Path, key: str) -> None:
    report_id = approved(db)
    refusal = refused(lambda: issued(db, report_id, tmp_path, act=by(key)))
    assert refusal.code == "access.denied"
    assert not list(tmp_path.iterdir())


def test_an_unknown_format_stops_the_issue(db: Connection, tmp_path: Path) -> None:
    report_id = approved(db)
    refusal = refused(lambda: issued(db, report_id, tmp_path, formats=("odt",)))
    assert refusal.code == "report.format_unknown"
    assert not list(tmp_path.iterdir())


def test_json_is_always_issued(db: Connection, tmp_path: Path) -> None:
    done = issued(db, approved(db), tmp_path, formats=("html",), lang="en")
    assert [one.format for one in done.files] == ["html", "json"]


def test_a_folder_that_cannot_be_written_leaves_the_report_approved(
    db: Connection, tmp_path: Path
) -> None:
    report_id = approved(db)
    blocked = tmp_path / "reports"
    blocked.write_text("a file where a folder should be")
    refusal = refused(lambda: issued(db, report_id, tmp_path))
    assert refusal.code == "report.unwritable"
    row = report_by_id(db, report_id)
    assert row is not None
    assert (row.state, row.number) == ("approved", None)
    blocked.unlink()
    assert issued(db, report_id, tmp_path).number == "01/2024"


def test_what_is_no_report_is_refused(db: Connection, tmp_path: Path) -> None:
    for work in (
        lambda: approve_report(db, -1, act=by("lanh-dao")),
        lambda: issued(db, -1, tmp_path),
        lambda: verify_report(db, -1, data_dir=tmp_path),
        lambda: report_read(db, -1, by="quan-tri"),
    ):
        assert refused(work).code == "report.unknown"
    report_id = drafted(db)
    assert (
        refused(lambda: verify_report(db, report_id, data_dir=tmp_path)).code == "report.not_issued"
    )


def test_every_step_is_in_the_journal(db: Connection, tmp_path: Path) -> None:
    report_id = approved(db)
    done = issued(db, report_id, tmp_path)
    steps = ["drafted", "approved", "numbered", "issued"]
    assert verbs(db, report_id) == [f"report.{step}" for step in steps]
    body = db.scalars(
        select(journal_entry.c.body).where(journal_entry.c.verb == "report.issued")
    ).one()
    after = json.loads(body)["after"]
    assert after["sha256"] == done.sha256
    assert after["files"] == {one.format: one.sha256 for one in done.files}


# --- addendum -------------------------------------------------------------------------


def test_an_addendum_names_every_figure_that_changed(db: Connection, tmp_path: Path) -> None:
    report_id = approved(db)
    first = issued(db, report_id, tmp_path)
    hand_over(db, the_task(db, "DOC", "a", "2024-02").id)
    second = draft_addendum(
        db,
        agreement=CODE,
        period="2024-Q1",
        ground=" Xác nhận bổ sung ",
        basis=basis(db),
        act=by("quan-tri", "2024-04-12"),
    )
    report = report_read(db, second, by="quan-tri")
    assert report.addendum is not None
    assert (report.edition, report.addendum.corrects) == (2, 1)
    assert (report.addendum.number, report.addendum.sha256) == (first.number, first.sha256)
    assert report.addendum.ground == "Xác nhận bổ sung"
    assert {
        (one.place, one.key, one.figure, one.before, one.after) for one in report.addendum.changes
    } == {
        (place, key, figure, before, after)
        for place, key, done in (("total", "", 2), ("duty", "DOC", 2), ("unit", "a", 2))
        for figure, before, after in (
            ("done_on_time", done, done + 1),
            ("awaiting", 1, 0),
            ("awaiting_past_due", 1, 0),
        )
    }
    refresh_report(db, second, basis=basis(db), act=by("quan-tri", "2024-04-13"))
    refreshed = report_read(db, second, by="quan-tri")
    assert refreshed.addendum == report.addendum
    write_paragraph(db, second, place=Paragraph.CAUSES, text="x", act=by("quan-tri", "2024-04-13"))
    approve_report(db, second, act=by("lanh-dao", "2024-04-13"))
    assert issued(db, second, tmp_path, act=by("quan-tri", "2024-04-13")).number == "02/2024"
    assert verify_report(db, report_id, data_dir=tmp_path) == ()
    assert verify_report(db, second, data_dir=tmp_path) == ()


def test_an_addendum_needs_something_issued_and_a_ground(db: Connection, tmp_path: Path) -> None:
    def add(ground: str = "Sửa") -> int:
        return draft_addendum(
            db,
            agreement=CODE,
            period="2024-Q1",
            ground=ground,
            basis=basis(db),
            act=by("quan-tri", "2024-04-12"),
        )

    assert refused(add).code == "report.nothing_issued"
    report_id = approved(db)
    assert refused(add).code == "report.drafted_already"
    issued(db, report_id, tmp_path)
    assert refused(lambda: add(" ")).code == "report.ground_missing"
    stranger = refused(
        lambda: draft_addendum(
            db,
            agreement=CODE,
            period="2024-Q1",
            ground="x",
            basis=basis(db),
            act=by("can-bo", "2024-04-12"),
        )
    )
    assert stranger.code == "access.denied"


def test_an_addendum_without_a_difference_says_so(db: Connection, tmp_path: Path) -> None:
    issued(db, approved(db), tmp_path)
    second = draft_addendum(
        db,
        agreement=CODE,
        period="2024-Q1",
        ground="Rà soát",
        basis=basis(db),
        act=by("quan-tri", "2024-04-05"),
    )
    report = report_read(db, second, by="quan-tri")
    assert report.addendum is not None
    assert report.addendum.changes == ()


# --- verification ---------------------------------------------------------------------


def codes(db: Connection, report_id: int, folder: Path) -> set[str]:
    found = verify_report(db, report_id, data_dir=folder)
    for one in found:
        assert labels.sentence_for(one.code, one.facts, "vi")
    return {one.code for one in found}


@pytest.mark.parametrize("kind", ["html", "json", "pdf"])
def test_a_changed_byte_of_any_file_is_found(db: Connection, tmp_path: Path, kind: str) -> None:
    report_id = approved(db)
    done = issued(db, report_id, tmp_path)
    path = tmp_path / next(one.name for one in done.files if one.format == kind)
    content = path.read_bytes()
    path.chmod(0o640)
    for place in (0, len(content) // 2, len(content) - 1):
        changed = bytearray(content)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert codes(db, report_id, tmp_path) == {"report.file_altered"}
    path.write_bytes(content)
    assert codes(db, report_id, tmp_path) == set()
    path.unlink()
    assert codes(db, report_id, tmp_path) == {"report.file_missing"}


def change(db: Connection, report_id: int, **values: Any) -> None:
    db.execute(update(report_table).where(report_table.c.id == report_id).values(**values))


def test_a_changed_content_is_found_however_well_it_is_hidden(
    db: Connection, tmp_path: Path
) -> None:
    report_id = approved(db)
    issued(db, report_id, tmp_path)
    row = report_by_id(db, report_id)
    assert row is not None
    report = read(row.content)
    assert report.issue is not None
    forged = replace(report, paragraphs={Paragraph.PLANS: "Giả"})
    with db.begin_nested() as point:
        change(db, report_id, content=row.content.replace("Phường", "Phuong", 1))
        assert "report.content_altered" in codes(db, report_id, tmp_path)
        point.rollback()
    with db.begin_nested() as point:
        change(db, report_id, content="{", sha256=sha256("{"))
        assert "report.content_unreadable" in codes(db, report_id, tmp_path)
        point.rollback()
    with db.begin_nested() as point:
        spaced = row.content.replace(",", ", ", 1)
        change(db, report_id, content=spaced, sha256=sha256(spaced))
        assert "report.content_not_canonical" in codes(db, report_id, tmp_path)
        point.rollback()
    # With its hash, and even with the file and the file's hash.
    content = written(forged)
    change(
        db,
        report_id,
        content=content,
        sha256=sha256(content),
        paragraphs={"plans": "Giả"},
    )
    file = db.execute(select(report_file).where(report_file.c.format == "json")).one()
    path = tmp_path / file.name
    path.chmod(0o640)
    assert "report.file_not_content" in codes(db, report_id, tmp_path)
    path.write_text(content, encoding="utf-8")
    db.execute(
        update(report_file)
        .where(report_file.c.format == "json")
        .values(sha256=sha256(content), size=len(content.encode()))
    )
    assert codes(db, report_id, tmp_path) == {"report.not_as_approved", "report.journal_differs"}


@pytest.mark.parametrize(
    ("field", "forged", "code"),
    [
        ("number", "99/2024", "report.register_differs"),
        ("journal_head", "00" * 32, "report.register_differs"),
        ("cut_off", worlds.at("2024-04-02"), "report.register_differs"),
        ("as_of", worlds.at("2024-04-06"), "report.register_differs"),
        ("paragraphs", {"plans": "x"}, "report.register_differs"),
        ("approved_by", "lanh-dao-bao", "report.journal_differs"),
        ("approved_at", worlds.at("2024-04-06"), "report.journal_differs"),
        ("issued_by", "quan-tri-2", "report.journal_differs"),
        ("issued_at", worlds.at("2024-04-06"), "report.journal_differs"),
    ],
)
def test_a_changed_entry_of_the_register_is_found(
    db: Connection, tmp_path: Path, field: str, forged: object, code: str
) -> None:
    report_id = approved(db)
    issued(db, report_id, tmp_path)
    change(db, report_id, **{field: forged})
    assert code in codes(db, report_id, tmp_path)


def test_a_report_whose_issue_is_not_in_the_journal_is_found(
    db: Connection, tmp_path: Path
) -> None:
    report_id = approved(db)
    issued(db, report_id, tmp_path)
    # No entry can be deleted, so another report is made to claim the issue.
    other = drafted(db, period="2023-Q4")
    row = report_by_id(db, report_id)
    assert row is not None
    columns = {**row._mapping, "number": "07/2024"}
    for name in ("id", "agreement", "agreement_id", "period", "edition"):
        columns.pop(name)
    columns = {name: value for name, value in columns.items() if not name.startswith("withdrawn")}
    change(db, other, **columns)
    assert "report.not_in_journal" in codes(db, other, tmp_path)


# --- reading --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "reads"),
    [
        ("quan-tri", True),
        ("lanh-dao", True),
        ("lanh-dao-bao", True),
        ("kiem-toan", True),
        ("system:reports", True),
        ("lanh-dao-khac", False),
        ("can-bo", False),
    ],
)
def test_a_report_is_read_by_those_who_may(db: Connection, key: str, reads: bool) -> None:
    report_id = drafted(db)
    listed = [row.id for row in reports_readable(db, by=key)]
    assert listed == ([report_id] if reads else [])
    if reads:
        assert report_read(db, report_id, by=key).period.key == "2024-Q1"
    else:
        refusal = refused(lambda: report_read(db, report_id, by=key))
        assert refusal.code == "report.unknown"


def test_reports_are_listed_of_one_agreement(db: Connection) -> None:
    report_id = drafted(db)
    assert [row.id for row in reports_readable(db, by="quan-tri", code=CODE)] == [report_id]
    assert reports_readable(db, by="quan-tri", code="khac") == []
