"""The one place of the party that receives: what waits for it, what was done, what it asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response

from web import cursors
from web.pages.tasks import Number
from web.refusing import status_of
from web.task_sheet import LONGEST, ensure_readable, tidied
from web.telling import teller
from web.visit import Visit, reads, writes
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.doubts import raise_doubt
from workflow.i18n import N_
from workflow.received import (
    answers_to,
    contests_of,
    done_for_receiver,
    receivers,
    receiving,
    requests_made,
    waiting_for_receiver,
)
from workflow.store.units import units_by_id
from workflow.worklist import lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflow.worklist import Line

router: Final = APIRouter(include_in_schema=False)

_AT_ONCE: Final = 20
#: What was done so long ago at most is lately.
_LATELY: Final = timedelta(days=92)
Start = Annotated[int, Query(ge=0, le=100_000)]


@router.get("/received")
@reads
def received(visit: Visit, *, done: Start = 0, asked: Start = 0) -> Response:
    """What waits for the party's confirmation, what was done for it lately, and its requests."""
    return _page(visit, done=done, asked=asked)


@router.post("/received/{task_id}/contest")
@writes
def contest(
    visit: Visit, task_id: Number, reason: Annotated[str, Form(max_length=LONGEST)] = ""
) -> Response:
    """Contest what was accepted: the review desk settles it, and the task waits as it is."""
    _ensure_receives(visit)
    ensure_readable(visit, task_id)
    try:
        with visit.db.begin_nested():
            raise_doubt(visit.db, task_id, act=visit.act(reason=tidied(reason)), kind="contested")
    except Refusal as refusal:
        if status_of(refusal.code) in {403, 404}:
            raise
        return _page(visit, wrong=(task_id, teller(visit).refusal(refusal)), typed=reason)
    visit.tell(N_("Contested. The review desk settles it; until then the task stays accepted."))
    return visit.go("/received")


def _ensure_receives(visit: Visit) -> None:
    """Refuse who reviews for no party. Raises ``Refusal("access.denied")``."""
    if not receivers(visit.grants):
        raise Refusal("access.denied", by=visit.by, deed=Deed.CONTEST.value)


def _page(
    visit: Visit,
    *,
    done: int = 0,
    asked: int = 0,
    wrong: tuple[int, str] | None = None,
    typed: str = "",
) -> Response:
    _ensure_receives(visit)
    mine = receiving(visit.db, visit.grants, at=visit.at)
    waiting = waiting_for_receiver(visit.db, mine, at_most=_AT_ONCE)
    since = visit.today - _LATELY
    finished = done_for_receiver(visit.db, mine, since=since, skip=done, at_most=_AT_ONCE + 1)
    requests = requests_made(visit.db, mine, skip=asked, at_most=_AT_ONCE + 1)
    answers = answers_to(visit.db, [row.id for row in requests[:_AT_ONCE]])
    ids = {row.task_id for row in waiting} | set(finished[:_AT_ONCE])
    ids |= {task_id for ones in answers.values() for task_id in ones}
    if wrong is not None:
        ids.add(wrong[0])
    lines = lines_of(visit.db, ids, by=visit.by, at=visit.at, grants=visit.grants)
    units = units_by_id(
        visit.db,
        {id_ for row in requests for id_ in (row.convener_id, row.addressed_id) if id_ is not None},
    )
    shown = [lines[one] for one in finished[:_AT_ONCE] if one in lines]
    if wrong is not None and wrong[0] in lines and wrong[0] not in finished[:_AT_ONCE]:
        shown.insert(0, lines[wrong[0]])
    contested = contests_of(visit.db, finished[:_AT_ONCE])
    return visit.page(
        "received/received.html.j2",
        status=200 if wrong is None else 422,
        parties=mine.parties,
        waiting=[row for row in waiting if row.task_id in lines],
        waiting_in_all=waiting[0].in_all if waiting else 0,
        lines=lines,
        finished=shown,
        contested=contested,
        requests=requests[:_AT_ONCE],
        answers={key: _known(ones, lines) for key, ones in answers.items()},
        unit_names={id_: one.name_on(visit.today) for id_, one in units.items()},
        more_done=_more("done", done, finished),
        more_asked=_more("asked", asked, requests),
        since=since,
        wrong=wrong,
        typed=typed,
        longest=LONGEST,
        tell=teller(
            visit,
            [row.submitted_by for row in waiting] + [row.settled_by for row in contested.values()],
            [line.occasion for line in lines.values()],
        ),
    )


def _known(ids: list[int], lines: dict[int, Line]) -> list[Line]:
    return [lines[one] for one in ids if one in lines]


def _more(name: str, start: int, found: Sequence[object]) -> str | None:
    if len(found) <= _AT_ONCE:
        return None
    return cursors.address("/received", {name: start + _AT_ONCE})
