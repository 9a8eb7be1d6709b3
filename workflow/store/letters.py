"""Letters that press a unit for what it owes: what each listed, its number and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    exists,
    func,
    insert,
    not_,
    select,
    update,
)

from workflow.store.agreements import agreement, obligation
from workflow.store.engine import BigId, UTCDateTime, metadata
from workflow.store.notices import notice
from workflow.store.occasions import occasion
from workflow.store.tasks import JUDGED_ON, task
from workflow.store.units import unit
from workflow.store.worklist import is_overdue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

letter = Table(
    "letter",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agreement_id", ForeignKey("agreement.id"), nullable=False),
    # Who owes, and is written to.
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    # The first letter of those that were drawn up together.
    Column("run_id", Integer),
    Column("as_of", UTCDateTime, nullable=False),
    # The new day by which it is asked for; the due days stay.
    Column("answer_by", Date, nullable=False),
    # The office's number and day, once the clerk has entered them.
    Column("number", String(64)),
    Column("issued_on", Date),
    # The canonical JSON text of the letter's value, and its hash.
    Column("content", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("drawn_by", String(64), nullable=False),
    Column("drawn_at", UTCDateTime, nullable=False),
    Column("numbered_by", String(64)),
    Column("numbered_at", UTCDateTime),
)
# The history of a unit.
Index("ix_letter_unit", letter.c.unit_id, letter.c.id)
# Those that were drawn up together: one file for printing.
Index("ix_letter_run", letter.c.run_id, letter.c.id)
# Whether an office has given a number already.
Index("ix_letter_number", letter.c.agreement_id, letter.c.number)

letter_task = Table(
    "letter_task",
    metadata,
    Column("letter_id", ForeignKey("letter.id"), primary_key=True),
    Column("task_id", ForeignKey("task.id"), primary_key=True),
    # The hash of what the letter says of the task.
    Column("sha256", String(64), nullable=False),
)
# The letters of a task, on its page.
Index("ix_letter_task_task", letter_task.c.task_id)

letter_file = Table(
    "letter_file",
    metadata,
    Column("letter_id", ForeignKey("letter.id"), primary_key=True),
    Column("format", String(8), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size", BigId, nullable=False),
)


def overdue_of(
    db: Connection,
    agreement_id: int,
    *,
    on: date,
    within: ColumnElement[bool],
    judged_until: date,
    obligation_code: str | None = None,
    units: ColumnElement[bool] | None = None,
    step: str | None = None,
) -> list[Row[Any]]:
    """What is overdue on a day, with who answers for it, by unit and due day.

    ``judged_until`` is exclusive: only what was due before it. ``step`` asks that this step of
    the ladder has fallen for the task.
    """
    query = (
        select(
            task.c.id,
            task.c.answerable_id,
            task.c.state,
            JUDGED_ON.label("due_on"),
            obligation.c.code.label("obligation"),
            occasion.c.key.label("occasion"),
        )
        .join(obligation, obligation.c.id == task.c.obligation_id)
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .where(
            task.c.agreement_id == agreement_id,
            task.c.is_history.is_(False),
            is_overdue(on),
            judged_until > JUDGED_ON,
            within,
        )
        .order_by(task.c.answerable_id, JUDGED_ON, task.c.id)
    )
    if obligation_code is not None:
        query = query.where(obligation.c.code == obligation_code)
    if units is not None:
        query = query.where(task.c.answerable_id.in_(select(unit.c.id).where(units)))
    if step is not None:
        fell = exists().where(
            notice.c.task_id == task.c.id,
            notice.c.step == step,
            notice.c.for_due_on == JUDGED_ON,
        )
        query = query.where(fell)
    return list(db.execute(query))


def add_letter(
    db: Connection,
    columns: Mapping[str, object],
    *,
    tasks: Iterable[tuple[int, str]],
) -> int:
    """Write a letter with the tasks that it lists, each with the hash of what is said of it."""
    letter_id = int(
        db.execute(insert(letter).values(**columns).returning(letter.c.id)).scalar_one()
    )
    db.execute(
        insert(letter_task),
        [{"letter_id": letter_id, "task_id": one, "sha256": digest} for one, digest in tasks],
    )
    return letter_id


def change_letter(db: Connection, letter_id: int, columns: Mapping[str, object]) -> None:
    """Change what a letter's row says."""
    db.execute(update(letter).where(letter.c.id == letter_id).values(**columns))


