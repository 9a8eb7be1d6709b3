"""Units that merge, split and dissolve: what they owed goes on, and nothing owed is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Row, func, insert, select, update

from tests import worlds
from tests.worlds import activated, agreement, obligation, planned, unit
from workflow.coverage import prove_coverage
from workflow.domain.agreement import Due, DueFrom, Requirement, Settings
from workflow.domain.agreement import Quota as QuotaOf
from workflow.domain.announced import Happening
from workflow.domain.errors import InvalidFile, Refusal
from workflow.domain.succession import Copies, Decision, Fate, Succession, Successor
from workflow.domain.triggers import After, Event, Every, Length
from workflow.domain.units import Dated, Selector, Span, UnitQuota
from workflow.meetings import record_event
from workflow.planning import plan_tasks
from workflow.proving import Owing, quotas_owed
from workflow.store.evidence import allocation, evidence_file, evidence_item, proof
from workflow.store.journal import journal_entry
from workflow.store.occasions import occasion
from workflow.store.people import person, role_grant
from workflow.store.submissions import concession
from workflow.store.successions import happened
from workflow.store.tasks import task, task_change
from workflow.store.units import roster, succession
from workflow.store.units import unit as unit_table
from workflow.store.work import work
from workflow.succession import (
    preview_succession,
    record_succession,
    settle_succession,
)
from workflow.verification.facts import facts_for

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from workflow.domain.units import Unit
    from workflow.journal import Act
    from workflow.succession import Settled

DAY = "2025-07-01"
GROUND = "Nghị quyết 1658/NQ-UBTVQH15"
OLD = {
    "dong-ngan": ("09367", "Phường Đông Ngàn"),
    "tan-hong": ("09391", "Phường Tân Hồng"),
    "dinh-bang": ("09394", "Phường Đình Bảng"),
    "phu-chan": ("09397", "Phường Phù Chẩn"),
    "tam-son-cu": ("09370", "Phường Tam Sơn"),
    "tuong-giang": ("09376", "Phường Tương Giang"),
    "phu-khe-cu": ("09379", "Phường Phù Khê"),
    "huong-mac": ("09373", "Phường Hương Mạc"),
    "chau-khe": ("09388", "Phường Châu Khê"),
    "dong-nguyen-cu": ("09385", "Phường Đồng Nguyên"),
    "trang-ha": ("09383", "Phường Trang Hạ"),
    "dong-ky": ("09382", "Phường Đồng Kỵ"),
}
NEW = {
    "tu-son": ("09367", "Phường Từ Sơn", ("dong-ngan", "tan-hong", "dinh-bang", "phu-chan")),
    "tam-son": ("09370", "Phường Tam Sơn", ("tam-son-cu", "tuong-giang")),
    "phu-khe": ("09379", "Phường Phù Khê", ("phu-khe-cu", "huong-mac", "chau-khe")),
    "dong-nguyen": ("09385", "Phường Đồng Nguyên", ("dong-nguyen-cu", "trang-ha", "dong-ky")),
}
REFORM = Succession(
    happens_on=worlds.day(DAY),
    ground=GROUND,
    successors=tuple(
        Successor(key=key, replaces=before, kind="phuong", name=name, code=code)
        for key, (code, name, before) in NEW.items()
    ),
    dissolved=("thanh-uy", "ubnd-tp"),
)
WARDS = Selector(kinds=frozenset({"phuong"}))
BUYING = obligation(
    "mua-bao",
    bearer=WARDS,
    effective_from=worlds.day("2025-01-01"),
    proof=Requirement(code="hoa-don", check="invoice", quantity=QuotaOf(title="bbn")),
)
PAPERS = obligation(
    "bao-cao",
    bearer=Selector(kinds=frozenset({"co-quan"})),
    trigger=Every(period=Length.MONTH),
    effective_from=worlds.day("2025-01-01"),
)
ND09 = agreement(
    BUYING,
    PAPERS,
    starts_on=worlds.day("2025-01-01"),
    ends_on=worlds.day("2026-01-01"),
    tracked_from=worlds.day("2025-01-01"),
    settings=Settings(reporting="nd09"),
)


def old_units() -> list[Unit]:
    life = Span(from_on=worlds.day("2020-01-01"))
    wards = [
        unit(
            key,
            names=(Dated(value=name, span=life),),
            codes=(Dated(value=code, span=life),),
            quotas=(UnitQuota(title="bbn", copies=10, span=life),),
            parent="ubnd-tp",
        )
        for key, (code, name) in OLD.items()
    ]
    return [*wards, unit("thanh-uy", kind="co-quan"), unit("ubnd-tp", kind="co-quan")]


def system(on: str) -> Act:
    return worlds.act(on, by="system:succession")


def plan_and_settle(db: Connection, *, on: str = DAY, until: str = "2026-01-01") -> Settled:
    """What the edge does in one transaction, each day and after every record."""
    planned(db, on=on, until=until)
    return settle_succession(db, agreement="ct-01", act=system(on))


def succeed(db: Connection, says: Succession = REFORM, *, on: str = DAY) -> Settled:
    record_succession(db, says, act=system(on))
    return plan_and_settle(db, on=on)


def reformed(db: Connection) -> None:
    """The city with its plan, as it stands before anybody speaks of a reform."""
    activated(db, ND09, old_units(), on="2025-01-02")
    planned(db, on="2025-01-02")


def task_of(db: Connection, unit_key: str, key: str, code: str = "mua-bao") -> Row[Any]:
    from workflow.store.agreements import obligation as obligation_table

    return db.execute(
        select(task, occasion.c.key)
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .join(unit_table, unit_table.c.id == task.c.unit_id)
        .join(obligation_table, obligation_table.c.id == task.c.obligation_id)
        .where(unit_table.c.key == unit_key, occasion.c.key == key, obligation_table.c.code == code)
    ).one()


def key_of(db: Connection, unit_id: int) -> str:
    key: str = db.execute(select(unit_table.c.key).where(unit_table.c.id == unit_id)).scalar_one()
    return key


def stand(db: Connection, unit_key: str, key: str, **columns: Any) -> int:
    """Put a task into some standing, as people would have."""
    id_: int = task_of(db, unit_key, key).id
    db.execute(
        update(task)
        .where(task.c.id == id_)
        .values(is_touched=True, changed_at=worlds.at("2025-06-20"), **columns)
    )
    return id_


def with_item(db: Connection, task_id: int, sha256: str, **columns: Any) -> int:
    """An item of evidence with a verdict and its share of a proof."""
    if db.scalar(select(evidence_file.c.sha256).where(evidence_file.c.sha256 == sha256)) is None:
        db.execute(
            insert(evidence_file).values(sha256=sha256, size=1, stored_at=worlds.at("2025-06-20"))
        )
    values: dict[str, Any] = {
        "outcome": "passed",
        "outcome_at": worlds.at("2025-06-21"),
        "quantity": 10,
        "identity": f"invoice:{sha256}",
        **columns,
    }
    id_ = db.execute(
        insert(evidence_item)
        .values(
            task_id=task_id,
            requirement="hoa-don",
            sha256=sha256,
            name=f"{sha256}.xml",
            figures={},
            added_by="can-bo",
            added_at=worlds.at("2025-06-20"),
            **values,
        )
        .returning(evidence_item.c.id)
    ).scalar_one()
    db.execute(update(task).where(task.c.id == task_id).values(is_touched=True))
    return int(id_)


def share(db: Connection, item_id: int, quantity: int) -> None:
    """What an item uses up of its proof."""
    item = db.execute(select(evidence_item).where(evidence_item.c.id == item_id)).one()
    if db.scalar(select(proof.c.identity).where(proof.c.identity == item.identity)) is None:
        db.execute(
            insert(proof).values(
                identity=item.identity, capacity=100, recorded_at=worlds.at("2025-06-20")
            )
        )
    db.execute(
        insert(allocation).values(
            identity=item.identity,
            task_id=item.task_id,
            requirement=item.requirement,
            item_id=item_id,
            quantity=quantity,
            allocated_at=worlds.at("2025-06-21"),
        )
    )


def the_state(db: Connection) -> list[tuple[str, ...]]:
    """Every task that means something: what the planner's own rule took back is left out."""
    into = task.alias("into")
    into_unit = unit_table.alias("into_unit")
    answering = unit_table.alias("answering")
    rows = db.execute(
        select(
            occasion.c.key.label("occasion"),
            unit_table.c.key.label("unit"),
            task.c.state,
            task.c.cancel_cause,
            answering.c.key.label("answerable"),
            into_unit.c.key.label("into"),
            task.c.due_on,
            task.c.original_due_on,
            task.c.belongs_on,
            task.c.is_history,
        )
        .select_from(task)
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .join(unit_table, unit_table.c.id == task.c.unit_id)
        .join(answering, answering.c.id == task.c.answerable_id)
        .outerjoin(into, into.c.id == task.c.merged_into_id)
        .outerjoin(into_unit, into_unit.c.id == into.c.unit_id)
        .where(func.coalesce(task.c.cancel_cause, "") != "unowed")
    )
    return sorted(tuple(str(value) for value in row) for row in rows)


