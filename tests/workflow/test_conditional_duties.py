"""Duties that deeds and figures make owed: follow-ons and evaluations."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from tests import worlds
from tests.workflow.test_planning import no_gap, the_tasks
from tests.worlds import activated, agreement, obligation, planned, unit
from workflow.domain.agreement import Due, DueFrom
from workflow.domain.announced import SaidFigure
from workflow.domain.errors import Refusal
from workflow.domain.triggers import After, FollowsFrom, Length, When
from workflow.domain.units import Selector
from workflow.figures import concerned, record_figures
from workflow.store.occasions import figure, occasion
from workflow.store.tasks import task

if TYPE_CHECKING:
    from sqlalchemy import Connection

A_ONLY = Selector(keys=frozenset({"a"}))
AT_ONCE = Due(reckoned=DueFrom.DAY)


def accept(db: Connection, *, done_on: str) -> None:
    """Make every open task of the first quarter accepted, as the use cases would."""
    q1 = select(occasion.c.id).where(occasion.c.key == "2024-Q1")
    db.execute(
        update(task)
        .where(task.c.occasion_id.in_(q1), task.c.state == "open")
        .values(state="accepted", is_touched=True, done_on=worlds.day(done_on))
    )


def follow_ons(db: Connection) -> list[tuple[str, str, str]]:
    return [row for row in the_tasks(db) if row[0].startswith("after:")]


class TestFollowing:
    def world(self, db: Connection, trigger: After) -> None:
        followed = obligation(bearer=A_ONLY)
        follower = obligation("dang-tin", trigger=trigger, due=AT_ONCE)
        activated(db, agreement(followed, follower), [unit("a"), unit("b")])
        planned(db, until="2024-06-01")

    def test_a_fulfilment_makes_its_follow_on_owed_by_the_same_unit(self, db: Connection) -> None:
        self.world(db, After(obligation="mua-bao", days=2))
        assert follow_ons(db) == []
        accept(db, done_on="2024-03-10")
        planned(db, until="2024-06-01", on="2024-03-11")
        assert follow_ons(db) == [("after:mua-bao:2024-Q1:a", "a", "2024-03-12")]
        no_gap(db, on="2024-03-11")

    def test_a_fulfilment_is_followed_once(self, db: Connection) -> None:
        self.world(db, After(obligation="mua-bao", days=2))
        accept(db, done_on="2024-03-10")
        for day in ("2024-03-11", "2024-03-12", "2024-04-12"):
            planned(db, until="2024-06-01", on=day)
        assert len(follow_ons(db)) == 1

    def test_a_fixed_sequence_is_reckoned_from_the_original_due_day(self, db: Connection) -> None:
        self.world(db, After(obligation="mua-bao", days=5, reckoned=FollowsFrom.SEQUENCE))
        accept(db, done_on="2024-03-10")
        planned(db, until="2024-06-01", on="2024-03-11")
        assert follow_ons(db) == [("after:mua-bao:2024-Q1:a", "a", "2024-04-05")]
        no_gap(db, on="2024-03-11")

    def test_every_bearer_owes_where_the_duty_says_so(self, db: Connection) -> None:
        self.world(db, After(obligation="mua-bao", days=2, same_unit=False))
        accept(db, done_on="2024-03-10")
        planned(db, until="2024-06-01", on="2024-03-11")
        assert [row[1] for row in follow_ons(db)] == ["a", "b"]
        no_gap(db, on="2024-03-11")

    def test_a_fulfilment_confirmed_late_gives_late_notice(self, db: Connection) -> None:
        self.world(db, After(obligation="mua-bao", days=2))
        accept(db, done_on="2024-03-10")
        planned(db, until="2024-06-01", on="2024-03-20")
        row = db.execute(select(task).where(task.c.late_notice_on.is_not(None))).one()
        assert row.original_due_on == worlds.day("2024-03-12")
        assert row.due_on == worlds.day("2024-03-25")

    def test_an_unplanned_fulfilment_is_a_gap(self, db: Connection) -> None:
        from workflow.coverage import prove_coverage

        self.world(db, After(obligation="mua-bao", days=2))
        accept(db, done_on="2024-03-10")
        gaps = prove_coverage(db, agreement="ct-01", at=worlds.at("2024-03-11")).gaps
        assert [(gap.code, gap.occasion) for gap in gaps] == [
            ("coverage.occasion_missing", "after:mua-bao:2024-Q1:a")
        ]


class TestFigures:
    TRIGGER = When(figure="ty-le", period=Length.QUARTER, below=Decimal(100), evaluated_after=10)

    def world(self, db: Connection, trigger: When) -> None:
        duty = obligation("chan-chinh", trigger=trigger, due=Due(reckoned=DueFrom.DAY, offset=15))
        activated(db, agreement(duty), [unit("a"), unit("b")])

    def figures(self, db: Connection, value: str, *, of: str | None = None) -> int:
        said = [SaidFigure(key="ty-le", period="2024-Q1", value=Decimal(value), unit=of)]
        return record_figures(db, said, source_sha256=None, act=worlds.act("2024-04-05"))

    def test_a_shortfall_is_owed_from_its_evaluation(self, db: Connection) -> None:
        self.world(db, self.TRIGGER)
        self.figures(db, "95.7")
        planned(db, on="2024-04-09")
        assert the_tasks(db) == []
        planned(db, on="2024-04-10")
        assert the_tasks(db) == [("2024-Q1", "a", "2024-04-25"), ("2024-Q1", "b", "2024-04-25")]
        no_gap(db, on="2024-04-11")

    def test_a_figure_that_suffices_is_recorded_as_not_owed(self, db: Connection) -> None:
        self.world(db, self.TRIGGER)
        self.figures(db, "100")
        planned(db, on="2024-04-10")
        assert the_tasks(db) == []
        assert db.execute(select(occasion.c.status)).scalars().all() == ["not_owed"]
        no_gap(db, on="2024-04-11")

    def test_evaluated_once(self, db: Connection) -> None:
        self.world(db, self.TRIGGER)
        self.figures(db, "95.7")
        planned(db, on="2024-04-10")
        self.figures(db, "100")
        planned(db, on="2024-04-12")
        assert len(the_tasks(db)) == 2
        no_gap(db, on="2024-04-12")

    @pytest.mark.parametrize(("counts_as_short", "tasks"), [(True, 2), (False, 0)])
    def test_a_missing_figure(self, db: Connection, *, counts_as_short: bool, tasks: int) -> None:
        self.world(
            db,
            When(
                figure="ty-le",
                period=Length.QUARTER,
                below=Decimal(100),
                missing_is_short=counts_as_short,
            ),
        )
        planned(db, on="2024-04-10")
        assert len(the_tasks(db)) == tasks

    def test_each_short_unit_owes_where_figures_are_per_unit(self, db: Connection) -> None:
        self.world(
            db,
            When(
                figure="ty-le",
                period=Length.QUARTER,
                below=Decimal(3),
                evaluated_after=10,
                per_unit=True,
            ),
        )
        self.figures(db, "2", of="a")
        self.figures(db, "3", of="b")
        planned(db, on="2024-04-10")
        assert the_tasks(db) == [("2024-Q1@a", "a", "2024-04-25")]
        planned(db, on="2024-04-20")
        assert len(the_tasks(db)) == 1
        no_gap(db, on="2024-04-20")

    def test_a_correction_supersedes_and_keeps_what_was_said(self, db: Connection) -> None:
        self.world(db, self.TRIGGER)
        assert self.figures(db, "95.7") == 1
        assert self.figures(db, "95.7") == 0
        assert self.figures(db, "96") == 1
        rows = db.execute(select(figure.c.value, figure.c.superseded_at).order_by(figure.c.id))
        assert [(str(row.value.normalize()), row.superseded_at is None) for row in rows] == [
            ("95.7", False), ("96", True),
        ]  # fmt: skip

    def test_a_figure_of_a_stranger_records_none(self, db: Connection) -> None:
        self.world(db, self.TRIGGER)
        with pytest.raises(Refusal) as refused:
            self.figures(db, "1", of="la")
        assert refused.value.code == "unit.unknown"
        assert db.execute(select(figure.c.id)).all() == []

    def test_which_agreements_wait_for_a_figure(self, db: Connection) -> None:
        self.world(db, self.TRIGGER)
        assert concerned(db, ["ty-le", "khac"]) == ["ct-01"]
        assert concerned(db, ["khac"]) == []
