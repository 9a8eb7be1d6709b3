from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.agreement import AllOf, AnyOf, Fixed, Quota, Requirement
from workflow.domain.errors import Refusal
from workflow.domain.evidence import (
    Item,
    Outcome,
    Progress,
    Shortfall,
    allocation,
    counted,
    earliest_sufficient,
    progress,
    proved_at,
    quantity_needed,
    shortfalls,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workflow.domain.agreement import Proof, Quantity

START = datetime(2024, 3, 1, tzinfo=UTC)
NO_QUOTAS: Mapping[str, int] = {}


def at(day: int) -> datetime:
    return START + timedelta(days=day)


def item(
    number: int,
    requirement: str = "article",
    *,
    performed: int | None = None,
    added: int | None = None,
    quantity: int = 1,
    outcome: Outcome | None = Outcome.PASSED,
    identity: str | None = None,
) -> Item:
    return Item(
        id=number,
        requirement=requirement,
        identity=identity or f"thing {number}",
        added_at=at(number if added is None else added),
        outcome=outcome,
        quantity=quantity,
        performed_at=None if performed is None else at(performed),
    )


def leaf(code: str = "article", minimum: int = 1, quantity: Quantity | None = None) -> Requirement:
    return Requirement(code=code, check="any", minimum=minimum, quantity=quantity)


def how_far(proof: Proof | None, *items: Item, **quotas: int) -> tuple[int, int]:
    found = progress(proof, items, quotas=quotas)
    return found.done, found.needed


def needed(proof: Proof | None, *items: Item, **quotas: int) -> set[int] | None:
    found = earliest_sufficient(proof, items, quotas=quotas)
    return None if found is None else set(found)


def test_only_items_that_passed_count() -> None:
    items = [
        item(1, outcome=None),
        item(2, outcome=Outcome.FAILED),
        item(3, outcome=Outcome.UNDECIDED),
        item(4),
    ]
    assert [one.id for one in counted(items)] == [4]
    assert how_far(leaf(minimum=3), *items) == (1, 3)


def test_the_same_thing_counts_once_a_requirement_and_the_first_offer_stands() -> None:
    again = [
        item(2, identity="page 3", added=5),
        item(1, identity="page 3", added=9),
        item(3, "photo", identity="page 3"),
    ]
    assert {one.id for one in counted(again)} == {2, 3}
    assert how_far(AllOf(parts=(leaf(minimum=2), leaf("photo"))), *again) == (2, 3)


def test_a_failed_first_offer_does_not_hide_a_later_one_that_passed() -> None:
    items = [item(1, identity="x", outcome=Outcome.FAILED), item(2, identity="x")]
    assert [one.id for one in counted(items)] == [2]


def test_progress_counts_items_or_copies() -> None:
    assert how_far(None) == (0, 0)
    assert how_far(leaf(minimum=12), *(item(n) for n in range(7))) == (7, 12)
    assert how_far(leaf(minimum=2), *(item(n) for n in range(7))) == (2, 2)
    copies = leaf(quantity=Quota(title="daily"))
    assert how_far(copies, item(1, quantity=4), item(2, quantity=3), daily=12) == (7, 12)
    assert how_far(copies, item(1, quantity=40), daily=12) == (12, 12)
    both = leaf(minimum=3, quantity=Fixed(amount=10))
    assert how_far(both, item(1, quantity=10)) == (11, 13)


def test_a_unit_that_owes_no_copies_has_nothing_to_prove() -> None:
    copies = leaf(quantity=Quota(title="daily"))
    assert progress(copies, [], quotas={"daily": 0}).is_complete
    assert needed(copies, daily=0) == set()
    assert proved_at(copies, [], quotas={"daily": 0}) is None


def test_a_quota_that_is_not_at_hand_is_an_error_and_never_none_owed() -> None:
    copies = leaf("invoice", quantity=Quota(title="daily"))
    for ask in (progress, shortfalls, earliest_sufficient, proved_at):
        with pytest.raises(Refusal) as caught:
            ask(copies, [], quotas={"weekly": 3})
        assert caught.value.code == "evidence.quota_unknown"
        assert caught.value.facts == {"requirement": "invoice", "title": "daily"}
    assert quantity_needed(leaf(), NO_QUOTAS) is None
    assert quantity_needed(leaf(quantity=Fixed(amount=3)), NO_QUOTAS) == 3


def test_of_alternatives_the_furthest_is_shown() -> None:
    letter, articles = leaf("letter", minimum=2), leaf(minimum=12)
    either = AnyOf(parts=(letter, articles))
    assert how_far(either, *(item(n) for n in range(7))) == (7, 12)
    assert how_far(either, *(item(n) for n in range(5)), item(20, "letter")) == (1, 2)
    # Nothing yet: the one that lacks least; among equals the first that is written.
    assert how_far(AnyOf(parts=(articles, letter))) == (0, 2)
    assert how_far(either) == (0, 2)
    assert shortfalls(AnyOf(parts=(leaf("b"), leaf("a"))), [], quotas={}) == (
        Shortfall(requirement="b", items=1, quantity=0),
    )


def test_what_is_missing_is_named_requirement_by_requirement() -> None:
    proof = AllOf(
        parts=(
            leaf("letter"),
            leaf("invoice", minimum=2, quantity=Fixed(amount=5)),
            AnyOf(parts=(leaf("photo"), leaf("minutes"))),
        )
    )
    items = [item(1, "letter"), item(2, "invoice", quantity=3), item(3, "minutes")]
    assert shortfalls(proof, items, quotas={}) == (
        Shortfall(requirement="invoice", items=1, quantity=2),
    )
    assert shortfalls(None, items, quotas={}) == ()


def test_shares_of_progress_add_up() -> None:
    assert Progress(done=7, needed=12).share == Fraction(7, 12)
    assert Progress(done=0, needed=0).share == 1
    assert Progress(done=1, needed=2) + Progress(done=0, needed=1) == Progress(done=1, needed=3)


def test_the_evidence_needed_meets_the_requirement_earliest() -> None:
    assert needed(
        leaf(minimum=2), item(1, performed=9), item(2, performed=3), item(3, performed=5)
    ) == {
        2,
        3,
    }
    assert needed(leaf(minimum=2), item(1, performed=9)) is None
    assert needed(None) == set()


def test_a_quota_is_met_at_the_item_that_completes_it() -> None:
    copies = leaf(quantity=Fixed(amount=10))
    items = [
        item(1, performed=1, quantity=4),
        item(2, performed=2, quantity=4),
        item(3, performed=8, quantity=4),
        item(4, performed=9, quantity=4),
    ]
    assert needed(copies, *items) == {1, 2, 3}


def test_the_earlier_alternative_is_needed() -> None:
    either = AnyOf(parts=(leaf("letter"), leaf("article")))
    assert needed(either, item(1, "letter", performed=8), item(2, "article", performed=4)) == {2}
    assert needed(either, item(1, "letter", performed=8)) == {1}
    assert needed(either) is None


def test_proof_without_a_date_delays_nothing_beside_a_dated_one() -> None:
    both = AllOf(parts=(leaf("article"), leaf("attachment")))
    assert needed(both, item(1, "article", performed=4), item(2, "attachment")) == {1, 2}
    beside = AllOf(parts=(leaf("article"), AnyOf(parts=(leaf("attachment"), leaf("letter")))))
    items = [item(1, "article", performed=4), item(2, "attachment"), item(3, "letter", performed=9)]
    assert needed(beside, *items) == {1, 2}


def test_proof_that_bears_a_date_goes_before_proof_that_leaves_the_submission_to_decide() -> None:
    either = AnyOf(parts=(leaf("attachment"), leaf("article")))
    assert needed(either, item(1, "attachment"), item(2, "article", performed=4)) == {2}
    assert needed(either, item(1, "attachment")) == {1}
    # The same where more is needed beside it, in whatever order it is written.
    plan, both = leaf("plan"), [item(1, "attachment"), item(2, "article", performed=4)]
    for parts in ((either, plan), (plan, either)):
        assert needed(AllOf(parts=parts), *both, item(3, "plan")) == {2, 3}
    # Within one requirement the earliest date is enough; the rest may be undated.
    mixed = [item(1), item(2), item(3, performed=9), item(4, performed=6)]
    assert needed(leaf(minimum=2), *mixed) == {4, 1}
    assert needed(leaf(minimum=2), item(1), item(2)) == {1, 2}


def test_an_automatic_submission_bears_the_instant_at_which_the_last_item_needed_was_added() -> (
    None
):
    proof = AllOf(parts=(leaf("letter"), leaf(minimum=2)))
    items = [
        item(1, "letter", added=6),
        item(2, added=2, performed=40),
        item(3, added=4, performed=30),
        item(4, added=9, performed=1),
    ]
    assert proved_at(proof, items, quotas={}) == at(6)
    assert proved_at(proof, items[1:], quotas={}) is None
    assert proved_at(None, items, quotas={}) is None


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        (10, {1: 4, 2: 4, 3: 2}),
        (4, {1: 4, 2: 0, 3: 0}),
        (99, {1: 4, 2: 4, 3: 4}),
        (-1, {1: 0, 2: 0, 3: 0}),
    ],
)
def test_a_thing_is_divided_first_come_first_served(
    capacity: int, expected: dict[int, int]
) -> None:
    assert allocation({1: 4, 2: 4, 3: 4}, capacity=capacity) == expected


