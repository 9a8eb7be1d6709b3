"""A person's own due days as a calendar that calendar programs follow.

Knows one address for each token of a calendar; whoever has it sees due days and nothing
else, until it is revoked. Refuses to know how a day became due.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from icalendar import Calendar, Event
from starlette.exceptions import HTTPException

from web.api.calling import note_use
from workflow import tokens
from workflow.access import day_of
from workflow.domain.lifecycle import State
from workflow.i18n import N_, translator
from workflow.store.engine import reading
from workflow.tokens import Scope
from workflow.worklist import list_tasks

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from web.visit import Premises
    from workflow.i18n import Translator
    from workflow.tokens import Bearer
    from workflow.worklist import Line

router: Final = APIRouter(include_in_schema=False)
#: What is still to be done; what was handed in or decided is no due day any more.
_OWED: Final = (State.OPEN, State.RETURNED)
#: So far back something overdue is shown, so far ahead what is owed, and never more tasks.
_BACK: Final = timedelta(days=92)
_AHEAD: Final = timedelta(days=400)
_MOST: Final = 2000
_REFRESHED_EVERY: Final = timedelta(hours=4)


@router.get("/calendar/{token}.ics")
def calendar(request: Request, token: str) -> Response:
    """The due days of whoever's token it is; any other address is answered as not there."""
    premises: Premises = request.app.state.premises
    at = premises.clock.now()
    with reading(premises.engine).connect() as db:
        bearer = tokens.bearer_of(db, token, at=at)
        if bearer is None or bearer.scope is not Scope.CALENDAR:
            raise HTTPException(404)
        content = _calendar(db, bearer, at=at, base_url=premises.settings.base_url)
    note_use(premises, bearer, at=at)
    return Response(content, media_type="text/calendar; charset=utf-8")


def _calendar(db: Connection, bearer: Bearer, *, at: datetime, base_url: str) -> bytes:
    say = translator(bearer.lang)
    today = day_of(at)
    page = list_tasks(
        db,
        by=bearer.key,
        at=at,
        states=_OWED,
        due_from=today - _BACK,
        due_until=today + _AHEAD,
        at_most=_MOST,
    )
    found = Calendar()
    found.add("prodid", "-//camket//due days//")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", say(N_("Due days – {name}"), name=bearer.name))
    found.add("refresh-interval", _REFRESHED_EVERY, parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", _REFRESHED_EVERY)
    for line in page.lines:
        if line.due_on is not None:
            found.add_component(_event(line, say, at=at, base_url=base_url))
    return bytes(found.to_ical())


def _event(line: Line, say: Translator, *, at: datetime, base_url: str) -> Event:
    """One due day, all day long, that keeps nobody from being asked elsewhere."""
    event = Event()
    assert line.due_on is not None  # noqa: S101 - the caller asks only for what is due
    # Known by its task for good, so that a moved due day moves it in every calendar.
    event.add("uid", f"task-{line.task_id}@camket")
    event.add("dtstamp", at)
    event.add("dtstart", line.due_on)
    event.add("dtend", line.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add(
        "summary",
        say(N_("Due: {title} – {unit}"), title=line.title, unit=line.unit_name),
    )
    event.add(
        "description",
        say(
            N_("{occasion}, {state:word}, {timeliness:word}. Task {number}."),
            occasion=line.occasion,
            state=line.state.value,
            timeliness=line.timeliness.value,
            number=line.task_id,
        ),
    )
    event.add("url", f"{base_url.rstrip('/')}/tasks/{line.task_id}")
    return event
