"""An amendment tried within the transaction: what becomes of the tasks, before it is saved.

Knows how it is put in force and taken back again. Refuses to know how it was written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow import definitions
from workflow.domain.amendment import amended
from workflow.domain.errors import Refusal
from workflow.owing import bring_up_to_date

if TYPE_CHECKING:
    from web.visit import Visit
    from workflow.domain.agreement import Agreement
    from workflow.domain.amendment import Amendment
    from workflow.owing import BroughtUp


def put_in_force(
    visit: Visit, before: Agreement, amendment: Amendment, *, is_kept: bool
) -> tuple[Agreement, BroughtUp]:
    """The agreement as it becomes and what planning does; nothing stays unless it is kept.

    The agreement's row must be locked. Raises ``Refusal`` as amending and planning do.
    """
    after = amended(before, amendment)
    savepoint = visit.db.begin_nested()
    try:
        definitions.amend_agreement(visit.db, after, ground=amendment.ground, act=visit.act())
        done = bring_up_to_date(visit.db, before.code, act=visit.act())
    except Refusal:
        savepoint.rollback()
        raise
    if is_kept:
        savepoint.commit()
    else:
        savepoint.rollback()
    return after, done


def effects(visit: Visit, done: BroughtUp) -> list[tuple[str, str]]:
    """What planning would do to each obligation's tasks."""
    say = visit.say
    return [
        (code, ", ".join(f"{say.word(name)} {say.number(n)}" for name, n in counts.items() if n))
        for code, counts in sorted(done.planned.by_obligation.items())
    ]
