"""Tasks looked for by the words that name them: obligation, unit, occasion or number.

Knows how names are compared: without marks and case, each word on its own. There are few
obligations and some thousand units, so their names are read and compared here, and tasks
are then found by number. Refuses to know who may see what.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, false, or_, select, true

from workflow.domain.folding import fold
from workflow.store.agreements import obligation, obligation_version
from workflow.store.evidence import among
from workflow.store.occasions import occasion
from workflow.store.tasks import task
from workflow.store.units import unit, unit_fact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection

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
    return and_(*(_bears(db, word, duties, units) for word in asked))


def _bears(
    db: Connection,
    word: str,
    duties: Iterable[tuple[int, str]],
    units: Iterable[tuple[int, str]],
) -> ColumnElement[bool]:
    by_duty = {id_ for id_, name in duties if word in name}
    by_unit = {id_ for id_, name in units if word in name}
    occasions = select(occasion.c.id).where(occasion.c.key.icontains(word, autoescape=True))
    found: list[ColumnElement[bool]] = [false(), task.c.occasion_id.in_(occasions)]
    if by_duty:
        found.append(task.c.obligation_id.in_(sorted(by_duty)))
    if by_unit:
        ids = among(db, by_unit)
        found += [task.c.unit_id.in_(ids), task.c.answerable_id.in_(ids)]
    if word.isdecimal() and word.isascii() and len(word) <= _LONGEST_NUMBER:
        found.append(task.c.id == int(word))
    return or_(*found)


@lru_cache(maxsize=32_768)
def _folded(name: str) -> str:
    """The same few thousand names are compared with every search."""
    return fold(name)
