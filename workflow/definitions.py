"""The life of an agreement's definition: loaded, activated by a second person, amended, ended.

Refuses to plan: what a change makes owed is planned in the same transaction by
whoever calls, under the lock that is taken here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from workflow import catalogue, journal
from workflow.domain.errors import Refusal
from workflow.intake.kept_form import keep_agreement
from workflow.store import agreements, tasks
from workflow.store.agreements import agreement as agreement_table
from workflow.store.past import AGREEMENT, keep_past
from workflow.versions import write_versions

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from workflow.domain.agreement import Agreement
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
        keep_past(db, AGREEMENT, {row.id: row.definition}, at=act.at)
        db.execute(update(agreement_table).where(agreement_table.c.id == row.id).values(columns))
    write_versions(db, agreement_id, said, act=act)
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
    keep_past(db, AGREEMENT, {kept.id: keep_agreement(kept.says)}, at=act.at)
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
    changed = write_versions(db, kept.id, said, act=act)
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
