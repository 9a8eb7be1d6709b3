"""Accounts for programs: who there is and in which roles, made, changed, disabled and let in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from web.api.calling import Call, reads, writes
from web.api.paging import USUAL, Cursor, Limit, Listed, cursor_of, place_of
from web.api.shapes import TEXT, Small, Word, Words
from workflow import accounts
from workflow.domain.errors import Refusal
from workflow.domain.folding import fold
from workflow.domain.roles import Deed, Grant, Role
from workflow.store import people, staff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

router: Final = APIRouter(tags=["people"])
Name = Annotated[str, Field(max_length=200, pattern=TEXT)]
Mail = Annotated[str, Field(max_length=254, pattern=TEXT)]


class Granting(BaseModel):
    """A role within a scope; what is left out is everywhere."""

    role: Role
    agreement: Word | None = None
    party: Word | None = None
    unit: Word | None = Field(default=None, description="The unit and what stands under it.")


class Held(Granting):
    """A role that an account holds."""

    number: int


class Account(BaseModel):
    """An account with its roles."""

    key: str
    name: str
    mail: str | None
    lang: Literal["vi", "en"]
    is_disabled: bool
    last_seen_at: datetime | None = Field(description="When it last signed in; null if never.")
    grants: list[Held]


class Opening(BaseModel):
    """An account to be made."""

    key: Word = Field(min_length=1)
    name: Name
    mail: Mail | None = None
    lang: Literal["vi", "en"] = "vi"
    grants: list[Granting] = Field(default=[], max_length=50)


class Changing(BaseModel):
    """How an account is called, where its letters go, and in which language."""

    name: Name
    mail: Mail | None = None
    lang: Literal["vi", "en"] = "vi"


class LetIn(BaseModel):
    """An account with the password for its first sign-in, told this once."""

    key: str
    password: str


@router.get("/people")
@reads
def listed(
    call: Call,
    *,
    words: Annotated[Words, Query(description="Words of its key or name, without marks.")] = "",
    role: Role | None = None,
    new: Annotated[bool, Query(description="Only those that never signed in.")] = False,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Listed[Account]:
    """The accounts, by key."""
    call.ensure_may(Deed.MANAGE_PEOPLE)
    after = place_of(cursor, "key", str)
    rows = staff.accounts_page(
        call.db,
        after="" if after is None else after[0].replace("\0", ""),
        at_most=limit + 1,
        among=_named(call, words),
        role=role,
        only_new=new,
    )
    page = rows[:limit]
    more = cursor_of("key", page[-1].key) if len(rows) > limit else None
    return Listed[Account](items=_told(call, page), next=more)


@router.get("/people/{key}")
@reads
def shown(call: Call, key: Word) -> Account:
    """One account with its roles."""
    call.ensure_may(Deed.MANAGE_PEOPLE)
    return _account(call, key)


@router.post("/people", status_code=201)
@writes
def add(call: Call, said: Opening) -> Account:
    """Make an account; nobody can sign in to it until it is given a password."""
    accounts.add_user(
        call.db,
        said.key.strip().lower(),
        name=said.name,
        mail=said.mail,
        lang=said.lang,
        grants=[_grant(one) for one in said.grants],
        act=call.act(),
    )
    return _account(call, said.key.strip().lower())


@router.put("/people/{key}")
@writes
def change(call: Call, key: Word, said: Changing) -> Account:
    """Say how an account is called, where its letters go, and in which language."""
    accounts.change_account(
        call.db, key, name=said.name, mail=said.mail or "", lang=said.lang, act=call.act()
    )
    return _account(call, key)


@router.post("/people/{key}/grants", status_code=201)
@writes
def give_role(call: Call, key: Word, said: Granting) -> Account:
    """Give an account a role within a scope; one that it holds already is given once."""
    accounts.grant_role(call.db, key, _grant(said), act=call.act())
    return _account(call, key)


@router.delete("/people/{key}/grants/{number}")
@writes
def take_role(call: Call, key: Word, number: Small) -> Account:
    """Take a role away; it stays on record."""
    accounts.revoke_role(call.db, key, number, act=call.act())
    return _account(call, key)


@router.post("/people/{key}/disable")
@writes
def disable(call: Call, key: Word) -> Account:
    """Let an account do nothing more; what it did stays on record."""
    accounts.disable_user(call.db, key, act=call.act())
    return _account(call, key)


@router.post("/people/{key}/reset")
@writes
def reset(call: Call, key: Word) -> LetIn:
    """Give an account a new password, to be changed at the first sign-in; its sessions end."""
    password = accounts.reset_password(call.db, key, act=call.act())
    return LetIn(key=key, password=password)


def _grant(said: Granting) -> Grant:
    """A grant as it was said. Raises ``Refusal("grant.unit_missing")``."""
    return Grant(role=said.role, agreement=said.agreement, party=said.party, unit=said.unit)


def _account(call: Call, key: str) -> Account:
    found = people.person_by_key(call.db, key)
    if found is None:
        raise Refusal("account.unknown", key=key)
    (one,) = _told(call, [found])
    return one


def _told(call: Call, rows: Sequence[Row[tuple[object, ...]]]) -> list[Account]:
    ids = [row.id for row in rows]
    held, seen = staff.grants_of_each(call.db, ids), staff.last_sign_ins(call.db, ids)
    return [
        Account(
            key=row.key,
            name=row.name,
            mail=row.mail,
            lang=row.lang,
            is_disabled=row.disabled_at is not None,
            last_seen_at=seen.get(row.id),
            grants=[
                Held(
                    number=one.id,
                    role=one.role,
                    agreement=one.agreement,
                    party=one.party,
                    unit=one.unit,
                )
                for one in held.get(row.id, ())
            ],
        )
        for row in rows
    ]


def _named(call: Call, words: str) -> list[int] | None:
    """The accounts whose key or name has each word; None where none was said."""
    parts = fold(words).split()
    if not parts:
        return None
    return [
        row.id
        for row in staff.accounts_named(call.db)
        if all(part in fold(f"{row.key} {row.name}") for part in parts)
    ]
