"""The versions of what an agreement makes owed, written as rows: a step of whoever changes it.

Knows that a version that says the same keeps its identity. Refuses to know why an agreement
changes, and to plan.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from workflow.domain.triggers import After, Event, When
from workflow.intake.kept_form import keep_obligation, kept_obligation
from workflow.store import agreements
from workflow.store.agreements import obligation, obligation_version
from workflow.store.past import VERSION, keep_past

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workflow.domain.agreement import Agreement, Obligation
    from workflow.journal import Act


def write_versions(db: Connection, agreement_id: int, said: Agreement, *, act: Act) -> list[str]:
    """Store every version, keep those that say the same, supersede the rest; give what changed.

    What changed is told as ``code@day``. An obligation that is said no more keeps its code
    and its superseded versions, for the tasks that began with them.
    """
    ids = {
        row.code: row.id
        for row in db.execute(select(obligation).where(obligation.c.agreement_id == agreement_id))
    }
    live = {
        (row.code, row.effective_from): row for row in agreements.live_versions(db, agreement_id)
    }
    changed: list[str] = []
    for version in said.every_duty:
        if version.code not in ids:
            ids[version.code] = db.execute(
                insert(obligation)
                .values(agreement_id=agreement_id, code=version.code)
                .returning(obligation.c.id)
            ).scalar_one()
        row = live.pop((version.code, version.effective_from), None)
        columns = _columns(version)
        if row is not None and row.definition == columns["definition"]:
            continue
        changed.append(f"{version.code}@{version.effective_from.isoformat()}")
        where = obligation_version.c.id == (row.id if row is not None else None)
        if row is not None and _ends_elsewhere(row.definition, version):
            keep_past(db, VERSION, {row.id: row.definition}, at=act.at)
            db.execute(update(obligation_version).where(where).values(columns))
            continue
        if row is not None:
            db.execute(update(obligation_version).where(where).values(superseded_at=act.at))
        db.execute(
            insert(obligation_version).values(
                obligation_id=ids[version.code], recorded_at=act.at, **columns
            )
        )
    for (code, from_on), row in live.items():
        changed.append(f"{code}@{from_on.isoformat()}")
        db.execute(
            update(obligation_version)
            .where(obligation_version.c.id == row.id)
            .values(superseded_at=act.at)
        )
    return changed


def _ends_elsewhere(definition: dict[str, Any], version: Obligation) -> bool:
    """Whether a version differs from what is kept in its last day only."""
    kept = kept_obligation(definition)
    return replace(kept, effective_until=version.effective_until) == version


def _columns(version: Obligation) -> dict[str, Any]:
    trigger = version.trigger
    awaits = None
    if isinstance(trigger, Event):
        awaits = trigger.kind
    elif isinstance(trigger, After):
        awaits = trigger.obligation
    elif isinstance(trigger, When):
        awaits = trigger.figure
    return {
        "effective_from": version.effective_from,
        "effective_until": version.effective_until,
        "title": version.title,
        "clause": version.clause,
        "trigger": type(trigger).__name__.lower(),
        "awaits": awaits,
        "definition": keep_obligation(version),
    }
