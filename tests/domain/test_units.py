"""Who is meant by a selector on which day, and what a successor inherits."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.units import (
    FOREVER,
    Dated,
    Membership,
    Roster,
    Selector,
    Span,
    Unit,
    UnitQuota,
    value_on,
)

START = date(2025, 1, 1)
REFORM = date(2025, 7, 1)
ALL_TIME = Span(from_on=START)


def day(number: int) -> date:
    return START + timedelta(days=number)


def unit(
    key: str,
    kind: str = "school",
    *,
    life: Span = ALL_TIME,
    tags: tuple[Dated, ...] = (),
    parents: tuple[Dated, ...] = (),
) -> Unit:
    return Unit(
        key=key,
        kind=kind,
        life=life,
        names=(Dated(value=key, span=life),),
        tags=tags,
        parents=parents,
    )


def tag(value: str, span: Span = ALL_TIME) -> Dated:
    return Dated(value=value, span=span)


def members_on(roster: Roster, selector: Selector, on: date = START) -> set[str]:
    return {key for key in roster.units if roster.is_member(selector, key, on)}


# --- who is meant ----------------------------------------------------------------

CITY = Roster(
    [
        unit("city", "committee"),
        unit("ward-a", "ward", parents=(tag("city"),)),
        unit("school-a", parents=(tag("ward-a"),), tags=(tag("public"),)),
        unit("school-b", parents=(tag("ward-a"),), tags=(tag("public"), tag("small"))),
        unit("cell", "party-cell", parents=(tag("school-a"),)),
        unit("paper", "newspaper"),
    ]
)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (Selector(everyone=True), {"city", "ward-a", "school-a", "school-b", "cell", "paper"}),
        (Selector(kinds=frozenset({"school"})), {"school-a", "school-b"}),
        (Selector(kinds=frozenset({"school", "ward"})), {"ward-a", "school-a", "school-b"}),
        (Selector(tags=frozenset({"public"})), {"school-a", "school-b"}),
        (Selector(tags=frozenset({"public", "small"})), {"school-b"}),
        (Selector(under=frozenset({"ward-a"})), {"ward-a", "school-a", "school-b", "cell"}),
        (Selector(under=frozenset({"school-a", "paper"})), {"school-a", "cell", "paper"}),
        (
            Selector(kinds=frozenset({"school"}), under=frozenset({"city"})),
            {"school-a", "school-b"},
        ),
        (Selector(keys=frozenset({"paper"})), {"paper"}),
        (
            Selector(kinds=frozenset({"ward"}), keys=frozenset({"paper"})),
            {"ward-a", "paper"},
        ),
        (
            Selector(kinds=frozenset({"school"}), except_keys=frozenset({"school-a"})),
            {"school-b"},
        ),
        (
            Selector(kinds=frozenset({"school"}), except_tags=frozenset({"small"})),
            {"school-a"},
        ),
        # An exception wins over being named.
        (Selector(keys=frozenset({"school-b"}), except_tags=frozenset({"small"})), set()),
        (Selector(keys=frozenset({"paper"}), except_keys=frozenset({"paper"})), set()),
    ],
)
def test_a_selector_means(selector: Selector, expected: set[str]) -> None:
    assert members_on(CITY, selector) == expected


@pytest.mark.parametrize(
    "selector",
    [
        Selector(),
        Selector(except_keys=frozenset({"paper"})),
        Selector(except_tags=frozenset({"small"})),
    ],
)
def test_nothing_but_exceptions_means_nobody(selector: Selector) -> None:
    assert not selector.has_conditions
    assert members_on(CITY, selector) == set()
    assert CITY.members(selector) == []


def test_a_unit_is_meant_only_while_it_lives() -> None:
    roster = Roster([unit("cell", life=Span(from_on=day(10), until_on=day(20)))])
    everyone = Selector(everyone=True)
    assert [roster.is_member(everyone, "cell", day(n)) for n in (9, 10, 19, 20)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_subtree_follows_the_parents_of_the_day() -> None:
    moved = unit(
        "school",
        parents=(
            tag("a", Span(from_on=START, until_on=day(10))),
            tag("b", Span(from_on=day(10))),
        ),
    )
    roster = Roster([unit("a", "ward"), unit("b", "ward"), moved])
    under_a = Selector(kinds=frozenset({"school"}), under=frozenset({"a"}))
    assert roster.is_member(under_a, "school", day(9))
    assert not roster.is_member(under_a, "school", day(10))
    assert roster.members(under_a) == [
        Membership(
            unit="school", span=Span(from_on=START, until_on=day(10)), since=START
        )
    ]  # fmt: skip


def test_a_loop_among_parents_ends_the_walk() -> None:
    roster = Roster(
        [unit("a", parents=(tag("b"),)), unit("b", parents=(tag("a"),)), unit("c")]
    )  # fmt: skip
    assert roster.is_under("a", frozenset({"b"}), START)
    assert not roster.is_under("a", frozenset({"c"}), START)
    assert members_on(roster, Selector(under=frozenset({"c"}))) == {"c"}
    assert [m.unit for m in roster.members(Selector(under=frozenset({"a"})))] == ["a", "b"]


def test_a_parent_that_is_not_at_hand_is_no_root_unless_named() -> None:
    roster = Roster([unit("a", parents=(tag("elsewhere"),))])
    assert roster.is_under("a", frozenset({"elsewhere"}), START)
    assert not roster.is_under("a", frozenset({"b"}), START)
    assert len(roster.members(Selector(under=frozenset({"elsewhere"})))) == 1


# --- spans, against a walk through all days ------------------------------------------

HORIZON = 20

spans = st.tuples(st.integers(0, HORIZON - 1), st.integers(1, HORIZON)).map(
    lambda drawn: Span(
        from_on=day(drawn[0]),
        until_on=FOREVER if drawn[0] + drawn[1] > HORIZON else day(drawn[0] + drawn[1]),
    )
)
KEYS = ("a", "b", "c")


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    facts = st.lists(st.builds(Dated, value=st.sampled_from(("x", "y")), span=spans), max_size=2)
    parents = st.lists(st.builds(Dated, value=st.sampled_from(KEYS), span=spans), max_size=2)
    return Roster(
        [
            unit(
                key,
                draw(st.sampled_from(("school", "ward"))),
                life=draw(spans),
                tags=tuple(draw(facts)),
                parents=tuple(draw(parents)),
            )
            for key in KEYS
        ]
    )


def some(values: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


selectors = st.builds(
    Selector,
    kinds=some(("school", "ward")),
    tags=some(("x", "y")),
    under=some(KEYS),
    keys=some(KEYS),
    except_keys=some(KEYS),
    except_tags=some(("x", "y")),
    everyone=st.booleans(),
)


@given(roster=rosters(), selector=selectors)
def test_spans_of_membership_hold_exactly_the_days_of_membership(
    roster: Roster, selector: Selector
) -> None:
    found = roster.members(selector)
    assert [(one.unit, one.span.from_on) for one in found] == sorted(
        (one.unit, one.span.from_on) for one in found
    )
    for key in KEYS:
        own = [one.span for one in found if one.unit == key]
        for number in range(-1, HORIZON + 2):
            is_member = roster.is_member(selector, key, day(number))
            assert sum(span.covers(day(number)) for span in own) == is_member
        # They are as long as they can be: between two lies a day that is in neither.
        for before, after in pairwise(own):
            assert before.until_on < after.from_on
        assert all(span.from_on < span.until_on for span in own)


@given(roster=rosters(), selector=selectors)
def test_without_a_succession_nothing_is_inherited(roster: Roster, selector: Selector) -> None:
    for one in roster.members(selector):
        assert one.is_own


@given(roster=rosters(), selector=selectors, number=st.integers(0, HORIZON))
def test_an_exception_only_takes_away(roster: Roster, selector: Selector, number: int) -> None:
    plain = Selector(
        kinds=selector.kinds,
        tags=selector.tags,
        under=selector.under,
        keys=selector.keys,
        everyone=selector.everyone,
    )
    with_exceptions = members_on(roster, selector, day(number))
    assert with_exceptions <= members_on(roster, plain, day(number)) - selector.except_keys


# --- successions -------------------------------------------------------------------


def inherited(roster: Roster, selector: Selector) -> list[tuple[str, int, int, int]]:
    """(unit, first day, end, since) of what is inherited, in days from the start."""
    return [
        (
            one.unit,
            (one.span.from_on - START).days,
            (one.span.until_on - START).days,
            (one.since - START).days,
        )
        for one in roster.members(selector)
        if not one.is_own
    ]


def test_a_successor_inherits_through_a_chain_of_mergers() -> None:
    roster = Roster(
        [
            unit("old", life=Span(from_on=day(0), until_on=day(10))),
            unit("mid", life=Span(from_on=day(10), until_on=day(20))),
            unit("other", life=Span(from_on=day(5), until_on=day(20))),
            unit("new", life=Span(from_on=day(20))),
        ],
        predecessors={
            "mid": frozenset({("old", day(10))}),
            "new": frozenset({("mid", day(20)), ("other", day(20))}),
        },
    )
    everyone = Selector(everyone=True)
    assert inherited(roster, everyone) == [("mid", 0, 10, 10), ("new", 0, 20, 20)]
    assert roster.counts_on(everyone, "new", day(0), since=day(20))
    assert not roster.counts_on(everyone, "new", day(-1), since=day(20))


def test_a_successor_inherits_nothing_of_a_unit_that_was_not_meant() -> None:
    roster = Roster(
        [
            unit("old", "ward", life=Span(from_on=day(0), until_on=day(10))),
            unit("new", "school", life=Span(from_on=day(10))),
        ],
        predecessors={"new": frozenset({("old", day(10))})},
    )
    schools = Selector(kinds=frozenset({"school"}))
    assert inherited(roster, schools) == []
    assert not roster.counts_on(schools, "new", day(9), since=day(10))


def test_a_part_that_splits_off_inherits_though_the_whole_lives_on() -> None:
    roster = Roster(
        [unit("whole"), unit("part", life=Span(from_on=day(10)))],
        predecessors={"part": frozenset({("whole", day(10))})},
    )
    everyone = Selector(everyone=True)
    assert [one.unit for one in roster.members(everyone) if not one.is_own] == ["part"]
    assert roster.counts_on(everyone, "part", day(3), since=day(12))


def test_a_unit_that_was_a_member_before_the_succession_joined_by_itself() -> None:
    roster = Roster(
        [
            unit("absorbed", life=Span(from_on=day(0), until_on=day(20))),
            unit("absorbing", life=Span(from_on=day(10))),
        ],
        predecessors={"absorbing": frozenset({("absorbed", day(20))})},
    )
    everyone = Selector(everyone=True)
    assert inherited(roster, everyone) == []
    assert not roster.counts_on(everyone, "absorbing", day(5), since=day(30))


def test_a_later_succession_is_not_seen_from_before() -> None:
    roster = Roster(
        [
            unit("old", life=Span(from_on=day(0), until_on=day(20))),
            unit("new", life=Span(from_on=day(20))),
        ],
        predecessors={"new": frozenset({("old", day(20))})},
    )
    everyone = Selector(everyone=True)
    assert not roster.counts_on(everyone, "new", day(5), since=day(19))
    assert roster.counts_on(everyone, "new", day(5), since=day(20))


def test_a_gap_in_what_is_inherited_stays_a_gap() -> None:
    early, late = Span(from_on=day(0), until_on=day(5)), Span(from_on=day(10))
    old = unit(
        "old", life=Span(from_on=day(0), until_on=day(20)), tags=(tag("x", early), tag("x", late))
    )
    new = unit("new", life=Span(from_on=day(20)), tags=(tag("x", Span(from_on=day(20))),))
    roster = Roster([old, new], predecessors={"new": frozenset({("old", day(20))})})
    tagged = Selector(tags=frozenset({"x"}))
    assert inherited(roster, tagged) == [("new", 0, 5, 20), ("new", 10, 20, 20)]
    assert [roster.counts_on(tagged, "new", day(n), since=day(20)) for n in (4, 7, 12)] == [
        True, False, True,
    ]  # fmt: skip


def test_what_a_unit_became_after_the_succession_is_not_inherited() -> None:
    until, again = Span(from_on=day(0), until_on=day(20)), Span(from_on=day(30))
    old = unit("old", tags=(tag("x", until), tag("x", again)))
    new = unit("new", life=Span(from_on=day(20)), tags=(tag("x", Span(from_on=day(20))),))
    roster = Roster([old, new], predecessors={"new": frozenset({("old", day(20))})})
    assert inherited(roster, Selector(tags=frozenset({"x"}))) == [("new", 0, 20, 20)]


@st.composite
def succeeded(draw: st.DrawFn) -> Roster:
    """Units that come and go, tagged and untagged, and successions at any time."""
    roster = draw(rosters())
    predecessors = {
        key: frozenset(
            (before, day(draw(st.integers(0, HORIZON))))
            for before in draw(st.frozensets(st.sampled_from(KEYS), max_size=2))
            if before != key
        )
        for key in roster.units
    }
    starts = [one.span.from_on for one in roster.members(Selector(everyone=True)) if one.is_own]
    if starts:
        # Successions mostly happen where a life begins.
        predecessors = {
            key: frozenset(
                (before, draw(st.sampled_from(starts)) if draw(st.booleans()) else on)
                for before, on in links
            )
            for key, links in predecessors.items()
        }
    return Roster(roster.units.values(), predecessors)


@given(roster=succeeded(), selector=selectors)
def test_planning_by_spans_and_judging_by_days_agree(roster: Roster, selector: Selector) -> None:
    found = roster.members(selector)
    for one in found:
        if not one.is_own:
            continue
        since = one.span.from_on
        for number in range(-1, HORIZON + 2):
            on = day(number)
            if on >= one.span.until_on:
                continue
            later = max(on, since)
            by_spans = any(
                other.unit == one.unit and other.since <= later and other.span.covers(on)
                for other in found
            )
            assert roster.counts_on(selector, one.unit, on, since=later) == by_spans, (one, on)


# --- facts with dates -----------------------------------------------------------------


def test_names_and_codes_are_those_of_the_day() -> None:
    before, after = Span(from_on=START, until_on=REFORM), Span(from_on=REFORM)
    ward = Unit(
        key="dong-ngan",
        kind="ward",
        life=Span(from_on=START),
        names=(Dated(value="Đông Ngàn", span=before), Dated(value="Từ Sơn", span=after)),
        codes=(Dated(value="09367", span=after),),
    )
    assert ward.name_on(date(2025, 6, 30)) == "Đông Ngàn"
    assert ward.name_on(REFORM) == "Từ Sơn"
    assert ward.name_on(date(2000, 1, 1)) == "Đông Ngàn"
    assert value_on(ward.codes, REFORM) == "09367"
    assert value_on(ward.codes, date(2025, 6, 30)) is None


def test_after_its_end_a_unit_keeps_its_last_name() -> None:
    closed = Span(from_on=START, until_on=REFORM)
    ward = Unit(key="w", kind="ward", life=closed, names=(Dated(value="Châu Khê", span=closed),))
    assert ward.name_on(date(2030, 1, 1)) == "Châu Khê"


def test_a_quota_is_of_a_title_and_a_day() -> None:
    school = Unit(
        key="school",
        kind="school",
        life=ALL_TIME,
        names=(Dated(value="Trường", span=ALL_TIME),),
        quotas=(
            UnitQuota(title="bbn", copies=2, span=Span(from_on=START, until_on=REFORM)),
            UnitQuota(title="bbn", copies=3, span=Span(from_on=REFORM)),
        ),
    )
    assert school.quota_on("bbn", date(2025, 6, 30)) == 2
    assert school.quota_on("bbn", REFORM) == 3
    assert school.quota_on("bbn", date(2020, 1, 1)) is None
    assert school.quota_on("nhan-dan", REFORM) is None
