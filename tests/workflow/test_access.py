"""Scopes: what a query shows is exactly what the pure rule allows, task by task."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.factories import BEARERS, CHECKS, PARTIES, by, duty, living, offices, refused
from tests.worlds import activated, agreement, at, day, planned, unit
from workflow.access import capacity, ensure_may, may, place_of, scope_of
from workflow.accounts import add_user, grant_role, revoke_role
from workflow.domain import roles
from workflow.domain.agreement import Party
from workflow.domain.lifecycle import Action, Who
from workflow.domain.roles import Deed, Grant, Place, Role
from workflow.domain.units import FOREVER, Dated, Selector, Span, Unit
from workflow.registry import load_units
from workflow.store import scopes
from workflow.store.tasks import task
from workflow.store.units import roster, unit_ids
from workflow.store.units import unit as unit_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

AT = at("2024-02-01")
ON = day("2024-02-01")


def two_agreements(db: Connection) -> None:
    """The usual world, and a second agreement in which the newspaper owes too."""
    living(db)
    everyone = Selector(kinds=frozenset({"phuong", "bao"}))
    second = agreement(
        duty("dang-bai", bearer=everyone, beneficiary="tp"),
        duty("khac", beneficiary=None),
        code="ct-02",
        parties=(*PARTIES, Party(code="ca-nuoc", name="Tất cả", members=Selector(everyone=True))),
    )
    activated(db, second, [], on="2024-01-03")
    planned(db, "ct-02", until="2024-04-01", on="2024-01-03")


def grants() -> list[Grant]:
    """Every kind of role with every mixture of limits."""
    limits = [
        {"agreement": code, "party": party, "unit": key}
        for code in (None, "ct-02")
        for party in (None, "tp", "bao", "ca-nuoc")
        for key in (None, "thanh-pho", "phuong-a")
    ]
    # A head is scoped like an officer, an auditor like a leader.
    kinds = (Role.ADMINISTRATOR, Role.REVIEWER, Role.UNIT_OFFICER, Role.LEADER)
    return [
        Grant(role=role, **limit)
        for role in kinds
        for limit in limits
        if limit["unit"] is not None or role is not Role.UNIT_OFFICER
    ]


def test_a_query_shows_exactly_what_the_rule_allows(db: Connection) -> None:
    two_agreements(db)
    rows = db.execute(select(task).order_by(task.c.id)).all()
    places = {row.id: place_of(db, row, on=ON) for row in rows}
    assert len({place.agreement for place in places.values()}) == 2
    actions: tuple[Action | None, ...] = (None, Action.CONFIRM, Action.SUBMIT, Action.WITHDRAW)
    chief = by("quan-tri", "2024-01-05")
    for index, grant in enumerate(grants()):
        key = f"thu-{index}"
        add_user(db, key, name=key, grants=[grant], act=chief)
        for action in actions:
            query = select(task.c.id).where(scope_of(db, key, at=AT, action=action))
            allowed = {
                id_
                for id_, place in places.items()
                if roles.may([grant], action or Deed.READ, place=place)
            }
            assert set(db.scalars(query)) == allowed, (grant, action)


def test_grants_add_up(db: Connection) -> None:
    two_agreements(db)
    held = [
        Grant(role=Role.UNIT_OFFICER, unit="phuong-a"),
        Grant(role=Role.LEADER, agreement="ct-02", party="bao"),
    ]
    add_user(db, "hai-vai", name="Hai vai", grants=held, act=by("quan-tri", "2024-01-05"))
    seen = set(db.scalars(select(task.c.id).where(scope_of(db, "hai-vai", at=AT))))
    by_rule = {
        row.id
        for row in db.execute(select(task))
        if may(db, "hai-vai", Deed.READ, task_row=row, at=AT)
    }
    assert seen == by_rule
    assert 0 < len(seen) < len(db.execute(select(task.c.id)).all())


def test_a_stranger_sees_nothing_and_a_rule_everything(db: Connection) -> None:
    living(db)
    everything = db.scalars(select(task.c.id)).all()
    assert db.scalars(select(task.c.id).where(scope_of(db, "nguoi-la", at=AT))).all() == []
    assert db.scalars(select(task.c.id).where(scope_of(db, CHECKS, at=AT))).all() == everything
    refused("access.unknown", lambda: scope_of(db, "khong-co-ai", at=AT))


def test_the_place_of_a_task(db: Connection) -> None:
    living(db)
    of_a = select(task).join(unit_table, unit_table.c.id == task.c.unit_id)
    row = db.execute(of_a.where(unit_table.c.key == "phuong-a").order_by(task.c.id)).first()
    assert row is not None
    assert place_of(db, row, on=ON) == Place(
        agreement="ct-01",
        party="tp",
        beneficiary="bao",
        unit="phuong-a",
        above=frozenset({"thanh-pho"}),
    )


def test_a_rule_acts_in_its_own_capacity_and_does_its_deeds(db: Connection) -> None:
    living(db)
    row = db.execute(select(task)).first()
    assert row is not None
    act = by(CHECKS, "2024-02-01")
    assert capacity(db, Action.ACCEPT, task_row=row, act=act).who is Who.CHECKS
    ensure_may(db, Deed.DEFINE, act=act)
    refused(
        "access.unknown",
        lambda: capacity(db, Action.ACCEPT, task_row=row, act=by("system:x", "2024-02-01")),
    )


@pytest.mark.parametrize(
    ("who", "deed", "is_given"),
    [
        ("quan-tri", Deed.DEFINE, True),
        ("tham-dinh", Deed.DEFINE, False),
        ("kiem-toan", Deed.READ_JOURNAL, True),
        ("kiem-toan", Deed.DEFINE, False),
        ("lanh-dao-tp", Deed.APPROVE_REPORT, False),
        ("nguoi-la", Deed.READ, False),
    ],
)
def test_what_is_nowhere_needs_a_grant_without_limits(
    db: Connection,
    who: str,
    deed: Deed,
    is_given: bool,
) -> None:
    living(db)
    act = by(who, "2024-02-01")
    if is_given:
        ensure_may(db, deed, act=act)
    else:
        refusal = refused("access.denied", lambda: ensure_may(db, deed, act=act))
        assert refusal.facts == {"by": who, "deed": deed.value}


def test_a_deed_within_a_place(db: Connection) -> None:
    living(db)
    act = by("lanh-dao-tp", "2024-02-01")
    ensure_may(db, Deed.APPROVE_REPORT, act=act, place=Place(agreement="ct-01", party="tp"))
    elsewhere = Place(agreement="ct-02", party="tp")
    refused("access.denied", lambda: ensure_may(db, Deed.APPROVE_REPORT, act=act, place=elsewhere))


# --- the tree as it stands --------------------------------------------------------------


def moved(key: str, *parents: tuple[str, str, str], until: str = "9999-12-31") -> Unit:
    """A unit that lay under one parent after another."""
    one = unit(key, until=until)
    spans = tuple(
        Dated(value=parent, span=Span(from_on=day(from_on), until_on=day(until_on)))
        for parent, from_on, until_on in parents
    )
    return replace(one, parents=spans)


def test_the_subtree_is_the_tree_of_the_day_and_a_closed_unit_keeps_its_place(
    db: Connection,
) -> None:
    forever = FOREVER.isoformat()
    load_units(
        db,
        [
            unit("goc"),
            unit("khac"),
            moved("con", ("goc", "2020-01-01", "2024-01-01"), ("khac", "2024-01-01", forever)),
            moved("chau", ("con", "2020-01-01", forever)),
            moved("da-dong", ("goc", "2020-01-01", "2023-01-01"), until="2023-01-01"),
            moved("vong-1", ("vong-2", "2020-01-01", forever)),
            moved("vong-2", ("vong-1", "2020-01-01", forever)),
        ],
        act=by("system:setup", "2024-01-01"),
    )
    ids = unit_ids(db)

    def under(key: str, on: str) -> set[str]:
        found = set(db.scalars(scopes.units_under([key], on=day(on))))
        return {key for key, id_ in ids.items() if id_ in found}

    assert under("goc", "2023-12-31") == {"goc", "con", "chau", "da-dong"}
    assert under("goc", "2024-01-01") == {"goc", "da-dong"}
    assert under("khac", "2024-01-01") == {"khac", "con", "chau"}
    assert under("vong-1", "2024-01-01") == {"vong-1", "vong-2"}
    assert under("không có", "2024-01-01") == set()
    assert scopes.units_above(db, ids["chau"], on=day("2024-01-01")) == {"con", "khac"}
    assert scopes.units_above(db, ids["da-dong"], on=day("2024-01-01")) == {"goc"}
    assert scopes.units_above(db, ids["vong-1"], on=day("2024-01-01")) == {"vong-1", "vong-2"}
    assert scopes.units_above(db, ids["goc"], on=day("2024-01-01")) == frozenset()


@pytest.mark.parametrize(
    "selector",
    [
        Selector(everyone=True),
        Selector(),
        Selector(except_keys=frozenset({"phuong-a"})),
        Selector(everyone=True, except_keys=frozenset({"phuong-a"})),
        Selector(keys=frozenset({"bao", "phuong-b"})),
        Selector(kinds=frozenset({"phuong"}), except_tags=frozenset({"nghi"})),
        Selector(tags=frozenset({"nghi"})),
        Selector(tags=frozenset({"nghi", "khac"})),
        Selector(under=frozenset({"thanh-pho"}), kinds=frozenset({"phuong"})),
        Selector(under=frozenset({"bao"}), keys=frozenset({"phuong-a"})),
    ],
)
def test_a_party_is_meant_as_the_roster_means_it(db: Connection, selector: Selector) -> None:
    tagged = [
        unit("phuong-c", parent="thanh-pho", tags=("nghi",)),
        unit("phuong-d", tags=("nghi", "khac")),
    ]
    load_units(db, [*offices(), *tagged], act=by("system:setup", "2024-01-01"))
    known, ids = roster(db), unit_ids(db)
    party = Party(code="x", name="X", members=selector)
    found = set(db.scalars(scopes.units_of_party([party], "x", on=ON)))
    expected = {key for key in known.units if known.is_member(selector, key, ON)}
    assert {key for key, id_ in ids.items() if id_ in found} == expected
    for key, id_ in ids.items():
        assert (scopes.party_of(db, id_, [party], on=ON) == "x") is (key in expected)


def test_a_unit_answers_for_the_first_party_that_means_it(db: Connection) -> None:
    load_units(db, offices(), act=by("system:setup", "2024-01-01"))
    parties = [
        Party(code="x", name="X", members=BEARERS),
        Party(code="y", name="Y", members=Selector(everyone=True)),
    ]
    ids = unit_ids(db)
    assert scopes.party_of(db, ids["phuong-a"], parties, on=ON) == "x"
    assert scopes.party_of(db, ids["bao"], parties, on=ON) == "y"
    assert scopes.party_of(db, ids["bao"], [], on=ON) is None
    assert db.scalars(scopes.units_of_party([], "x", on=ON)).all() == []
    found = set(db.scalars(scopes.units_of_party(parties, "y", on=ON)))
    assert found == {ids["bao"], ids["thanh-pho"]}


def test_a_unit_that_has_not_opened_is_meant_by_nobody(db: Connection) -> None:
    load_units(db, [unit("moi", since="2025-07-01")], act=by("system:setup", "2024-01-01"))
    party = Party(code="x", name="X", members=Selector(everyone=True))
    assert db.scalars(scopes.units_of_party([party], "x", on=ON)).all() == []


def test_a_grant_revoked_is_a_grant_no_more(db: Connection) -> None:
    living(db)
    number = grant_role(db, "nguoi-la", Grant(role=Role.AUDITOR), act=by("quan-tri", "2024-01-05"))
    assert db.scalars(select(task.c.id).where(scope_of(db, "nguoi-la", at=AT))).all()
    revoke_role(db, "nguoi-la", number, act=by("quan-tri", "2024-01-06"))
    assert not db.scalars(select(task.c.id).where(scope_of(db, "nguoi-la", at=AT))).all()
