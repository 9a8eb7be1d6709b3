"""What a succession would change, before anybody signs it.

Knows that the surest forecast is the act itself, taken back. Refuses to keep
anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workflow import catalogue
from workflow.domain.timeliness import first_instant
from workflow.succession.recording import record_succession
from workflow.succession.settling import settle_succession

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from workflow.domain.succession import Succession
    from workflow.journal import Act
    from workflow.succession.recording import Recorded
    from workflow.succession.settling import Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The units, and by agreement what is planned and what becomes of open tasks."""

    recorded: Recorded
    planned: Mapping[str, object]
    settled: Mapping[str, Settled]


def preview_succession(
    db: Connection,
    succession: Succession,
    *,
    plan: Callable[[Connection, str, Act], object],
    act: Act,
) -> Preview:
    """Say what a succession would change, by doing it and taking all of it back.

    ``plan`` plans the agreement of a code as it will be planned then. A day yet
    to come is looked at as if it had come with things as they are. Raises what
    ``record_succession`` raises.
    """
    planned: dict[str, object] = {}
    settled: dict[str, Settled] = {}
    trial = db.begin_nested()
    try:
        recorded = record_succession(db, succession, act=act)
        for code in catalogue.codes_in_state(db, "active"):
            on = first_instant(succession.happens_on, catalogue.kept(db, code).zone)
            then = replace(act, at=max(act.at, on))
            planned[code] = plan(db, code, then)
            settled[code] = settle_succession(db, agreement=code, act=then)
    finally:
        trial.rollback()
    return Preview(recorded=recorded, planned=planned, settled=settled)
