from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import TABLE, Action, Who
from workflow.domain.roles import (
    DEEDS,
    EVERYWHERE,
    Deed,
    Grant,
    Place,
    Role,
    acting_as,
    capacities,
    conferring,
    covers,
    ensure_may,
    may,
)

# A task of a school in Từ Sơn, owed by the city's side to the newspaper.
TASK = Place(
    agreement="ts-bbn",
    party="city",
    beneficiary="paper",
    unit="school-1",
    above=frozenset({"education", "city"}),
)
UNIT_ROLES = {Role.UNIT_OFFICER, Role.HEAD_OF_UNIT}


def grant(role: Role, **scope: str) -> Grant:
    if role in UNIT_ROLES:
        scope.setdefault("unit", "school-1")
    return Grant(role=role, **scope)


CHANGES: list[Deed | Action] = [
    *Action,
    *(deed for deed in Deed if deed not in {Deed.READ, Deed.READ_JOURNAL}),
]


def test_every_role_has_its_deeds_and_reads_in_its_scope() -> None:
    assert set(DEEDS) == set(Role)
    for role in Role:
        assert may([grant(role)], Deed.READ, place=TASK)


def test_every_deed_is_somebodys() -> None:
    assert frozenset().union(*DEEDS.values()) == set(Deed)


@pytest.mark.parametrize("deed", CHANGES)
def test_an_auditor_changes_nothing(deed: Deed | Action) -> None:
    assert not may([grant(Role.AUDITOR)], deed, place=TASK)


@pytest.mark.parametrize("deed", [*Action, *Deed])
def test_a_stranger_may_do_nothing_at_all(deed: Deed | Action) -> None:
    assert not may([], deed, place=TASK)
    assert conferring([], deed) == ()
    with pytest.raises(Refusal) as caught:
        ensure_may([], deed, place=TASK)
    assert caught.value.code == "act.not_allowed"
    assert caught.value.facts == {"deed": deed.value}


# What each role gives, written by hand a second time; reading goes without saying.
GIVEN: dict[Role, str] = {
    Role.ADMINISTRATOR: (
        "define activate decide_succession record_event file_request raise_doubt settle_doubt"
        " ask_concession draft_report issue_report read_journal manage_people run_jobs instruct"
        " add_evidence remove_evidence submit waive suspend extend resume cancel reopen"
    ),
    Role.REVIEWER: (
        "raise_doubt settle_doubt draft_report return confirm waive suspend extend reopen"
    ),
    Role.UNIT_OFFICER: (
        "ask_concession add_evidence remove_evidence submit declare_nothing withdraw"
    ),
    Role.HEAD_OF_UNIT: (
        "ask_concession add_evidence remove_evidence submit declare_nothing withdraw"
    ),
    Role.LEADER: "instruct approve_report",
    Role.AUDITOR: "read_journal",
}


@pytest.mark.parametrize("role", Role)
def test_each_role_gives_what_it_is_for(role: Role) -> None:
    deeds: list[Deed | Action] = [*Deed, *Action]
    found = {deed.value for deed in deeds if may([grant(role)], deed, place=TASK)}
    assert found == {*GIVEN[role].split(), "read"}
    for deed in deeds:
        if may([grant(role)], deed, place=TASK):
            ensure_may([grant(role)], deed, place=TASK)
            assert conferring([grant(role)], deed) == (grant(role),)


@pytest.mark.parametrize("role", Role)
def test_a_grant_ends_at_its_scope(role: Role) -> None:
    for scope in (
        {"agreement": "other"},
        {"party": "third"},
        {"unit": "school-2"},
    ):
        elsewhere = grant(role, **scope)
        assert not covers(elsewhere, TASK)
        assert not may([elsewhere], Deed.READ, place=TASK)
        assert capacities([elsewhere], TASK) == frozenset()
    for scope in ({"agreement": "ts-bbn"}, {"party": "city"}, {"unit": "education"}):
        assert covers(grant(role, **scope), TASK)


def test_a_limited_grant_does_not_reach_what_has_no_such_side() -> None:
    everywhere = grant(Role.ADMINISTRATOR)
    assert may([everywhere], Deed.MANAGE_PEOPLE, place=EVERYWHERE)
    for scope in ({"agreement": "ts-bbn"}, {"party": "city"}, {"unit": "city"}):
        assert not may([grant(Role.ADMINISTRATOR, **scope)], Deed.MANAGE_PEOPLE, place=EVERYWHERE)


