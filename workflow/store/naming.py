"""Tasks looked for by the words that name them: obligation, unit, occasion or number.

Knows how names are compared: without marks and case, each word on its own. There are few
obligations and some thousand units, so their names are read and compared here, and tasks
are then found by number. Refuses to know who may see what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import BigInteger, and_, false, literal, or_, select, true, union_all

from workflow.domain.folding import fold
from workflow.store.agreements import obligation, obligation_version
from workflow.store.given_rows import given_rows
from workflow.store.occasions import occasion
from workflow.store.tasks import IS_HANDED_ON, task
from workflow.store.unit_names import names_borne
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

_MOST_WORDS: Final = 8
#: No task has a greater number; greater ones would not fit the column.
_LONGEST_NUMBER: Final = 15
#: Of so few units or occasions tasks are looked up one by one; of more, enough stand in any list.
_FEW: Final = 20


def is_named_like(db: Connection, words: str) -> ColumnElement[bool]:
    """The condition on ``task`` that every word stands in a name of it.

    A word may be in the title or code of the obligation, in any name that the unit has
    borne, in the occasion's key, or be the task's number. At most eight words are looked at.
    """
    asked = fold(words).split()[:_MOST_WORDS]
    if not asked:
        return true()
    duties, keys = _duties_and_keys(db, asked)
    units = names_borne(db)
    limits: list[ColumnElement[bool]] = []
    of_units: list[set[int]] = []
    for place, word in enumerate(dict.fromkeys(asked)):
        by_unit = {id_ for id_, name in units if word in name}
        by_duty = sorted({id_ for id_, name in duties if word in name})
        by_key = [key for key in keys if word in fold(key)]
        is_number = word.isdecimal() and word.isascii() and len(word) <= _LONGEST_NUMBER
        if not by_duty and not by_key and not is_number:
            of_units.append(by_unit)
            continue
        found: list[ColumnElement[bool]] = [_is_of_any(db, by_unit, name=f"named_{place}")]
        if by_duty:
            found.append(task.c.obligation_id.in_(by_duty))
        if by_key:
            meant = occasion.c.key.icontains(word, autoescape=True)
            found.append(task.c.occasion_id.in_(select(occasion.c.id).where(meant)))
        if is_number:
            found.append(task.c.id == int(word))
        limits.append(or_(*found))
    if not all(of_units):
        # Some word stands in no name at all.
        return false()
    if of_units:
        limits.append(_is_of_each(db, of_units))
    return and_(*limits)


def _duties_and_keys(
    db: Connection, words: Sequence[str]
) -> tuple[list[tuple[int, str]], list[str]]:
    """What each obligation is called, folded, and the occasions' keys with some of these words."""
    some = or_(*(occasion.c.key.icontains(word, autoescape=True) for word in words))
    called = select(obligation.c.id, obligation_version.c.title + " " + obligation.c.code).join(
        obligation_version
    )
    keys = select(literal(0), occasion.c.key).where(some).distinct()
    rows = db.execute(union_all(called, keys)).all()
    return [(id_, fold(name)) for id_, name in rows if id_], [key for id_, key in rows if not id_]


def _is_of_each(db: Connection, unit_ids: Sequence[set[int]]) -> ColumnElement[bool]:
    """That of each of these sets some unit owes the task, or answers for it by now."""
    both = set.intersection(*unit_ids)
    handed_on = [_is_of_any(db, some, name=f"owing_{place}") for place, some in enumerate(unit_ids)]
    if len(both) > _FEW:
        return or_(_is_of_any(db, both, name="owing"), and_(IS_HANDED_ON, *handed_on))
    return or_(task.c.answerable_id.in_(sorted(both)), and_(IS_HANDED_ON, *handed_on))


def _is_of_any(db: Connection, unit_ids: set[int], *, name: str) -> ColumnElement[bool]:
    if not unit_ids:
        return false()
    if len(unit_ids) <= _FEW:
        return _is_of_few(sorted(unit_ids))
    given = given_rows(db, name, {"id": BigInteger()}, [(one,) for one in sorted(unit_ids)])
    by_unit = select(given.c.id)
    return or_(task.c.unit_id.in_(by_unit), task.c.answerable_id.in_(by_unit))


def _is_of_few(unit_ids: Sequence[int]) -> ColumnElement[bool]:
    answers = task.c.answerable_id.in_(unit_ids)
    return or_(answers, and_(IS_HANDED_ON, task.c.unit_id.in_(unit_ids)))


def is_of_unit(key: str) -> ColumnElement[bool]:
    """The condition on ``task`` that a unit answers for it, or owed it first.

    Put so that both halves are led by an index: what was handed on is little.
    """
    ids = select(unit.c.id).where(unit.c.key == key).scalar_subquery()
    return or_(task.c.answerable_id == ids, and_(IS_HANDED_ON, task.c.unit_id == ids))


def tasks_about(
    db: Connection,
    obligation_code: str | None,
    belongs_from: date | None,
    belongs_until: date | None,
    *,
    words: str,
) -> Iterator[ColumnElement[bool]]:
    """The conditions of a list on what its tasks are about."""
    if obligation_code is not None:
        yield _is_of_obligation(db, obligation_code)
    if belongs_from is not None:
        yield task.c.belongs_on >= belongs_from
    if belongs_until is not None:
        yield task.c.belongs_on < belongs_until
    if words:
        yield is_named_like(db, words)


def _is_of_obligation(db: Connection, code: str) -> ColumnElement[bool]:
    """By its occasions where they are few: it may have few tasks among very many."""
    ids = select(obligation.c.id).where(obligation.c.code == code)
    query = select(occasion.c.id).where(occasion.c.obligation_id.in_(ids))
    occasions = list(db.scalars(query.order_by(occasion.c.id).limit(_FEW + 1)))
    if len(occasions) > _FEW:
        return task.c.obligation_id.in_(ids)
    return task.c.occasion_id.in_(occasions)
