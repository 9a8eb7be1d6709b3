"""What is owed, brought up to date: an agreement planned, then its successions seen through.

Knows the order in which the two use cases belong together, and how far ahead planning
looks. The nightly job, the web and the command line call the same function, so that no
cause is planned in one way by a person and in another by night. Refuses to commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from workflow import catalogue
from workflow.instructions import hold_tasks, instruct
from workflow.planning import Planned, plan_tasks
from workflow.succession import Settled, settle_succession

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import Connection

    from workflow.catalogue import Kept
    from workflow.domain.instructing import Instruction
    from workflow.instructions import Wanted
    from workflow.journal import Act

#: Tasks stand a year ahead and some weeks, so that a yearly duty is always in sight.
HORIZON: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtUp:
    """What bringing one agreement up to date did, and up to which day it is planned now."""

    agreement: str
    until: date
    planned: Planned
    settled: Settled


def horizon_of(kept: Kept, *, at: datetime) -> date:
    """The day up to which an agreement is planned: 400 days ahead, and never less than before."""
    ahead = kept.day_of(at) + HORIZON
    return ahead if kept.planned_until is None else max(ahead, kept.planned_until)


def bring_up_to_date(
    db: Connection, agreement: str, *, act: Act, until: date | None = None, whole: bool = False
) -> BroughtUp:
    """Plan an agreement, by default up to its horizon, and settle every succession in it.

    Idempotent; locks the agreement's row. ``whole`` as for ``plan_tasks``. Raises
    ``Refusal("agreement.unknown")`` and ``Refusal("agreement.not_active")``.
    """
    kept = catalogue.kept(db, agreement)
    last = until or horizon_of(kept, at=act.at)
    planned = plan_tasks(db, agreement=agreement, until=last, act=act, whole=whole)
    settled = settle_succession(db, agreement=agreement, act=act)
    return BroughtUp(agreement=agreement, until=last, planned=planned, settled=settled)


def bring_each_up_to_date(
    db: Connection, agreements: Iterable[str], *, act: Act
) -> list[BroughtUp]:
    """The same for several agreements, in the order in which they are locked."""
    return [bring_up_to_date(db, code, act=act) for code in sorted(set(agreements))]


def instruct_units(
    db: Connection, said: Wanted, *, agreement: str, act: Act
) -> tuple[Instruction, BroughtUp]:
    """Give an instruction and plan it, and hold its tasks: no later planning takes them away.

    They were given to units by name; where one of these is succeeded, its task goes on with
    the successor. Raises ``Refusal`` as ``instructions.instruct`` does.
    """
    given = instruct(db, said, agreement=agreement, act=act)
    done = bring_up_to_date(db, agreement, act=act)
    hold_tasks(db, agreement, given.code)
    return given, done
