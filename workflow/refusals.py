"""What was refused is written down too: who tried what, where, and how often.

Knows that the journal is told of the same at most once in some minutes, with a count, so
that nobody can flood it. Refuses to know why anything is refused, and to write down what
was sent: only codes, deeds, routes and numbers.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from workflow import journal
from workflow.journal import Act
from workflow.store import people, refusals
from workflow.store.work import put_work

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

#: The kind of work that tells the journal of what was only counted.
WORK: Final = "tell_refusals"
#: Who fails to sign in is nobody yet.
STRANGER: Final = "system:stranger"
#: The journal is told of the same again after this.
EVERY: Final = timedelta(minutes=5)
#: Of more different things than these of one person, it is told together.
_MOST: Final = 20
#: A stranger is anybody: together they have more.
_MOST_OF_STRANGERS: Final = 50
_ELSEWHERE: Final = "*"
_LONGEST: Final = 128
DENIED: Final = "access.refused"
THROTTLED: Final = "signin.throttled"


def note_refusal(
    db: Connection,
    *,
    by: str,
    code: str,
    place: str,
    at: datetime,
    deed: str | None = None,
    path: str | None = None,
) -> None:
    """Write down that a deed of somebody was refused at a place.

    ``place`` is the method and the route, ``path`` the address without what was asked of it.
    Belongs into a transaction of its own, since the refused one is rolled back.
    """
    what = code if deed is None else f"{code} {deed}"
    _note(db, by=by, what=what, place=place, at=at, most=_MOST, path=path)


def note_throttled(db: Connection, *, address: str, key: str, at: datetime) -> None:
    """Write down that an address failed to sign in so often that it has to wait.

    The account is named only where there is one: what else was typed may be a password.
    """
    found = people.person_by_key(db, key)
    what = THROTTLED if found is None else f"{THROTTLED} {found.key}"
    _note(db, by=STRANGER, what=what, place=address, at=at, most=_MOST_OF_STRANGERS)


def tell_the_rest(db: Connection, *, at: datetime) -> int:
    """Tell the journal of what was only counted and is over; give how many entries that took."""
    rows = refusals.untold(db, before=at - EVERY)
    for row in rows:
        _tell(db, by=row.by, what=row.what, place=row.place, at=at, times=row.untold)
    return len(rows)


def forget_old(db: Connection, *, at: datetime, after: timedelta = timedelta(days=1)) -> int:
    """Delete the counts of what was told long ago, and give how many."""
    return refusals.forget_refusals(db, before=at - after)


def _note(
    db: Connection,
    *,
    by: str,
    what: str,
    place: str,
    at: datetime,
    most: int,
    path: str | None = None,
) -> None:
    what, place, since = what[:_LONGEST], place[:_LONGEST], at - EVERY
    if refusals.told_since(db, by, since=since) >= most:
        what, place, path = what.partition(" ")[0], _ELSEWHERE, None
    times, waiting = refusals.count(db, by=by, what=what, place=place, at=at, since=since)
    if times:
        _tell(db, by=by, what=what, place=place, at=at, times=times, path=path)
    elif waiting == 1:
        put_work(db, kind=WORK, subjects=[0], due_at=at + EVERY)


def _tell(
    db: Connection,
    *,
    by: str,
    what: str,
    place: str,
    at: datetime,
    times: int,
    path: str | None = None,
) -> None:
    code, _, more = what.partition(" ")
    after: dict[str, object] = {"times": times}
    if by == STRANGER:
        found = people.person_by_key(db, more) if more else None
        after |= {"address": place, "account": more or None}
    else:
        found = people.person_by_key(db, by)
        after |= {"code": code, "deed": more or None, "place": place}
        after |= {} if path is None else {"path": path[:_LONGEST]}
    journal.record(
        db,
        act=Act(by=by, at=at),
        verb=THROTTLED if by == STRANGER else DENIED,
        subject=("person", None if found is None else int(found.id)),
        after=after,
    )
