"""What a check is told of the task that an item is offered for.

Gathers task, occasion, unit, the task's own version and the working calendar of
many items at once: the number of statements does not grow with the items.
Refuses to run anything.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from workflow.calendars import working_calendars
from workflow.catalogue import agreements_said, obligations_said
from workflow.domain.agreement import requirements_of
from workflow.domain.triggers import Day, Event
from workflow.evidence.check import Body, EvidenceFile, Publication, TaskFacts
from workflow.proving import FREE, Owing, quotas_owed
from workflow.store.evidence import among, evidence_file, evidence_item
from workflow.store.occasions import occasion
from workflow.store.successions import predecessors
from workflow.store.tasks import task
from workflow.store.units import unit, units_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sqlalchemy import Connection, Row

    from workflow.domain.agreement import Agreement, Obligation
    from workflow.domain.units import Unit
    from workflow.domain.working_days import WorkingCalendar
    from workflow.files import FileStore

#: What is attached where no proof is asked for is only looked at: that it opens.
_FREE_CHECK: Final = "attachment"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToVerify:
    """An item with all that its check needs, outside any transaction."""

    item_id: int
    check: str
    params: Mapping[str, object]
    file: EvidenceFile | None
    figures: Mapping[str, object]
    facts: TaskFacts

    @property
    def sha256(self) -> str | None:
        """The bytes that a verdict will be pinned to."""
        return None if self.file is None else self.file.sha256


def items_to_verify(db: Connection, item_ids: Iterable[int], *, files: FileStore) -> list[ToVerify]:
    """What to run for these items; those that were removed are left out."""
    rows = _rows(db, item_ids)
    world = _World(db, rows)
    found = []
    for row in rows:
        check, params = _asked_of(world.duties[row.version_id], row.requirement)
        file = None
        if row.sha256 is not None:
            file = EvidenceFile(
                path=files.path_of(row.sha256), sha256=row.sha256, size=row.size, name=row.name
            )
        found.append(
            ToVerify(
                item_id=row.id,
                check=check,
                params=params,
                file=file,
                figures=row.figures,
                facts=world.facts(row),
            )
        )
    return found


def facts_for(db: Connection, item_id: int) -> TaskFacts:
    """The facts of one item's task. The item must exist and not be removed."""
    (row,) = _rows(db, [item_id])
    return _World(db, [row]).facts(row)


def _rows(db: Connection, item_ids: Iterable[int]) -> list[Row[Any]]:
    query = (
        select(
            evidence_item,
            evidence_file.c.size,
            task.c.agreement_id,
            task.c.version_id,
            task.c.unit_id,
            task.c.answerable_id,
            task.c.opens_on,
            task.c.due_on,
            occasion.c.key.label("occasion_key"),
            occasion.c.anchor_on,
            occasion.c.from_on,
            occasion.c.until_on,
        )
        .join(task, task.c.id == evidence_item.c.task_id)
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .outerjoin(evidence_file, evidence_file.c.sha256 == evidence_item.c.sha256)
        .where(evidence_item.c.id.in_(among(db, item_ids)), evidence_item.c.removed_at.is_(None))
        .order_by(evidence_item.c.id)
    )
    return list(db.execute(query))


def _asked_of(duty: Obligation, requirement: str) -> tuple[str, Mapping[str, object]]:
    """The check of a requirement and its parameters."""
    for leaf in requirements_of(duty.proof):
        if leaf.code == requirement:
            return leaf.check, leaf.params
    if requirement == FREE:
        return _FREE_CHECK, {}
    # A task keeps its own version, so this is an item that was written past every use case.
    raise LookupError(f"{duty.code} has no requirement {requirement!r}")


class _Calendar(NamedTuple):
    """A working calendar as facts tell it."""

    weekly_off: tuple[int, ...]
    days_off: tuple[date, ...]
    days_worked: tuple[date, ...]


def _told(calendar: WorkingCalendar) -> _Calendar:
    return _Calendar(
        weekly_off=tuple(sorted(weekday + 1 for weekday in calendar.weekend)),
        days_off=tuple(sorted(calendar.days_off)),
        days_worked=tuple(sorted(calendar.extra_working)),
    )


