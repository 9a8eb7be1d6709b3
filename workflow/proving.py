"""What the evidence of tasks amounts to: items as values, quotas, progress, the instant done.

Knows how stored items and units become what ``domain.evidence`` and
``domain.timeliness`` judge. Refuses to judge any file and to change anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from workflow.domain import evidence, timeliness
from workflow.domain.agreement import Quota, requirements_of
from workflow.domain.evidence import Item, Outcome, Progress, Shortfall
from workflow.domain.merging import copies_owed
from workflow.store.evidence import items_held
from workflow.store.occasions import occasion
from workflow.store.successions import takeover_days
from workflow.store.tasks import task
from workflow.store.units import units_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from workflow.domain.units import Unit
    from workflow.moves import Taken

#: The requirement of what is attached for a reviewer where the obligation asks for no proof.
FREE: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The items of one task beside what the unit owes by its quotas."""

    taken: Taken
    rows: tuple[Row[Any], ...]
    items: tuple[Item, ...]
    quotas: Mapping[str, int]

    def shortfalls(self) -> tuple[Shortfall, ...]:
        """What is missing. Raises ``Refusal("evidence.quota_unknown")``."""
        return evidence.shortfalls(self.taken.says.proof, self.items, quotas=self.quotas)

    def progress(self) -> Progress:
        """How far the proof is. Raises ``Refusal("evidence.quota_unknown")``."""
        return evidence.progress(self.taken.says.proof, self.items, quotas=self.quotas)

    def is_proved(self) -> bool:
        """Whether every item passed and nothing is missing; never where no proof is asked for.

        Raises ``Refusal("evidence.quota_unknown")``.
        """
        return (
            self.taken.says.proof is not None
            and all(item.outcome is Outcome.PASSED for item in self.items)
            and not self.shortfalls()
        )

    def proved_at(self) -> datetime | None:
        """When the last item needed was added. Raises ``Refusal("evidence.quota_unknown")``."""
        return evidence.proved_at(self.taken.says.proof, self.items, quotas=self.quotas)

    def as_confirmed(self) -> Held:
        """The same as a person sees it who confirms: what the checks left undecided has passed."""
        items = tuple(
            replace(item, outcome=Outcome.PASSED) if item.outcome is Outcome.UNDECIDED else item
            for item in self.items
        )
        return replace(self, items=items)

    def done_at(self, counted_at: datetime) -> datetime:
        """The instant at which the submission says that the duty was done.

        Raises ``Refusal("evidence.quota_unknown")``.
        """
        says = self.taken.says
        needed = evidence.earliest_sufficient(says.proof, self.items, quotas=self.quotas)
        performed = [
            item.performed_at
            for item in self.items
            if item.id in (needed or ()) and item.performed_at is not None
        ]
        return timeliness.done_at(
            judged_by=says.judged_by, submitted_at=counted_at, performed=performed
        )


def held_by(db: Connection, taken: Iterable[Taken]) -> dict[int, Held]:
    """What each of these tasks holds, by task."""
    all_taken = list(taken)
    rows: dict[int, list[Row[Any]]] = {one.id: [] for one in all_taken}
    for row in items_held(db, rows):
        rows[row.task_id].append(row)
    days = _anchor_days(db, {one.row.occasion_id for one in all_taken if _titles(one)})
    quotas = quotas_owed(
        db,
        (
            Owing(
                task_id=one.id,
                unit_id=one.row.unit_id,
                on=days[one.row.occasion_id],
                titles=_titles(one),
            )
            for one in all_taken
            if _titles(one)
        ),
    )
    return {
        one.id: Held(
            taken=one,
            rows=tuple(rows[one.id]),
            items=tuple(_item(row, one) for row in rows[one.id]),
            quotas=quotas.get(one.id, {}),
        )
        for one in all_taken
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """A task whose unit owes copies of some titles on its occasion's day."""

    task_id: int
    unit_id: int
    on: date
    titles: frozenset[str]


def quotas_owed(
    db: Connection, tasks: Iterable[Owing], *, known: Mapping[int, Unit] | None = None
) -> dict[int, dict[str, int]]:
    """The copies owed by title, by task; a title of which nothing is on record is left out.

    ``known`` are units that were read already, by id.

    What was merged into a task is added to its own (``merging.copies_owed``).
    """
    asked = [one for one in tasks if one.titles]
    if not asked:
        return {}
    merged = _merged_into(db, [one.task_id for one in asked])
    sources = {one.task_id: [one.unit_id, *merged.get(one.task_id, ())] for one in asked}
    units = dict(known or {})
    units |= units_by_id(db, {id_ for some in sources.values() for id_ in some} - units.keys())
    due_days = _due_days(db, sources)
    taken_over = takeover_days(db, {one.unit_id for one in asked})
    found: dict[int, dict[str, int]] = {one.task_id: {} for one in asked}
    for one in asked:
        own, *others = (units[unit_id] for unit_id in sources[one.task_id])
        for title in one.titles:
            copies = copies_owed(
                title,
                own=own,
                merged=others,
                on=one.on,
                due_on=due_days[one.task_id],
                took_over_on=taken_over.get(one.unit_id, ()),
            )
            if copies is not None:
                found[one.task_id][title] = copies
    return found


def _item(row: Row[Any], taken: Taken) -> Item:
    performed_at = None
    if row.performed_on is not None:
        performed_at = timeliness.first_instant(row.performed_on, taken.zone)
    return Item(
        id=row.id,
        requirement=row.requirement,
        identity=row.identity or f"item:{row.id}",
        added_at=row.added_at,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        quantity=1 if row.quantity is None else row.quantity,
        performed_at=performed_at,
    )


def _titles(taken: Taken) -> frozenset[str]:
    """The titles whose quota decides how much a task asks for."""
    return frozenset(
        leaf.quantity.title
        for leaf in requirements_of(taken.says.proof)
        if isinstance(leaf.quantity, Quota)
    )


def _merged_into(db: Connection, task_ids: Sequence[int]) -> dict[int, list[int]]:
    """The units of the tasks that were merged into these, by task, however often they merged."""
    found: dict[int, list[int]] = {}
    root = {task_id: task_id for task_id in task_ids}
    while root:
        query = select(task.c.id, task.c.unit_id, task.c.merged_into_id).where(
            task.c.merged_into_id.in_(sorted(root))
        )
        below = {}
        for row in db.execute(query.order_by(task.c.id)):
            below[row.id] = root[row.merged_into_id]
            found.setdefault(root[row.merged_into_id], []).append(row.unit_id)
        root = below
    return found


def _due_days(db: Connection, task_ids: Iterable[int]) -> dict[int, date]:
    """The original due day of each, or its occasion's last day where it has none."""
    query = select(task.c.id, task.c.belongs_on).where(task.c.id.in_(sorted(task_ids)))
    return {row.id: row.belongs_on for row in db.execute(query)}


def _anchor_days(db: Connection, occasion_ids: Iterable[int]) -> dict[int, date]:
    ids = sorted(set(occasion_ids))
    if not ids:
        return {}
    query = select(occasion.c.id, occasion.c.anchor_on).where(occasion.c.id.in_(ids))
    return {row.id: row.anchor_on for row in db.execute(query)}
