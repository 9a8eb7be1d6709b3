"""Accounts, passwords and grants: who may sign in, and who may manage whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher, profiles
from sqlalchemy import select, update

from tests.factories import GRANTS, by, living, refused, who_may
from tests.worlds import at
from workflow.access import grants_of
from workflow.accounts import (
    LOCAL_ADMINISTRATOR,
    add_user,
    change_password,
    disable_user,
    ensure_local_administrator,
    grant_role,
    reset_password,
    revoke_role,
    users,
)
from workflow.domain.roles import Grant, Role
from workflow.passwords import HASHER, verified
from workflow.store.journal import journal_entry
from workflow.store.people import person, role_grant

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

CHEAP = PasswordHasher.from_parameters(profiles.CHEAPEST)
CHIEF = "quan-tri"


def person_row(db: Connection, key: str) -> Row[tuple[object, ...]]:
    return db.execute(select(person).where(person.c.key == key)).one()


def test_the_local_administrator_is_made_once_and_may_do_everything(db: Connection) -> None:
    for _ in range(2):
        key = ensure_local_administrator(db, name="Quản trị", at=at("2024-01-01"))
    assert key == LOCAL_ADMINISTRATOR
    assert grants_of(db, key) == (Grant(role=Role.ADMINISTRATOR),)
    assert len(db.execute(select(person)).all()) == 1
    assert not verified(db, key, password="", hasher=CHEAP)


def test_an_account_is_added_with_its_grants(db: Connection) -> None:
    living(db)
    grants = (
        Grant(role=Role.UNIT_OFFICER, unit="phuong-b"),
        Grant(role=Role.LEADER, agreement="ct-01", party="tp"),
    )
    add_user(
        db,
        "moi",
        name="  Văn phòng mới ",
        mail="moi@example.vn",
        lang="en",
        grants=grants,
        act=by(CHIEF, "2024-02-01"),
    )
    row = person_row(db, "moi")
    assert (row.name, row.mail, row.lang, row.password_hash) == (
        "Văn phòng mới",
        "moi@example.vn",
        "en",
        None,
    )
    assert grants_of(db, "moi") == grants
    assert not verified(db, "moi", password="", hasher=CHEAP)


def test_what_is_no_account_is_refused(db: Connection) -> None:
    living(db)
    act = by(CHIEF, "2024-02-01")
    for key in ("", "system:checks", "Hoa", "a" * 65, "-a", "a b", "đông"):
        refused("account.key_form", lambda key=key: add_user(db, key, name="x", act=act))  # type: ignore[misc] # a default binds the loop's name
    refused("account.name_missing", lambda: add_user(db, "moi", name=" ", act=act))
    refused("account.exists", lambda: add_user(db, "can-bo-a", name="x", act=act))


@pytest.mark.parametrize(
    ("code", "grant"),
    [
        ("agreement.unknown", Grant(role=Role.REVIEWER, agreement="ct-99")),
        ("unit.unknown", Grant(role=Role.UNIT_OFFICER, unit="phuong-z")),
        ("grant.party_unknown", Grant(role=Role.REVIEWER, party="z")),
        ("grant.party_unknown", Grant(role=Role.REVIEWER, agreement="ct-01", party="z")),
    ],
)
def test_a_grant_names_what_is_there(db: Connection, code: str, grant: Grant) -> None:
    living(db)
    act = by(CHIEF, "2024-02-01")
    refused(code, lambda: grant_role(db, "can-bo-a", grant, act=act))


def test_a_grant_is_given_once_and_taken_away(db: Connection) -> None:
    living(db)
    act, extra = by(CHIEF, "2024-02-01"), Grant(role=Role.REVIEWER, agreement="ct-01")
    number = grant_role(db, "can-bo-a", extra, act=act)
    assert grant_role(db, "can-bo-a", extra, act=act) == number
    assert extra in grants_of(db, "can-bo-a")
    revoke_role(db, "can-bo-a", number, act=by(CHIEF, "2024-02-02"))
    assert extra not in grants_of(db, "can-bo-a")
    kept = db.execute(select(role_grant).where(role_grant.c.id == number)).one()
    assert kept.revoked_at == by(CHIEF, "2024-02-02").at
    refused("grant.unknown", lambda: revoke_role(db, "can-bo-a", number, act=act))
    refused("grant.unknown", lambda: revoke_role(db, "can-bo-b", number, act=act))


def test_only_administrators_without_limits_manage_people(db: Connection) -> None:
    living(db)
    limited = Grant(role=Role.ADMINISTRATOR, agreement="ct-01")
    grant_role(db, "kiem-toan", limited, act=by(CHIEF, "2024-02-01"))
    number = db.scalars(select(role_grant.c.id).order_by(role_grant.c.id)).first()
    assert number is not None
    acts = {who: by(who, "2024-02-01") for who in (*GRANTS, "khong-co-ai")}
    reviewer = Grant(role=Role.REVIEWER)
    calls = (
        lambda who: add_user(db, "moi", name="Mới", act=acts[who]),
        lambda who: grant_role(db, "nguoi-la", reviewer, act=acts[who]),
        lambda who: revoke_role(db, LOCAL_ADMINISTRATOR, number, act=acts[who]),
        lambda who: disable_user(db, "can-bo-a", act=acts[who]),
        lambda who: reset_password(db, "can-bo-a", act=acts[who], hasher=CHEAP),
        lambda who: users(db, by=who, at=acts[who].at),
    )
    for call in calls:
        assert who_may(db, call) == {"quan-tri", "quan-tri-2"}


def test_a_password_is_given_once_and_only_its_hash_is_kept(db: Connection) -> None:
    living(db)
    password = reset_password(db, "can-bo-a", act=by(CHIEF, "2024-02-01"), hasher=CHEAP)
    row = person_row(db, "can-bo-a")
    assert row.is_password_temporary
    assert password not in str(row.password_hash)
    assert str(row.password_hash).startswith("$argon2id$")
    assert verified(db, "can-bo-a", password=password, hasher=CHEAP)
    assert not verified(db, "can-bo-a", password=password + "x", hasher=CHEAP)
    assert not verified(db, "can-bo-b", password=password, hasher=CHEAP)
    assert not verified(db, "khong-co-ai", password=password, hasher=CHEAP)
    assert not any(password in body for body in db.scalars(select(journal_entry.c.body)))
    again = reset_password(db, "can-bo-a", act=by(CHIEF, "2024-02-02"), hasher=CHEAP)
    assert again != password
    assert not verified(db, "can-bo-a", password=password, hasher=CHEAP)


def test_one_sets_ones_own_password(db: Connection) -> None:
    living(db)
    act = by("can-bo-a", "2024-02-01")
    refused(
        "account.password_short",
        lambda: change_password(db, password="ngắn quá", act=act, hasher=CHEAP),
    )
    refused(
        "account.password_short",
        lambda: change_password(db, password="x" * 1025, act=act, hasher=CHEAP),
    )
    change_password(db, password="một câu đủ dài", act=act, hasher=CHEAP)
    assert verified(db, "can-bo-a", password="một câu đủ dài", hasher=CHEAP)
    assert not person_row(db, "can-bo-a").is_password_temporary


def test_a_hash_of_a_lower_cost_is_made_anew_at_sign_in(db: Connection) -> None:
    living(db)
    password = reset_password(db, "can-bo-a", act=by(CHIEF, "2024-02-01"), hasher=CHEAP)
    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    before = person_row(db, "can-bo-a").password_hash
    assert verified(db, "can-bo-a", password=password, hasher=dearer)
    after = person_row(db, "can-bo-a").password_hash
    assert after != before
    assert verified(db, "can-bo-a", password=password, hasher=dearer)
    assert person_row(db, "can-bo-a").password_hash == after


def test_a_broken_hash_lets_nobody_in(db: Connection) -> None:
    living(db)
    db.execute(update(person).where(person.c.key == "can-bo-a").values(password_hash="hỏng"))
    assert not verified(db, "can-bo-a", password="hỏng", hasher=CHEAP)


def test_what_a_password_costs_is_what_is_advised() -> None:
    assert (HASHER.memory_cost, HASHER.time_cost, HASHER.parallelism) == (19_456, 2, 1)


def test_a_disabled_account_is_let_in_again_by_a_reset(db: Connection) -> None:
    living(db)
    first = reset_password(db, "can-bo-a", act=by(CHIEF, "2024-02-01"), hasher=CHEAP)
    disable_user(db, "can-bo-a", act=by(CHIEF, "2024-02-02"))
    disable_user(db, "can-bo-a", act=by(CHIEF, "2024-02-03"))
    assert person_row(db, "can-bo-a").disabled_at == by(CHIEF, "2024-02-02").at
    assert not verified(db, "can-bo-a", password=first, hasher=CHEAP)
    refused("access.disabled", lambda: grants_of(db, "can-bo-a"))
    again = reset_password(db, "can-bo-a", act=by(CHIEF, "2024-02-04"), hasher=CHEAP)
    assert verified(db, "can-bo-a", password=again, hasher=CHEAP)
    refused("account.unknown", lambda: disable_user(db, "khong-co-ai", act=by(CHIEF, "2024-02-04")))


def test_nobody_locks_everybody_out(db: Connection) -> None:
    chief = ensure_local_administrator(db, name="Quản trị", at=at("2024-01-01"))
    act = by(chief, "2024-02-01")
    savepoint = db.begin_nested()
    refused("account.last_administrator", lambda: disable_user(db, chief, act=act))
    savepoint.rollback()
    number = db.execute(select(role_grant.c.id)).scalar_one()
    savepoint = db.begin_nested()
    refused("account.last_administrator", lambda: revoke_role(db, chief, number, act=act))
    savepoint.rollback()
    add_user(db, "hai", name="Hai", grants=[Grant(role=Role.ADMINISTRATOR)], act=act)
    disable_user(db, chief, act=act)


def test_accounts_are_listed_with_their_grants(db: Connection) -> None:
    living(db)
    listed = {row.key: held for row, held in users(db, by=CHIEF, at=at("2024-02-01"))}
    assert list(listed) == sorted({*GRANTS, LOCAL_ADMINISTRATOR})
    assert [(one.role, one.unit) for one in listed["can-bo-a"]] == [("unit_officer", "phuong-a")]
    assert listed["nguoi-la"] == []
