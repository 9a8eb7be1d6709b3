"""Meetings and requests: the events that make duties owed, recorded, moved and cancelled.

Writes what happened and nothing else. What it makes owed is planned in the
same transaction by whoever calls, for the agreements that ``concerned`` names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from workflow import catalogue, journal
from workflow.domain.announced import Happening
from workflow.domain.errors import Refusal
from workflow.domain.roles import Place
from workflow.domain.schedule import Effect
from workflow.domain.triggers import Event
from workflow.store import occasions
from workflow.store.occasions import event
from workflow.store.past import keep_past_event
from workflow.store.units import unit_ids

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Connection, Row

    from workflow.domain.schedule import Proposal
    from workflow.journal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What recording did: ``added``, ``moved``, ``cancelled``, ``held_again`` or ``unchanged``."""

    id: int
    outcome: str


def record_event(db: Connection, said: Happening, *, act: Act) -> Recorded:
    """Write down a meeting or request, or bring what is known of it up to date.

    The same one announced twice is one: by its calendar UID, else by (convener,
    day, kind, number). An older calendar sequence changes nothing.

    Raises ``Refusal("unit.unknown")``.
    """
    ids = unit_ids(db)
    for key in (said.convener, said.addressed or said.convener):
        if key not in ids:
            raise Refusal("unit.unknown", unit=key)
    row = occasions.event_like(
        db,
        uid=said.uid,
        convener_id=ids[said.convener],
        happens_on=said.happens_on,
        kind=said.kind,
        number=said.number,
        nature=said.nature,
    )
    if row is None:
        return _add(db, said, ids, act=act)
    if said.sequence < row.sequence:
        return Recorded(id=row.id, outcome="unchanged")
    if said.is_cancelled:
        return _cancel(db, row, sequence=said.sequence, act=act)
    if row.state == "cancelled" or row.happens_on != said.happens_on:
        return _move(db, row, said.happens_on, sequence=said.sequence, act=act)
    return Recorded(id=row.id, outcome="unchanged")


def move_event(db: Connection, event_id: int, *, to: date, act: Act) -> Recorded:
    """Move an event to another day; a cancelled one takes place again.

    Raises ``Refusal("event.unknown")`` and ``Refusal("event.already_there")``
    where the same meeting stands on that day.
    """
    row = _known(db, event_id)
    if row.state == "held" and row.happens_on == to:
        return Recorded(id=row.id, outcome="unchanged")
    return _move(db, row, to, sequence=row.sequence, act=act)


def cancel_event(db: Connection, event_id: int, *, act: Act) -> Recorded:
    """Cancel an event; it stays on record. Raises ``Refusal("event.unknown")``."""
    row = _known(db, event_id)
    return _cancel(db, row, sequence=row.sequence, act=act)


def record_proposal(db: Connection, one: Proposal, *, act: Act) -> Recorded:
    """Record an entry of a weekly schedule as it was proposed, against what is known by now.

    One that concerns nothing, or a meeting that stands as it says, changes nothing. Raises what
    ``record_event``, ``move_event`` and ``cancel_event`` raise.
    """
    on = one.row.happens_on
    if one.event is not None and on is not None:
        match one.effect:
            case Effect.MOVED | Effect.HELD_AGAIN:
                return move_event(db, one.event, to=on, act=act)
            case Effect.CANCELLED:
                return cancel_event(db, one.event, act=act)
    if on is None or one.effect is not Effect.ADDED:
        return Recorded(id=one.event or 0, outcome="unchanged")
    said = Happening(
        kind=one.kind,
        convener=one.convener,
        happens_on=on,
        number=one.number,
        title=one.row.content,
        place=one.row.place,
    )
    return record_event(db, said, act=act)


def concerned(db: Connection, kinds: Iterable[str]) -> list[str]:
    """The codes of the active agreements in which an event of these kinds makes something owed."""
    return occasions.agreements_awaiting(db, trigger="event", awaits=sorted(set(kinds)))


def places(db: Connection, kind: str) -> list[Place]:
    """Where events of a kind make something owed: each such duty's agreement and receiver.

    Whoever may record events, or file requests, at one of these may do so for the kind.
    """
    return [
        Place(agreement=code, beneficiary=version.says.beneficiary)
        for code in concerned(db, [kind])
        for version in catalogue.kept(db, code).versions
        if isinstance(version.says.trigger, Event) and version.says.trigger.kind == kind
    ]


def _add(db: Connection, said: Happening, ids: dict[str, int], *, act: Act) -> Recorded:
    event_id = db.execute(
        insert(event)
        .values(
            nature=said.nature,
            kind=said.kind,
            convener_id=ids[said.convener],
            addressed_id=ids[said.addressed] if said.addressed else None,
            happens_on=said.happens_on,
            first_on=said.happens_on,
            number=said.number,
            uid=said.uid,
            sequence=said.sequence,
            title=said.title,
            place=said.place,
            state="cancelled" if said.is_cancelled else "held",
            recorded_by=act.by,
            recorded_at=act.at,
            changed_at=act.at,
        )
        .returning(event.c.id)
    ).scalar_one()
    _journal(db, event_id, f"{said.nature}.recorded", act, after=_facts(said))
    return Recorded(id=event_id, outcome="added")


def _move(db: Connection, row: Row[Any], to: date, *, sequence: int, act: Act) -> Recorded:
    if row.uid is None and row.nature == "meeting":
        there = occasions.event_like(
            db,
            uid=None,
            convener_id=row.convener_id,
            happens_on=to,
            kind=row.kind,
            number=row.number,
            nature=row.nature,
        )
        if there is not None and there.id != row.id and there.state == "held":
            raise Refusal("event.already_there", event=there.id, on=to.isoformat())
    keep_past_event(db, row, at=act.at)
    db.execute(
        update(event)
        .where(event.c.id == row.id)
        .values(happens_on=to, state="held", sequence=sequence, changed_at=act.at)
    )
    outcome = "held_again" if row.state == "cancelled" else "moved"
    _journal(
        db,
        row.id,
        f"{row.nature}.{outcome}",
        act,
        before={"happens_on": row.happens_on, "state": row.state},
        after={"happens_on": to, "state": "held"},
    )
    return Recorded(id=row.id, outcome=outcome)


def _cancel(db: Connection, row: Row[Any], *, sequence: int, act: Act) -> Recorded:
    if row.state == "cancelled":
        return Recorded(id=row.id, outcome="unchanged")
    keep_past_event(db, row, at=act.at)
    db.execute(
        update(event)
        .where(event.c.id == row.id)
        .values(state="cancelled", sequence=sequence, changed_at=act.at)
    )
    _journal(
        db,
        row.id,
        f"{row.nature}.cancelled",
        act,
        before={"state": "held"},
        after={"state": "cancelled"},
    )
    return Recorded(id=row.id, outcome="cancelled")


def _known(db: Connection, event_id: int) -> Row[Any]:
    row = db.execute(select(event).where(event.c.id == event_id)).one_or_none()
    if row is None:
        raise Refusal("event.unknown", event=event_id)
    return row


def _facts(said: Happening) -> dict[str, Any]:
    return {
        "kind": said.kind,
        "convener": said.convener,
        "happens_on": said.happens_on,
        "number": said.number,
        "title": said.title,
        "addressed": said.addressed,
    }


def _journal(
    db: Connection,
    event_id: int,
    verb: str,
    act: Act,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    journal.record(db, act=act, verb=verb, subject=("event", event_id), before=before, after=after)