def test_a_thing_that_is_needed_whole_serves_the_first_only() -> None:
    assert allocation({7: 1, 2: 1}, capacity=None) == {7: 1, 2: 0}
    assert allocation({}, capacity=None) == {}


@given(
    wanted=st.dictionaries(st.integers(), st.integers(1, 20)),
    capacity=st.none() | st.integers(-3, 60),
)
def test_no_more_is_divided_than_there_is(wanted: dict[int, int], capacity: int | None) -> None:
    shares = allocation(wanted, capacity=capacity)
    assert list(shares) == list(wanted)
    assert all(0 <= shares[claim] <= wanted[claim] for claim in wanted)
    if capacity is None:
        assert sum(share > 0 for share in shares.values()) == min(len(wanted), 1)
    else:
        assert sum(shares.values()) == min(max(capacity, 0), sum(wanted.values()))


# --- laws -----------------------------------------------------------------

CODES = "abc"
quantities = st.none() | st.builds(Fixed, amount=st.integers(1, 6))
leaves = st.builds(
    Requirement,
    code=st.sampled_from(CODES),
    check=st.just("any"),
    minimum=st.integers(1, 3),
    quantity=quantities | st.just(Quota(title="daily")),
)
proofs: st.SearchStrategy[Proof] = st.recursive(
    leaves,
    lambda parts: (
        st.builds(AllOf, parts=st.lists(parts, min_size=1, max_size=3).map(tuple))
        | st.builds(AnyOf, parts=st.lists(parts, min_size=1, max_size=3).map(tuple))
    ),
    max_leaves=5,
)


