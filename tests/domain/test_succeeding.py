"""Units as a succession leaves them, and everything that is wrong with one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import unit
from workflow.domain.succeeding import succeeded
from workflow.domain.succession import Copies, Decision, Fate, Succession, Successor
from workflow.domain.succession_sense import problems
from workflow.domain.units import FOREVER, Dated, Roster, Span, Unit, UnitQuota, value_on

if TYPE_CHECKING:
    from collections.abc import Iterable

ON = date(2025, 7, 1)
EVE = date(2025, 6, 30)
LIFE = Span(from_on=date(2020, 1, 1))


def quota(copies: int, title: str = "bbn", **more: Any) -> UnitQuota:
    fields: dict[str, Any] = {"title": title, "copies": copies, "span": LIFE, **more}
    return UnitQuota(**fields)


def coded(key: str, code: str) -> Unit:
    return unit(key, codes=(Dated(value=code, span=LIFE),), parent="city")


WARDS = (
    replace(coded("a", "01"), quotas=(quota(10, funds="NSNN"), quota(2, "nd"))),
    replace(coded("b", "02"), quotas=(quota(5, is_mandatory=False),)),
    coded("c", "03"),
)
CITY = unit("city", kind="tp", parent="province")
PROVINCE = unit("province", kind="tinh")
SCHOOL = unit("school", kind="truong", parent="b")
TOWN = Roster([*WARDS, CITY, PROVINCE, SCHOOL])


def says(
    *successors: Successor, dissolved: Iterable[str] = (), decisions: Iterable[Decision] = ()
) -> Succession:
    return Succession(
        happens_on=ON,
        ground="Nghị quyết 1",
        successors=successors,
        dissolved=tuple(dissolved),
        decisions=tuple(decisions),
    )


MERGE = Successor(key="ab", replaces=("a", "b"), kind="phuong", name="Phường AB", code="01")


def after(succession: Succession, roster: Roster = TOWN) -> dict[str, Unit]:
    assert problems(succession, roster) == ()
    return {unit.key: unit for unit in succeeded(succession, roster)}


def owed(unit: Unit, on: date = ON) -> dict[str, int]:
    return {one.title: one.copies for one in unit.quotas if one.span.covers(on)}


class TestUnits:
    def test_those_that_end_close_and_keep_their_past(self) -> None:
        a = after(says(MERGE))["a"]
        assert a.life == Span(from_on=LIFE.from_on, until_on=ON)
        assert a.name_on(EVE) == a.name_on(ON) == "Đơn vị a"
        assert [fact.span.until_on for fact in (*a.codes, *a.parents)] == [ON, ON]
        assert owed(a, EVE) == {"bbn": 10, "nd": 2}
        assert owed(a) == {}

    def test_a_code_is_used_again_by_the_successor(self) -> None:
        found = after(says(MERGE))
        assert value_on(found["a"].codes, EVE) == value_on(found["ab"].codes, ON) == "01"

    def test_a_successor_opens_with_what_those_it_replaces_had(self) -> None:
        tagged = [replace(one, tags=(Dated(value=f"t-{one.key}", span=LIFE),)) for one in WARDS]
        ab = after(says(MERGE), Roster([*tagged, CITY, PROVINCE]))["ab"]
        assert (ab.life, ab.kind, ab.name_on(ON)) == (Span(from_on=ON), "phuong", "Phường AB")
        assert {tag.value for tag in ab.tags} == {"t-a", "t-b"}
        assert value_on(ab.parents, ON) == "city"
        assert owed(ab) == {"bbn": 15, "nd": 2}
        (first, _) = ab.quotas
        assert (first.is_mandatory, first.funds, first.span) == (True, "NSNN", Span(from_on=ON))

    def test_what_is_said_holds_instead(self) -> None:
        said = replace(
            MERGE,
            tags=("x",),
            parent="province",
            quotas=(Copies(title="bbn", copies=12, is_mandatory=False, funds="xã hội hóa"),),
            tax_code="0100109106",
            budget_code="1234567",
            paid_by="city",
            mail="ab@x.example",
        )
        ab = after(says(said))["ab"]
        assert [tag.value for tag in ab.tags] == ["x"]
        assert value_on(ab.parents, ON) == "province"
        assert ab.quotas == (
            UnitQuota(
                title="bbn",
                copies=12,
                span=Span(from_on=ON),
                is_mandatory=False,
                funds="xã hội hóa",
            ),
        )
        assert (ab.tax_code, ab.budget_code) == ("0100109106", "1234567")
        assert (ab.paid_by, ab.mail) == ("city", "ab@x.example")
        assert owed(after(says(replace(MERGE, quotas=())))["ab"]) == {}

    def test_one_that_goes_on_keeps_its_own_and_adds_the_others_copies(self) -> None:
        a = after(says(Successor(key="a", replaces=("b",), name="Phường A mới")))["a"]
        assert a.life == LIFE
        assert (a.name_on(EVE), a.name_on(ON)) == ("Đơn vị a", "Phường A mới")
        assert value_on(a.codes, ON) == "01"
        assert owed(a, EVE) == {"bbn": 10, "nd": 2}
        assert owed(a) == {"bbn": 15, "nd": 2}

    def test_one_may_be_said_to_replace_itself(self) -> None:
        found = after(says(Successor(key="a", replaces=("a", "b"))))
        assert owed(found["a"]) == {"bbn": 15, "nd": 2}
        assert set(found) == {"a", "b", "school"}

    def test_a_rename_changes_the_name_from_the_day_on_and_nothing_else(self) -> None:
        found = after(says(Successor(key="c", name="Phường Xê")))
        assert set(found) == {"c"}
        before = TOWN.units["c"]
        assert replace(found["c"], names=before.names) == before
        assert found["c"].names == (
            Dated(value="Đơn vị c", span=Span(from_on=LIFE.from_on, until_on=ON)),
            Dated(value="Phường Xê", span=Span(from_on=ON)),
        )

    def test_the_same_name_again_goes_on(self) -> None:
        assert after(says(Successor(key="c", name="Đơn vị c"), dissolved=["a"])).keys() == {"a"}

    def test_a_fact_that_would_have_begun_later_gives_way(self) -> None:
        later = Span(from_on=date(2026, 1, 1))
        planned = replace(
            unit("c"),
            names=(
                Dated(value="C", span=Span(from_on=LIFE.from_on, until_on=later.from_on)),
                Dated(value="C sau", span=later),
            ),
            quotas=(quota(3, span=later),),
        )
        c = after(says(Successor(key="c", name="C nay", quotas=())), Roster([planned]))["c"]
        assert [(one.value, one.span.until_on) for one in c.names] == [
            ("C", ON),
            ("C nay", FOREVER),
        ]
        assert c.quotas == ()

    def test_a_unit_that_was_loaded_as_opening_on_the_day_is_taken_as_it_is(self) -> None:
        ready = unit("ab", since="2025-07-01", parent="city")
        ab = after(says(Successor(key="ab", replaces=("a", "b"))), Roster([*WARDS, CITY, ready]))[
            "ab"
        ]
        assert ab.name_on(ON) == "Đơn vị ab"
        assert owed(ab) == {"bbn": 15, "nd": 2}

    def test_without_copies_anywhere_there_are_none(self) -> None:
        bare = Roster([unit("x"), unit("y")])
        merged = Successor(key="xy", replaces=("x", "y"), kind="phuong", name="XY")
        assert after(says(merged), bare)["xy"].quotas == ()
        done = Roster(
            [
                replace(
                    unit("x"), quotas=(quota(1, span=Span(from_on=LIFE.from_on, until_on=EVE)),)
                ),
                unit("y"),
            ]
        )
        assert owed(after(says(Successor(key="x", replaces=("y",))), done)["y"]) == {}


class TestTree:
    def parent(self, found: dict[str, Unit], key: str, on: date = ON) -> str | None:
        return value_on(found[key].parents, on)

    def test_what_stood_below_stands_below_the_successor(self) -> None:
        found = after(says(MERGE))
        assert self.parent(found, "school") == "ab"
        assert self.parent(found, "school", EVE) == "b"

    def test_below_a_dissolved_unit_it_stands_below_the_next_above(self) -> None:
        found = after(says(dissolved=["city"]))
        assert {self.parent(found, key) for key in "abc"} == {"province"}
        assert after(says(dissolved=["province"]))["city"].parents[-1].span.until_on == ON

    def test_both_at_once(self) -> None:
        found = after(says(MERGE, dissolved=["city"]))
        assert self.parent(found, "ab") == "province"
        assert self.parent(found, "school") == "ab"

    def test_one_that_goes_on_below_one_that_ends(self) -> None:
        found = after(says(Successor(key="c", name="Xê"), dissolved=["city"]))
        assert self.parent(found, "c") == "province"

    def test_those_replaced_stood_below_different_units(self) -> None:
        apart = Roster([unit("x", parent="p"), unit("y", parent="q"), unit("p"), unit("q")])
        merged = Successor(key="xy", replaces=("x", "y"), kind="phuong", name="XY")
        assert after(says(merged), apart)["xy"].parents == ()

    def test_below_one_that_is_split_nobody_guesses(self) -> None:
        halves = [
            Successor(key=key, replaces=("city",), kind="tp", name=key) for key in ("c1", "c2")
        ]
        split = Decision(fate=Fate.SPLIT, units=("city",))
        merged = replace(MERGE, parent="c1")
        told = [Successor(key="c", parent="c2")]
        assert self.parent(after(says(*halves, merged, *told, decisions=[split])), "c") == "c2"
        untold = says(*halves, replace(MERGE, parent=None), *told, decisions=[split])
        assert after(untold)["ab"].parents == ()

    def test_a_loop_in_the_tree_ends_the_walk(self) -> None:
        looped = Roster([unit("x", parent="y"), unit("y", parent="x"), unit("z", parent="x")])
        assert after(says(dissolved=["x", "y"]), looped)["z"].parents[-1].span.until_on == ON


units_drawn = st.lists(
    st.tuples(st.sampled_from("pq"), st.integers(0, 9)), min_size=2, max_size=6
).map(
    lambda drawn: [
        replace(unit(f"u{index}", parent=above), quotas=(quota(copies),) if copies else ())
        for index, (above, copies) in enumerate(drawn)
    ]
)


@given(known=units_drawn, pick=st.data())
def test_merging_loses_no_copies_and_rewrites_no_past(
    known: list[Unit], pick: st.DataObject
) -> None:
    roster = Roster([*known, unit("p"), unit("q")])
    keys = pick.draw(st.lists(st.sampled_from([one.key for one in known]), min_size=1, unique=True))
    merged = Successor(key="moi", replaces=tuple(keys), kind="phuong", name="Mới")
    now = {**roster.units, **after(says(merged), roster)}

    def total(units: Iterable[Unit], on: date) -> int:
        return sum(one.quota_on("bbn", on) or 0 for one in units if one.life.covers(on))

    assert total(now.values(), ON) == total(roster.units.values(), EVE)
    for key, before in roster.units.items():
        past = now[key]
        for on in (LIFE.from_on, EVE):
            assert past.name_on(on) == before.name_on(on)
            assert past.quota_on("bbn", on) == before.quota_on("bbn", on)
            assert value_on(past.parents, on) == value_on(before.parents, on)


class TestHeir:
    """Who stands in for a unit that alone was asked for something."""

    CHAIN = Roster(
        [
            unit("a", until="2025-07-01"),
            unit("b", since="2025-07-01", until="2025-10-01"),
            unit("c", since="2025-10-01"),
            unit("split", until="2025-07-01"),
            unit("gone", until="2025-07-01"),
            unit("x", until="2025-07-01"),
            unit("y", until="2025-07-01"),
        ],
        {
            "b": frozenset({("a", ON), ("split", ON)}),
            "c": frozenset({("b", date(2025, 10, 1)), ("split", ON)}),
            "x": frozenset({("y", ON)}),
            "y": frozenset({("x", ON)}),
        },
    )

    @pytest.mark.parametrize(
        ("key", "on", "expected"),
        [
            ("a", EVE, "a"),
            ("a", ON, "b"),
            ("a", date(2025, 10, 1), "c"),
            ("split", ON, "split"),
            ("gone", ON, "gone"),
            ("unheard-of", ON, "unheard-of"),
        ],
    )
    def test_the_only_successor_stands_in(self, key: str, on: date, expected: str) -> None:
        assert self.CHAIN.heir(key, on) == expected

    def test_units_that_replaced_one_another_end_the_walk(self) -> None:
        assert self.CHAIN.heir("x", ON) in {"x", "y"}


def wrong(succession: Succession, roster: Roster = TOWN) -> list[tuple[str, str]]:
    return [
        (one.code.removeprefix("succession."), one.path) for one in problems(succession, roster)
    ]


class TestProblems:
    def test_nothing_is_wrong(self) -> None:
        assert wrong(says(MERGE, dissolved=["city"])) == []

    def test_nothing_is_said(self) -> None:
        assert wrong(says()) == [("says_nothing", "")]

    def test_everything_is_named_at_once(self) -> None:
        bad = says(
            Successor(key="ab", replaces=("a", "nobody"), parent="gone", paid_by="b"),
            Successor(key="ab", replaces=("b",), name="AB", kind="phuong"),
            Successor(key="c", kind="xa", code="01"),
            dissolved=["c", "a", "ghost"],
        )
        assert wrong(bad) == [
            ("name_missing", "successors[0].name"),
            ("kind_missing", "successors[0].kind"),
            ("unit.unknown", "successors[0].replaces[1]"),
            ("unit.unknown", "successors[0].parent"),
            ("not_there", "successors[0].paid_by"),
            ("named_twice", "successors[1].key"),
            ("kind_fixed", "successors[2].kind"),
            ("dissolved_and_going_on", "dissolved[0]"),
            ("dissolved_and_going_on", "dissolved[1]"),
            ("unit.unknown", "dissolved[2]"),
        ]

    def test_a_unit_has_to_be_there(self) -> None:
        closed = Roster([unit("x", until="2025-01-01"), unit("y", since="2025-07-02"), unit("z")])
        assert wrong(says(Successor(key="x"), dissolved=["y"]), closed) == [
            ("not_there", "successors[0].key"),
            ("not_there", "dissolved[0]"),
        ]
        below = says(Successor(key="z", parent="x"))
        assert wrong(below, closed) == [("not_there", "successors[0].parent")]

    def test_copies_of_a_title_twice(self) -> None:
        twice = (Copies(title="bbn", copies=1), Copies(title="bbn", copies=2))
        assert wrong(says(replace(MERGE, quotas=twice))) == [
            ("title_twice", "successors[0].quotas[1]")
        ]

    def test_copies_of_one_that_is_shared_are_not_added_by_themselves(self) -> None:
        off = Successor(key="a1", replaces=("a",), kind="phuong", name="A1")
        assert wrong(says(off, Successor(key="a"))) == [("quotas_unshared", "successors[0].quotas")]
        halves = [replace(off, key=key) for key in ("a1", "a2")]
        split = Decision(fate=Fate.SPLIT)
        assert wrong(says(*halves, decisions=[split])) == [
            ("quotas_unshared", "successors[0].quotas"),
            ("quotas_unshared", "successors[1].quotas"),
        ]
        shared = [replace(one, quotas=(Copies(title="bbn", copies=5),)) for one in halves]
        assert wrong(says(*shared, decisions=[split])) == []
        bare = [replace(one, replaces=("c",)) for one in halves]
        assert wrong(says(*bare, decisions=[split])) == []

    def test_a_split_has_to_be_decided(self) -> None:
        halves = [
            Successor(key=key, replaces=("c",), kind="phuong", name=key) for key in ("c1", "c2")
        ]
        narrow = Decision(fate=Fate.SPLIT, units=("c",), agreement="ct-01")
        other = Decision(fate=Fate.CANCEL, units=("a",))
        assert wrong(says(*halves, MERGE, decisions=[narrow, other])) == [
            ("undecided", "decisions")
        ]
        for decision in (Decision(fate=Fate.CANCEL), Decision(fate=Fate.SPLIT, units=("c",))):
            assert wrong(says(*halves, decisions=[decision])) == []

    def test_below_a_split_unit_one_has_to_be_told(self) -> None:
        halves = [
            Successor(key=key, replaces=("city",), kind="tp", name=key) for key in ("c1", "c2")
        ]
        split = Decision(fate=Fate.SPLIT, units=("city",))
        assert wrong(says(*halves, MERGE, decisions=[split])) == [
            ("parent_undecided", "successors")
        ]

    def test_a_code_names_one_unit_on_a_day(self) -> None:
        assert wrong(says(replace(MERGE, code="03"))) == [("code_taken", "successors[0].code")]
        assert wrong(says(Successor(key="c", code="04"), replace(MERGE, code="03"))) == []
        swap = [Successor(key="a", code="02"), Successor(key="b", code="01")]
        assert wrong(says(*swap)) == []
        both = [Successor(key="a", code="09"), Successor(key="b", code="09")]
        assert wrong(says(*both)) == [("code_taken", "successors[1].code")]

    @pytest.mark.parametrize(
        ("decision", "expected"),
        [
            (Decision(fate=Fate.CANCEL, units=("c",)), [("does_not_end", "decisions[0].units[0]")]),
            (
                Decision(fate=Fate.CANCEL, to=("ab",)),
                [("cancel_names_successor", "decisions[0].to")],
            ),
            (
                Decision(fate=Fate.TRANSFER, units=("a",), to=("ab", "c")),
                [("transfer_to_one", "decisions[0].to")],
            ),
            (
                Decision(fate=Fate.TRANSFER, units=("city",)),
                [("transfer_to_one", "decisions[0].to")],
            ),
            (
                Decision(fate=Fate.SPLIT, units=("a",)),
                [("split_to_several", "decisions[0].to")],
            ),
            (
                Decision(fate=Fate.SPLIT, units=("a",), to=("ab", "ab")),
                [("named_twice", "decisions[0].to[1]")],
            ),
            (
                Decision(fate=Fate.TRANSFER, units=("a",), to=("b",)),
                [("not_there", "decisions[0].to[0]")],
            ),
            (
                Decision(fate=Fate.TRANSFER, units=("a",), to=("nobody",)),
                [("unit.unknown", "decisions[0].to[0]")],
            ),
            (Decision(fate=Fate.TRANSFER, units=("city",), to=("province",)), []),
            (Decision(fate=Fate.SPLIT, units=("city",), to=("ab", "c")), []),
        ],
    )
    def test_decisions(self, decision: Decision, expected: list[tuple[str, str]]) -> None:
        assert wrong(says(MERGE, dissolved=["city"], decisions=[decision])) == expected
