"""An officer leaves: what the account may do passes to a successor's, and the old one ends.

Knows that roles pass whole and that nothing of the old account opens anything afterwards:
no password, session or token. What it did stays its own, and drafts stay with the unit,
since they never were anybody's. Refuses to make passwords.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update

from workflow.access import ensure_may, grant_from
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.enrolling import ensure_administrated, give_grant, known, note
from workflow.store import people, sessions, tokens
from workflow.store.people import person, role_grant

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workflow.journal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What passed on and what ended: roles, sessions, tokens."""

    grants: int
    sessions: int
    tokens: int


def hand_over(db: Connection, key: str, *, to: str, act: Act) -> HandedOver:
    """Give every role of an account to another, and disable it.

    Raises ``Refusal``: ``access.denied``, ``account.unknown``, ``handover.to_itself``,
    ``handover.to_disabled``, ``handover.no_roles``, ``account.last_administrator``.
    """
    ensure_may(db, Deed.MANAGE_PEOPLE, act=act)
    old, successor = known(db, key), known(db, to)
    if old.id == successor.id:
        raise Refusal("handover.to_itself", key=key)
    if successor.disabled_at is not None:
        raise Refusal("handover.to_disabled", key=to)
    held = people.grants_held(db, old.id)
    if not held:
        raise Refusal("handover.no_roles", key=key)
    for row in held:
        give_grant(db, successor, grant_from(row), act=act)
    db.execute(
        update(role_grant)
        .where(role_grant.c.person_id == old.id, role_grant.c.revoked_at.is_(None))
        .values(revoked_at=act.at)
    )
    db.execute(
        update(person)
        .where(person.c.id == old.id, person.c.disabled_at.is_(None))
        .values(disabled_at=act.at)
    )
    done = HandedOver(
        grants=len(held),
        sessions=sessions.end_sessions(db, old.id, at=act.at),
        tokens=tokens.revoke_tokens(db, old.id, at=act.at),
    )
    ensure_administrated(db)
    note(
        db,
        old.id,
        "account.handed_over",
        act=act,
        key=key,
        to=to,
        grants=[row.id for row in held],
        sessions=done.sessions,
        tokens=done.tokens,
    )
    return done
