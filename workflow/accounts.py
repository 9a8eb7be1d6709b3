"""Accounts: who may sign in, with which password, and which grants they hold.

Knows that an account is known by a permanent key and never deleted: what it did
stays its own. Refuses to know what a grant allows (``access``) and how a session
lasts. Only administrators without any limit manage people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from workflow.access import ensure_may
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Grant, Role
from workflow.enrolling import (
    drawn_password,
    enrol,
    ensure_administrated,
    ensure_long_enough,
    give_grant,
    known,
    note,
    set_password,
)
from workflow.journal import Act, record
from workflow.owner_letters import Change, tell_owner
from workflow.passwords import DRAWN, HASHER
from workflow.store import people, staff
from workflow.store.password_resets import end_resets
from workflow.store.people import person, role_grant
from workflow.store.sessions import end_sessions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from argon2 import PasswordHasher
    from sqlalchemy import Connection, Row

#: The administrator that acts on the command line where nobody else is named.
LOCAL_ADMINISTRATOR: Final = "local"
_SETUP: Final = "system:setup"
_LONGEST_MAIL: Final = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOfficer:
    """An account that was made for a unit, with its first password, told this once."""

    unit: str
    key: str
    name: str
    password: str


def add_user(
    db: Connection,
    key: str,
    *,
    name: str,
    act: Act,
    mail: str | None = None,
    lang: str = "vi",
    grants: Iterable[Grant] = (),
) -> None:
    """Make an account, without a password until ``reset_password``.

    Raises ``Refusal``: ``access.denied``, ``account.key_form``, ``account.exists``,
    ``account.name_missing``, ``account.mail_form``, ``agreement.unknown``, ``unit.unknown``,
    ``grant.party_unknown``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    enrol(db, key, name=name, mail=_mail(mail or ""), lang=lang, grants=grants, act=act)


def ensure_local_administrator(db: Connection, *, name: str, at: datetime) -> str:
    """The key of the command line's own administrator, made when it is first needed."""
    if people.person_by_key(db, LOCAL_ADMINISTRATOR) is None:
        act = Act(by=_SETUP, at=at)
        everything = Grant(role=Role.ADMINISTRATOR)
        enrol(db, LOCAL_ADMINISTRATOR, name=name, grants=[everything], act=act)
    return LOCAL_ADMINISTRATOR


def grant_role(db: Connection, key: str, grant: Grant, *, act: Act) -> int:
    """Give an account a role within a scope, and give the grant's number.

    A grant that it holds already is given once. Raises ``Refusal``:
    ``access.denied``, ``account.unknown``, ``agreement.unknown``, ``unit.unknown``,
    ``grant.party_unknown``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    return give_grant(db, known(db, key), grant, act=act)


def revoke_role(db: Connection, key: str, grant_id: int, *, act: Act) -> None:
    """Take a grant away; it stays on record.

    Raises ``Refusal``: ``access.denied``, ``account.unknown``, ``grant.unknown``,
    ``account.last_administrator``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    found = known(db, key)
    revoked = db.execute(
        update(role_grant)
        .where(
            role_grant.c.id == grant_id,
            role_grant.c.person_id == found.id,
            role_grant.c.revoked_at.is_(None),
        )
        .values(revoked_at=act.at)
        .returning(role_grant.c.role)
    ).scalar()
    if revoked is None:
        raise Refusal("grant.unknown", grant=grant_id, key=key)
    ensure_administrated(db)
    note(db, found.id, "grant.revoked", act=act, key=key, grant=grant_id, role=revoked)


def disable_user(db: Connection, key: str, *, act: Act) -> None:
    """Let an account do nothing more; what it did stays. Again changes nothing.

    Raises ``Refusal``: ``access.denied``, ``account.unknown``,
    ``account.last_administrator``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    found = known(db, key)
    if found.disabled_at is not None:
        return
    db.execute(update(person).where(person.c.id == found.id).values(disabled_at=act.at))
    ensure_administrated(db)
    note(db, found.id, "account.disabled", act=act, key=key)


def reset_password(db: Connection, key: str, *, act: Act, hasher: PasswordHasher = HASHER) -> str:
    """Give an account a new password, shown this once, to be changed at the first sign-in.

    A disabled account is let in again; whatever session it had ends. Raises ``Refusal``:
    ``access.denied``, ``account.unknown``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    found = known(db, key)
    password = drawn_password()
    set_password(db, found, hasher.hash(password), is_temporary=True, enable=True, at=act.at)
    ended = end_sessions(db, found.id, at=act.at)
    note(db, found.id, "account.reset", act=act, key=key, sessions=ended)
    if found.password_hash is not None:
        tell_owner(db, found, Change.PASSWORD_GIVEN, act=act)
    return password


