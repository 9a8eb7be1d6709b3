"""External figures of a period (post-office counts and the like), recorded and corrected.

A correction supersedes and never overwrites. What a figure makes owed is
evaluated by planning, once, at the obligation's own instant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from workflow import journal
from workflow.domain.errors import Refusal
from workflow.store import occasions
from workflow.store.occasions import figure
from workflow.store.units import unit_ids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from workflow.domain.announced import SaidFigure
    from workflow.journal import Act


def record_figures(
    db: Connection, said: Iterable[SaidFigure], *, source_sha256: str | None, act: Act
) -> int:
    """Record figures and give how many differ from what was known.

    ``source_sha256`` names the stored file that they come from. Recording the
    same again writes nothing. Raises ``Refusal("unit.unknown")`` and then
    records none.
    """
    ids = unit_ids(db)
    wanted = list(said)
    for one in wanted:
        if one.unit is not None and one.unit not in ids:
            raise Refusal("unit.unknown", unit=one.unit)
    changed = 0
    for one in wanted:
        unit_id = ids[one.unit] if one.unit else None
        where = (
            (figure.c.key == one.key)
            & (figure.c.period == one.period)
            & figure.c.unit_id.is_not_distinct_from(unit_id)
            & figure.c.superseded_at.is_(None)
        )
        known = db.execute(select(figure.c.value).where(where)).scalar()
        if known is not None and known == one.value:
            continue
        db.execute(update(figure).where(where).values(superseded_at=act.at))
        figure_id = db.execute(
            insert(figure)
            .values(
                key=one.key,
                period=one.period,
                unit_id=unit_id,
                value=one.value,
                source_sha256=source_sha256,
                recorded_by=act.by,
                recorded_at=act.at,
            )
            .returning(figure.c.id)
        ).scalar_one()
        journal.record(
            db,
            act=act,
            verb="figure.recorded",
            subject=("figure", figure_id),
            before={"value": known},
            after={
                "key": one.key,
                "period": one.period,
                "unit": one.unit,
                "value": one.value,
                "source": source_sha256,
            },
        )
        changed += 1
    return changed


def concerned(db: Connection, keys: Iterable[str]) -> list[str]:
    """The codes of the active agreements in which these figures decide what is owed."""
    return occasions.agreements_awaiting(db, trigger="when", awaits=sorted(set(keys)))
