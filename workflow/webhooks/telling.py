"""What was journaled, put into messages for whoever asked to be told.

Knows which entries are told and what a message says: numbers, codes and days, and no
person. It reads sealed entries only: among these none appears later, so looking on from
the last seal forgets nothing, and what was told can be proved. Refuses to send.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, select

from workflow import journal
from workflow.access import grants_of
from workflow.domain import roles
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.domain.webhooks import EVENT_OF, Event
from workflow.journal import Act, canonical
from workflow.store import webhooks as stored
from workflow.store.agreements import agreement, obligation
from workflow.store.given_rows import given_rows
from workflow.store.notices import notice
from workflow.store.occasions import occasion
from workflow.store.reports import report
from workflow.store.seals import last_seal
from workflow.store.tasks import task
from workflow.store.units import unit
from workflow.store.work import put_work
from workflow.webhooks.keeping import new_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: So many seals are looked through at once; they hold at most so many thousand entries.
_SEALS_AT_ONCE: Final = 10
#: A message names so many tasks; who needs all of them asks the API.
_MOST_TASKS: Final = 500
_WEBHOOKS: Final = "system:webhooks"
#: What of an entry is told beside its subject.
_TOLD_OF: Final = {
    Event.TASK_SUBMITTED: ("state",),
    Event.TASK_ACCEPTED: ("state",),
    Event.TASK_RETURNED: ("state",),
    Event.TASK_REOPENED: ("state",),
    Event.DOUBT_RAISED: ("doubt", "kind"),
    Event.DOUBT_SETTLED: ("doubt", "settlement"),
    Event.INSTRUCTION_GIVEN: ("code", "due_on", "units"),
    Event.COVERAGE_BROKEN: ("gaps", "tasks"),
    Event.TASKS_PRESSED: ("notices",),
}


def tell(db: Connection, *, at: datetime) -> bool:
    """Write messages for what was sealed since the last look; whether more is left to look at.

    A webhook whose owner may no longer define what it is told of is paused instead, and
    forgets nothing meanwhile. Whatever is due is asked to be sent.
    """
    seal = last_seal(db)
    latest = 0 if seal is None else int(seal.id)
    hooks = [row for row in stored.live_locked(db) if _is_still_owned(db, row, at=at)]
    behind = [row for row in hooks if row.told_seal < latest]
    until = latest
    if behind:
        above = min(row.told_seal for row in behind)
        until = min(latest, above + _SEALS_AT_ONCE)
        entries = stored.entries_sealed(db, above=above, until=until, verbs=sorted(EVENT_OF))
        _write(db, behind, entries, at=at)
        for row in behind:
            if row.told_seal < until:
                stored.change_webhook(db, row.id, {"told_seal": until})
    put_work(db, kind="send_webhook", subjects=stored.webhooks_due(at), due_at=at)
    return until < latest


def _is_still_owned(db: Connection, row: Row[Any], *, at: datetime) -> bool:
    try:
        grants = grants_of(db, row.owner)
    except Refusal:
        grants = ()
    if roles.may(grants, Deed.DEFINE, place=Place(agreement=row.agreement)):
        return True
    stored.change_webhook(db, row.id, {"paused_at": at})
    journal.record(
        db,
        act=Act(by=_WEBHOOKS, at=at),
        verb="webhook.paused",
        agreement=row.agreement_id,
        subject=("webhook", row.id),
        after={"owner_lost": row.owner},
    )
    return False


def _write(
    db: Connection, hooks: Sequence[Row[Any]], entries: Sequence[Row[Any]], *, at: datetime
) -> None:
    wanted = [
        (hook, entry)
        for entry in entries
        for hook in hooks
        if hook.told_seal < entry.seal_id
        and EVENT_OF[entry.verb] in hook.events.split()
        and hook.agreement_id in {None, entry.agreement_id}
    ]
    if not wanted:
        return
    told = _Told(db, {entry.id: entry for _, entry in wanted}.values())
    stored.add_messages(
        db,
        [
            {
                "webhook_id": hook.id,
                "name": name,
                "entry_id": entry.id,
                "event": EVENT_OF[entry.verb].value,
                "body": told.body(entry, name=name),
                "created_at": at,
                "next_at": at,
            }
            for hook, entry in wanted
            for name in [new_name()]
        ],
    )


class _Told:
    """What entries are about, read once for all of them."""

    def __init__(self, db: Connection, entries: Iterable[Row[Any]]) -> None:
        self._db = db
        some = list(entries)
        self._codes = {
            row.id: row.code for row in db.execute(select(agreement.c.id, agreement.c.code))
        }
        self._tasks = _tasks(db, [one.subject_id for one in some if one.subject == "task"])
        self._reports = _reports(db, [one.subject_id for one in some if one.subject == "report"])

    def body(self, entry: Row[Any], *, name: str) -> str:
        """The message about an entry, as it is sent and signed."""
        event = EVENT_OF[entry.verb]
        after = json.loads(entry.body)["after"] or {}
        data: dict[str, Any] = {
            key: after[key] for key in _TOLD_OF.get(event, ()) if after.get(key) is not None
        }
        if entry.subject == "task":
            data = {**data, "task": self._tasks.get(entry.subject_id)}
        elif event is Event.REPORT_ISSUED:
            data["report"] = self._reports.get(entry.subject_id)
        elif event is Event.TASKS_PRESSED:
            data |= self._pressed(entry)
        return canonical(
            {
                "id": name,
                "event": event.value,
                "at": entry.at,
                "agreement": self._codes.get(entry.agreement_id),
                "entry": entry.id,
                "data": data,
            }
        )

    def _pressed(self, entry: Row[Any]) -> dict[str, Any]:
        """The tasks that this pressing reached, each with its steps, but not the people."""
        query = (
            select(notice.c.task_id, notice.c.step, notice.c.for_due_on)
            .join(task, task.c.id == notice.c.task_id)
            .where(task.c.agreement_id == entry.agreement_id, notice.c.created_at == entry.at)
            .distinct()
            .order_by(notice.c.task_id, notice.c.step)
            .limit(_MOST_TASKS + 1)
        )
        rows = list(self._db.execute(query))
        named = [
            {"task": row.task_id, "step": row.step, "due_on": row.for_due_on}
            for row in rows[:_MOST_TASKS]
        ]
        return {"pressed": named, "is_cut": len(rows) > _MOST_TASKS}


def _tasks(db: Connection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    asked = given_rows(db, "asked", {"id": BigInteger()}, [(one,) for one in sorted(set(ids))])
    query = (
        select(
            task.c.id,
            obligation.c.code.label("obligation"),
            occasion.c.key.label("occasion"),
            unit.c.key.label("unit"),
            task.c.due_on,
        )
        .select_from(task)
        .join(obligation, obligation.c.id == task.c.obligation_id)
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .join(unit, unit.c.id == task.c.unit_id)
        .where(task.c.id.in_(select(asked.c.id)))
    )
    return {row.id: row._asdict() for row in db.execute(query)} if ids else {}


def _reports(db: Connection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    query = select(
        report.c.id, report.c.period, report.c.edition, report.c.number, report.c.sha256
    ).where(report.c.id.in_(sorted(set(ids))))
    return {row.id: row._asdict() for row in db.execute(query)} if ids else {}