@st.composite
def offers(draw: st.DrawFn) -> list[Item]:
    count = draw(st.integers(0, 7))
    return [
        item(
            number,
            draw(st.sampled_from(CODES)),
            performed=draw(st.none() | st.integers(0, 5)),
            added=draw(st.integers(0, 5)),
            quantity=draw(st.integers(1, 4)),
            outcome=draw(st.sampled_from([Outcome.PASSED, Outcome.PASSED, Outcome.FAILED])),
            identity=draw(st.none() | st.sampled_from("xy")),
        )
        for number in range(count)
    ]


def meets(proof: Proof, items: Iterable[Item], quota: int) -> bool:
    """The plain meaning of a proof, written independently of the code under test."""
    if isinstance(proof, AllOf):
        return all(meets(part, items, quota) for part in proof.parts)
    if isinstance(proof, AnyOf):
        return any(meets(part, items, quota) for part in proof.parts)
    mine = [one for one in items if one.requirement == proof.code]
    if proof.quantity is None:
        return len(mine) >= proof.minimum
    amount = proof.quantity.amount if isinstance(proof.quantity, Fixed) else quota
    enough = sum(one.quantity for one in mine) >= amount
    return enough and (proof.minimum == 1 or len(mine) >= proof.minimum)


def least_sets(proof: Proof, items: list[Item], quota: int) -> list[set[int]]:
    """Every sufficient set that suffers no loss, by trying all of them."""
    found: list[set[int]] = []
    for size in range(len(items) + 1):
        for chosen in combinations(items, size):
            ids = {one.id for one in chosen}
            if not any(known <= ids for known in found) and meets(proof, chosen, quota):
                found.append(ids)
    return found


@given(proof=proofs, items=offers(), quota=st.integers(0, 6))
def test_complete_and_nothing_missing_and_sufficient_say_the_same(
    proof: Proof, items: list[Item], quota: int
) -> None:
    quotas = {"daily": quota}
    far = progress(proof, items, quotas=quotas)
    is_met = meets(proof, counted(items), quota)
    assert 0 <= far.done <= far.needed
    assert far.is_complete == is_met
    assert (shortfalls(proof, items, quotas=quotas) == ()) == is_met
    assert (earliest_sufficient(proof, items, quotas=quotas) is not None) == is_met


@given(proof=proofs, items=offers(), quota=st.integers(0, 6), reverse=st.booleans())
def test_no_other_sufficient_set_is_earlier(
    proof: Proof, items: list[Item], quota: int, *, reverse: bool
) -> None:
    quotas = {"daily": quota}
    valid = list(counted(items))
    performed = {one.id: one.performed_at for one in valid}
    offered = items[::-1] if reverse else items
    chosen = earliest_sufficient(proof, offered, quotas=quotas)
    rivals = least_sets(proof, valid, quota)
    if chosen is None:
        assert not rivals
        return
    assert meets(proof, [one for one in valid if one.id in chosen], quota)

    def latest(ids: Iterable[int]) -> datetime | None:
        return max((day for one in ids if (day := performed[one]) is not None), default=None)

    dated = [day for rival in rivals if (day := latest(rival)) is not None]
    mine = latest(chosen)
    if dated:
        assert mine is not None
        assert mine <= min(dated)


@given(proof=proofs, items=offers(), quota=st.integers(0, 6))
def test_it_was_proved_at_the_first_instant_at_which_what_was_there_sufficed(
    proof: Proof, items: list[Item], quota: int
) -> None:
    valid = counted(items)
    expected = None
    for moment in sorted({one.added_at for one in valid}):
        if meets(proof, [one for one in valid if one.added_at <= moment], quota):
            expected = moment
            break
    if meets(proof, [], quota):
        expected = None
    assert proved_at(proof, items, quotas={"daily": quota}) == expected
