"""Steps of the ladder: each once, none lost, to whom it concerns."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, insert, select, update

from tests import worlds
from tests.worlds import activated, agreement, obligation, planned, unit
from workflow.definitions import end_agreement
from workflow.domain import pressing as ladder_rule
from workflow.domain.agreement import Addressee, Channel, LadderStep, Party
from workflow.domain.lifecycle import State
from workflow.domain.timeliness import Terms
from workflow.domain.units import Selector
from workflow.notices import make_digests
from workflow.pressing import press
from workflow.store.agreements import agreement as agreement_table
from workflow.store.notices import notice, pressed
from workflow.store.people import person, role_grant
from workflow.store.tasks import task
from workflow.store.units import unit as unit_table

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Row

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
LADDER = (
    LadderStep(code="nhac-truoc", days=-7, to=Addressee.UNIT),
    LadderStep(code="den-han", days=0, to=Addressee.UNIT),
    LadderStep(code="don-doc", days=1, to=Addressee.HEAD),
    LadderStep(code="van-ban", days=10, to=Addressee.SUPERIOR, channel=Channel.LETTER),
)


def world(db: Connection, *ladder: LadderStep, **more: Any) -> None:
    """Two units below an office, one duty a quarter, planned for 2024."""
    duty = obligation(ladder=ladder or LADDER, bearer=Selector(kinds=frozenset({"phuong"})))
    units = [
        unit("a", mail="A@phuong.example", parent="vp"),
        unit("b", mail="b@phuong.example", parent="vp"),
        unit("vp", kind="van-phong", mail="vp@phuong.example"),
    ]
    activated(db, agreement(duty, **more), units)
    planned(db, until="2024-12-31")


def officer(db: Connection, role: str, mail: str, **scope: Any) -> None:
    """Somebody who holds one role."""
    key = mail.split("@", maxsplit=1)[0]
    added = db.execute(
        insert(person)
        .values(
            key=key, name=key, mail=mail, created_by="system", created_at=worlds.at("2024-01-01")
        )
        .returning(person.c.id)
    ).scalar_one()
    where = {}
    if "unit" in scope:
        where["unit_id"] = db.scalar(
            select(unit_table.c.id).where(unit_table.c.key == scope["unit"])
        )
    if "agreement" in scope:
        where["agreement_id"] = db.scalar(
            select(agreement_table.c.id).where(agreement_table.c.code == scope["agreement"])
        )
    if "party" in scope:
        where["party"] = scope["party"]
    db.execute(
        insert(role_grant).values(
            person_id=added, role=role, granted_at=worlds.at("2024-01-01"), **where
        )
    )


def served(db: Connection) -> list[tuple[str, str, str, str]]:
    """(unit, step, addressee, day that it speaks of) of every notice, sorted."""
    rows = db.execute(
        select(unit_table.c.key, notice.c.step, notice.c.addressee, notice.c.for_due_on)
        .select_from(notice)
        .join(task, task.c.id == notice.c.task_id)
        .join(unit_table, unit_table.c.id == task.c.unit_id)
    )
    return sorted((row[0], row[1], row[2], row[3].isoformat()) for row in rows)


def press_on(db: Connection, day: str, time: str = "07:00") -> int:
    return sum(press(db, at=worlds.at(day, time)).values())


class TestSteps:
    def test_a_step_falls_at_the_start_of_its_day(self, db: Connection) -> None:
        world(db)
        assert press_on(db, "2024-03-23", "23:59") == 0
        assert press_on(db, "2024-03-24", "00:00") == 2
        assert served(db) == [
            ("a", "nhac-truoc", "a@phuong.example", "2024-03-31"),
            ("b", "nhac-truoc", "b@phuong.example", "2024-03-31"),
        ]

    def test_again_writes_nothing(self, db: Connection) -> None:
        world(db)
        press_on(db, "2024-03-24")
        assert press_on(db, "2024-03-24", "08:00") == 0
        assert press_on(db, "2024-03-25") == 0

    def test_after_a_month_of_silence_each_step_that_passed_is_there_once(
        self, db: Connection
    ) -> None:
        world(db)
        assert press_on(db, "2024-04-30") == 8
        assert [row[:3] for row in served(db) if row[0] == "a"] == [
            ("a", "den-han", "a@phuong.example"),
            ("a", "don-doc", "a@phuong.example"),
            ("a", "nhac-truoc", "a@phuong.example"),
            ("a", "van-ban", "vp@phuong.example"),
        ]
        assert press_on(db, "2024-05-30") == 0

    def test_an_extension_makes_the_steps_due_anew(self, db: Connection) -> None:
        world(db)
        press_on(db, "2024-03-24")
        db.execute(update(task).values(due_on=worlds.day("2024-04-20")))
        assert press_on(db, "2024-04-12") == 0
        assert press_on(db, "2024-04-13") == 8
        assert ("a", "nhac-truoc", "a@phuong.example", "2024-04-20") in served(db)

    @pytest.mark.parametrize("state", ["submitted", "in_review", "accepted", "waived", "suspended"])
    def test_what_is_not_in_hand_is_not_pressed(self, db: Connection, state: str) -> None:
        world(db)
        db.execute(update(task).values(state=state))
        assert press_on(db, "2024-04-30") == 0

    def test_history_is_never_pressed(self, db: Connection) -> None:
        world(db, tracked_from=worlds.day("2024-05-01"))
        assert press_on(db, "2024-06-20") == 0
        assert press_on(db, "2024-06-23") == 2

    def test_nobody_is_pressed_for_what_can_still_be_reported_or_corrected(
        self, db: Connection
    ) -> None:
        world(db)
        a_id = db.scalar(select(unit_table.c.id).where(unit_table.c.key == "a"))
        db.execute(
            update(task)
            .where(task.c.unit_id == a_id)
            .values(state="returned", correction_on=worlds.day("2024-04-04"))
        )
        b_terms = {"report_by_on": worlds.day("2024-04-02")}
        db.execute(update(task).where(task.c.unit_id != a_id).values(**b_terms))
        assert press_on(db, "2024-04-02") == 4
        press_on(db, "2024-04-03")
        assert {row[0] for row in served(db) if row[1] == "don-doc"} == {"b"}
        press_on(db, "2024-04-05")
        assert {row[0] for row in served(db) if row[1] == "don-doc"} == {"a", "b"}

    def test_a_late_notice_is_pressed_by_its_own_day(self, db: Connection) -> None:
        world(db)
        db.execute(update(task).values(late_notice_on=worlds.day("2024-04-10")))
        assert press_on(db, "2024-04-02") == 0
        assert press_on(db, "2024-04-03") == 2
        assert {row[3] for row in served(db)} == {"2024-04-10"}

    def test_what_is_planned_or_given_back_later_on_the_same_day_is_looked_at(
        self, db: Connection
    ) -> None:
        world(db)
        db.execute(update(task).values(state="submitted"))
        assert press_on(db, "2024-04-30") == 0
        db.execute(update(task).values(state="returned"))
        assert press_on(db, "2024-04-30", "09:00") == 0
        assert press_on(db, "2024-05-01") == 8

    def test_an_ended_agreement_and_a_stranger_are_left_alone(self, db: Connection) -> None:
        world(db)
        assert press(db, at=worlds.at("2024-04-30"), agreement="ct-02") == {}
        end_agreement(db, "ct-01", on=worlds.day("2024-04-01"), act=worlds.act("2024-03-01"))
        assert press(db, at=worlds.at("2024-04-30"), agreement="ct-01") == {}

    def test_without_a_ladder_nothing_is_written(self, db: Connection) -> None:
        activated(db, agreement(obligation()), [unit("a", mail="a@x.example")])
        planned(db)
        assert press(db, at=worlds.at("2025-12-31")) == {"ct-01": 0}


def test_a_new_task_is_pressed_on_the_day_on_which_it_was_planned(db: Connection) -> None:
    world(db)
    press_on(db, "2024-04-30")
    from workflow.registry import load_units

    load_units(
        db,
        [unit("c", mail="c@phuong.example", parent="vp")],
        act=worlds.act("2024-04-30"),
    )
    planned(db, until="2024-12-31", on="2024-04-30")
    assert press_on(db, "2024-04-30", "15:00") == 4
    assert {row[0] for row in served(db) if row[2] == "c@phuong.example"} == {"c"}


class TestAddressees:
    def step(self, to: str) -> LadderStep:
        return LadderStep(code="mot", days=0, to=to)

    def reached(self, db: Connection, unit_key: str = "a") -> set[str]:
        press_on(db, "2024-03-31")
        return {row[2].split("@")[0] for row in served(db) if row[0] == unit_key}

    def test_a_unit_is_reached_by_its_mail_and_its_officers(self, db: Connection) -> None:
        world(db, self.step(Addressee.UNIT))
        officer(db, "unit_officer", "can-bo@x.example", unit="a")
        officer(db, "unit_officer", "khac@x.example", unit="b")
        officer(db, "unit_officer", "lap@x.example", unit="a", agreement="ct-01")
        assert self.reached(db) == {"a", "can-bo", "lap"}

    def test_a_head_is_reached_and_without_one_the_unit(self, db: Connection) -> None:
        world(db, self.step(Addressee.HEAD))
        officer(db, "head_of_unit", "truong@x.example", unit="a")
        assert self.reached(db) == {"truong"}
        assert self.reached(db, "b") == {"b"}

    def test_the_superior_is_the_nearest_unit_above_that_can_be_reached(
        self, db: Connection
    ) -> None:
        world(db, self.step(Addressee.SUPERIOR))
        officer(db, "head_of_unit", "chanh-vp@x.example", unit="vp")
        assert self.reached(db) == {"vp", "chanh-vp"}

    def test_reviewers_and_leaders_are_reached_within_their_scopes(self, db: Connection) -> None:
        parties = (
            Party(code="a", name="Bên A", members=Selector(kinds=frozenset({"phuong"}))),
            Party(code="b", name="Bên B", members=Selector(kinds=frozenset({"bao"}))),
        )
        world(db, self.step(Addressee.REVIEWER), parties=parties)
        officer(db, "reviewer", "moi-noi@x.example")
        officer(db, "reviewer", "ben-a@x.example", agreement="ct-01", party="a")
        officer(db, "reviewer", "ben-b@x.example", agreement="ct-01", party="b")
        officer(db, "reviewer", "nhanh-b@x.example", unit="b")
        officer(db, "leader", "lanh-dao@x.example")
        assert self.reached(db) == {"moi-noi", "ben-a"}
        assert self.reached(db, "b") == {"moi-noi", "ben-a", "nhanh-b"}

    def test_leaders(self, db: Connection) -> None:
        world(db, self.step(Addressee.LEADER))
        officer(db, "leader", "Lanh-Dao@x.example", unit="vp")
        officer(db, "reviewer", "xac-nhan@x.example")
        assert self.reached(db) == {"lanh-dao"}

    def test_whom_nobody_reaches_the_administrators_are_told_of(self, db: Connection) -> None:
        world(db, self.step(Addressee.LEADER))
        officer(db, "administrator", "quan-tri@x.example")
        assert self.reached(db) == {"quan-tri"}

    def test_without_any_address_the_step_is_on_record_all_the_same(self, db: Connection) -> None:
        world(db, self.step(Addressee.LEADER))
        assert self.reached(db) == {""}

    def test_the_disabled_and_those_without_mail_are_not_written_to(self, db: Connection) -> None:
        world(db, self.step(Addressee.LEADER))
        officer(db, "leader", "con@x.example")
        officer(db, "leader", "nghi@x.example")
        officer(db, "leader", "thoi@x.example")
        db.execute(
            update(person).where(person.c.key == "nghi").values(disabled_at=worlds.at("2024-01-02"))
        )
        thoi = select(person.c.id).where(person.c.key == "thoi").scalar_subquery()
        db.execute(
            update(role_grant)
            .where(role_grant.c.person_id == thoi)
            .values(revoked_at=worlds.at("2024-01-02"))
        )
        assert self.reached(db) == {"con"}

    def test_whoever_joins_later_learns_what_has_passed(self, db: Connection) -> None:
        world(db, self.step(Addressee.LEADER))
        officer(db, "leader", "cu@x.example")
        press_on(db, "2024-03-31")
        officer(db, "leader", "moi@x.example")
        assert press_on(db, "2024-04-01") == 2


day_offsets = st.integers(min_value=-40, max_value=40)
DUE = date(2024, 3, 31)


@st.composite
def standings(draw: st.DrawFn) -> dict[str, Any]:
    """How a task may stand: its terms, its state, and whether it is history."""
    due_on = DUE + timedelta(days=draw(day_offsets))

    def later() -> date | None:
        days = draw(st.none() | st.integers(min_value=-5, max_value=20))
        return None if days is None else due_on + timedelta(days=days)

    return {
        "due_on": due_on,
        "late_notice_on": later(),
        "report_by_on": later(),
        "correction_on": later(),
        "state": draw(st.sampled_from(["open", "returned", "submitted", "accepted"])),
        "is_history": draw(st.booleans()) and draw(st.booleans()),
    }


def expected(row: Row[Any], on: str) -> set[tuple[int, str, date]]:
    """What the pure rule says of a task."""
    if not ladder_rule.is_pressed(State(row.state), is_history=row.is_history):
        return set()
    terms = Terms.of_days(
        zone=HANOI,
        due_on=row.due_on,
        report_by_on=row.report_by_on,
        late_notice_on=row.late_notice_on,
        correction_on=row.correction_on,
    )
    rungs = ladder_rule.passed_unserved(
        LADDER, terms, zone=HANOI, as_of=worlds.at(on), served=frozenset()
    )
    return {(row.id, rung.step.code, rung.for_due_on) for rung in rungs}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stand=st.lists(standings(), min_size=8, max_size=8),
    days=st.lists(st.integers(min_value=0, max_value=60), min_size=1, max_size=6),
)
def test_however_seldom_it_runs_no_reminder_is_lost_and_none_comes_twice(
    db: Connection, stand: list[dict[str, Any]], days: list[int]
) -> None:
    """On any days: by the last, exactly what the rule of the ladder says is there, once."""
    if db.scalar(select(func.count()).select_from(task)) == 0:
        world(db)
    trial = db.begin_nested()
    for id_, values in zip(db.scalars(select(task.c.id)).all(), stand, strict=False):
        db.execute(update(task).where(task.c.id == id_).values(**values))
    for offset in sorted(days):
        last = worlds.days_later("2024-02-20", offset)
        press_on(db, last)
    rows = db.execute(select(notice.c.task_id, notice.c.step, notice.c.for_due_on)).all()
    assert len(rows) == len(set(rows))
    wanted = set[tuple[int, str, date]]()
    for row in db.execute(select(task)):
        wanted |= expected(row, last)
    assert {tuple(row) for row in rows} == wanted
    trial.rollback()


def test_a_second_look_on_a_day_is_one_statement(clone: Engine) -> None:
    with clone.begin() as db:
        world(db)
        press_on(db, "2024-04-30")
    said: list[str] = []
    with clone.begin() as db:
        event.listen(clone, "before_cursor_execute", lambda *given: said.append(given[2]))
        assert press(db, at=worlds.at("2024-04-30", "12:00")) == {}
    assert len([one for one in said if not one.startswith("BEGIN")]) == 1


def test_two_who_press_at_once_write_each_step_once(clone: Engine) -> None:
    with clone.begin() as db:
        world(db)
    if clone.dialect.name == "sqlite":
        with clone.begin() as db:
            assert press_on(db, "2024-04-30") == 8
        with clone.begin() as db:
            assert press_on(db, "2024-04-30") == 0
        return
    from concurrent.futures import ThreadPoolExecutor

    def once(_: int) -> int:
        with clone.begin() as db:
            return press_on(db, "2024-04-30")

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(once, range(2))) == [0, 8]
    with clone.begin() as db:
        assert db.scalar(select(func.count()).select_from(notice)) == 8
        assert db.scalar(select(func.count()).select_from(pressed)) == 1


def test_the_sweep_and_the_digests_are_led_by_their_indexes(clone: Engine) -> None:
    """Whatever the planner knows of the table: both databases take what is in hand by its state."""
    said: list[tuple[str, Any]] = []
    with clone.begin() as db:
        world(db)
        event.listen(clone, "before_cursor_execute", lambda *given: said.append(given[2:4]))
        press_on(db, "2024-04-30")
        make_digests(db, day_on=worlds.day("2024-04-30"), at=worlds.at("2024-04-30"))
        wanted = [
            (text, values)
            for text, values in said
            if not text.startswith(("BEGIN", "SELECT changes"))
        ]
        explain = "EXPLAIN QUERY PLAN "
        if clone.dialect.name == "postgresql":
            # A table of eight rows is read whole unless that is forbidden.
            db.exec_driver_sql("SET LOCAL enable_seqscan = off")
            explain = "EXPLAIN "
        plans = {
            text: "\n".join(str(row[-1]) for row in db.exec_driver_sql(explain + text, values))
            for text, values in wanted
        }
    looks = [plan for text, plan in plans.items() if "due_on <=" in text]
    assert len(looks) == 2
    assert all("ix_task_state_due" in plan for plan in looks)
    gathers = [plan for text, plan in plans.items() if "FROM notice" in text and "DISTINCT" in text]
    assert len(gathers) == 1
    assert "ix_notice_waiting" in gathers[0]
