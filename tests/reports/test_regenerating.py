"""An issued report made again is the same text; where it is not, each place is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from reports.comparing import Difference, Stands, differing
from reports.drafting import Basis, draft_addendum, draft_report, refresh_report, write_paragraph
from reports.figures import Line, added
from reports.issuing.issuing import Issuing, approve_report, issue_report
from reports.letterhead import Letterhead
from reports.letterheads import change_letterhead
from reports.quarterly import Paragraph, read, sha256, written
from reports.regenerating import regenerate_report, regenerated
from reports.unit_groups import Owed, Tree, grouping
from tests import worlds
from tests.reports import quarter
from tests.reports.fates import change as change_task
from tests.reports.fates import the_task
from tests.reports.quarter import CODE
from workflow.coverage import prove_coverage
from workflow.domain.errors import Refusal
from workflow.domain.tally import Boxes
from workflow.journal import Act
from workflow.store.coverage_proofs import coverage_proof
from workflow.store.reports import report as report_table
from workflow.store.reports import report_by_id
from workflow.store.tasks import task, task_change

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from sqlalchemy import Connection

LATER = worlds.at("2024-09-01")


@pytest.fixture(autouse=True)
def _world(db: Connection) -> None:
    quarter.lived(db)
    quarter.office(db)


def by(key: str, on: str = "2024-04-05") -> Act:
    return Act(by=key, at=worlds.at(on))


def basis(db: Connection, **more: Any) -> Basis:
    coverage = prove_coverage(db, agreement=CODE, at=worlds.at("2024-04-05"))
    return Basis(coverage=coverage, is_simulated=False, **more)


def issued(db: Connection, folder: Path, **more: Any) -> int:
    report_id = draft_report(
        db, agreement=CODE, period="2024-Q1", basis=basis(db, **more), act=by("quan-tri")
    )
    write_paragraph(
        db, report_id, place=Paragraph.PLANS, text="Đôn đốc.", act=by("quan-tri", "2024-04-06")
    )
    approve_report(db, report_id, act=by("lanh-dao", "2024-04-07"))
    how = Issuing(data_dir=folder, journal_head="ab" * 32, formats=("json",))
    issue_report(db, report_id, how=how, act=by("quan-tri", "2024-04-08"))
    return report_id


def content(db: Connection, report_id: int) -> str:
    row = report_by_id(db, report_id)
    assert row is not None
    return str(row.content)


# --- equal ----------------------------------------------------------------------------


def test_what_was_issued_is_made_again_to_the_last_character(
    db: Connection, tmp_path: Path
) -> None:
    report_id = issued(db, tmp_path)
    # What happens to the letterhead and the tasks afterwards, and an addendum on it.
    head = Letterhead(body="Thành ủy")
    change_letterhead(db, agreement=CODE, letterhead=head, act=by("quan-tri", "2024-04-20"))
    change_task(db, the_task(db, "DOC", "a", "2024-03").id, "returned", "2024-04-21")
    second = draft_addendum(
        db,
        agreement=CODE,
        period="2024-Q1",
        ground="Sai số liệu",
        basis=basis(db),
        act=by("quan-tri", "2024-04-22"),
    )
    change_task(db, the_task(db, "DOC", "a", "2024-03").id, "submitted", "2024-04-23")
    for number in (report_id, second):
        found = regenerate_report(db, number, by="quan-tri", at=LATER)
        assert found.differences == ()
        assert found.is_equal
        assert found.has_proof
        assert written(found.report) == content(db, number)
        assert found.sha256 == sha256(content(db, number))
    assert read(content(db, second)).letterhead == head
    assert read(content(db, report_id)).letterhead is None


def test_a_refresh_keeps_its_tree_and_its_proof(db: Connection) -> None:
    report_id = draft_report(
        db,
        agreement=CODE,
        period="2024-Q1",
        basis=basis(db, tree=Tree.AS_IT_IS),
        act=by("quan-tri"),
    )
    refresh_report(db, report_id, basis=basis(db), act=by("quan-tri", "2024-04-09"))
    report = read(content(db, report_id))
    assert report.grouping is not None
    assert (report.grouping.tree, report.grouping.on) == (Tree.AS_IT_IS, date(2024, 4, 9))
    assert regenerate_report(db, report_id, by="quan-tri", at=LATER).is_equal


def test_a_report_nobody_drafted_is_made_as_of_a_day(db: Connection) -> None:
    made = regenerated(
        db,
        agreement=CODE,
        period="2024-Q1",
        basis=basis(db, as_of=quarter.AS_OF),
        by="kiem-toan",
        at=LATER,
    )
    assert made == quarter.report(db)


# --- different ------------------------------------------------------------------------


def test_what_was_altered_behind_everyone_is_named_by_its_path(
    db: Connection, tmp_path: Path
) -> None:
    report_id = issued(db, tmp_path)
    row = the_task(db, "DOC", "a", "2024-01")
    is_its = task_change.c.task_id == row.id
    db.execute(update(task_change).where(is_its).values(done_on=date(2024, 2, 20)))
    db.execute(update(task).where(task.c.id == row.id).values(done_on=date(2024, 2, 20)))
    found = regenerate_report(db, report_id, by="quan-tri", at=LATER)
    paths = {one.path for one in found.differences}
    assert f"tasks[{row.id}].done_on" in paths
    assert "total.boxes.done_late" in paths
    assert "units[a].line.boxes.done_late" in paths
    assert not any(path.startswith(("paragraphs", "issue", "coverage")) for path in paths)


def test_another_instant_gives_another_report(db: Connection, tmp_path: Path) -> None:
    report_id = issued(db, tmp_path)
    as_of = worlds.at("2024-04-10")
    found = regenerate_report(db, report_id, by="quan-tri", at=LATER, as_of=as_of)
    assert found.report.as_of == as_of
    assert "as_of" in {one.path for one in found.differences}


def test_without_a_kept_proof_the_reports_own_stands_in(db: Connection, tmp_path: Path) -> None:
    report_id = issued(db, tmp_path)
    db.execute(coverage_proof.delete())
    found = regenerate_report(db, report_id, by="quan-tri", at=LATER)
    assert (found.is_equal, found.has_proof) == (True, False)


def test_a_report_of_an_earlier_form_is_written_in_its_form(db: Connection) -> None:
    report_id = draft_report(
        db, agreement=CODE, period="2024-Q1", basis=basis(db), act=by("quan-tri")
    )
    old = written(replace(read(content(db, report_id)), form=1))
    db.execute(update(report_table).values(content=old, sha256=sha256(old)))
    assert regenerate_report(db, report_id, by="quan-tri", at=LATER).is_equal


# --- refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "code"),
    [("2024-03-20", "report.as_of_before_cut_off"), ("2024-09-02", "report.as_of_in_future")],
)
def test_no_report_of_a_wrong_instant(db: Connection, as_of: str, code: str) -> None:
    report_id = draft_report(
        db, agreement=CODE, period="2024-Q1", basis=basis(db), act=by("quan-tri")
    )
    with pytest.raises(Refusal) as found:
        regenerate_report(db, report_id, by="quan-tri", at=LATER, as_of=worlds.at(as_of))
    assert found.value.code == code


def test_who_may_not_read_reports_makes_none_again(db: Connection) -> None:
    report_id = draft_report(
        db, agreement=CODE, period="2024-Q1", basis=basis(db), act=by("quan-tri")
    )
    for key in ("can-bo", "lanh-dao-khac"):
        with pytest.raises(Refusal) as found:
            regenerate_report(db, report_id, by=key, at=LATER)
        assert found.value.code == "report.unknown"
        with pytest.raises(Refusal) as found:
            regenerated(db, agreement=CODE, period="2024-Q1", basis=basis(db), by=key, at=LATER)
        assert found.value.code == "access.denied"


# --- paths ----------------------------------------------------------------------------


def test_each_difference_is_named_by_what_it_stands_in() -> None:
    before = {
        "a": 1,
        "gone": [1],
        "tasks": [{"id": 7, "state": "open"}, {"id": 8, "state": "open"}],
        "pairs": [{"obligation": "x", "unit": "u", "n": 1}],
        "plain": [1, 2],
        "order": [{"code": "p"}, {"code": "q"}],
        "kind": 1,
    }
    after = {
        "a": 1,
        "tasks": [{"id": 8, "state": "accepted"}, {"id": 9, "state": "open"}],
        "pairs": [{"obligation": "x", "unit": "u", "n": 2}],
        "plain": [1, 3, 4],
        "order": [{"code": "q"}, {"code": "p"}],
        "kind": True,
        "new": None,
    }
    found = {one.path: one for one in differing(before, after)}
    assert found["gone"] == Difference(path="gone", stands=Stands.ONLY_BEFORE, before=[1])
    assert found["tasks[7]"].stands is Stands.ONLY_BEFORE
    assert found["tasks[8].state"].after == "accepted"
    assert found["tasks[9]"].stands is Stands.ONLY_AFTER
    assert (found["pairs[x/u].n"].before, found["pairs[x/u].n"].after) == (1, 2)
    assert {"plain[1]", "plain[2]", "order[]", "kind", "new"} <= set(found)
    assert len(found) == 10
    assert [*differing(before, before)] == []


# --- groups ---------------------------------------------------------------------------


def line(done: int) -> Line:
    return Line(boxes=Boxes(total=done, done_on_time=done), assigned=done)


def test_groups_add_up_by_the_tree_as_it_was_and_as_it_is() -> None:
    day = worlds.day
    known = {
        1: worlds.unit("tp", kind="tp"),
        2: worlds.unit("a", parent="tp"),
        3: worlds.unit("b", parent="tp", until="2024-07-01"),
        4: worlds.unit("m", parent="moi", since="2024-07-01"),
        5: worlds.unit("moi", since="2024-07-01"),
        6: worlds.unit("c", until="2024-07-01"),
        7: worlds.unit("la", parent="khong-co"),
    }
    replaced = [(3, 4, day("2024-07-01")), (6, 4, day("2024-07-01")), (6, 2, day("2024-07-01"))]
    owed = [
        Owed(key=key, party="bao" if key == "la" else "a", line=line(number))
        for number, key in enumerate(("tp", "a", "b", "c", "la"), start=1)
    ]

    def told(tree: Tree, on: str) -> list[Any]:
        found = grouping(
            owed, known=known, replaced=replaced, tree=tree, on=day(on), parties=["a", "bao"]
        )
        assert added(group.line for group in found.groups) == line(15)
        for group in found.groups:
            assert added(unit.line for unit in group.units) == group.line
        return [
            (one.party, one.key, [(u.key, u.stands_for, u.has_ended) for u in one.units])
            for one in found.groups
        ]

    assert told(Tree.AS_IT_WAS, "2024-03-31") == [
        ("a", "tp", [("tp", (), False), ("a", (), False), ("b", (), False)]),
        ("a", "", [("c", (), False)]),
        ("bao", "", [("la", (), False)]),
    ]
    # b went on in m, under another body; c was divided, and is told by itself.
    assert told(Tree.AS_IT_IS, "2024-08-01") == [
        ("a", "moi", [("m", ("b",), False)]),
        ("a", "tp", [("tp", (), False), ("a", (), False)]),
        ("a", "", [("c", (), True)]),
        ("bao", "", [("la", (), False)]),
    ]