def live(db: Connection, key: str) -> list[tuple[str, str]]:
    """(unit, state) of the tasks of an occasion that are not cancelled."""
    rows = [row for row in the_state(db) if row[0] == key and row[2] != "cancelled"]
    return [(row[1], row[2]) for row in rows]


def no_gap(db: Connection, on: str = DAY) -> None:
    assert prove_coverage(db, agreement="ct-01", at=worlds.at(on)).gaps == ()


def every_count(db: Connection) -> list[int]:
    return [
        db.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (task, task_change, journal_entry, evidence_item, work)
    ]


class TestTheReform:
    def test_planning_before_and_after_it_comes_to_the_same(self, db: Connection) -> None:
        """In both orders, and in the quarter 15/6 to 14/9/2025 that straddles the day."""
        activated(db, ND09, old_units(), on="2025-01-02")
        trial = db.begin_nested()
        planned(db, on="2025-01-02")
        no_gap(db, "2025-01-02")
        succeed(db, on="2025-07-03")
        no_gap(db, "2025-07-03")
        one_way = the_state(db)
        trial.rollback()
        succeed(db, on="2025-07-03")
        no_gap(db, "2025-07-03")
        assert the_state(db) == one_way
        assert [row[:3] for row in one_way if row[0] == "2025-Q3"] == [
            ("2025-Q3", key, "open") for key in sorted(NEW)
        ]
        q2 = [row for row in one_way if row[0] == "2025-Q2"]
        assert [row[1] for row in q2 if row[2] == "open"] == sorted(NEW)
        assert {row[1]: row[5] for row in q2 if row[3] == "merged"} == {
            before: key for key, (_, _, replaced) in NEW.items() for before in replaced
        }

    def test_announced_beforehand_it_waits_for_its_day(self, db: Connection) -> None:
        reformed(db)
        settled = succeed(db, on="2025-06-20")
        assert settled.changes == ()
        no_gap(db, "2025-06-20")
        assert {unit_key for unit_key, _ in live(db, "2025-Q2")} == set(OLD)
        assert {unit_key for unit_key, _ in live(db, "2025-Q3")} == set(NEW)
        assert plan_and_settle(db, on="2025-06-30").changes == ()
        assert plan_and_settle(db, on=DAY).changes != ()
        assert {unit_key for unit_key, _ in live(db, "2025-Q2")} == set(NEW)

    def test_a_second_run_changes_nothing(self, db: Connection) -> None:
        reformed(db)
        succeed(db)
        before = every_count(db)
        again = plan_and_settle(db, on="2025-07-02")
        assert (again.changes, again.answered) == ((), 0)
        assert every_count(db) == before
        no_gap(db, "2025-07-02")

    def test_the_dissolved_owe_nothing_more_and_the_decision_is_the_ground(
        self, db: Connection
    ) -> None:
        reformed(db)
        succeed(db)
        rows = db.execute(
            select(task.c.state, task.c.cancel_cause)
            .join(unit_table, unit_table.c.id == task.c.unit_id)
            .where(unit_table.c.kind == "co-quan")
            .distinct()
        ).all()
        assert sorted(tuple(row) for row in rows) == [
            ("cancelled", "succession"),
            ("cancelled", "unowed"),
        ]
        row = db.execute(
            select(journal_entry.c.body).where(journal_entry.c.verb == "task.cancelled").limit(1)
        ).scalar_one()
        assert GROUND in row

    def test_history_keeps_the_old_names_and_codes(self, db: Connection) -> None:
        reformed(db)
        accepted = stand(db, "tan-hong", "2025-Q2", state="accepted")
        succeed(db)
        units = roster(db).units
        row = task_of(db, "tan-hong", "2025-Q2")
        assert (row.id, key_of(db, row.unit_id)) == (accepted, "tan-hong")
        assert units["tan-hong"].name_on(worlds.day("2025-06-30")) == "Phường Tân Hồng"
        assert units["tan-hong"].name_on(worlds.day("2026-01-01")) == "Phường Tân Hồng"
        old, new = units["dong-ngan"], units["tu-son"]
        assert old.codes[0].value == new.codes[0].value == "09367"
        assert old.codes[0].span.until_on == new.codes[0].span.from_on == worlds.day(DAY)

    def test_members_jump_on_the_day(self, db: Connection) -> None:
        reformed(db)
        succeed(db)
        found = roster(db)
        sizes = [
            sum(found.is_member(WARDS, key, worlds.day(on)) for key in found.units)
            for on in ("2025-06-30", DAY)
        ]
        assert sizes == [12, 4]


