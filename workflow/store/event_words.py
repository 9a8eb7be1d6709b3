"""What is on record about kinds of meeting: their words, titles and conveners, and the meetings.

Refuses to know which of them are the same as one announced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.store.occasions import event, event_words
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

#: So many of the latest meetings of a kind tell how it is called and who convenes it.
_REMEMBERED: Final = 24


def words_kept(db: Connection) -> dict[str, str]:
    """The words that people chose, by kind."""
    return {row.kind: row.words for row in db.execute(select(event_words))}


def keep_words(db: Connection, kind: str, words: str, *, by: str, at: datetime) -> None:
    """Write the words of a kind, instead of those before."""
    insert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    said = {"words": words, "changed_by": by, "changed_at": at}
    query = insert(event_words).values(kind=kind, **said)
    db.execute(query.on_conflict_do_update(index_elements=["kind"], set_=said))


def latest_meetings(db: Connection, kinds: Collection[str]) -> list[Row[Any]]:
    """Kind, title and convener's key of the latest meetings of each kind, the latest first."""
    place = func.row_number().over(
        partition_by=event.c.kind, order_by=(event.c.happens_on.desc(), event.c.id.desc())
    )
    ranked = (
        select(event.c.kind, event.c.title, event.c.convener_id, place.label("place"))
        .where(event.c.nature == "meeting", event.c.kind.in_(sorted(kinds)))
        .subquery()
    )
    query = (
        select(ranked.c.kind, ranked.c.title, unit.c.key.label("convener"))
        .join(unit, unit.c.id == ranked.c.convener_id)
        .where(ranked.c.place <= _REMEMBERED)
        .order_by(ranked.c.kind, ranked.c.place)
    )
    return list(db.execute(query))


def meetings_between(
    db: Connection, kinds: Collection[str], *, from_on: date, until_on: date
) -> list[Row[Any]]:
    """The meetings of these kinds on these days, cancelled ones too, by day."""
    query = (
        select(event, unit.c.key.label("convener"))
        .join(unit, unit.c.id == event.c.convener_id)
        .where(
            event.c.nature == "meeting",
            event.c.kind.in_(sorted(kinds)),
            event.c.happens_on >= from_on,
            event.c.happens_on < until_on,
        )
        .order_by(event.c.happens_on, event.c.id)
    )
    return list(db.execute(query))
