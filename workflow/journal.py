"""Every act as a row in the same transaction: who, for whom, when, what, before and after.

Knows how an act is written down. Refuses to know what acts there are: each use
case names its own. Rows are never changed; ``workflow.sealing`` chains them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Text, cast, func, insert, literal

from workflow.domain.acts import Act
from workflow.store.journal import journal_entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection


__all__ = ["Act", "Entry", "canonical", "record", "record_each"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one act did to one subject; see ``record``."""

    verb: str
    subject: tuple[str, int | None]
    agreement: int | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def record(
    db: Connection,
    *,
    act: Act,
    verb: str,
    subject: tuple[str, int | None],
    agreement: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> int:
    """Write one act and return its entry's id.

    ``verb`` is ``noun.past_participle``; ``subject`` is a table's name and a
    row's id (None for many rows at once). Values may be text, numbers, days,
    instants, decimals and containers of these.
    """
    entry = Entry(verb=verb, subject=subject, agreement=agreement, before=before, after=after)
    entry_id: int = db.execute(
        insert(journal_entry)
        .values(transaction_id=_transaction_id(db), **_row(entry, act))
        .returning(journal_entry.c.id)
    ).scalar_one()
    return entry_id


def record_each(db: Connection, entries: Sequence[Entry], *, act: Act) -> None:
    """Write what one act did to many subjects, an entry each, in one statement."""
    if entries:
        db.execute(
            insert(journal_entry).values(transaction_id=_transaction_id(db)),
            [_row(entry, act) for entry in entries],
        )


def _row(entry: Entry, act: Act) -> dict[str, Any]:
    subject, subject_id = entry.subject
    body = canonical(
        {
            "at": act.at,
            "by": act.by,
            "on_behalf": act.on_behalf,
            "reason": act.reason,
            "verb": entry.verb,
            "agreement": entry.agreement,
            "subject": subject,
            "subject_id": subject_id,
            "before": entry.before,
            "after": entry.after,
        }
    )
    return {
        "at": act.at,
        "by": act.by,
        "verb": entry.verb,
        "agreement_id": entry.agreement,
        "subject": subject,
        "subject_id": subject_id,
        "body": body,
    }


def _transaction_id(db: Connection) -> ColumnElement[int]:
    # SQLite has one writer at a time: whoever reads sees only finished transactions.
    if db.dialect.name == "postgresql":
        return cast(cast(func.pg_current_xact_id(), Text), BigInteger)
    return literal(0)


def canonical(value: object) -> str:
    """The one text of a value: sorted keys, no spaces, instants in UTC, decimals as text."""
    return json.dumps(
        value,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
        default=_plain,
    )


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            # Taken as local time it would say something else on each machine.
            raise ValueError(f"an instant without its zone: {value.isoformat()}")
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    message = f"cannot be written canonically: {type(value).__name__}"
    raise TypeError(message)
