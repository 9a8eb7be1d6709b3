"""Lines and tables add up, or cannot be made."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.figures import NOTHING, Line, Table, added, grouped, tables
from workflow.domain.tally import OUTSIDE, Boxes
from workflow.store.tallies import PLACES, Tally

places = st.sampled_from(sorted(PLACES))
tallies = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.integers(1, 4),
        st.integers(1, 50),
        st.none() | places,
        st.none() | places,
    ),
    max_size=30,
)


@given(counted=tallies)
def test_every_way_of_adding_gives_the_total(counted: list[Tally]) -> None:
    for window, table in enumerate(tables(counted, windows=2)):
        assert added(table.by_obligation.values()) == table.total
        assert added(table.by_unit.values()) == table.total
        assert added(table.pairs.values()) == table.total
        by_unit = grouped(table.pairs, lambda pair: pair[1])
        assert by_unit == dict(table.by_unit)
        inside = [
            number
            for _, _, number, *places_of in counted
            for place in [places_of[window]]
            if place is not None and PLACES[place].box not in OUTSIDE
        ]
        assert table.total.boxes.total == sum(inside)


@given(counted=tallies)
def test_the_order_of_tallies_does_not_matter(counted: list[Tally]) -> None:
    assert tables(counted, windows=2) == tables(list(reversed(counted)), windows=2)


@given(counted=tallies)
def test_each_place_is_counted_where_it_belongs(counted: list[Tally]) -> None:
    (table, _) = tables(counted, windows=2)
    for place in PLACES.values():
        if place.band is not None:
            mine = sum(
                number
                for _, _, number, *places_of in counted
                for key in places_of[:1]
                if key is not None and PLACES[key].band == place.band
            )
            assert table.total.overdue[place.band] == mine
    past = sum(
        number
        for _, _, number, *places_of in counted
        for key in places_of[:1]
        if key is not None and PLACES[key].is_past_due
    )
    assert table.total.boxes.awaiting_past_due == past


def test_tallies_without_units_have_no_lines_of_units() -> None:
    (table,) = tables([(1, None, 3, 0)], windows=1)
    assert (table.total.boxes.total, table.by_unit, table.pairs) == (3, {}, {})


def test_a_line_that_does_not_add_up_cannot_be_made() -> None:
    boxes = Boxes(total=2, done_on_time=1, not_done_overdue=1)
    line = Line(boxes=boxes, carried_over=1, assigned=1, overdue=(0, 1, 0, 0))
    with pytest.raises(ValueError, match="carried over and assigned"):
        replace(line, assigned=2)
    with pytest.raises(ValueError, match="bands"):
        replace(line, overdue=(0, 0, 0, 0))


def test_a_table_that_does_not_add_up_cannot_be_made() -> None:
    line = Line(boxes=Boxes(total=1, done_on_time=1), assigned=1)
    table = Table(total=line, by_obligation={1: line}, by_unit={1: line}, pairs={(1, 1): line})
    with pytest.raises(ValueError, match="does not add up to its total"):
        replace(table, by_unit={1: line, 2: line})
    with pytest.raises(ValueError, match="obligations and units"):
        replace(table, pairs={(1, 1): line, (1, 2): line})


def test_a_line_is_met_when_all_that_was_owed_is_done() -> None:
    met = Line(boxes=Boxes(total=2, done_late=1, waived=1), assigned=2)
    assert met.is_met is True
    assert (met + Line(boxes=Boxes(total=1, not_done_in_time=1), assigned=1)).is_met is False
    assert Line(boxes=Boxes(total=1, suspended=1), assigned=1).is_met is None
    assert NOTHING.is_met is None
