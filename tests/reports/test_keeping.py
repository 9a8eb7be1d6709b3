"""Kept figures are those that would be counted at their instant, whatever happened before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select, update

from reports.boards.board import SORTS, Asked, Shown
from reports.boards.keeping import keep_figures
from reports.boards.kept_overview import kept_overview
from reports.boards.overview import counted, overview
from reports.boards.proving_figures import figures_wrong
from reports.reach import reports_on, tasks_reached
from reports.windows import periods_offered
from tests import worlds
from tests.reports import quarter
from tests.reports.dated_tasks import Ground, Life, advance, ground, instants, lives, write
from workflow import catalogue
from workflow.domain.agreement import Party
from workflow.domain.roles import Grant, Role
from workflow.domain.units import Selector
from workflow.intake.kept_form import keep_agreement, keep_obligation
from workflow.store.agreements import agreement, obligation_version
from workflow.store.kept_figures import kept_cell, kept_touch, kept_unit
from workflow.store.reports import report
from workflow.store.successions import MADE_DAYS, make_tasks
from workflow.store.tasks import task
from workflow.store.units import unit, unit_fact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, FromClause

    from workflow.catalogue import Kept


CODE = "ct-01"
FIRST, SECOND = Selector(keys=frozenset({"ct-01-u0"})), Selector(keys=frozenset({"ct-01-u1"}))


def told(db: Connection, on: Ground) -> None:
    """Let the bare rows say what an agreement, its duties and units are."""
    duties = [worlds.obligation(code) for code in ("d0", "d1")]
    says = worlds.agreement(
        *duties,
        code=CODE,
        parties=(
            Party(code="mot", name="Một", members=FIRST),
            Party(code="hai", name="Hai", members=SECOND),
        ),
    )
    db.execute(update(agreement).values(definition=keep_agreement(says)))
    for version_id, duty in zip(on.versions, duties, strict=True):
        is_it = obligation_version.c.id == version_id
        db.execute(update(obligation_version).where(is_it).values(definition=keep_obligation(duty)))
    for number, unit_id in enumerate(on.units):
        fact = {"fact": "name", "value": f"Phường {number}", "from_on": worlds.day("2020-01-01")}
        db.execute(
            insert(unit_fact).values(unit_id=unit_id, until_on=worlds.day("9999-12-31"), **fact)
        )


def drafted(db: Connection, on: Ground, *, at: datetime, cut_off: datetime) -> None:
    db.execute(
        insert(report).values(
            agreement_id=on.agreement_id,
            period="2024-Q1",
            edition=1,
            state="draft",
            cut_off=cut_off,
            as_of=at,
            paragraphs={},
            content="",
            sha256="",
            drafted_by="x",
            drafted_at=at,
        )
    )


def ensure_same(
    db: Connection,
    kept: Kept,
    *,
    at: datetime,
    asked: Sequence[dict[str, Any]],
    periods: Sequence[str] = (),
) -> int:
    """Compare everything that a board may show, and give how many boards had something."""
    cut_offs = tuple((row.period, row.cut_off) for row in reports_on(db, kept.id))
    full = 0
    offered = periods_offered(kept, today=kept.day_of(at)).items()
    # Of the many months some speak for the others.
    some = [one.key for length, ones in offered for one in ones[:: 4 if length == "month" else 1]]
    for period in periods or some:
        for more in asked:
            shown = Shown(sort=str(more.get("sort", "name")), is_ranked=True, is_paired=True)
            one = Asked(
                period=period,
                at=at,
                cut_offs=cut_offs,
                **{name: value for name, value in more.items() if name != "sort"},
            )
            expected = counted(db, kept, asked=one, shown=shown)
            found = kept_overview(db, kept, asked=one, quarters=8, shown=shown)
            assert found is not None
            assert replace(found, is_kept=False) == expected, (period, more)
            full += bool(expected.total.boxes.total)
    return full


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    written=st.lists(lives(), min_size=4, max_size=12),
    looks=st.lists(instants, min_size=2, max_size=3, unique=True),
    lag_days=st.none() | st.integers(-3, 9),
)
def test_after_any_acts_kept_figures_are_those_that_are_counted(
    db: Connection, written: list[Life], looks: list[datetime], lag_days: int | None
) -> None:
    with db.begin_nested() as point:
        on = ground(db, CODE)
        told(db, on)
        past = [one.foreseeing_nothing() for one in written]
        first, *rest = sorted(looks)
        tasks = write(db, on, [one.until(first) for one in past])
        keep_figures(db, at=first)
        for at in rest:
            advance(db, on, past, tasks, until=at)
            if lag_days is not None and at == rest[-1]:
                ends_at = datetime(2024, 3, 31, 17, tzinfo=UTC)
                drafted(db, on, at=at, cut_off=ends_at + timedelta(days=lag_days))
            keep_figures(db, at=at)
            kept = catalogue.kept(db, CODE)
            ensure_same(db, kept, at=at, asked=[{}])
            assert figures_wrong(db, agreement=CODE) == ()
        point.rollback()


# --- a quarter that is known by hand ------------------------------------------------------


@pytest.fixture
def lived(db: Connection) -> Kept:
    quarter.lived(db)
    keep_figures(db, at=quarter.AS_OF)
    return catalogue.kept(db, quarter.CODE)


GRANTS = {
    "a leader of a side": [Grant(role=Role.LEADER, party="bbn")],
    "a unit": [Grant(role=Role.UNIT_OFFICER, unit="a")],
    "two roles": [
        Grant(role=Role.UNIT_OFFICER, unit="a"),
        Grant(role=Role.REVIEWER, party="bbn", agreement=quarter.CODE),
    ],
    "the agreement": [Grant(role=Role.LEADER, agreement=quarter.CODE)],
    "elsewhere": [Grant(role=Role.LEADER, agreement="khac")],
}


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_a_scope_is_the_same_on_cells_as_on_tasks(db: Connection, lived: Kept) -> None:
    for who, grants in GRANTS.items():

        def within(rows: FromClause, held: list[Grant] = grants) -> ColumnElement[bool]:
            return tasks_reached(db, held, at=quarter.AS_OF, rows=rows)

        asked: list[dict[str, Any]] = [{}, {"party": "ts"}, {"obligation": "MUA"}]
        asked = [{"within": within, **one} for one in asked]
        full = ensure_same(db, lived, at=quarter.AS_OF, asked=asked, periods=["2024-Q1"])
        assert bool(full) is (who != "elsewhere")


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_sides_and_obligations_are_the_same_and_units_stand_in_the_same_order(
    db: Connection, lived: Kept
) -> None:
    asked: list[dict[str, Any]] = [{"party": "ts"}, {"party": "bbn", "obligation": "BAI"}]
    asked += [{"sort": sort} for sort in ("kind", "-name", *SORTS, *(f"-{one}" for one in SORTS))]
    assert ensure_same(db, lived, at=quarter.AS_OF, asked=asked, periods=["2024-Q1"])


def test_a_page_is_a_part_of_all(db: Connection, lived: Kept) -> None:
    asked = Asked(period="2024-Q1", at=quarter.AS_OF)
    whole = overview(db, lived, asked=asked).units
    page = overview(db, lived, asked=asked, shown=Shown(start=1, at_most=1)).units
    assert (page.lines, page.count) == (whole.lines[1:2], len(whole.lines))
    assert page.worst == ()
    assert page.pairs == {}


def test_what_is_not_kept_is_counted(db: Connection, lived: Kept) -> None:
    later = quarter.AS_OF + timedelta(hours=1)
    months = overview(db, lived, asked=Asked(period="2024-2M", at=later))
    assert (months.is_kept, months.as_of) == (False, later)
    quarterly = overview(db, lived, asked=Asked(period="2024-Q1", at=later))
    assert (quarterly.is_kept, quarterly.as_of) == (True, quarter.AS_OF)


def test_a_look_at_what_did_not_change_says_so_and_costs_two_statements_and_a_note(
    db: Connection, lived: Kept
) -> None:
    assert db.execute(kept_touch.select()).all() == []
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    later = quarter.AS_OF + timedelta(minutes=1)
    assert keep_figures(db, at=later) == {}
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) == 3
    assert overview(db, lived, asked=Asked(period="2024-Q1", at=later)).as_of == later


def test_what_is_planned_later_is_counted_at_the_next_look(db: Connection, lived: Kept) -> None:
    later = quarter.AS_OF + timedelta(days=90)
    keep_figures(db, at=later)
    before = overview(db, lived, asked=Asked(period="2024-Q3", at=later)).total.boxes.total
    worlds.planned(db, quarter.CODE, until="2024-10-01", on="2024-07-04")
    keep_figures(db, at=later)
    found = overview(db, lived, asked=Asked(period="2024-Q3", at=later))
    assert found.is_kept
    assert found.total.boxes.total > before
    assert figures_wrong(db, agreement=quarter.CODE) == ()


def test_a_unit_that_is_named_otherwise_is_told_so(db: Connection, lived: Kept) -> None:
    from workflow.journal import record

    is_name = (unit_fact.c.fact == "name") & (unit_fact.c.value == "Phường Ấp Bắc")
    db.execute(update(unit_fact).where(is_name).values(value="Phường Zét"))
    record(db, act=worlds.act(), verb="unit.changed", subject=("unit", 1))
    keep_figures(db, at=quarter.AS_OF)
    found = overview(db, lived, asked=Asked(period="2024-Q1", at=quarter.AS_OF))
    assert [one.name for one in found.units.lines][:2] == ["Phường Ân Thịnh", "Phường Zét"]
    assert found.is_kept


def test_a_task_that_a_succession_makes_is_counted(db: Connection, lived: Kept) -> None:
    one = db.execute(select(task).where(task.c.belongs_on == worlds.day("2024-03-31"))).first()
    assert one is not None
    free = select(unit.c.id).where(
        unit.c.id.not_in(select(task.c.unit_id).where(task.c.occasion_id == one.occasion_id))
    )
    row = (one.id, db.scalars(free).first(), *(getattr(one, name) for name in MADE_DAYS))
    before = overview(db, lived, asked=Asked(period="2024-Q1", at=quarter.AS_OF)).total
    assert len(make_tasks(db, [row], act=worlds.act("2024-04-05"))) == 1
    keep_figures(db, at=quarter.AS_OF)
    after = overview(db, lived, asked=Asked(period="2024-Q1", at=quarter.AS_OF)).total
    assert after.boxes.total == before.boxes.total + 1
    assert figures_wrong(db, agreement=quarter.CODE) == ()


# --- the proof ----------------------------------------------------------------------------


def test_a_wrong_cell_is_named_and_made_right(db: Connection, lived: Kept) -> None:
    wrong = (kept_cell.c.done_late == 1) & (kept_cell.c.agreement_id == lived.id)
    assert db.execute(update(kept_cell).where(wrong).values(done_late=3)).rowcount
    found = figures_wrong(db, agreement=quarter.CODE)
    pairs = [one for one in found if one.obligation and one.unit]
    assert pairs
    assert all(one.kept["done_late"] == 3 and one.counted["done_late"] == 1 for one in pairs)
    # What it was summed up to is right by itself, and no longer the sum.
    assert {(one.obligation is None, one.unit is None) for one in found} == {
        (False, False),
        (False, True),
        (True, False),
    }
    keep_figures(db, at=quarter.AS_OF, is_thorough=True)
    assert figures_wrong(db, agreement=quarter.CODE) == ()


@pytest.mark.usefixtures("lived")
def test_a_wrong_sum_is_named(db: Connection) -> None:
    db.execute(update(kept_unit).where(kept_unit.c.key == "a").values(waived=7))
    found = figures_wrong(db, agreement=quarter.CODE)
    assert {(one.obligation, one.unit) for one in found} == {(None, "a")}


@pytest.mark.usefixtures("lived")
def test_what_was_touched_since_is_not_called_wrong(db: Connection) -> None:
    one = db.execute(kept_cell.select().where(kept_cell.c.done_late == 1)).first()
    assert one is not None
    key = {
        name: getattr(one, name)
        for name in ("agreement_id", "obligation_id", "unit_id", "answerable_id")
    }
    db.execute(insert(kept_touch).values(belongs_on=worlds.day("2024-03-31"), **key))
    same = (kept_cell.c.unit_id == one.unit_id) & (kept_cell.c.obligation_id == one.obligation_id)
    db.execute(update(kept_cell).where(same).values(done_late=3))
    assert not [
        one for one in figures_wrong(db, agreement=quarter.CODE) if one.obligation and one.unit
    ]
