"""Tasks looked for by the words that name them: obligation, unit, occasion or number.

Knows how names are compared: without marks and case, each word on its own. There are few
obligations and some thousand units, so their names are read and compared here, and tasks
are then found by number. Refuses to know who may see what.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import BigInteger, and_, or_, select, true

from workflow.domain.folding import fold
from workflow.store.agreements import obligation, obligation_version
from workflow.store.given_rows import given_rows
from workflow.store.occasions import occasion
from workflow.store.tasks import task
from workflow.store.units import unit, unit_fact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import CTE, ColumnElement, Connection

_MOST_WORDS: Final = 8
#: No task has a greater number; greater ones would not fit the column.
_LONGEST_NUMBER: Final = 15


def is_named_like(db: Connection, words: str) -> ColumnElement[bool]:
    """The condition on ``task`` that every word stands in a name of it.

    A word may be in the title or code of the obligation, in any name that the unit has
    borne, in the occasion's key, or be the task's number. At most eight words are looked at.
    """
    asked = fold(words).split()[:_MOST_WORDS]
    if not asked:
        return true()
    duties = [
        (row.id, _folded(f"{row.title} {row.code}"))
        for row in db.execute(
            select(obligation.c.id, obligation.c.code, obligation_version.c.title).join(
                obligation_version
            )
        )
    ]
    units = [
        (row.id, _folded(f"{row.value} {row.key}"))
        for row in db.execute(
            select(unit.c.id, unit.c.key, unit_fact.c.value)
            .join(unit_fact)
            .where(unit_fact.c.fact == "name")
        )
    ]
    return and_(
        *(
            _bears(
                word,
                sorted({id_ for id_, name in duties if word in name}),
                given_rows(
                    db,
                    # One statement holds one such table for each word.
                    f"named_{place}",
                    {"id": BigInteger()},
                    sorted({(id_,) for id_, name in units if word in name}),
                ),
            )
            for place, word in enumerate(asked)
        )
    )


def _bears(word: str, by_duty: Sequence[int], units: CTE) -> ColumnElement[bool]:
    by_unit = select(units.c.id)
    occasions = select(occasion.c.id).where(occasion.c.key.icontains(word, autoescape=True))
    found: list[ColumnElement[bool]] = [
        task.c.obligation_id.in_(by_duty),
        task.c.occasion_id.in_(occasions),
        task.c.unit_id.in_(by_unit),
        task.c.answerable_id.in_(by_unit),
    ]
    if word.isdecimal() and word.isascii() and len(word) <= _LONGEST_NUMBER:
        found.append(task.c.id == int(word))
    return or_(*found)


@lru_cache(maxsize=32_768)
def _folded(name: str) -> str:
    """The same few thousand names are compared with every search."""
    return fold(name)
