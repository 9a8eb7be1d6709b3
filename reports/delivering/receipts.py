"""The receipt of a letter that brought a report: who has it, since when, and who says so.

Knows that whoever holds a letter's token opens its receipt, and that an account confirms its
own. Refuses to know how letters come about.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any, Final

from reports.drafting import locked_report, record
from workflow.domain.errors import Refusal
from workflow.domain.folding import tidied
from workflow.store import report_deliveries as stored

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from workflow.journal import Act

_LONGEST_NAME: Final = 200
_LONGEST_ID: Final = 18


def token_of(letter: Row[Any], secret: bytes) -> str:
    """What opens a letter's receipt: without the installation's key, the row alone makes none."""
    made = hmac.new(secret, f"report receipt:{letter.id}:{letter.seed}".encode(), hashlib.sha256)
    return f"{letter.id}.{urlsafe_b64encode(made.digest()).decode().rstrip('=')}"


def letter_of(db: Connection, token: str, *, secret: bytes) -> Row[Any]:
    """The letter whose receipt a token opens. Raises ``Refusal("receipt.unknown")``."""
    number = token.partition(".")[0]
    if number.isascii() and number.isdigit() and len(number) < _LONGEST_ID:
        for letter in stored.deliveries_among(db, [int(number)]):
            if hmac.compare_digest(token_of(letter, secret).encode(), token.encode()):
                return letter
    raise Refusal("receipt.unknown")


def note_opened(db: Connection, letter: Row[Any], *, at: datetime) -> None:
    """Note when a letter's report was first opened."""
    stored.note_first(db, letter.id, "opened_at", at=at)


def acknowledge(db: Connection, letter: Row[Any], *, name: str, act: Act) -> None:
    """Note who confirms to have received a letter; confirming again changes nothing.

    Raises ``Refusal("receipt.name_wrong")``.
    """
    said = tidied(name)
    if not said or len(said) > _LONGEST_NAME:
        raise Refusal("receipt.name_wrong", most=_LONGEST_NAME)
    if letter.received_at is not None:
        return
    stored.note_first(db, letter.id, "opened_at", at=act.at)
    stored.change_deliveries(db, [letter.id], {"received_at": act.at, "received_by": said})
    record(
        db,
        locked_report(db, letter.report_id),
        "report.received",
        act,
        after={"letter": letter.id, "mail": letter.mail, "received_by": said},
    )


def own_letters(db: Connection, report_id: int, *, by: str) -> list[Row[Any]]:
    """The letters by which a report went to somebody's account."""
    return [
        one
        for one in stored.deliveries_of(db, report_id)
        if one.person == by and one.sent_at is not None
    ]


def acknowledge_own(db: Connection, report_id: int, *, name: str, act: Act) -> int:
    """Confirm every letter of a report to one's own account; give how many were new.

    Raises ``Refusal``: ``receipt.unknown`` where none went there.
    """
    mine = own_letters(db, report_id, by=act.by)
    if not mine:
        raise Refusal("receipt.unknown")
    open_ones = [one for one in mine if one.received_at is None]
    for letter in open_ones:
        acknowledge(db, letter, name=name, act=act)
    return len(open_ones)
