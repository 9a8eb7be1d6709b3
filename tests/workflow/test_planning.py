"""What planning creates, and that repeating it in any way changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update

from tests import worlds
from tests.worlds import activated, agreement, obligation, planned, unit
from workflow.coverage import prove_coverage
from workflow.definitions import amend_agreement, end_agreement
from workflow.domain.agreement import Count, Due, DueFrom, Joiners, Roll, Settings
from workflow.domain.announced import Happening
from workflow.domain.errors import Refusal
from workflow.domain.triggers import Event, Every, Length
from workflow.domain.units import Dated, Selector, Span
from workflow.meetings import cancel_event, move_event, record_event
from workflow.registry import load_units
from workflow.store.evidence import doubt
from workflow.store.journal import journal_entry
from workflow.store.occasions import occasion
from workflow.store.tasks import task, task_change
from workflow.store.units import unit as unit_table

if TYPE_CHECKING:
    from sqlalchemy import Connection


def the_tasks(db: Connection, *, states: tuple[str, ...] = ("open",)) -> list[tuple[str, str, str]]:
    """(occasion key, unit key, due day) of the tasks in these states, sorted."""
    rows = db.execute(
        select(occasion.c.key, unit_table.c.key.label("unit"), task.c.due_on)
        .select_from(task)
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .join(unit_table, unit_table.c.id == task.c.unit_id)
        .where(task.c.state.in_(states))
    )
    return sorted((row.key, row.unit, row.due_on.isoformat()) for row in rows)


def no_gap(db: Connection, code: str = "ct-01", on: str = "2024-01-02") -> None:
    assert prove_coverage(db, agreement=code, at=worlds.at(on)).gaps == ()


def counts(db: Connection) -> tuple[int, ...]:
    return tuple(
        db.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (task, task_change, occasion, journal_entry)
    )


def test_each_unit_owes_each_quarter(db: Connection) -> None:
    activated(db, agreement(), [unit("a"), unit("b")])
    assert planned(db).created == 16
    assert the_tasks(db)[:3] == [
        ("2024-Q1", "a", "2024-03-31"),
        ("2024-Q1", "b", "2024-03-31"),
        ("2024-Q2", "a", "2024-06-30"),
    ]
    no_gap(db)


def test_planning_again_writes_nothing(db: Connection) -> None:
    activated(db, agreement(), [unit("a"), unit("b")])
    planned(db)
    before = counts(db)
    again = planned(db, on="2024-02-02")
    assert (again.created, again.shifted, again.cancelled) == (0, 0, 0)
    assert counts(db) == before


def test_planning_in_steps_is_planning_at_once(db: Connection) -> None:
    activated(db, agreement(), [unit("a")])
    for until in ("2024-02-01", "2024-07-02", "2025-03-01", "2026-01-01"):
        planned(db, until=until)
        no_gap(db)
    assert len(the_tasks(db)) == 8


def test_a_horizon_that_shrinks_takes_nothing_away(db: Connection) -> None:
    activated(db, agreement(), [unit("a")])
    planned(db)
    assert planned(db, until="2024-06-01").cancelled == 0
    assert len(the_tasks(db)) == 8


def test_a_nearer_horizon_still_brings_all_up_to_date(db: Connection) -> None:
    """Found by any order: what lies beyond a nearer horizon must not be forgotten."""
    activated(db, agreement(), [unit("a"), unit("b")])
    planned(db)
    load_units(db, [unit("a", until="2024-01-15")], act=worlds.act())
    assert planned(db, until="2024-02-01").cancelled == 8
    planned(db)
    no_gap(db)


def test_a_draft_is_not_planned(db: Connection) -> None:
    from workflow.definitions import import_agreement

    import_agreement(db, agreement(), act=worlds.act())
    with pytest.raises(Refusal) as refused:
        planned(db)
    assert refused.value.code == "agreement.not_active"


def test_calendars_differ_by_kind_of_unit(db: Connection) -> None:
    """31/3/2024 is a Sunday: an office is due on the Friday, a six-day school on the Saturday."""
    duty = obligation(due=Due(roll=Roll.PRECEDING))
    said = agreement(duty, settings=Settings(calendars={"truong": "six_day"}))
    activated(db, said, [unit("a"), unit("b", kind="truong")])
    planned(db, until="2024-02-01")
    assert the_tasks(db) == [("2024-Q1", "a", "2024-03-29"), ("2024-Q1", "b", "2024-03-30")]
    no_gap(db)


def test_a_joiner_owes_from_the_next_period(db: Connection) -> None:
    activated(db, agreement(), [unit("a"), unit("b", since="2024-02-15")])
    planned(db, until="2024-06-01")
    assert [row[:2] for row in the_tasks(db)] == [
        ("2024-Q1", "a"), ("2024-Q2", "a"), ("2024-Q2", "b"),
    ]  # fmt: skip
    no_gap(db)


def test_a_joiner_owes_the_whole_period_where_the_duty_says_so(db: Connection) -> None:
    activated(db, agreement(obligation(joiners=Joiners.WHOLE)), [unit("b", since="2024-02-15")])
    planned(db, until="2024-06-01")
    assert [row[:2] for row in the_tasks(db)] == [("2024-Q1", "b"), ("2024-Q2", "b")]
    no_gap(db)


def test_a_leaver_owes_what_is_due_before_it_leaves(db: Connection) -> None:
    activated(db, agreement(), [unit("a", until="2024-05-15")])
    planned(db)
    assert [row[:2] for row in the_tasks(db)] == [("2024-Q1", "a")]
    no_gap(db)


def test_a_unit_that_joins_later_is_planned_and_one_that_leaves_is_cancelled(
    db: Connection,
) -> None:
    activated(db, agreement(), [unit("a"), unit("b")])
    planned(db)
    load_units(db, [unit("b", until="2025-01-01"), unit("c", since="2025-01-01")], act=worlds.act())
    outcome = planned(db)
    assert (outcome.created, outcome.cancelled) == (4, 4)
    assert len(the_tasks(db, states=("cancelled",))) == 4
    no_gap(db)
    load_units(db, [unit("b")], act=worlds.act())
    assert planned(db).reinstated == 4
    no_gap(db)


def test_a_unit_that_was_excepted_and_is_meant_again_has_its_tasks_back(db: Connection) -> None:
    """Found by any order: it joins like a new one, yet its cancelled tasks are there."""
    duty = obligation(bearer=Selector(everyone=True, except_tags=frozenset({"mien"})))
    activated(db, agreement(duty), [unit("a")])
    planned(db)
    load_units(db, [unit("a", tags=("mien",))], act=worlds.act())
    assert planned(db).cancelled == 8
    load_units(db, [unit("a", kind="truong")], act=worlds.act())
    assert planned(db).reinstated == 8
    no_gap(db)


def test_what_a_unit_touched_survives_its_leaving(db: Connection) -> None:
    activated(db, agreement(), [unit("a")])
    planned(db, until="2024-06-01")
    db.execute(update(task).values(is_touched=True))
    load_units(db, [unit("a", until="2024-02-01")], act=worlds.act())
    assert planned(db, until="2024-06-01").cancelled == 0
    assert len(the_tasks(db)) == 2
    no_gap(db)


def test_history_is_marked(db: Connection) -> None:
    activated(db, agreement(tracked_from=worlds.day("2024-05-01")), [unit("a")])
    planned(db, until="2024-06-01")
    marks = db.execute(select(task.c.is_history).order_by(task.c.due_on)).scalars().all()
    assert marks == [True, False]


class TestAmending:
    def test_a_new_due_rule_moves_untouched_tasks_only(self, db: Connection) -> None:
        first = obligation()
        activated(db, agreement(first), [unit("a"), unit("b")])
        planned(db, until="2024-10-01")
        a_id = db.execute(select(unit_table.c.id).where(unit_table.c.key == "a")).scalar_one()
        db.execute(update(task).where(task.c.unit_id == a_id).values(is_touched=True))
        later = replace(
            first, effective_from=worlds.day("2024-07-01"), due=Due(offset=10, reckoned=DueFrom.END)
        )
        said = agreement(replace(first, effective_until=worlds.day("2024-07-01")), later)
        amend_agreement(db, said, ground="Phụ lục 1", act=worlds.act("2024-02-01"))
        assert planned(db, until="2024-10-01", on="2024-02-01").shifted == 1
        assert [row for row in the_tasks(db) if row[0] == "2024-Q3"] == [
            ("2024-Q3", "a", "2024-09-30"),
            ("2024-Q3", "b", "2024-10-10"),
        ]
        assert db.execute(select(task_change.c.act)).scalars().all() == ["replan"]
        no_gap(db)

    def test_an_amendment_leaves_earlier_periods_their_version(self, db: Connection) -> None:
        first = obligation()
        activated(db, agreement(first), [unit("a")])
        planned(db)
        ids = set(db.execute(select(task.c.version_id)).scalars())
        later = replace(first, effective_from=worlds.day("2025-01-01"), weight=5)
        said = agreement(replace(first, effective_until=worlds.day("2025-01-01")), later)
        amend_agreement(db, said, ground="Phụ lục 1", act=worlds.act())
        planned(db)
        by_version = db.execute(
            select(task.c.version_id, func.count()).group_by(task.c.version_id)
        ).all()
        assert sorted(row[1] for row in by_version) == [4, 4]
        assert ids < {row[0] for row in by_version}
        no_gap(db)

    def test_another_length_cancels_the_untouched_and_plans_anew(self, db: Connection) -> None:
        first = obligation()
        activated(db, agreement(first), [unit("a")])
        planned(db)
        later = replace(
            first, effective_from=worlds.day("2025-01-01"), trigger=Every(period=Length.MONTH)
        )
        said = agreement(replace(first, effective_until=worlds.day("2025-01-01")), later)
        amend_agreement(db, said, ground="Phụ lục 1", act=worlds.act())
        outcome = planned(db)
        assert (outcome.created, outcome.cancelled) == (12, 4)
        no_gap(db)

    def test_amending_the_same_day_twice_cancels_what_the_first_asked_for(
        self, db: Connection
    ) -> None:
        """Found by any order: occasions of a version that was superseded are gone too."""
        first = obligation()
        activated(db, agreement(first), [unit("a")])
        day = worlds.day("2024-07-01")
        kept = replace(first, effective_until=day)
        for length in (Length.MONTH, Length.HALF_YEAR):
            later = replace(first, effective_from=day, trigger=Every(period=length))
            amend_agreement(db, agreement(kept, later), ground="Phụ lục", act=worlds.act())
            planned(db)
        assert [row[0] for row in the_tasks(db)] == [
            "2024-H2", "2024-Q1", "2024-Q2", "2025-H1", "2025-H2",
        ]  # fmt: skip
        no_gap(db)

    def test_ending_cancels_what_is_not_yet_due(self, db: Connection) -> None:
        activated(db, agreement(), [unit("a")])
        planned(db)
        assert end_agreement(db, "ct-01", on=worlds.day("2024-07-01"), act=worlds.act()) == 6
        assert [row[0] for row in the_tasks(db)] == ["2024-Q1", "2024-Q2"]


class TestMeetings:
    DUTY = obligation(
        "moi-pv",
        trigger=Event(kind="hop-hdnd"),
        due=Due(reckoned=DueFrom.DAY, offset=-2, count=Count.WORKING),
        bearer=Selector(keys=frozenset({"a"})),
    )

    def meeting(
        self, db: Connection, on: str = "2024-03-20", *, recorded: str = "2024-03-01"
    ) -> int:
        said = Happening(kind="hop-hdnd", convener="a", happens_on=worlds.day(on))
        return record_event(db, said, act=worlds.act(recorded)).id

    def world(self, db: Connection) -> None:
        activated(db, agreement(self.DUTY), [unit("a"), unit("b")])

    def test_a_meeting_is_owed_two_working_days_before(self, db: Connection) -> None:
        self.world(db)
        meeting = self.meeting(db)
        planned(db, on="2024-03-01")
        assert the_tasks(db) == [(f"meeting:{meeting}", "a", "2024-03-18")]
        no_gap(db)

    def test_the_same_meeting_twice_is_one(self, db: Connection) -> None:
        self.world(db)
        assert self.meeting(db) == self.meeting(db)

    def test_a_move_moves_the_due_day_even_of_touched_tasks(self, db: Connection) -> None:
        self.world(db)
        meeting = self.meeting(db)
        planned(db, on="2024-03-01")
        db.execute(update(task).values(is_touched=True))
        move_event(db, meeting, to=worlds.day("2024-03-27"), act=worlds.act("2024-03-05"))
        assert planned(db, on="2024-03-05").shifted == 1
        assert the_tasks(db) == [(f"meeting:{meeting}", "a", "2024-03-25")]
        assert db.execute(select(task.c.original_due_on)).scalar_one() == worlds.day("2024-03-25")
        no_gap(db)

    def test_a_move_never_makes_a_submission_late(self, db: Connection) -> None:
        self.world(db)
        meeting = self.meeting(db)
        planned(db, on="2024-03-01")
        db.execute(
            update(task).values(
                is_touched=True,
                state="submitted",
                submitted_on=worlds.day("2024-03-14"),
                submitted_at=worlds.at("2024-03-14"),
            )
        )
        move_event(db, meeting, to=worlds.day("2024-03-13"), act=worlds.act("2024-03-05"))
        planned(db, on="2024-03-05")
        row = db.execute(select(task.c.due_on, task.c.original_due_on)).one()
        assert (row.due_on.isoformat(), row.original_due_on.isoformat()) == (
            "2024-03-18",
            "2024-03-11",
        )

    def test_a_move_opens_a_doubt_on_an_accepted_task_and_changes_no_date(
        self, db: Connection
    ) -> None:
        self.world(db)
        meeting = self.meeting(db)
        planned(db, on="2024-03-01")
        db.execute(update(task).values(is_touched=True, state="accepted"))
        move_event(db, meeting, to=worlds.day("2024-03-27"), act=worlds.act("2024-03-21"))
        outcome = planned(db, on="2024-03-21")
        assert (outcome.shifted, outcome.doubts) == (0, 1)
        assert db.execute(select(task.c.due_on)).scalar_one() == worlds.day("2024-03-18")
        assert db.execute(select(doubt.c.kind)).scalars().all() == ["moved"]

    def test_cancelling_reaches_the_unaccepted_and_holding_again_brings_them_back(
        self, db: Connection
    ) -> None:
        self.world(db)
        meeting = self.meeting(db)
        planned(db, on="2024-03-01")
        db.execute(update(task).values(is_touched=True, state="in_review"))
        cancel_event(db, meeting, act=worlds.act("2024-03-05"))
        assert planned(db, on="2024-03-05").cancelled == 1
        no_gap(db)
        move_event(db, meeting, to=worlds.day("2024-03-20"), act=worlds.act("2024-03-06"))
        assert planned(db, on="2024-03-06").reinstated == 1
        assert db.execute(select(task.c.state)).scalar_one() == "in_review"
        no_gap(db)

    def test_a_cause_recorded_too_late_is_judged_by_the_recorded_day(self, db: Connection) -> None:
        self.world(db)
        self.meeting(db, recorded="2024-03-25")
        planned(db, on="2024-03-25")
        row = db.execute(select(task)).one()
        assert row.original_due_on == worlds.day("2024-03-18")
        assert row.due_on == row.late_notice_on == worlds.day("2024-03-28")
        no_gap(db, on="2024-03-25")

    def test_a_moved_meeting_keeps_the_units_of_its_first_day(self, db: Connection) -> None:
        duty = replace(self.DUTY, bearer=worlds.EVERYONE)
        activated(db, agreement(duty), [unit("a"), unit("b", since="2024-03-22")])
        meeting = self.meeting(db)
        planned(db, on="2024-03-01")
        move_event(db, meeting, to=worlds.day("2024-04-10"), act=worlds.act("2024-03-05"))
        planned(db, on="2024-03-05")
        assert the_tasks(db) == [(f"meeting:{meeting}", "a", "2024-04-08")]
        no_gap(db)


def test_a_selector_follows_tags_day_by_day(db: Connection) -> None:
    duty = obligation(bearer=Selector(tags=frozenset({"dat-bao"})))
    tagged = replace(
        unit("a"),
        tags=(Dated(value="dat-bao", span=Span(from_on=worlds.day("2024-04-01"))),),
    )
    activated(db, agreement(duty), [tagged, unit("b")])
    planned(db, until="2024-12-01")
    assert [row[:2] for row in the_tasks(db)] == [
        ("2024-Q2", "a"), ("2024-Q3", "a"), ("2024-Q4", "a"),
    ]  # fmt: skip
    no_gap(db)