class TestOpenTasks:
    def test_untouched_of_a_quarter_that_straddles_are_taken_back_and_planned_anew(
        self, db: Connection
    ) -> None:
        reformed(db)
        settled = succeed(db)
        assert task_of(db, "tan-hong", "2025-Q3").cancel_cause == "unowed"
        assert task_of(db, "tu-son", "2025-Q3").is_touched is False
        assert not [
            one for one in settled.changes if one.task == task_of(db, "tan-hong", "2025-Q3").id
        ]

    def test_touched_ones_merge_into_the_task_that_was_planned_for_the_successor(
        self, db: Connection
    ) -> None:
        reformed(db)
        first = stand(db, "tan-hong", "2025-Q3")
        second = stand(db, "dinh-bang", "2025-Q3", due_on=worlds.day("2025-10-01"))
        item = with_item(db, first, "a" * 64)
        share(db, item, 7)
        succeed(db)
        target = task_of(db, "tu-son", "2025-Q3")
        assert (target.state, target.is_touched) == ("open", True)
        # Somebody's extension is lost to nobody; the original day stays on record.
        assert target.due_on == worlds.day("2025-10-01")
        assert target.original_due_on == worlds.day("2025-09-14")
        for id_ in (first, second):
            row = db.execute(select(task).where(task.c.id == id_)).one()
            assert (row.state, row.cancel_cause, row.merged_into_id) == (
                "cancelled",
                "merged",
                target.id,
            )
        carried = db.execute(
            select(evidence_item).where(evidence_item.c.task_id == target.id)
        ).one()
        assert (carried.carried_from_id, carried.outcome, carried.quantity) == (item, "passed", 10)
        used = db.execute(select(allocation)).one()
        assert (used.task_id, used.item_id, used.quantity) == (target.id, carried.id, 7)
        no_gap(db)

    def test_copies_are_added_and_counted_once(self, db: Connection) -> None:
        reformed(db)
        stand(db, "tan-hong", "2025-Q2", state="accepted")
        stand(db, "tan-hong", "2025-Q3")
        succeed(db)

        def owed(unit_key: str, key: str) -> int:
            row = task_of(db, unit_key, key)
            anchor = db.execute(
                select(occasion.c.anchor_on).where(occasion.c.id == row.occasion_id)
            ).scalar_one()
            asked = Owing(task_id=row.id, unit_id=row.unit_id, on=anchor, titles=frozenset({"bbn"}))
            return quotas_owed(db, [asked])[row.id]["bbn"]

        # Three of the four had not handed in for the second quarter.
        assert owed("tu-son", "2025-Q2") == 30
        assert owed("tam-son", "2025-Q2") == 20
        # For the third the successor owes by itself, whatever of theirs had been touched.
        assert owed("tu-son", "2025-Q3") == 40
        assert owed("tam-son", "2025-Q3") == owed("tam-son", "2025-Q4") == 20

    def test_the_same_invoice_for_two_that_are_one_now_is_one_share(self, db: Connection) -> None:
        reformed(db)
        for key, amount in (("tan-hong", 10), ("dinh-bang", 5)):
            id_ = stand(db, key, "2025-Q2")
            share(db, with_item(db, id_, "b" * 64), amount)
        alone = stand(db, "phu-chan", "2025-Q2")
        share(db, with_item(db, alone, "c" * 64), 4)
        succeed(db)
        target = task_of(db, "tu-son", "2025-Q2")
        used = db.execute(select(allocation).order_by(allocation.c.identity)).all()
        assert [(one.task_id, one.quantity) for one in used] == [(target.id, 15), (target.id, 4)]
        items = db.execute(
            select(evidence_item.c.task_id)
            .where(evidence_item.c.id.in_([one.item_id for one in used]))
            .distinct()
        ).scalars()
        assert items.all() == [target.id]

    def test_what_waits_or_is_accepted_keeps_its_unit_and_is_answered_for(
        self, db: Connection
    ) -> None:
        reformed(db)
        ids = {
            state: stand(db, key, "2025-Q2", state=state)
            for key, state in (
                ("tan-hong", "submitted"),
                ("dinh-bang", "in_review"),
                ("phu-chan", "accepted"),
                ("dong-ngan", "waived"),
            )
        }
        settled = succeed(db)
        assert settled.answered == 3
        rows = {row.id: row for row in db.execute(select(task).where(task.c.id.in_(ids.values())))}
        for state, id_ in ids.items():
            assert rows[id_].state == state
            answering = key_of(db, rows[id_].answerable_id)
            assert answering == ("dong-ngan" if state == "waived" else "tu-son")
            assert key_of(db, rows[id_].unit_id) != "tu-son"
        dated = db.execute(
            select(task_change.c.act, task_change.c.state_from, task_change.c.state).where(
                task_change.c.task_id == ids["in_review"]
            )
        ).all()
        assert [tuple(row) for row in dated] == [("answer", "in_review", "in_review")]
        assert ("2025-Q2", "tu-son") not in {row[:2] for row in the_state(db)}
        no_gap(db)

    def test_where_the_successor_has_settled_it_the_open_one_stays_and_is_answered_for(
        self, db: Connection
    ) -> None:
        reformed(db)
        left = stand(db, "tan-hong", "2025-Q3")
        record_succession(db, REFORM, act=system("2025-06-20"))
        planned(db, on="2025-06-20")
        stand(db, "tu-son", "2025-Q3", state="accepted")
        (change,) = [one for one in plan_and_settle(db).changes if one.task == left]
        assert (change.fate, change.to) == ("kept", ("tu-son",))
        row = task_of(db, "tan-hong", "2025-Q3")
        assert (row.state, key_of(db, row.answerable_id)) == ("open", "tu-son")
        assert plan_and_settle(db, on="2025-07-02").changes == ()
        no_gap(db)

    def test_a_single_one_goes_on_with_its_correction_term(self, db: Connection) -> None:
        reformed(db)
        stand(
            db,
            "tuong-giang",
            "2025-Q2",
            state="returned",
            correction_on=worlds.day("2025-07-04"),
            submitted_at=worlds.at("2025-06-12"),
            submitted_on=worlds.day("2025-06-12"),
        )
        stand(db, "tam-son-cu", "2025-Q2", state="accepted")
        succeed(db)
        row = task_of(db, "tam-son", "2025-Q2")
        assert (row.state, row.correction_on) == ("returned", worlds.day("2025-07-04"))
        assert row.submitted_at == worlds.at("2025-06-12")
        change = db.execute(select(task_change).where(task_change.c.task_id == row.id)).one()
        assert (change.act, change.state_from, change.state) == ("take_over", "open", "returned")
        assert change.correction_on == worlds.day("2025-07-04")

    def test_suspended_ones_go_on_suspended(self, db: Connection) -> None:
        reformed(db)
        for key in NEW["tam-son"][2]:
            stand(db, key, "2025-Q2", state="suspended", state_before="open")
        succeed(db)
        row = task_of(db, "tam-son", "2025-Q2")
        assert (row.state, row.state_before) == ("suspended", "open")

    def test_a_new_task_of_a_successor_is_left_alone_by_the_planner(self, db: Connection) -> None:
        reformed(db)
        succeed(db)
        row = task_of(db, "tu-son", "2025-Q2")
        assert (row.is_touched, row.first_due_on) == (True, worlds.day("2025-06-14"))
        assert row.planned_at == worlds.at(DAY)
        plan_tasks(
            db,
            agreement="ct-01",
            until=worlds.day("2026-01-01"),
            act=worlds.act("2025-07-02", by="system:planner"),
            whole=True,
        )
        assert task_of(db, "tu-son", "2025-Q2") == row
        no_gap(db)

    def test_items_without_a_verdict_are_checked_and_the_rest_is_not(self, db: Connection) -> None:
        reformed(db)
        id_ = stand(db, "tan-hong", "2025-Q2")
        with_item(db, id_, "a" * 64)
        waiting = with_item(db, id_, "b" * 64, outcome=None, outcome_at=None, quantity=None)
        removed = with_item(db, id_, "c" * 64, removed_at=worlds.at("2025-06-22"), removed_by="x")
        succeed(db)
        target = task_of(db, "tu-son", "2025-Q2").id
        items = db.execute(select(evidence_item).where(evidence_item.c.task_id == target)).all()
        assert removed not in {one.carried_from_id for one in items}
        (unchecked,) = [one.id for one in items if one.carried_from_id == waiting]
        asked = db.execute(select(work.c.subject_id).where(work.c.kind == "verify_item")).scalars()
        assert asked.all() == [unchecked]

    def test_a_task_that_hands_itself_in_is_looked_at_again(self, db: Connection) -> None:
        said = replace(ND09, obligations=(replace(BUYING, auto_submit=True), PAPERS))
        activated(db, said, old_units(), on="2025-01-02")
        planned(db, on="2025-01-02")
        succeed(db)
        asked = db.execute(
            select(work.c.subject_id).where(work.c.kind == "submit_automatically")
        ).scalars()
        wanted = {task_of(db, key, "2025-Q2").id for key in NEW}
        assert wanted <= set(asked)

    def test_a_request_goes_on_and_those_that_cannot_are_refused(self, db: Connection) -> None:
        reformed(db)
        for key in ("dinh-bang", "tan-hong", "tuong-giang"):
            db.execute(
                insert(concession).values(
                    task_id=stand(db, key, "2025-Q2"),
                    kind="extension",
                    asked_by="can-bo",
                    asked_at=worlds.at("2025-06-10"),
                    reason="vướng mắc",
                    until_on=worlds.day("2025-07-20"),
                )
            )
        office = task_of(db, "thanh-uy", "2025-06", "bao-cao").id
        db.execute(
            insert(concession).values(
                task_id=office,
                kind="waiver",
                asked_by="can-bo",
                asked_at=worlds.at("2025-06-10"),
                reason="giải thể",
            )
        )
        succeed(db)
        rows = db.execute(select(concession).order_by(concession.c.id)).all()
        first, second, third, fourth = rows
        assert first.task_id == task_of(db, "tu-son", "2025-Q2").id
        assert third.task_id == task_of(db, "tam-son", "2025-Q2").id
        assert first.decided_at is third.decided_at is None
        for refused in (second, fourth):
            assert (refused.decision, refused.answer) == ("refused", GROUND)
            assert refused.decided_by == "system:succession"

    def test_what_a_cancelled_one_used_up_is_free_for_others(self, db: Connection) -> None:
        reformed(db)
        office = task_of(db, "thanh-uy", "2025-06", "bao-cao").id
        share(db, with_item(db, office, "a" * 64), 10)
        other = with_item(db, stand(db, "tan-hong", "2025-Q2"), "a" * 64, outcome="failed")
        succeed(db)
        assert db.execute(select(allocation)).all() == []
        asked = db.execute(select(work.c.subject_id).where(work.c.kind == "verify_item")).scalars()
        carried = db.execute(
            select(evidence_item.c.id).where(evidence_item.c.carried_from_id == other)
        ).scalar_one()
        assert asked.all() == [carried]