class _World:
    """Everything that the facts of some items are made of, read once."""

    def __init__(self, db: Connection, rows: list[Row[Any]]) -> None:
        self._agreements = agreements_said(db, {row.agreement_id for row in rows})
        self.duties = obligations_said(db, {row.version_id for row in rows})
        self._replaced = predecessors(db, {row.unit_id for row in rows})
        concerned = {id_ for row in rows for id_ in (row.unit_id, row.answerable_id)}
        concerned |= {id_ for some in self._replaced.values() for id_, _ in some}
        self._units = units_by_id(db, concerned)
        self._payers = self._read_payers(db)
        self._calendars = self._read_calendars(db, rows)
        owing = (
            Owing(
                task_id=row.task_id,
                unit_id=row.unit_id,
                on=row.anchor_on,
                titles=frozenset(one.code for one in self._agreements[row.agreement_id].titles),
            )
            for row in rows
        )
        self._quotas = quotas_owed(db, owing, known=self._units)

    def facts(self, row: Row[Any]) -> TaskFacts:
        says: Agreement = self._agreements[row.agreement_id]
        duty = self.duties[row.version_id]
        owing, answerable = self._units[row.unit_id], self._units[row.answerable_id]
        received_on = row.added_at.astimezone(ZoneInfo(says.settings.zone)).date()
        calendar = self._calendars[row.agreement_id, says.settings.calendar_of(owing.kind)]
        is_dated = isinstance(duty.trigger, (Event, Day))
        # Whoever was there on the occasion's day bought for what has taken its place.
        replaced = [
            self._units[id_]
            for id_, on in self._replaced.get(row.unit_id, ())
            if on > row.anchor_on
        ]
        others = [one for one in (answerable, *replaced) if one is not owing]
        payers = [one.paid_by for one in (owing, *others) if one.paid_by in self._payers]
        return TaskFacts(
            unit=_body(owing, row.anchor_on, also=answerable),
            agreement=says.code,
            obligation=duty.code,
            occasion=row.occasion_key,
            paid_by=(
                *(_body(one, row.anchor_on) for one in others),
                *(_body(self._payers[key], row.anchor_on) for key in dict.fromkeys(payers) if key),
            ),
            beneficiary=_beneficiary(says, duty),
            publications=_publications(says, self._quotas.get(row.task_id, {})),
            topic_words=_topic_words(says, duty),
            period_from=row.from_on,
            period_until=row.until_on,
            event_on=row.anchor_on if is_dated else None,
            opens_on=row.opens_on,
            due_on=row.due_on,
            received_on=received_on,
            zone=says.settings.zone,
            weekly_off=calendar.weekly_off,
            days_off=calendar.days_off,
            days_worked=calendar.days_worked,
        )

    def _read_payers(self, db: Connection) -> dict[str, Unit]:
        keys = {one.paid_by for one in self._units.values() if one.paid_by is not None}
        ids = db.scalars(select(unit.c.id).where(unit.c.key.in_(sorted(keys))))
        return {one.key: one for one in units_by_id(db, ids).values()}

    def _read_calendars(
        self, db: Connection, rows: list[Row[Any]]
    ) -> dict[tuple[int, str], _Calendar]:
        """The calendars of each agreement, for the years in which its days lie."""
        days: defaultdict[int, list[date]] = defaultdict(list)
        for row in rows:
            last = max(row.until_on, row.added_at.date(), row.due_on or row.until_on)
            days[row.agreement_id] += [row.from_on, last]
        found = {}
        for agreement_id, some in days.items():
            settings = self._agreements[agreement_id].settings
            years = range(min(some).year - 1, (max(some) + timedelta(days=31)).year + 1)
            calendars = working_calendars(
                db, country=settings.country, years=years, names=settings.calendar_names
            )
            found.update({(agreement_id, name): _told(one) for name, one in calendars.items()})
        return found


def _body(one: Unit, on: date, *, also: Unit | None = None) -> Body:
    """A unit as documents of a day name it; ``also`` is who answers for it by now."""
    name = one.name_on(on)
    others = [dated.value for dated in (*one.names, *(also.names if also else ()))]
    return Body(
        key=one.key,
        name=name,
        aliases=tuple(other for other in dict.fromkeys(others) if other != name),
        tax_code=one.tax_code,
        budget_code=one.budget_code,
    )


def _beneficiary(says: Agreement, duty: Obligation) -> Body | None:
    for party in says.parties:
        if party.code == duty.beneficiary:
            return Body(key=party.code, name=party.name)
    return None


def _publications(says: Agreement, quotas: Mapping[str, int]) -> tuple[Publication, ...]:
    return tuple(
        Publication(
            code=title.code,
            name=title.name,
            aliases=title.aliases,
            sellers=title.sellers,
            quota=quotas.get(title.code),
        )
        for title in says.titles
    )


def _topic_words(says: Agreement, duty: Obligation) -> tuple[str, ...]:
    for topic in says.topics:
        if topic.code == duty.topic:
            return (topic.title, *topic.words)
    return ()
