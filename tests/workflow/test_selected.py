"""How many units selectors mean, counted in SQL, is what the roster says of each unit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.worlds import act, day, unit
from workflow.domain.units import FOREVER, Dated, Selector, Span
from workflow.registry import load_units
from workflow.store.selected import selected_by_kind, selecting
from workflow.store.units import roster, unit_ids

if TYPE_CHECKING:
    from sqlalchemy import Connection

SELECTORS = (
    Selector(everyone=True),
    Selector(),
    Selector(kinds=frozenset({"phuong"})),
    Selector(tags=frozenset({"x"})),
    Selector(tags=frozenset({"x", "y"})),
    Selector(under=frozenset({"goc"})),
    Selector(under=frozenset({"goc"}), kinds=frozenset({"truong"})),
    Selector(keys=frozenset({"a", "cu"})),
    Selector(everyone=True, except_keys=frozenset({"a"})),
    Selector(everyone=True, except_tags=frozenset({"y"})),
    Selector(keys=frozenset({"b"}), except_tags=frozenset({"y"})),
)


def offices(db: Connection) -> None:
    """Units with tags that began and ended, one that closed and one that is yet to open."""
    ended = Span(from_on=day("2020-01-01"), until_on=day("2023-01-01"))
    begun = Span(from_on=day("2023-01-01"), until_on=FOREVER)
    load_units(
        db,
        [
            unit("goc", kind="thanh_uy"),
            unit("a", parent="goc", tags=("x",)),
            unit("b", parent="goc", tags=("x", "y")),
            unit("c", kind="truong", parent="a"),
            unit("cu", until="2023-06-01", tags=("x",)),
            unit("moi", since="2024-06-01", tags=("x",)),
        ],
        act=act(),
    )
    tags = (Dated(value="x", span=ended), Dated(value="y", span=begun))
    load_units(db, [replace(unit("d", kind="truong"), tags=tags)], act=act())


def test_counts_are_those_of_the_roster(db: Connection) -> None:
    offices(db)
    known = roster(db)
    for on in (day("2022-05-01"), day("2024-01-02"), day("2024-07-01")):
        expected = [
            Counter(one.kind for key, one in known.units.items() if known.is_member(each, key, on))
            for each in SELECTORS
        ]
        assert selected_by_kind(db, SELECTORS, on=on) == expected
    assert selected_by_kind(db, (), on=day("2024-01-02")) == []


def test_the_selectors_that_mean_one_unit(db: Connection) -> None:
    offices(db)
    known, ids = roster(db), unit_ids(db)
    for on in (day("2022-05-01"), day("2024-01-02"), day("2024-07-01")):
        for key in known.units:
            expected = {
                place for place, one in enumerate(SELECTORS) if known.is_member(one, key, on)
            }
            assert selecting(db, SELECTORS, ids[key], on=on) == expected, (key, on)
    assert selecting(db, (), ids["a"], on=day("2024-01-02")) == set()