class TestAskedOfOneUnit:
    """What one unit alone was asked for is owed by its only successor."""

    REPLY = obligation(
        "tra-loi",
        bearer=WARDS,
        trigger=Event(kind="yeu-cau"),
        due=Due(reckoned=DueFrom.DAY, offset=5),
        effective_from=worlds.day("2025-01-01"),
    )
    FOLLOWING = obligation(
        "dua-tin",
        bearer=WARDS,
        trigger=After(obligation="mua-bao", days=10),
        due=Due(reckoned=DueFrom.DAY, offset=15),
        effective_from=worlds.day("2025-01-01"),
    )

    def city(self, db: Connection) -> None:
        said = replace(ND09, obligations=(BUYING, self.REPLY, self.FOLLOWING))
        activated(db, said, old_units(), on="2025-01-02")

    def asked(self, db: Connection) -> str:
        said = Happening(
            kind="yeu-cau",
            convener="dong-ky",
            addressed="tan-hong",
            happens_on=worlds.day("2025-06-28"),
        )
        return f"request:{record_event(db, said, act=worlds.act('2025-06-28')).id}"

    def test_a_request_made_before_and_due_after(self, db: Connection) -> None:
        self.city(db)
        key = self.asked(db)
        trial = db.begin_nested()
        planned(db, on="2025-06-28")
        assert live(db, key) == [("tan-hong", "open")]
        succeed(db)
        no_gap(db)
        assert live(db, key) == [("tu-son", "open")]
        one_way = the_state(db)
        trial.rollback()
        succeed(db)
        no_gap(db)
        assert the_state(db) == one_way

    def test_one_that_was_begun_goes_on_with_what_was_handed_in(self, db: Connection) -> None:
        self.city(db)
        key = self.asked(db)
        planned(db, on="2025-06-28")
        id_ = task_of(db, "tan-hong", key, "tra-loi").id
        with_item(db, id_, "a" * 64)
        succeed(db)
        no_gap(db)
        target = task_of(db, "tu-son", key, "tra-loi")
        assert (target.state, target.is_touched) == ("open", True)
        assert task_of(db, "tan-hong", key, "tra-loi").merged_into_id == target.id

    def test_a_follow_on_of_what_was_fulfilled_before(self, db: Connection) -> None:
        self.city(db)
        planned(db, on="2025-06-12")
        done = {"done_on": worlds.day("2025-06-12"), "done_at": worlds.at("2025-06-12")}
        stand(db, "tan-hong", "2025-Q2", state="accepted", **done)
        key = "after:mua-bao:2025-Q2:tan-hong"
        trial = db.begin_nested()
        planned(db, on="2025-06-13")
        assert live(db, key) == [("tan-hong", "open")]
        succeed(db)
        no_gap(db)
        one_way = live(db, key)
        trial.rollback()
        succeed(db)
        no_gap(db)
        assert live(db, key) == one_way == [("tu-son", "open")]


