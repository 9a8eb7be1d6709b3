"""What the relay offers to the broker, and what of the waiting work people look at.

Knows how to find what is due without looking at what is not: each question is one
walk along an index. Refuses to know the broker: whoever asks also publishes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, case, exists, func, literal, select, union_all, update

from workflow.store.engine import database_now
from workflow.store.work import among, database_later, is_free, work

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, CompoundSelect, Connection, Row, Select

# A kind of work that this release does not know is not given up by it.
_NEVER: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A row to tell the workers of."""

    id: int
    kind: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How much work of a kind stands where."""

    kind: str
    due: int
    leased: int
    later: int
    parked: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A row that was tried out, with the last thing that went wrong."""

    id: int
    kind: str
    subject_id: int
    attempts: int
    parked_at: datetime
    last_error: str | None


def kinds_due(db: Connection, kinds: Iterable[str], *, now: datetime) -> list[str]:
    """Which of these kinds have a row that is due and not offered yet."""
    asked = tuple(kinds)
    return list(db.scalars(_asking_which_due(asked), {"now": now})) if asked else []


def offer(db: Connection, *, kind: str, now: datetime, at_most: int) -> list[Offered]:
    """Mark what is due as offered, oldest first, and say which rows these are.

    Never more than ``at_most`` rows of the kind stand offered and unclaimed, so that a
    long backlog stays here, where nothing is lost and nothing is told twice. While half
    of that stands nothing is added: rows that follow one by one would travel one by one.
    """
    standing = db.scalar(
        select(func.count())
        .select_from(work)
        .where(
            work.c.offered_at.is_not(None),
            work.c.parked_at.is_(None),
            work.c.lease_token.is_(None),
            work.c.kind == kind,
        )
    )
    room = at_most - (standing or 0)
    if room < at_most / 2:
        return []
    found = (
        select(work.c.id).where(*_fresh(kind, now)).order_by(work.c.due_at, work.c.id).limit(room)
    )
    return _mark(db, found)