def set_files(db: Connection, letter_id: int, files: Sequence[Mapping[str, object]]) -> None:
    """Note the files of a letter, in place of those before."""
    db.execute(letter_file.delete().where(letter_file.c.letter_id == letter_id))
    if files:
        db.execute(insert(letter_file), [{"letter_id": letter_id, **one} for one in files])


def run_together(db: Connection, letter_ids: Sequence[int]) -> None:
    """Note that these letters were drawn up together."""
    db.execute(update(letter).where(letter.c.id.in_(letter_ids)).values(run_id=min(letter_ids)))


def letter_by_id(db: Connection, letter_id: int, *, lock: bool = False) -> Row[Any] | None:
    """A letter with the code of its agreement; with ``lock``, until the transaction ends."""
    query = (
        select(letter, agreement.c.code.label("agreement"))
        .join(agreement, agreement.c.id == letter.c.agreement_id)
        .where(letter.c.id == letter_id)
    )
    return db.execute(query.with_for_update(of=letter) if lock else query).one_or_none()


def days_of_number(db: Connection, agreement_id: int, number: str) -> list[date]:
    """The days of the letters of an agreement that bear a number; it comes back with the years."""
    query = select(letter.c.issued_on).where(
        letter.c.agreement_id == agreement_id, letter.c.number == number
    )
    return [day for day in db.scalars(query) if day is not None]


def letters_listed(
    db: Connection,
    *where: ColumnElement[bool],
    reach: ColumnElement[bool],
    after: int | None = None,
    at_most: int,
) -> list[Row[Any]]:
    """Letters without their content, the latest first; ``after`` is the last one seen.

    ``reach`` is the condition on ``task`` rows for what somebody may read: a letter is
    theirs where it holds for every task that the letter lists. ``tasks`` is their number.
    """
    beyond = (
        select(letter_task.c.letter_id)
        .join(task, task.c.id == letter_task.c.task_id)
        .where(letter_task.c.letter_id == letter.c.id, not_(reach))
        .correlate(letter)
        .exists()
    )
    count = (
        select(func.count())
        .select_from(letter_task)
        .where(letter_task.c.letter_id == letter.c.id)
        .correlate(letter)
        .scalar_subquery()
    )
    columns = [one for one in letter.c if one.name != "content"]
    query = (
        select(
            *columns,
            agreement.c.code.label("agreement"),
            unit.c.key.label("unit"),
            count.label("tasks"),
        )
        .join(agreement, agreement.c.id == letter.c.agreement_id)
        .join(unit, unit.c.id == letter.c.unit_id)
        .where(*where, not_(beyond))
        .order_by(letter.c.id.desc())
        .limit(at_most)
    )
    return list(db.execute(query if after is None else query.where(letter.c.id < after)))


def of_task(task_id: int) -> ColumnElement[bool]:
    """The condition on ``letter`` rows that they list a task."""
    return letter.c.id.in_(select(letter_task.c.letter_id).where(letter_task.c.task_id == task_id))


def tasks_of(db: Connection, letter_id: int) -> list[Row[Any]]:
    """The tasks that a letter lists, with their hashes."""
    query = select(letter_task).where(letter_task.c.letter_id == letter_id)
    return list(db.execute(query.order_by(letter_task.c.task_id)))


def letter_files(db: Connection, letter_ids: Iterable[int]) -> dict[int, dict[str, Row[Any]]]:
    """The files of letters, by letter and format."""
    query = select(letter_file).where(letter_file.c.letter_id.in_(sorted(letter_ids)))
    found: dict[int, dict[str, Row[Any]]] = {}
    for row in db.execute(query):
        found.setdefault(row.letter_id, {})[row.format] = row
    return found