class TestPapers:
    """An invoice of a predecessor proves what its successor owes for the time before."""

    @pytest.mark.parametrize(
        ("key", "knows"), [("2025-Q2", True), ("2025-Q3", True), ("2025-Q4", False)]
    )
    def test_who_may_stand_as_the_buyer(self, db: Connection, key: str, *, knows: bool) -> None:
        reformed(db)
        succeed(db)
        item = with_item(db, task_of(db, "tu-son", key).id, "a" * 64)
        facts = facts_for(db, item)
        assert facts.unit.key == "tu-son"
        buyers = {one.key for one in facts.paid_by}
        assert buyers == (set(NEW["tu-son"][2]) if knows else set())


class TestDecisions:
    def split(self, *decisions: Decision) -> Succession:
        """Tân Hồng is divided between two; everything else stays."""
        halves = tuple(
            Successor(
                key=key,
                replaces=("tan-hong",),
                kind="phuong",
                name=key,
                quotas=(Copies(title="bbn", copies=copies),),
            )
            for key, copies in (("th-1", 6), ("th-2", 4))
        )
        return Succession(
            happens_on=worlds.day(DAY), ground=GROUND, successors=halves, decisions=decisions
        )

    def test_a_split_task_goes_on_in_each_and_what_was_handed_in_in_the_first(
        self, db: Connection
    ) -> None:
        reformed(db)
        id_ = stand(db, "tan-hong", "2025-Q2")
        with_item(db, id_, "a" * 64)
        settled = succeed(db, self.split(Decision(fate=Fate.SPLIT, to=("th-2", "th-1"))))
        (change,) = [one for one in settled.changes if one.task == id_]
        assert (change.fate, set(change.to)) == ("split", {"th-1", "th-2"})
        assert [one for one, _ in live(db, "2025-Q2") if one.startswith("th")] == ["th-1", "th-2"]
        row = task_of(db, "tan-hong", "2025-Q2")
        assert (row.cancel_cause, row.merged_into_id) == ("succession", None)
        holders = db.execute(
            select(evidence_item.c.task_id).where(evidence_item.c.carried_from_id.is_not(None))
        ).scalars()
        assert holders.all() == [task_of(db, "th-2", "2025-Q2").id]
        no_gap(db)

    def test_it_may_be_decided_by_obligation(self, db: Connection) -> None:
        reformed(db)
        stand(db, "tan-hong", "2025-Q2")
        settled = succeed(
            db,
            self.split(
                Decision(fate=Fate.CANCEL, agreement="ct-01", obligations=("mua-bao",)),
                Decision(fate=Fate.TRANSFER, to=("th-1",)),
            ),
        )
        assert [one.fate for one in settled.changes] == ["cancelled"]
        assert task_of(db, "tan-hong", "2025-Q2").cancel_cause == "succession"

    def test_the_tasks_of_a_dissolved_body_may_go_to_another(self, db: Connection) -> None:
        reformed(db)
        says = replace(
            REFORM,
            decisions=(Decision(fate=Fate.TRANSFER, units=("thanh-uy",), to=("tu-son",)),),
        )
        accepted = task_of(db, "thanh-uy", "2025-03", "bao-cao").id
        db.execute(update(task).where(task.c.id == accepted).values(state="accepted"))
        succeed(db, says)
        row = task_of(db, "tu-son", "2025-06", "bao-cao")
        assert (row.state, row.is_touched) == ("open", True)
        answering = db.execute(select(task.c.answerable_id).where(task.c.id == accepted))
        assert key_of(db, answering.scalar_one()) == "tu-son"
        assert task_of(db, "ubnd-tp", "2025-06", "bao-cao").cancel_cause == "succession"
        no_gap(db)

    def test_a_unit_that_goes_on_takes_the_others_into_its_own_task(self, db: Connection) -> None:
        reformed(db)
        says = Succession(
            happens_on=worlds.day(DAY),
            ground=GROUND,
            successors=(Successor(key="tan-hong", replaces=("dinh-bang",), name="Phường mới"),),
        )
        own = task_of(db, "tan-hong", "2025-Q2").id
        succeed(db, says)
        merged = task_of(db, "dinh-bang", "2025-Q2")
        assert (merged.cancel_cause, merged.merged_into_id) == ("merged", own)
        row = task_of(db, "tan-hong", "2025-Q2")
        assert (row.state, row.is_touched) == ("open", True)
        no_gap(db)

    def test_a_rename_touches_no_task(self, db: Connection) -> None:
        reformed(db)
        before = the_state(db)
        says = Succession(
            happens_on=worlds.day(DAY),
            ground=GROUND,
            successors=(Successor(key="tan-hong", name="Phường Tân Hồng mới"),),
        )
        assert succeed(db, says).changes == ()
        assert the_state(db) == before
        assert roster(db).units["tan-hong"].name_on(worlds.day(DAY)) == "Phường Tân Hồng mới"


