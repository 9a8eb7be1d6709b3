"""What it takes to have an account: made, given a password, given a role.

Steps that the use cases of accounts take within their own transaction; each journals what
it did. Refuses to know who may: whoever takes them has asked that before.
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, update

from workflow import journal
from workflow.access import grant_from
from workflow.catalogue import agreements_said
from workflow.domain.errors import Refusal
from workflow.domain.roles import Grant, Role
from workflow.passwords import LONGEST
from workflow.store import people
from workflow.store.agreements import agreement, agreement_by_code
from workflow.store.password_resets import end_resets
from workflow.store.past import PERSON, keep_past
from workflow.store.people import person, role_grant
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from workflow.journal import Act

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
#: Easy to read from paper: without 0/o, 1/l/i.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 4
_SHORTEST: Final = 12


def enrol(
    db: Connection,
    key: str,
    *,
    name: str,
    act: Act,
    grants: Iterable[Grant] = (),
    mail: str | None = None,
    lang: str = "vi",
) -> Row[Any]:
    """Make an account with its roles, and give its row.

    Raises ``Refusal``: ``account.key_form``, ``account.name_missing``, ``account.exists``
    and as ``give_grant``.
    """
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
    made = known(db, key)
    note(db, made.id, "account.added", act=act, key=key, name=name.strip())
    for grant in grants:
        give_grant(db, made, grant, act=act)
    return made


def known(db: Connection, key: str) -> Row[Any]:
    """The account of a key. Raises ``Refusal("account.unknown")``."""
    found = people.person_by_key(db, key)
    if found is None:
        raise Refusal("account.unknown", key=key)
    return found


def give_grant(db: Connection, to: Row[Any], grant: Grant, *, act: Act) -> int:
    """Give an account a role within a scope, once, and give the grant's number.

    Raises ``Refusal``: ``agreement.unknown``, ``unit.unknown``, ``grant.party_unknown``.
    """
    agreement_id = unit_id = None
    if grant.agreement is not None:
        agreement_id = agreement_by_code(db, grant.agreement).id
    if grant.unit is not None:
        unit_id = db.scalar(select(unit.c.id).where(unit.c.key == grant.unit))
        if unit_id is None:
            raise Refusal("unit.unknown", unit=grant.unit)
    if grant.party is not None:
        _ensure_party(db, grant.party, grant.agreement)
    for row in people.grants_held(db, to.id):
        if grant_from(row) == grant:
            return int(row.id)
    grant_id = db.execute(
        insert(role_grant)
        .values(
            person_id=to.id,
            role=grant.role.value,
            agreement_id=agreement_id,
            party=grant.party,
            unit_id=unit_id,
            granted_at=act.at,
        )
        .returning(role_grant.c.id)
    ).scalar_one()
    note(
        db,
        to.id,
        "grant.given",
        act=act,
        key=to.key,
        grant=grant_id,
        role=grant.role.value,
        agreement=grant.agreement,
        party=grant.party,
        unit=grant.unit,
    )
    return int(grant_id)


def drawn_password() -> str:
    """A password that nobody chose: 79 bits, to be read from paper."""
    return "-".join(
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUPS)) for _ in range(_GROUPS)
    )


def ensure_long_enough(password: str) -> None:
    """Refuse a password that is too short or too long. Raises ``account.password_short``.

    No rule about kinds of characters (NIST SP 800-63B).
    """
    if not _SHORTEST <= len(password) <= LONGEST:
        raise Refusal("account.password_short", least=_SHORTEST, most=LONGEST)


def set_password(
    db: Connection,
    of: Row[Any],
    password_hash: str,
    *,
    is_temporary: bool,
    enable: bool,
    at: datetime,
) -> None:
    """Keep an account's new password, and let it in again where ``enable`` says so.

    Links for a forgotten password are void from now on.
    """
    values: dict[str, object] = {
        "password_hash": password_hash,
        "is_password_temporary": is_temporary,
    }
    if enable:
        values["disabled_at"] = None
        if of.disabled_at is not None:
            keep_past(db, PERSON, {of.id: {"disabled_at": of.disabled_at.isoformat()}}, at=at)
    db.execute(update(person).where(person.c.id == of.id).values(values))
    end_resets(db, of.key, at=at)


def ensure_administrated(db: Connection) -> None:
    """Refuse to lock everybody out. Raises ``Refusal("account.last_administrator")``."""
    everything = Grant(role=Role.ADMINISTRATOR)
    for row, held in people.people_listed(db):
        if row.disabled_at is None and everything in map(grant_from, held):
            return
    raise Refusal("account.last_administrator")


def note(db: Connection, person_id: int, verb: str, *, act: Act, **facts: object) -> None:
    """Journal what was done to an account."""
    journal.record(db, act=act, verb=verb, subject=("person", person_id), after=facts)


def _ensure_party(db: Connection, party: str, code: str | None) -> None:
    """Refuse a party that stands in no agreement of the grant's scope."""
    query = select(agreement.c.id)
    if code is not None:
        query = query.where(agreement.c.code == code)
    said = agreements_said(db, db.scalars(query)).values()
    codes = sorted({one.code for says in said for one in says.parties})
    if party not in codes:
        raise Refusal("grant.party_unknown", party=party, known=codes)