@pytest.mark.parametrize("role", Role)
def test_who_sees_a_task_from_the_receiving_side(role: Role) -> None:
    receiver = grant(role, party="paper")
    assert covers(receiver, TASK) == (role in {Role.REVIEWER, Role.LEADER, Role.AUDITOR})


@pytest.mark.parametrize("deed", [Deed.FILE_REQUEST, Deed.CONTEST])
def test_a_reviewer_asks_and_contests_for_the_party_that_receives(deed: Deed) -> None:
    assert may([grant(Role.REVIEWER, party="paper")], deed, place=TASK)
    for other in (grant(Role.REVIEWER), grant(Role.REVIEWER, party="city")):
        assert not may([other], deed, place=TASK)
    nobody = replace(TASK, beneficiary=None)
    assert not may([grant(Role.REVIEWER, party="paper")], deed, place=nobody)
    assert not may([grant(Role.REVIEWER)], deed, place=nobody)


@pytest.mark.parametrize("role", sorted(UNIT_ROLES))
def test_a_person_of_the_unit_acts_as_the_unit_and_one_above_as_its_superior(role: Role) -> None:
    own, above = grant(role), grant(role, unit="education")
    below = Place(unit="education", above=frozenset({"city"}))
    assert capacities([own], TASK) == {Who.UNIT}
    assert capacities([above], TASK) == {Who.SUPERIOR}
    assert capacities([own], below) == frozenset()
    assert may([above], Action.SUBMIT, place=TASK)
    # Only the unit itself takes back what it handed in, or declares that there is nothing.
    for action in (Action.WITHDRAW, Action.DECLARE_NOTHING):
        assert not may([above], action, place=TASK)
        assert may([own], action, place=TASK)


@pytest.mark.parametrize("role", sorted(UNIT_ROLES))
def test_a_unit_role_names_its_unit(role: Role) -> None:
    with pytest.raises(Refusal) as caught:
        Grant(role=role, agreement="ts-bbn")
    assert caught.value.code == "grant.unit_missing"
    assert caught.value.facts == {"role": role.value}


def test_a_person_acts_in_the_capacity_nearest_to_the_task() -> None:
    both = [grant(Role.ADMINISTRATOR), grant(Role.UNIT_OFFICER)]
    assert acting_as(both, Action.SUBMIT, place=TASK) is Who.UNIT
    assert acting_as(both, Action.CANCEL, place=TASK) is Who.ADMINISTRATOR
    assert acting_as(both[:1], Action.SUBMIT, place=TASK) is Who.ADMINISTRATOR
    with pytest.raises(Refusal) as caught:
        acting_as(both, Action.CONFIRM, place=TASK)
    assert caught.value.code == "act.not_allowed"
    assert caught.value.facts == {"deed": "confirm"}


def test_no_role_acts_as_what_is_no_person() -> None:
    persons = {Who.UNIT, Who.SUPERIOR, Who.ADMINISTRATOR, Who.REVIEWER}
    for role, unit in product(Role, ("school-1", "education")):
        assert capacities([grant(role, unit=unit)], TASK) <= persons


names = st.sampled_from("xyz")
maybe = st.none() | names
grants = st.lists(
    st.builds(Grant, role=st.sampled_from(Role), agreement=maybe, party=maybe, unit=names)
)
places = st.builds(
    Place,
    agreement=maybe,
    party=maybe,
    beneficiary=maybe,
    unit=maybe,
    above=st.frozensets(names),
)


@given(mine=grants, more=grants, place=places, deed=st.sampled_from([*Deed, *Action]))
def test_more_grants_never_take_anything_away(
    mine: list[Grant], more: list[Grant], place: Place, deed: Deed | Action
) -> None:
    if may(mine, deed, place=place):
        assert may([*mine, *more], deed, place=place)
        # What a query would be scoped by lets the same thing through.
        assert any(covers(one, place) for one in conferring(mine, deed))


@given(mine=grants, place=places, action=st.sampled_from(Action))
def test_who_may_act_acts_in_a_capacity_of_the_table(
    mine: list[Grant], place: Place, action: Action
) -> None:
    if may(mine, action, place=place):
        who = acting_as(mine, action, place=place)
        assert any(who in row.who for row in TABLE if row.action is action)
    else:
        with pytest.raises(Refusal):
            acting_as(mine, action, place=place)