class TestAgain:
    SECOND = Succession(
        happens_on=worlds.day("2025-10-01"),
        ground="Nghị quyết 2",
        successors=(
            Successor(key="bac-ninh", replaces=("tu-son", "tam-son"), kind="phuong", name="BN"),
        ),
    )

    def test_what_went_on_goes_on_once_more(self, db: Connection) -> None:
        reformed(db)
        waiting = stand(db, "tan-hong", "2025-Q2", state="submitted")
        kept = stand(db, "dinh-bang", "2025-Q2")
        succeed(db)
        succeed(db, self.SECOND, on="2025-10-01")
        target = task_of(db, "bac-ninh", "2025-Q2")
        assert task_of(db, "tu-son", "2025-Q2").merged_into_id == target.id
        answering = db.execute(select(task.c.answerable_id).where(task.c.id == waiting))
        assert key_of(db, answering.scalar_one()) == "bac-ninh"
        assert db.execute(select(task.c.state).where(task.c.id == kept)).scalar_one() == "cancelled"
        no_gap(db, "2025-10-01")

    def test_late_both_at_once_is_one_after_the_other(self, db: Connection) -> None:
        activated(db, ND09, old_units(), on="2025-01-02")
        trial = db.begin_nested()
        planned(db, on="2025-01-02")
        succeed(db)
        succeed(db, self.SECOND, on="2025-10-01")
        one_way = the_state(db)
        trial.rollback()
        record_succession(db, REFORM, act=system("2025-10-01"))
        record_succession(db, self.SECOND, act=system("2025-10-01"))
        plan_and_settle(db, on="2025-10-01")
        no_gap(db, "2025-10-01")
        assert the_state(db) == one_way

    def test_what_comes_to_light_later_follows_to_where_the_rest_went(self, db: Connection) -> None:
        reformed(db)
        late = stand(db, "tan-hong", "2025-Q2", state="submitted")
        succeed(db)
        succeed(db, self.SECOND, on="2025-10-01")
        # It comes back to the unit by a slip that nothing allows; even so it finds its way.
        old = db.scalar(select(unit_table.c.id).where(unit_table.c.key == "tan-hong"))
        db.execute(update(task).where(task.c.id == late).values(state="open", answerable_id=old))
        settled = plan_and_settle(db, on="2025-10-02")
        assert [(one.task, one.fate, one.to) for one in settled.changes] == [
            (late, "merged", ("bac-ninh",))
        ]


