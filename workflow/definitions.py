"""The life of an agreement's definition: loaded, activated by a second person, amended, ended.

Refuses to plan: what a change makes owed is planned in the same transaction by
whoever calls, under the lock that is taken here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from workflow import catalogue, journal
from workflow.domain.errors import Refusal
from workflow.domain.triggers import After, Event, When
from workflow.intake.kept_form import keep_agreement, keep_obligation, kept_obligation
from workflow.store import agreements, tasks
from workflow.store.agreements import agreement as agreement_table
from workflow.store.agreements import obligation, obligation_version

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from workflow.domain.agreement import Agreement, Obligation
    from workflow.journal import Act


def import_agreement(db: Connection, said: Agreement, *, act: Act) -> int:
    """Load an agreement as a draft and give its id; a draft of the same code is replaced.

    Raises ``Refusal("agreement.not_draft")`` where it is active or ended: then
    it is amended, not loaded again.
    """
    row = db.execute(
        select(agreement_table).where(agreement_table.c.code == said.code)
    ).one_or_none()
    if row is not None and row.state != "draft":
        raise Refusal("agreement.not_draft", agreement=said.code, state=row.state)
    columns = {
        "title": said.title,
        "zone": said.settings.zone,
        "starts_on": said.starts_on,
        "ends_on": said.ends_on,
        "tracked_from": said.tracked_from,
        "definition": keep_agreement(said),
        "imported_by": act.by,
        "imported_at": act.at,
    }
    if row is None:
        agreement_id = db.execute(
            insert(agreement_table)
            .values(code=said.code, state="draft", **columns)
            .returning(agreement_table.c.id)
        ).scalar_one()
    else:
        agreement_id = row.id
        db.execute(update(agreement_table).where(agreement_table.c.id == row.id).values(columns))
    _write_versions(db, agreement_id, said, act=act)
    journal.record(
        db,
        act=act,
        verb="agreement.imported",
        agreement=agreement_id,
        subject=("agreement", agreement_id),
        after={"code": said.code, "title": said.title, "obligations": _codes(said)},
    )
    return int(agreement_id)


def activate_agreement(db: Connection, code: str, *, act: Act) -> None:
    """Make a draft active; from now on it is planned.

    Raises ``Refusal("agreement.second_person")`` for whoever loaded it,
    ``Refusal("agreement.not_draft")``, and ``Refusal("agreement.nothing_owed")`` for a draft
    that holds no obligation yet.
    """
    row = agreements.locked_agreement(db, code)
    if row.state != "draft":
        raise Refusal("agreement.not_draft", agreement=code, state=row.state)
    if row.imported_by == act.by:
        raise Refusal("agreement.second_person", agreement=code, by=act.by)
    if not agreements.live_versions(db, row.id):
        raise Refusal("agreement.nothing_owed", agreement=code)
    db.execute(
        update(agreement_table)
        .where(agreement_table.c.id == row.id)
        .values(state="active", activated_by=act.by, activated_at=act.at)
    )
    _journal(db, row.id, "agreement.activated", act, before={"state": "draft"})


def amend_agreement(db: Connection, said: Agreement, *, ground: str, act: Act) -> None:
    """Put an amended agreement in the place of the active one.

    A version that says the same keeps its identity; one that changed is
    superseded and stays for the tasks that began with it.

    Raises ``Refusal("agreement.not_active")``.
    """
    kept = catalogue.locked(db, said.code)
    if kept.state != "active":
        raise Refusal("agreement.not_active", agreement=said.code, state=kept.state)
    db.execute(
        update(agreement_table)
        .where(agreement_table.c.id == kept.id)
        .values(
            title=said.title,
            ends_on=said.ends_on,
            tracked_from=said.tracked_from,
            definition=keep_agreement(said),
        )
    )
    changed = _write_versions(db, kept.id, said, act=act)
    _journal(
        db,
        kept.id,
        "agreement.amended",
        act,
        before={"versions": len(kept.versions)},
        after={"ground": ground, "changed": changed},
    )


def end_agreement(db: Connection, code: str, *, on: date, act: Act) -> int:
    """End an agreement on a day and cancel what is not yet due then; give how many tasks.

    What is due before stays owed; what was handed in keeps waiting for its
    verdict. Raises ``Refusal("agreement.not_active")`` and
    ``Refusal("agreement.end_outside")``.
    """
    kept = catalogue.locked(db, code)
    if kept.state != "active":
        raise Refusal("agreement.not_active", agreement=code, state=kept.state)
    if not kept.says.starts_on <= on <= kept.says.ends_on:
        raise Refusal("agreement.end_outside", agreement=code, on=on.isoformat())
    cancelled = tasks.cancel_due_from(db, kept.id, on, act=act)
    db.execute(
        update(agreement_table)
        .where(agreement_table.c.id == kept.id)
        .values(state="ended", ended_on=on, ended_at=act.at)
    )
    _journal(
        db,
        kept.id,
        "agreement.ended",
        act,
        before={"state": "active"},
        after={"on": on, "cancelled": cancelled},
    )
    return cancelled


def _write_versions(db: Connection, agreement_id: int, said: Agreement, *, act: Act) -> list[str]:
    """Store every version, keep those that say the same, supersede the rest; give what changed."""
    ids = {
        row.code: row.id
        for row in db.execute(select(obligation).where(obligation.c.agreement_id == agreement_id))
    }
    live = {
        (row.code, row.effective_from): row for row in agreements.live_versions(db, agreement_id)
    }
    changed: list[str] = []
    for version in said.obligations:
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


def _codes(said: Agreement) -> list[str]:
    return sorted({version.code for version in said.obligations})


def _journal(
    db: Connection,
    agreement_id: int,
    verb: str,
    act: Act,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    journal.record(
        db,
        act=act,
        verb=verb,
        agreement=agreement_id,
        subject=("agreement", agreement_id),
        before=before,
        after=after,
    )
