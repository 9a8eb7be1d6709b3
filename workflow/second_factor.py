"""The second factor of an account: set up, confirmed, its recovery codes, switched off.

Knows that nothing is asked for before a first code was given, and that switching off
takes more than an open session: its caller has asked for the password. Refuses to know
pages and pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workflow import codes, journal
from workflow.access import ensure_may
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.owner_letters import Change, tell_owner
from workflow.store import people, second_factors

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection, Row

    from workflow.journal import Act

#: Under which name an authenticator keeps the account.
ISSUER: Final = "Cam Kết"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a person's second factor is: since when, and how many recovery codes are left."""

    is_begun: bool
    confirmed_at: datetime | None
    codes_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What an authenticator is told: as letters to be typed, and as the text of a picture."""

    secret: str
    address: str


def standing(db: Connection, key: str) -> Standing:
    """How far the second factor of an account is. Raises ``Refusal("account.unknown")``."""
    person_id = _person_id(db, key)
    row = second_factors.factor_of(db, person_id)
    if row is None:
        return Standing(is_begun=False, confirmed_at=None, codes_left=0)
    return Standing(
        is_begun=row.confirmed_at is None,
        confirmed_at=row.confirmed_at,
        codes_left=second_factors.codes_left(db, person_id),
    )


def begin(db: Connection, *, act: Act, key: bytes) -> None:
    """Draw a secret for whoever acts; a set-up that was begun before is begun anew.

    Raises ``Refusal``: ``account.unknown``, ``factor.is_on``.
    """
    person_id = _person_id(db, act.by)
    if second_factors.has_factor(db, person_id):
        raise Refusal("factor.is_on")
    secret = codes.new_secret(key=key, person_id=person_id)
    second_factors.put_factor(db, person_id, secret=secret, at=act.at)


def offered(db: Connection, *, act: Act, key: bytes) -> Offer:
    """The secret of a set-up that waits for its first code; afterwards it is told to nobody.

    Raises ``Refusal``: ``account.unknown``, ``factor.not_begun``, ``secret.unreadable``.
    """
    person_id = _person_id(db, act.by)
    row = second_factors.factor_of(db, person_id)
    if row is None or row.confirmed_at is not None:
        raise Refusal("factor.not_begun")
    secret = codes.secret_of(row.secret, key=key, person_id=person_id)
    return Offer(secret=secret, address=codes.address_of(secret, account=act.by, issuer=ISSUER))


def confirm(db: Connection, *, code: str, act: Act, key: bytes) -> list[str]:
    """Switch the second factor on by its first code, and give the recovery codes, this once.

    Raises ``Refusal``: ``account.unknown``, ``factor.not_begun``, ``factor.wrong_code``,
    ``secret.unreadable``.
    """
    owner = _person(db, act.by)
    person_id = int(owner.id)
    row = second_factors.factor_of(db, person_id)
    if row is None or row.confirmed_at is not None:
        raise Refusal("factor.not_begun")
    if not codes.is_right(db, person_id, code, key=key, at=act.at):
        raise Refusal("factor.wrong_code")
    second_factors.confirm_factor(db, person_id, at=act.at)
    _journal(db, person_id, "factor.confirmed", act=act)
    tell_owner(db, owner, Change.FACTOR_ON, act=act)
    return codes.draw_codes(db, person_id, key=key)


def draw_anew(db: Connection, *, code: str, act: Act, key: bytes) -> list[str]:
    """Give new recovery codes in place of the old ones.

    Raises ``Refusal``: ``account.unknown``, ``factor.is_off``, ``factor.wrong_code``,
    ``secret.unreadable``.
    """
    owner = _proved(db, code=code, act=act, key=key)
    _journal(db, owner.id, "factor.codes_drawn", act=act)
    tell_owner(db, owner, Change.CODES_DRAWN, act=act)
    return codes.draw_codes(db, owner.id, key=key)


def switch_off(
    db: Connection, *, code: str, act: Act, key: bytes, is_required: bool = False
) -> None:
    """Ask for no code any more. A recovery code counts as well.

    Raises ``Refusal`` as ``draw_anew``, and ``factor.required`` where this installation
    asks the person for one.
    """
    if is_required:
        raise Refusal("factor.required")
    owner = _proved(db, code=code, act=act, key=key)
    second_factors.drop_factor(db, owner.id)
    _journal(db, owner.id, "factor.switched_off", act=act)
    tell_owner(db, owner, Change.FACTOR_OFF, act=act)


def reset(db: Connection, key: str, *, act: Act) -> None:
    """Take the second factor from whoever has lost it: an administrator's deed.

    Raises ``Refusal``: ``access.denied``, ``account.unknown``, ``factor.is_off``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    owner = _person(db, key)
    if not second_factors.drop_factor(db, owner.id):
        raise Refusal("factor.is_off")
    _journal(db, owner.id, "factor.reset", act=act, account=key)
    tell_owner(db, owner, Change.FACTOR_RESET, act=act)


def _proved(db: Connection, *, code: str, act: Act, key: bytes) -> Row[Any]:
    owner = _person(db, act.by)
    person_id = int(owner.id)
    if not second_factors.has_factor(db, person_id):
        raise Refusal("factor.is_off")
    if not (
        codes.is_right(db, person_id, code, key=key, at=act.at)
        or codes.is_recovery(db, person_id, code, key=key, at=act.at)
    ):
        raise Refusal("factor.wrong_code")
    return owner


def _person_id(db: Connection, key: str) -> int:
    return int(_person(db, key).id)


def _person(db: Connection, key: str) -> Row[Any]:
    found = people.person_by_key(db, key)
    if found is None:
        raise Refusal("account.unknown", key=key)
    return found


def _journal(db: Connection, person_id: int, verb: str, *, act: Act, **facts: object) -> None:
    journal.record(db, act=act, verb=verb, subject=("person", person_id), after=facts or None)