class TestRecording:
    def test_the_same_again_changes_nothing(self, db: Connection) -> None:
        reformed(db)
        first = record_succession(db, REFORM, act=system(DAY))
        before = every_count(db)
        again = record_succession(db, REFORM, act=system("2025-07-05"))
        assert (again.id, again.is_new) == (first.id, False)
        assert every_count(db) == before
        assert first.ended == tuple(sorted([*OLD, "thanh-uy", "ubnd-tp"]))
        assert first.opened == tuple(sorted(NEW))
        assert first.changed == ()

    def test_what_is_kept_is_what_was_said(self, db: Connection) -> None:
        reformed(db)
        full = replace(
            REFORM,
            successors=(
                *REFORM.successors[1:],
                replace(
                    REFORM.successors[0],
                    parent="tam-son",
                    tags=("x",),
                    quotas=(Copies(title="bbn", copies=3, is_mandatory=False, funds="NS"),),
                    mail="tu-son@x.example",
                ),
            ),
            decisions=(
                Decision(fate=Fate.CANCEL, units=("thanh-uy",), agreement="ct-01", reason="hết"),
                Decision(fate=Fate.TRANSFER, obligations=("mua-bao",), units=("tan-hong",)),
            ),
        )
        record_succession(db, full, act=system(DAY))
        assert happened(db, until=worlds.day(DAY)) == [full]
        assert happened(db, until=worlds.day("2025-06-30")) == []

    def test_the_same_ground_says_one_thing_about_a_day(self, db: Connection) -> None:
        reformed(db)
        record_succession(db, REFORM, act=system(DAY))
        with pytest.raises(Refusal) as refused:
            record_succession(db, replace(REFORM, dissolved=()), act=system(DAY))
        assert refused.value.code == "succession.recorded_otherwise"

    def test_one_that_is_wrong_is_refused_whole(self, db: Connection) -> None:
        reformed(db)
        before = roster(db).units
        with pytest.raises(InvalidFile) as refused:
            record_succession(db, replace(REFORM, dissolved=("nobody",)), act=system(DAY))
        assert [one.code for one in refused.value.problems] == ["unit.unknown"]
        assert roster(db).units == before
        assert db.scalar(select(func.count()).select_from(succession)) == 0

    @pytest.mark.parametrize(
        ("role", "may"),
        [
            ("administrator", True),
            ("reviewer", False),
            ("leader", False),
            ("auditor", False),
            ("unit_officer", False),
            (None, False),
        ],
    )
    def test_only_an_administrator_decides(
        self, db: Connection, role: str | None, *, may: bool
    ) -> None:
        reformed(db)
        added = db.execute(
            insert(person)
            .values(key="ai-do", name="Ai đó", created_by="system", created_at=worlds.at(DAY))
            .returning(person.c.id)
        ).scalar_one()
        if role is not None:
            ward = select(unit_table.c.id).where(unit_table.c.key == "tan-hong").scalar_subquery()
            where = {"unit_id": ward} if role == "unit_officer" else {}
            db.execute(
                insert(role_grant).values(
                    person_id=added, role=role, granted_at=worlds.at(DAY), **where
                )
            )
        act = worlds.act(DAY, by="ai-do")
        if may:
            assert record_succession(db, REFORM, act=act).is_new
            return
        with pytest.raises(Refusal) as refused:
            record_succession(db, REFORM, act=act)
        assert refused.value.code == "access.denied"


