"""What the database counts is what the domain counts, at every pair of instants."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reports.dated_tasks import (
    HANOI,
    Ground,
    Life,
    days,
    ground,
    instants,
    lives,
    settled_lives,
    write,
)
from workflow.domain.tally import Box, box_of, overdue_band, share_of
from workflow.store.tallies import PLACES, Place, Window, tallied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

Counted = Counter[tuple[int, int | None, tuple[Place | None, ...]]]

# Few examples of many tasks: making and reading a statement costs more than a task in it.
on_a_database = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    from_on, until_on = sorted(draw(st.lists(days, min_size=2, max_size=2, unique=True)))
    before, cut_off = sorted(draw(st.lists(instants, min_size=2, max_size=2, unique=True)))
    return Window(
        from_on=from_on, until_on=until_on, previous_cut_off=before, cut_off=cut_off, zone=HANOI
    )


def place_by_domain(life: Life, window: Window, as_of: datetime) -> Place | None:
    facts = life.facts_at(as_of)
    if facts is None:
        return None
    share = share_of(
        facts,
        from_on=window.from_on,
        until_on=window.until_on,
        previous_cut_off=window.previous_cut_off,
    )
    if share is None:
        return None
    box = box_of(facts, cut_off=window.cut_off)
    return Place(
        share=share,
        box=box,
        band=overdue_band(facts, cut_off=window.cut_off),
        is_past_due=box is Box.AWAITING and facts.terms.is_past_due(window.cut_off),
    )


def by_domain(
    on: Ground, written: Sequence[Life], asked: Sequence[Window], as_of: datetime, *, by_unit: bool
) -> Counted:
    counted: Counted = Counter()
    for life in written:
        places = tuple(place_by_domain(life, window, as_of) for window in asked)
        if any(places):
            unit_id = on.units[life.unit] if by_unit else None
            counted[on.duties[life.duty], unit_id, places] += 1
    return counted


def by_database(
    db: Connection, on: Ground, asked: Sequence[Window], as_of: datetime, *, by_unit: bool
) -> Counted:
    counted: Counted = Counter()
    rows = tallied(db, on.agreement_id, windows=asked, as_of=as_of, by_unit=by_unit)
    for obligation_id, unit_id, number, *keys in rows:
        places = tuple(None if one is None else PLACES[one] for one in keys)
        counted[obligation_id, unit_id, places] += number
    return counted


@pytest.fixture
def on(db: Connection) -> Ground:
    """What every example's tasks stand on, laid once; the tasks are taken away again."""
    return ground(db)


@on_a_database
@given(
    written=st.lists(lives(), min_size=8, max_size=40),
    asked=st.lists(windows(), min_size=1, max_size=3),
    as_of=instants,
    by_unit=st.booleans(),
)
def test_the_database_counts_what_the_domain_counts(
    db: Connection,
    *,
    on: Ground,
    written: list[Life],
    asked: list[Window],
    as_of: datetime,
    by_unit: bool,
) -> None:
    with db.begin_nested() as point:
        write(db, on, written)
        expected = by_domain(on, written, asked, as_of, by_unit=by_unit)
        assert by_database(db, on, asked, as_of, by_unit=by_unit) == expected
        point.rollback()


@on_a_database
@given(
    written=st.lists(settled_lives(), min_size=8, max_size=40),
    from_on=days,
    before=instants,
    as_of=instants,
)
def test_what_is_carried_over_and_done_on_time_is_told_to_the_day(
    db: Connection,
    *,
    on: Ground,
    written: list[Life],
    from_on: date,
    before: datetime,
    as_of: datetime,
) -> None:
    late = datetime(2024, 9, 1, tzinfo=UTC)
    window = Window(
        from_on=from_on,
        until_on=date(2024, 9, 1),
        previous_cut_off=before,
        cut_off=late,
        zone=HANOI,
    )
    with db.begin_nested() as point:
        write(db, on, written)
        for instant in (as_of, late):
            expected = by_domain(on, written, [window], instant, by_unit=True)
            assert by_database(db, on, [window], instant, by_unit=True) == expected
        point.rollback()
