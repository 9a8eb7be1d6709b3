"""Writing a decision about units down: they close, open and take on what is new on its day.

Knows how a succession becomes dated facts and links. Refuses to plan and to
touch any task.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workflow import catalogue, journal
from workflow.access import ensure_may
from workflow.domain.errors import InvalidFile, Refusal
from workflow.domain.roles import Deed
from workflow.domain.succeeding import succeeded
from workflow.domain.succession_sense import problems
from workflow.store import successions, units
from workflow.store.agreements import locked_agreement
from workflow.store.past_units import keep_past_units

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workflow.domain.succession import Succession
    from workflow.journal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a succession did to units, by key; nothing where it was recorded before."""

    id: int
    is_new: bool
    ended: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def record_succession(db: Connection, succession: Succession, *, act: Act) -> Recorded:
    """Write down a decision about units, which takes effect on its day, past or to come.

    No task is touched: plan every active agreement and settle it
    (``settle_succession``) in the same transaction. Recording the same again
    changes nothing. Locks every active agreement.

    Raises ``Refusal("access.denied")``, ``InvalidFile`` with everything that is
    wrong, and ``Refusal("succession.recorded_otherwise")`` where the same
    ground says something else about the day already.
    """
    ensure_may(db, Deed.DECIDE_SUCCESSION, act=act)
    for code in catalogue.codes_in_state(db, "active"):
        locked_agreement(db, code)
    known = successions.succession_like(db, succession)
    if known is not None:
        id_, before = known
        if before != succession:
            raise Refusal(
                "succession.recorded_otherwise",
                on=succession.happens_on.isoformat(),
                ground=succession.ground,
            )
        return Recorded(id=id_, is_new=False)
    roster = units.roster(db)
    wrong = problems(succession, roster)
    if wrong:
        raise InvalidFile(wrong)
    after = succeeded(succession, roster)
    keep_past_units(db, (unit.key for unit in after), at=act.at)
    for unit in after:
        units.write_unit(db, unit)
    keys = {unit.key for unit in after}
    opened = keys - roster.units.keys()
    outcome = Recorded(
        id=successions.add_succession(db, succession, ids=units.unit_ids(db), act=act),
        is_new=True,
        ended=succession.ended,
        opened=tuple(sorted(opened)),
        changed=tuple(sorted(keys - opened - {*succession.ended})),
    )
    _journal(db, succession, outcome, act=act)
    return outcome


def _journal(db: Connection, succession: Succession, outcome: Recorded, *, act: Act) -> None:
    journal.record(
        db,
        act=replace(act, reason=act.reason or succession.ground),
        verb="succession.recorded",
        subject=("succession", outcome.id),
        after={
            "on": succession.happens_on,
            "ground": succession.ground,
            "ended": outcome.ended,
            "opened": outcome.opened,
            "changed": outcome.changed,
            "links": succession.links,
        },
    )
