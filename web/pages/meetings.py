"""Meetings and requests: what is announced, moved and cancelled, and what it makes owed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from fastapi.responses import Response
from sqlalchemy import or_, select

from web.pages.agreements import tell_owed
from web.typed import day_typed, unit_typed
from web.visit import Visit, reads, writes
from workflow import labels, meetings
from workflow.access import scope_of
from workflow.directory import units_seen
from workflow.domain import roles
from workflow.domain.announced import Happening
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.i18n import N_
from workflow.owing import bring_each_up_to_date
from workflow.store.events_listed import events_page, kinds_awaited, tasks_of_events
from workflow.store.occasions import event, occasion
from workflow.store.scopes import units_under
from workflow.store.tasks import task
from workflow.store.units import units_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Row

    from workflow.domain.units import Unit
    from workflow.meetings import Recorded

router: Final = APIRouter(include_in_schema=False)
_PAGE: Final = 100
#: More units than these are typed by key instead of chosen from a list.
_LISTED: Final = 400


@router.get("/meetings")
@reads
def meetings_page(
    visit: Visit,
    *,
    nature: str = "",
    since: str = "",
    until: str = "",
    start: int = 0,
) -> Response:
    """The meetings and requests that this person has to do with, the latest first."""
    _ensure_may_read(visit)
    where = _visible(visit)
    if nature in {"meeting", "request"}:
        where.append(event.c.nature == nature)
    rows = events_page(
        visit.db,
        where,
        from_on=day_typed(since, name=visit.say("From")) if since else None,
        until_on=day_typed(until, name=visit.say("Until")) if until else None,
        skip=max(0, start),
        at_most=_PAGE + 1,
    )
    more = None
    if len(rows) > _PAGE:
        asked = {"nature": nature, "since": since, "until": until, "start": start + _PAGE}
        more = "/meetings?" + urlencode(asked)
    rows = rows[:_PAGE]
    return visit.page(
        "admin/meetings.html.j2",
        rows=rows,
        names={id_: one.name_on(visit.today) for id_, one in _units_of(visit, rows).items()},
        owed=tasks_of_events(visit.db, [row.id for row in rows]),
        nature=nature,
        since=since,
        until=until,
        more=more,
        may_record=visit.may_somewhere(Deed.RECORD_EVENT),
        may_request=visit.may_somewhere(Deed.FILE_REQUEST),
    )


@router.get("/meetings/new")
@reads
def new_meeting(visit: Visit) -> Response:
    """The form for a meeting."""
    return _form(visit, Deed.RECORD_EVENT, {}, "")


@router.post("/meetings/new")
@writes
def add_meeting(
    visit: Visit,
    *,
    kind: Annotated[str, Form()] = "",
    convener: Annotated[str, Form()] = "",
    on: Annotated[str, Form()] = "",
    number: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    place: Annotated[str, Form()] = "",
) -> Response:
    """Record a meeting, and create what it makes owed."""
    typed = {"kind": kind, "convener": convener, "on": on, "number": number}
    return _record(visit, Deed.RECORD_EVENT, {**typed, "title": title, "place": place})


@router.get("/meetings/request")
@reads
def new_request(visit: Visit) -> Response:
    """The form for a request of the party that receives."""
    return _form(visit, Deed.FILE_REQUEST, {}, "")


@router.post("/meetings/request")
@writes
def add_request(
    visit: Visit,
    *,
    kind: Annotated[str, Form()] = "",
    convener: Annotated[str, Form()] = "",
    addressed: Annotated[str, Form()] = "",
    on: Annotated[str, Form()] = "",
    number: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
) -> Response:
    """File a request that one unit must answer."""
    typed = {"kind": kind, "convener": convener, "on": on, "number": number, "title": title}
    return _record(visit, Deed.FILE_REQUEST, {**typed, "addressed": addressed})


@router.get("/meetings/{number}")
@reads
def meeting_page(visit: Visit, number: int) -> Response:
    """One meeting or request, what it made owed, and what can be done about it."""
    _ensure_may_read(visit)
    row = visit.db.execute(
        select(event).where(event.c.id == number, *_visible(visit))
    ).one_or_none()
    if row is None:
        raise Refusal("event.unknown", event=number)
    return visit.page(
        "admin/meeting.html.j2",
        one=row,
        units=_units_of(visit, [row]),
        owed=tasks_of_events(visit.db, [number]).get(number, {}),
        may_change=may_record(visit, row.kind, Deed.RECORD_EVENT),
    )


@router.post("/meetings/{number}/move")
@writes
def move(
    visit: Visit,
    number: int,
    *,
    to: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Move an event to another day; due days that nobody met yet move with it."""
    row = _changeable(visit, number)
    day = day_typed(to, name=visit.say(N_("The new day")))
    act = visit.act(reason=reason.strip())
    done = meetings.move_event(visit.db, number, to=day, act=act)
    follow_up(visit, [(done, row.kind)])
    return visit.go(f"/meetings/{number}")


@router.post("/meetings/{number}/cancel")
@writes
def cancel(visit: Visit, number: int, *, reason: Annotated[str, Form()] = "") -> Response:
    """Cancel an event: what it made owed and nobody fulfilled yet is cancelled."""
    row = _changeable(visit, number)
    if not reason.strip():
        raise Refusal("reason.missing")
    done = meetings.cancel_event(visit.db, number, act=visit.act(reason=reason.strip()))
    follow_up(visit, [(done, row.kind)])
    return visit.go(f"/meetings/{number}")


