"""Whoever an account belongs to is told by letter what was changed in it.

A step that the use cases of accounts take within their own transaction, so that a change
without its letter does not exist. Knows to which addresses it goes: after a change of the
address to the old one too. Refuses to know words, to send, and to carry any secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from workflow.store import owner_letters
from workflow.store.work import put_work

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection, Row

    from workflow.journal import Act

#: The kind of work that sends these letters.
WORK: Final = "send_owner_letter"


class Change(StrEnum):
    """What was changed in an account, or made for it."""

    PASSWORD = "password"  # noqa: S105 - the name of a change
    PASSWORD_BY_LINK = "password_by_link"  # noqa: S105 - the same
    PASSWORD_GIVEN = "password_given"  # noqa: S105 - the same
    MAIL = "mail"
    FACTOR_ON = "factor_on"
    FACTOR_OFF = "factor_off"
    FACTOR_RESET = "factor_reset"
    CODES_DRAWN = "codes_drawn"
    CODE_USED = "code_used"
    TOKEN = "token"  # noqa: S105 - the same


@dataclass(frozen=True, slots=True, kw_only=True)
class ToOwner:
    """What a letter says: whose account, to which address, what and when."""

    mail: str
    name: str
    key: str
    lang: str
    what: Change
    at: datetime
    # The same on each attempt to send it.
    name_of_message: str


def tell_owner(
    db: Connection, owner: Row[Any], what: Change, *, act: Act, also_to: str | None = None
) -> None:
    """Have whose account it is told; an account without an address is told nothing.

    ``owner`` is a row with the account's number and its address from now on, ``also_to``
    one that it had until now.
    """
    mails = dict.fromkeys(one for one in (owner.mail, also_to) if one)
    rows = [
        {"person_id": owner.id, "mail": mail, "what": what.value, "by": act.by, "at": act.at}
        for mail in mails
    ]
    if rows:
        put_work(db, kind=WORK, subjects=owner_letters.add_letters(db, rows), due_at=act.at)


def letters(db: Connection, ids: Iterable[int]) -> dict[int, ToOwner]:
    """What these letters say; nothing for one that was sent."""
    return {
        row.id: ToOwner(
            mail=row.mail,
            name=row.name,
            key=row.key,
            lang=row.lang,
            what=Change(row.what),
            at=row.at,
            name_of_message=f"owner.{row.id}.{row.at:%Y%m%d%H%M%S}",
        )
        for row in owner_letters.unsent_letters(db, ids)
    }


def mark_sent(db: Connection, ids: Iterable[int], *, at: datetime) -> None:
    """Note that the server has taken these letters."""
    owner_letters.mark_sent(db, ids, at=at)


def forget_old(db: Connection, *, at: datetime, after: timedelta = timedelta(days=90)) -> int:
    """Delete the letters of long ago, and give how many; the journal keeps what happened."""
    return owner_letters.forget_letters(db, before=at - after)
