"""Accounts: who may sign in, with which password, and which grants they hold.

Knows that an account is known by a permanent key and never deleted: what it did
stays its own. Refuses to know what a grant allows (``access``) and how a session
lasts. Only administrators without any limit manage people.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, update

from workflow import journal
from workflow.access import ensure_may, grant_from
from workflow.catalogue import agreements_said
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Grant, Role
from workflow.journal import Act
from workflow.passwords import DRAWN, HASHER, LONGEST
from workflow.store import people, staff
from workflow.store.agreements import agreement, agreement_by_code
from workflow.store.people import person, role_grant
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from argon2 import PasswordHasher
    from sqlalchemy import Connection, Row

#: The administrator that acts on the command line where nobody else is named.
LOCAL_ADMINISTRATOR: Final = "local"
_SETUP: Final = "system:setup"
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SHORTEST: Final = 12
#: Easy to read from paper: without 0/o, 1/l/i.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 4


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
    ``account.name_missing``, ``agreement.unknown``, ``unit.unknown``,
    ``grant.party_unknown``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    _add(db, key, name=name, mail=mail, lang=lang, grants=grants, act=act)


def ensure_local_administrator(db: Connection, *, name: str, at: datetime) -> str:
    """The key of the command line's own administrator, made when it is first needed."""
    if people.person_by_key(db, LOCAL_ADMINISTRATOR) is None:
        act = Act(by=_SETUP, at=at)
        everything = Grant(role=Role.ADMINISTRATOR)
        _add(db, LOCAL_ADMINISTRATOR, name=name, grants=[everything], act=act)
    return LOCAL_ADMINISTRATOR


def grant_role(db: Connection, key: str, grant: Grant, *, act: Act) -> int:
    """Give an account a role within a scope, and give the grant's number.

    A grant that it holds already is given once. Raises ``Refusal``:
    ``access.denied``, ``account.unknown``, ``agreement.unknown``, ``unit.unknown``,
    ``grant.party_unknown``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    return _grant(db, _known(db, key), grant, act=act)


def revoke_role(db: Connection, key: str, grant_id: int, *, act: Act) -> None:
    """Take a grant away; it stays on record.

    Raises ``Refusal``: ``access.denied``, ``account.unknown``, ``grant.unknown``,
    ``account.last_administrator``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    known = _known(db, key)
    revoked = db.execute(
        update(role_grant)
        .where(
            role_grant.c.id == grant_id,
            role_grant.c.person_id == known.id,
            role_grant.c.revoked_at.is_(None),
        )
        .values(revoked_at=act.at)
        .returning(role_grant.c.role)
    ).scalar()
    if revoked is None:
        raise Refusal("grant.unknown", grant=grant_id, key=key)
    _ensure_administrated(db)
    _journal(db, known.id, "grant.revoked", act=act, key=key, grant=grant_id, role=revoked)


def disable_user(db: Connection, key: str, *, act: Act) -> None:
    """Let an account do nothing more; what it did stays. Again changes nothing.

    Raises ``Refusal``: ``access.denied``, ``account.unknown``,
    ``account.last_administrator``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    known = _known(db, key)
    if known.disabled_at is not None:
        return
    db.execute(update(person).where(person.c.id == known.id).values(disabled_at=act.at))
    _ensure_administrated(db)
    _journal(db, known.id, "account.disabled", act=act, key=key)


def reset_password(db: Connection, key: str, *, act: Act, hasher: PasswordHasher = HASHER) -> str:
    """Give an account a new password, shown this once, to be changed at the first sign-in.

    A disabled account is let in again. Raises ``Refusal``: ``access.denied``,
    ``account.unknown``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    known = _known(db, key)
    password = _drawn()
    _set_password(db, known.id, hasher.hash(password), is_temporary=True, enable=True)
    _journal(db, known.id, "account.reset", act=act, key=key)
    return password


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
        key = _free_key(unit_key, taken)
        taken.add(key)
        grants = [Grant(role=Role.UNIT_OFFICER, unit=unit_key)]
        _add(db, key, name=name, lang=lang, grants=grants, act=act)
        password = _drawn()
        known = _known(db, key)
        _set_password(db, known.id, DRAWN.hash(password), is_temporary=True, enable=False)
        made.append(NewOfficer(unit=unit_key, key=key, name=name, password=password))
    return made


def _free_key(wanted: str, taken: set[str]) -> str:
    key, number = wanted.lower(), 1
    while key in taken:
        number += 1
        key = f"{wanted.lower()}-{number}"
    return key


def _drawn() -> str:
    """A password that nobody chose: 79 bits, to be read from paper."""
    return "-".join(
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUPS)) for _ in range(_GROUPS)
    )