def ensure_may_record(visit: Visit, kinds: Iterable[str], deed: Deed) -> None:
    """Refuse who may do so neither everywhere nor where events of these kinds count."""
    for kind in sorted(set(kinds)):
        if not may_record(visit, kind, deed):
            visit.ensure_may(deed)


def follow_up(visit: Visit, done: list[tuple[Recorded, str]]) -> None:
    """Plan what events make owed, and have both said on the next page."""
    outcomes = [recorded.outcome for recorded, _ in done]
    for outcome in dict.fromkeys(outcomes):
        visit.tell(
            N_("{outcome:word}: {count:number}."), outcome=outcome, count=outcomes.count(outcome)
        )
    kinds = {kind for recorded, kind in done if recorded.outcome != "unchanged"}
    codes = meetings.concerned(visit.db, kinds) if kinds else []
    tell_owed(visit, bring_each_up_to_date(visit.db, codes, act=visit.act()))
    if kinds and not codes:
        visit.tell(N_("No active agreement waits for this kind of event: nothing is owed by it."))


def _record(visit: Visit, deed: Deed, typed: dict[str, str]) -> Response:
    try:
        kind = _kind_of(typed)
        ensure_may_record(visit, [kind], deed)
        is_request = deed is Deed.FILE_REQUEST
        said = Happening(
            kind=kind,
            convener=unit_typed(visit, typed["convener"]).key,
            addressed=unit_typed(visit, typed["addressed"]).key if is_request else None,
            happens_on=day_typed(typed["on"], name=visit.say("Day")),
            number=typed["number"].strip()[:64],
            title=typed["title"].strip()[:300],
            place=typed.get("place", "").strip()[:300],
        )
    except Refusal as refusal:
        if refusal.code == "access.denied":
            raise
        return _form(visit, deed, typed, labels.describe(refusal, visit.lang))
    done = meetings.record_event(visit.db, said, act=visit.act())
    follow_up(visit, [(done, kind)])
    return visit.go(f"/meetings/{done.id}")


def _kind_of(typed: dict[str, str]) -> str:
    kind = typed["kind"].strip()
    if not kind:
        raise Refusal("event.kind_missing")
    return kind


def _form(visit: Visit, deed: Deed, typed: dict[str, str], wrong: str) -> Response:
    if not visit.may_somewhere(deed):
        visit.ensure_may(deed)
    seen = units_seen(visit.db, visit.grants, on=visit.today)
    units = [one for one in seen if not one.is_closed]
    return visit.page(
        "admin/meeting_new.html.j2",
        status=422 if wrong else 200,
        is_request=deed is Deed.FILE_REQUEST,
        typed=typed,
        wrong=wrong,
        kinds=kinds_told(visit),
        units=units if len(units) <= _LISTED else [],
    )


def kinds_told(visit: Visit) -> list[tuple[str, str]]:
    """The kinds of event that count somewhere, each with what it makes owed first."""
    titles: dict[str, str] = {}
    for row in kinds_awaited(visit.db):
        titles.setdefault(row.kind, row.title)
    return list(titles.items())


def _ensure_may_read(visit: Visit) -> None:
    if not visit.may_somewhere(Deed.READ):
        visit.ensure_may(Deed.READ)


def _units_of(visit: Visit, rows: Iterable[Row[Any]]) -> dict[int, Unit]:
    """The units that events name, by id."""
    named = {id_ for row in rows for id_ in (row.convener_id, row.addressed_id) if id_ is not None}
    return units_by_id(visit.db, named)


def _visible(visit: Visit) -> list[ColumnElement[bool]]:
    """Which events this person may see.

    All for whoever reads everywhere or for a party; who reads one agreement sees the kinds
    that it waits for; who is bound to units sees what these convene, answer or owe by.
    """
    held = roles.conferring(visit.grants, Deed.READ)
    if any(grant.unit is None and grant.agreement is None for grant in held):
        return []
    owing = select(occasion.c.event_id).join(task, task.c.occasion_id == occasion.c.id)
    seen: list[ColumnElement[bool]] = [
        event.c.id.in_(owing.where(scope_of(visit.db, visit.by, at=visit.at)))
    ]
    codes = {grant.agreement for grant in held if grant.unit is None}
    kinds = {row.kind for row in kinds_awaited(visit.db) if row.agreement in codes}
    if kinds:
        seen.append(event.c.kind.in_(sorted(kinds)))
    keys = [grant.unit for grant in held if grant.unit is not None]
    if keys:
        under = units_under(keys, on=visit.today)
        seen += [event.c.convener_id.in_(under), event.c.addressed_id.in_(under)]
    return [or_(*seen)]


def _changeable(visit: Visit, number: int) -> Row[Any]:
    """The event, if this person may change it. Raises ``Refusal``."""
    row = visit.db.execute(select(event).where(event.c.id == number)).one_or_none()
    if row is None:
        raise Refusal("event.unknown", event=number)
    ensure_may_record(visit, [row.kind], Deed.RECORD_EVENT)
    return row


def may_record(visit: Visit, kind: str, deed: Deed) -> bool:
    """Whether this person may do so everywhere, or where events of the kind count."""
    places = meetings.places(visit.db, kind)
    return visit.may(deed) or any(visit.may(deed, place=place) for place in places)