def change_account(db: Connection, key: str, *, name: str, mail: str, lang: str, act: Act) -> None:
    """Say how an account is called, where its letters go, and in which language.

    Raises ``Refusal``: ``access.denied``, ``account.unknown``, ``account.name_missing``,
    ``account.mail_form``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    found = known(db, key)
    if not name.strip():
        raise Refusal("account.name_missing", key=key)
    _change(db, found, {"name": name.strip(), "mail": _mail(mail), "lang": lang}, act=act)


def change_own_mail(db: Connection, *, mail: str, act: Act) -> None:
    """Say where one's own letters go. Raises ``Refusal``: ``account.mail_form``.

    Whoever reads the letters can set a new password: the caller has asked for the old one.
    """
    _change(db, known(db, act.by), {"mail": _mail(mail)}, act=act)


def _change(db: Connection, found: Row[Any], said: Mapping[str, str | None], *, act: Act) -> None:
    before = {name: getattr(found, name) for name in said}
    if before == dict(said):
        return
    db.execute(update(person).where(person.c.id == found.id).values(**said))
    # A letter on its way to the old address must open nothing.
    end_resets(db, found.key, at=act.at)
    subject = ("person", int(found.id))
    record(db, act=act, verb="account.changed", subject=subject, before=before, after=said)
    if said["mail"] != found.mail:
        tell_owner(db, known(db, found.key), Change.MAIL, act=act, also_to=found.mail)


def _mail(typed: str) -> str | None:
    """An address that can stand in a letter, or None for none."""
    mail = typed.strip()
    local, at, host = mail.rpartition("@")
    if mail and (
        not (local and at and host)
        or len(mail) > _LONGEST_MAIL
        or not mail.isprintable()
        or any(sign in mail for sign in ' ,;<>"')
    ):
        raise Refusal("account.mail_form", mail=mail[:80])
    return mail or None


def add_unit_officers(
    db: Connection, named: Mapping[str, str], *, act: Act, lang: str = "vi"
) -> list[NewOfficer]:
    """Make an account for each unit named that has no officer yet, with a first password.

    ``named`` gives the account's name for each unit's key. The account's key is the unit's,
    with a number behind it where that is taken. Raises ``Refusal``: ``access.denied``,
    ``unit.unknown``, ``account.key_form``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    provided, taken = staff.units_with_officer(db), staff.keys_taken(db)
    made: list[NewOfficer] = []
    for unit_key, name in named.items():
        if unit_key in provided:
            continue
        key = free_key(unit_key, taken)
        taken.add(key)
        grants = [Grant(role=Role.UNIT_OFFICER, unit=unit_key)]
        found = enrol(db, key, name=name, lang=lang, grants=grants, act=act)
        password = drawn_password()
        set_password(db, found, DRAWN.hash(password), is_temporary=True, enable=False, at=act.at)
        made.append(NewOfficer(unit=unit_key, key=key, name=name, password=password))
    return made


def free_key(wanted: str, taken: set[str]) -> str:
    """A key like the one that is wanted, with a number behind it where that is taken."""
    key, number = wanted.lower(), 1
    while key in taken:
        number += 1
        key = f"{wanted.lower()[: 60 - len(str(number))]}-{number}"
    return key


def change_password(
    db: Connection, *, password: str, act: Act, hasher: PasswordHasher = HASHER
) -> None:
    """Set one's own password. Raises ``Refusal``: ``account.unknown``, ``account.password_short``.

    At least 12 characters; no rule about kinds of characters (NIST SP 800-63B).
    """
    found = known(db, act.by)
    ensure_long_enough(password)
    set_password(db, found, hasher.hash(password), is_temporary=False, enable=False, at=act.at)
    note(db, found.id, "account.password_changed", act=act, key=act.by)
    tell_owner(db, found, Change.PASSWORD, act=act)


def has_passwords(db: Connection) -> bool:
    """Whether anybody can sign in at all: some account has a password and is not disabled."""
    able = person.c.password_hash.is_not(None) & person.c.disabled_at.is_(None)
    return db.execute(select(person.c.id).where(able).limit(1)).first() is not None


def users(db: Connection, *, by: str, at: datetime) -> list[tuple[Row[Any], list[Row[Any]]]]:
    """Every account with its grants, by key. Raises ``Refusal("access.denied")``."""
    ensure_may(db, Deed.MANAGE_PEOPLE, act=Act(by=by, at=at))
    return people.people_listed(db)
