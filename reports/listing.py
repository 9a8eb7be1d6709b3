"""The tasks of a report one by one, with their concessions, returns and evidence.

Knows how a reader gets from a line to the tasks behind it and from there to the files.
Refuses to count: figures come from tallies, and the two are held together by whoever
composes the report.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from reports import quarterly as value
from reports import queries
from workflow.domain.lifecycle import State
from workflow.domain.tally import Box
from workflow.domain.timeliness import Terms, day_of
from workflow.store.tallies import PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from reports.cast import Cast
    from workflow.catalogue import Kept
    from workflow.store.tallies import Window

_DONE: Final = frozenset({Box.DONE_ON_TIME, Box.DONE_LATE})


def tasks_listed(
    db: Connection,
    kept: Kept,
    cast: Cast,
    *,
    window: Window,
    as_of: datetime,
    within: ColumnElement[bool] | None = None,
) -> tuple[value.TaskLine, ...]:
    """Every task that a window holds, by obligation, unit and occasion.

    ``within`` limits them to a part of the agreement's.
    """
    rows = queries.tasks_held(db, kept.id, window=window, as_of=as_of, within=within)
    ids = [row.id for row in rows]
    concessions = _by_task(queries.concessions_asked(db, ids, as_of=as_of))
    returns = _by_task(queries.returns_made(db, ids, as_of=as_of))
    evidence = _by_task(queries.evidence_offered(db, ids, as_of=as_of))
    rows.sort(
        key=lambda row: (
            cast.duties[row.obligation_id].code,
            cast.unit_keys[row.unit_id],
            row.anchor_on,
            row.occasion,
            row.id,
        )
    )
    return tuple(
        _task(
            row,
            cast,
            window,
            concessions=tuple(
                _concession(one, kept, as_of=as_of)
                for one in sorted(concessions[row.id], key=lambda one: one.id)
            ),
            returned=tuple(
                reason_said(reason)
                for one in sorted(returns[row.id], key=lambda one: one.number)
                for reason in one.reasons or ()
            ),
            evidence=tuple(
                value.Evidence(
                    requirement=one.requirement,
                    name=one.name,
                    sha256=one.sha256,
                    outcome=one.outcome,
                )
                for one in sorted(evidence[row.id], key=lambda one: (one.requirement, one.id))
            ),
        )
        for row in rows
    )


def doubts_listed(
    db: Connection, kept: Kept, cast: Cast, *, before: date, as_of: datetime
) -> tuple[value.Doubt, ...]:
    """The doubts that stood open about tasks that belong before a day."""
    rows = queries.doubts_open(db, kept.id, before=before, as_of=as_of)
    found = [
        value.Doubt(
            task=row.task_id,
            obligation=cast.duties[row.obligation_id].code,
            unit=cast.unit_keys[row.unit_id],
            occasion=row.occasion,
            kind=row.kind,
            reason=reason_said(row.reason),
            raised_on=kept.day_of(row.raised_at),
        )
        for row in sorted(rows, key=lambda row: row.id)
    ]
    return tuple(sorted(found, key=lambda one: (one.obligation, one.unit, one.task)))


def _by_task(rows: Iterable[Row[Any]]) -> defaultdict[int, list[Row[Any]]]:
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.task_id].append(row)
    return found


def _task(
    row: Row[Any],
    cast: Cast,
    window: Window,
    *,
    concessions: tuple[value.Concession, ...],
    returned: tuple[value.Reason, ...],
    evidence: tuple[value.Evidence, ...],
) -> value.TaskLine:
    place = PLACES[row.place]
    is_done = place.box in _DONE
    terms = Terms.of_days(
        zone=window.zone,
        due_on=row.due_on,
        report_by_on=row.report_by_on,
        late_notice_on=row.late_notice_on,
        correction_on=row.correction_on,
    )
    return value.TaskLine(
        id=row.id,
        obligation=cast.duties[row.obligation_id].code,
        unit=cast.unit_keys[row.unit_id],
        answerable=(
            None if row.answerable_id == row.unit_id else cast.unit_keys[row.answerable_id]
        ),
        occasion=row.occasion,
        state=State(row.state),
        share=place.share,
        box=place.box,
        is_past_due=place.is_past_due,
        original_due_on=row.original_due_on,
        due_on=row.due_on,
        report_by_on=row.report_by_on,
        correction_on=row.correction_on,
        late_notice_on=row.late_notice_on,
        submitted_on=row.submitted_on,
        done_on=row.done_on if is_done else None,
        is_reported_late=is_done and terms.is_reported_late(row.submitted_at),
        days_late=_days_late(place.box, row, today=day_of(window.cut_off, window.zone)),
        concessions=concessions,
        returned=returned,
        evidence=evidence,
    )


def _days_late(box: Box, row: Row[Any], *, today: date) -> int:
    """By how many whole days it was done late, or is overdue at the cut-off; 0 where neither."""
    if row.due_on is None:
        return 0
    due_on: date = max(row.due_on, row.late_notice_on or row.due_on)
    if box is Box.DONE_LATE:
        return int((row.done_on - due_on).days)
    if box is Box.NOT_DONE_OVERDUE:
        return (today - timedelta(days=1) - due_on).days
    return 0


def _concession(row: Row[Any], kept: Kept, *, as_of: datetime) -> value.Concession:
    is_decided = row.decided_at is not None and row.decided_at <= as_of
    return value.Concession(
        kind=row.kind,
        asked_on=kept.day_of(row.asked_at),
        until_on=row.until_on,
        is_late=row.is_late,
        reason=row.reason,
        decision=row.decision if is_decided else None,
        answer=(row.answer or "") if is_decided else "",
    )


def reason_said(said: Mapping[str, Any]) -> value.Reason:
    """A reason as it was stored: a code with its facts, or somebody's words."""
    facts = said.get("facts")
    if facts is None:
        facts = {name: fact for name, fact in said.items() if name not in {"code", "text", "by"}}
    return value.Reason(code=said["code"], text=said.get("text") or "", facts=facts)