def change_password(
    db: Connection, *, password: str, act: Act, hasher: PasswordHasher = HASHER
) -> None:
    """Set one's own password. Raises ``Refusal``: ``account.unknown``, ``account.password_short``.

    At least 12 characters; no rule about kinds of characters (NIST SP 800-63B).
    """
    known = _known(db, act.by)
    if not _SHORTEST <= len(password) <= LONGEST:
        raise Refusal("account.password_short", least=_SHORTEST, most=LONGEST)
    _set_password(db, known.id, hasher.hash(password), is_temporary=False, enable=False)
    _journal(db, known.id, "account.password_changed", act=act, key=act.by)


def has_passwords(db: Connection) -> bool:
    """Whether anybody can sign in at all: some account has a password and is not disabled."""
    able = person.c.password_hash.is_not(None) & person.c.disabled_at.is_(None)
    return db.execute(select(person.c.id).where(able).limit(1)).first() is not None


def users(db: Connection, *, by: str, at: datetime) -> list[tuple[Row[Any], list[Row[Any]]]]:
    """Every account with its grants, by key. Raises ``Refusal("access.denied")``."""
    ensure_may(db, Deed.MANAGE_PEOPLE, act=Act(by=by, at=at))
    return people.people_listed(db)


def _add(
    db: Connection,
    key: str,
    *,
    name: str,
    act: Act,
    grants: Iterable[Grant],
    mail: str | None = None,
    lang: str = "vi",
) -> None:
    if not _KEY.fullmatch(key):
        raise Refusal("account.key_form", key=key)
    if not name.strip():
        raise Refusal("account.name_missing", key=key)
    if people.person_by_key(db, key) is not None:
        raise Refusal("account.exists", key=key)
    db.execute(
        insert(person).values(
            key=key,
            name=name.strip(),
            mail=mail,
            lang=lang,
            created_by=act.by,
            created_at=act.at,
        )
    )
    known = _known(db, key)
    _journal(db, known.id, "account.added", act=act, key=key, name=name.strip())
    for grant in grants:
        _grant(db, known, grant, act=act)


def _grant(db: Connection, known: Row[Any], grant: Grant, *, act: Act) -> int:
    agreement_id = unit_id = None
    if grant.agreement is not None:
        agreement_id = agreement_by_code(db, grant.agreement).id
    if grant.unit is not None:
        unit_id = db.scalar(select(unit.c.id).where(unit.c.key == grant.unit))
        if unit_id is None:
            raise Refusal("unit.unknown", unit=grant.unit)
    if grant.party is not None:
        _ensure_party(db, grant.party, grant.agreement)
    for row in people.grants_held(db, known.id):
        if grant_from(row) == grant:
            return int(row.id)
    grant_id = db.execute(
        insert(role_grant)
        .values(
            person_id=known.id,
            role=grant.role.value,
            agreement_id=agreement_id,
            party=grant.party,
            unit_id=unit_id,
            granted_at=act.at,
        )
        .returning(role_grant.c.id)
    ).scalar_one()
    _journal(
        db,
        known.id,
        "grant.given",
        act=act,
        key=known.key,
        grant=grant_id,
        role=grant.role.value,
        agreement=grant.agreement,
        party=grant.party,
        unit=grant.unit,
    )
    return int(grant_id)


def _ensure_party(db: Connection, party: str, code: str | None) -> None:
    """Refuse a party that stands in no agreement of the grant's scope."""
    query = select(agreement.c.id)
    if code is not None:
        query = query.where(agreement.c.code == code)
    said = agreements_said(db, db.scalars(query)).values()
    known = sorted({one.code for says in said for one in says.parties})
    if party not in known:
        raise Refusal("grant.party_unknown", party=party, known=known)


def _ensure_administrated(db: Connection) -> None:
    """Refuse to lock everybody out. Raises ``Refusal("account.last_administrator")``."""
    everything = Grant(role=Role.ADMINISTRATOR)
    for row, held in people.people_listed(db):
        if row.disabled_at is None and everything in map(grant_from, held):
            return
    raise Refusal("account.last_administrator")


def _set_password(
    db: Connection, person_id: int, password_hash: str, *, is_temporary: bool, enable: bool
) -> None:
    values: dict[str, object] = {
        "password_hash": password_hash,
        "is_password_temporary": is_temporary,
    }
    if enable:
        values["disabled_at"] = None
    db.execute(update(person).where(person.c.id == person_id).values(values))


def _known(db: Connection, key: str) -> Row[Any]:
    found = people.person_by_key(db, key)
    if found is None:
        raise Refusal("account.unknown", key=key)
    return found


def _journal(db: Connection, person_id: int, verb: str, *, act: Act, **facts: object) -> None:
    journal.record(db, act=act, verb=verb, subject=("person", person_id), after=facts)