def offer_again(
    db: Connection, kinds: Sequence[str], *, now: datetime, after_s: float, at_most: int
) -> list[Offered]:
    """Mark anew what was offered ``after_s`` seconds ago and nobody holds: it was lost."""
    found = (
        select(work.c.id)
        .where(
            work.c.offered_at <= database_later(-after_s),
            work.c.parked_at.is_(None),
            work.c.kind.in_(kinds),
            work.c.due_at <= now,
            is_free(),
        )
        .order_by(work.c.offered_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    return _mark(db, found)


def take_back_offer(db: Connection, ids: Sequence[int]) -> None:
    """The broker did not take these: the next sweep finds them again."""
    db.execute(update(work).where(among(db, ids)).values(offered_at=None))


def take_back_offers(db: Connection) -> None:
    """Forget every offer that nobody claimed: the queue that held them is known to be gone."""
    db.execute(
        update(work)
        .where(
            work.c.offered_at.is_not(None),
            work.c.parked_at.is_(None),
            work.c.lease_token.is_(None),
        )
        .values(offered_at=None)
    )


def park_lost(db: Connection, tries: Mapping[str, int]) -> list[Parked]:
    """Park what took its worker down on each of so many attempts by kind, and say which."""
    lost = (
        update(work)
        .where(
            work.c.offered_at.is_not(None),
            work.c.parked_at.is_(None),
            work.c.attempts >= case(dict(tries), value=work.c.kind, else_=_NEVER),
            is_free(),
        )
        .values(
            parked_at=database_now(),
            lease_token=None,
            leased_until=None,
            offered_at=None,
            last_error=func.coalesce(work.c.last_error, "lease ran out"),
        )
    )
    return sorted(map(_parked, db.execute(lost.returning(work))), key=lambda one: one.id)


def is_pending(db: Connection, kinds: Iterable[str], *, now: datetime) -> bool:
    """Whether anything is due and not parked: waiting, offered, held or resting."""
    asked = tuple(kinds)
    return bool(asked) and db.execute(_asking_whether_any(asked), {"now": now}).first() is not None


def waiting(db: Connection, *, now: datetime) -> list[Waiting]:
    """How much work of each kind is due, held, for later or parked."""
    is_parked = work.c.parked_at.is_not(None)
    is_held = work.c.lease_token.is_not(None) & (work.c.leased_until > database_now())
    is_due = work.c.due_at <= now
    place = case((is_parked, "parked"), (is_held, "leased"), (is_due, "due"), else_="later")
    counted = (
        select(work.c.kind, place.label("place"), func.count(), func.min(work.c.due_at))
        .group_by(work.c.kind, place)
        .order_by(work.c.kind)
    )
    found: dict[str, dict[str, tuple[int, datetime]]] = {}
    for kind, where, count, oldest in db.execute(counted):
        found.setdefault(kind, {})[where] = (count, oldest)
    return [
        Waiting(
            kind=kind,
            due=places.get("due", (0, None))[0],
            leased=places.get("leased", (0, None))[0],
            later=places.get("later", (0, None))[0],
            parked=places.get("parked", (0, None))[0],
            oldest_due_at=places["due"][1] if "due" in places else None,
        )
        for kind, places in found.items()
    ]


def parked(db: Connection, *, at_most: int = 1000) -> list[Parked]:
    """The rows that wait for an administrator, the latest first."""
    rows = db.execute(
        select(work)
        .where(work.c.parked_at.is_not(None))
        .order_by(work.c.parked_at.desc(), work.c.id)
        .limit(at_most)
    )
    return [_parked(row) for row in rows]


def retry(db: Connection, ids: Sequence[int]) -> list[int]:
    """Let parked rows wait again as if never tried; says which of the ids were parked."""
    again = (
        update(work)
        .where(among(db, ids), work.c.parked_at.is_not(None))
        .values(parked_at=None, attempts=0, lease_token=None, leased_until=None, offered_at=None)
        .returning(work.c.id)
    )
    return sorted(db.scalars(again))


def _parked(row: Row[Any]) -> Parked:
    return Parked(
        id=row.id,
        kind=row.kind,
        subject_id=row.subject_id,
        attempts=row.attempts,
        parked_at=row.parked_at,
        last_error=row.last_error,
    )


# Both are asked at every look, many times a second, and are put together once.


@lru_cache(maxsize=16)
def _asking_which_due(kinds: tuple[str, ...]) -> CompoundSelect[tuple[str]]:
    now = bindparam("now", type_=work.c.due_at.type)
    return union_all(
        *(
            select(literal(kind).label("kind")).where(
                exists().where(*_fresh(kind, now)).correlate(None)
            )
            for kind in kinds
        )
    )


@lru_cache(maxsize=16)
def _asking_whether_any(kinds: tuple[str, ...]) -> CompoundSelect[tuple[int]]:
    now = bindparam("now", type_=work.c.due_at.type)
    return union_all(
        *(
            select(literal(1)).where(
                exists()
                .where(work.c.kind == kind, work.c.due_at <= now, work.c.parked_at.is_(None))
                .correlate(None)
            )
            for kind in kinds
        )
    )


def _fresh(kind: str, now: datetime | ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    return (
        work.c.kind == kind,
        work.c.due_at <= now,
        work.c.parked_at.is_(None),
        work.c.offered_at.is_(None),
        is_free(),
    )


def _mark(db: Connection, found: Select[tuple[int]]) -> list[Offered]:
    marked = (
        update(work)
        .where(work.c.id.in_(found))
        .values(offered_at=database_now())
        .returning(work.c.id, work.c.kind, work.c.attempts)
    )
    rows = [Offered(id=row.id, kind=row.kind, attempts=row.attempts) for row in db.execute(marked)]
    return sorted(rows, key=lambda one: one.id)