class TestPreview:
    @staticmethod
    def plan(db: Connection, code: str, act: Act) -> object:
        return plan_tasks(db, agreement=code, until=worlds.day("2026-01-01"), act=act)

    def test_it_says_what_will_come_and_keeps_nothing(self, db: Connection) -> None:
        reformed(db)
        stand(db, "phu-chan", "2025-Q2", state="accepted")
        before, counts = the_state(db), every_count(db)
        seen = preview_succession(db, REFORM, plan=self.plan, act=system("2025-06-20"))
        assert (the_state(db), every_count(db)) == (before, counts)
        assert roster(db).units["tan-hong"].life.until_on > worlds.day(DAY)
        assert seen.recorded.opened == tuple(sorted(NEW))
        real = succeed(db)

        def told(some: Settled) -> list[tuple[str, str, tuple[str, ...]]]:
            return sorted((one.unit, one.fate, one.to) for one in some.changes)

        assert told(seen.settled["ct-01"]) == told(real)
        assert seen.settled["ct-01"].answered == real.answered == 1

    def test_what_is_wrong_is_said_and_nothing_is_kept(self, db: Connection) -> None:
        reformed(db)
        counts = every_count(db)
        with pytest.raises(InvalidFile):
            preview_succession(
                db, replace(REFORM, dissolved=("nobody",)), plan=self.plan, act=system(DAY)
            )
        assert every_count(db) == counts


def test_every_change_is_journaled_and_any_past_instant_can_be_asked(db: Connection) -> None:
    reformed(db)
    merged = stand(db, "tan-hong", "2025-Q2")
    succeed(db)
    verbs = db.execute(
        select(journal_entry.c.verb, func.count())
        .where(journal_entry.c.verb.like("task.%"))
        .group_by(journal_entry.c.verb)
        .order_by(journal_entry.c.verb)
    ).all()
    # 12 merge into 4; two bodies leave five months each.
    assert [tuple(row) for row in verbs] == [
        ("task.cancelled", 10),
        ("task.merged", 12),
        ("task.taken_over", 4),
    ]
    change = db.execute(select(task_change).where(task_change.c.task_id == merged)).one()
    assert (change.act, change.state_from, change.state) == ("cancel", "open", "cancelled")
    assert (change.by, change.at) == ("system:succession", worlds.at(DAY))


standings = st.sampled_from(
    ["untouched", "open", "returned", "suspended", "submitted", "in_review", "accepted", "waived"]
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=st.lists(standings, min_size=24, max_size=24), late=st.booleans())
def test_whatever_the_tasks_stand_in_nothing_owed_is_lost(
    db: Connection, states: list[str], *, late: bool
) -> None:
    """Every duty of before is, afterwards, in a live task or one that waits or is settled."""
    if db.scalar(select(func.count()).select_from(task)) == 0:
        reformed(db)
    trial = db.begin_nested()
    pairs = [(unit_key, key) for key in ("2025-Q2", "2025-Q3") for unit_key in OLD]
    for (unit_key, key), state in zip(pairs, states, strict=True):
        if state != "untouched":
            before = {"state_before": "open"} if state == "suspended" else {}
            stand(db, unit_key, key, state=state, **before)
    succeed(db, on="2025-07-10" if late else DAY)
    no_gap(db, "2025-07-10")
    heir = {before: key for key, (_, _, some) in NEW.items() for before in some}
    for (unit_key, key), state in zip(pairs, states, strict=True):
        row = task_of(db, unit_key, key)
        if state in {"submitted", "in_review", "accepted"}:
            assert (row.state, key_of(db, row.answerable_id)) == (state, heir[unit_key])
        elif state == "waived":
            assert row.state == "waived"
        else:
            assert row.state == "cancelled"
            onward = task_of(db, heir[unit_key], key)
            assert onward.state in {"open", "returned", "suspended"}
            if state != "untouched" or key == "2025-Q2":
                assert row.merged_into_id == onward.id
    counts = every_count(db)
    plan_and_settle(db, on="2025-07-11")
    assert every_count(db) == counts
    trial.rollback()


def test_two_who_settle_at_once_do_it_once(clone: Engine) -> None:
    with clone.begin() as db:
        reformed(db)
        record_succession(db, REFORM, act=system(DAY))
        planned(db, on=DAY)

    def once(_: int) -> int:
        with clone.begin() as db:
            settled = settle_succession(db, agreement="ct-01", act=system(DAY))
            return len(settled.changes)

    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(once, range(2))) == [0, 22]
    with clone.begin() as db:
        no_gap(db)
