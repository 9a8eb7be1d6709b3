"""What an agreement would ask, of how many units, and how much of it in which week.

The days are those of ``domain.outlook``, the units those that a selector means today: a
preview before anything is saved, and the load of the weeks ahead. Refuses to save, and to
foresee what only deeds make owed: such duties are named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from workflow.calendars import working_calendars
from workflow.domain.outlook import outlook, undated
from workflow.domain.triggers import Event
from workflow.store.selected import selected_by_kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from workflow.domain.agreement import Agreement, Obligation
    from workflow.domain.outlook import ForeseenTask

#: A duty's next days are shown up to so many.
_NEXT: Final = 3
#: What began up to so long before may still fall due.
_BEGUN: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyAhead:
    """One obligation: of how many units it asks, and its next due days.

    ``days`` holds a line for each occasion, and more where working calendars give other days.
    ``weeks`` gives how many of its tasks fall due by the Monday. ``waits_for`` is the kind of
    event without which no day is known.
    """

    code: str
    title: str
    units: int
    days: tuple[ForeseenTask, ...]
    weeks: tuple[tuple[date, int], ...]
    waits_for: str | None

    @property
    def tasks(self) -> int:
        """How many of its tasks fall due in all."""
        return sum(number for _, number in self.weeks)

    @property
    def busiest(self) -> int:
        """How many of its tasks fall due in their fullest week."""
        return max((number for _, number in self.weeks), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What falls due in ``[from_on, until_on)``; ``weeks`` gives how much by the Monday."""

    from_on: date
    until_on: date
    duties: tuple[DutyAhead, ...]
    weeks: tuple[tuple[date, int], ...]
    undated: tuple[str, ...]

    @property
    def tasks(self) -> int:
        """How many tasks fall due in all."""
        return sum(one.tasks for one in self.duties)

    @property
    def busiest(self) -> int:
        """How many tasks fall due in the fullest week."""
        return max((number for _, number in self.weeks), default=0)


def ahead(db: Connection, agreement: Agreement, *, from_on: date, until_on: date) -> Ahead:
    """What the agreement asks in a span of days, of the units that there are on its first."""
    settings = agreement.settings
    versions = in_force(agreement, from_on)
    counts = dict(
        zip(
            (one.code for one in versions),
            selected_by_kind(db, [one.bearer for one in versions], on=from_on),
            strict=True,
        )
    )
    calendars = working_calendars(
        db,
        country=settings.country,
        years=range(max(1, from_on.year - 2), until_on.year + 3),
        names=settings.calendar_names,
    )
    by_code: dict[str, list[ForeseenTask]] = defaultdict(list)
    load: dict[str, Counter[date]] = defaultdict(Counter)
    begun_on = max(agreement.starts_on, from_on - _BEGUN)
    for one in outlook(agreement, calendars=calendars, from_on=begun_on, until_on=until_on):
        if not from_on <= one.due_on < until_on:
            continue
        keeping = sum(
            number
            for kind, number in counts.get(one.obligation, {}).items()
            if settings.calendar_of(kind) == one.calendar
        )
        if keeping:
            known = by_code[one.obligation]
            if one.due_on not in {each.due_on for each in known[-len(calendars) :]}:
                known.append(one)
            load[one.obligation][one.due_on - timedelta(days=one.due_on.weekday())] += keeping
    whole: Counter[date] = Counter()
    for weeks in load.values():
        whole.update(weeks)
    return Ahead(
        from_on=from_on,
        until_on=until_on,
        duties=tuple(
            DutyAhead(
                code=one.code,
                title=one.title,
                units=sum(counts[one.code].values()),
                days=tuple(by_code[one.code][:_NEXT]),
                weeks=tuple(sorted(load[one.code].items())),
                waits_for=one.trigger.kind if isinstance(one.trigger, Event) else None,
            )
            for one in versions
        ),
        weeks=tuple(sorted(whole.items())),
        undated=undated(agreement),
    )


def in_force(agreement: Agreement, day: date) -> Sequence[Obligation]:
    """Each obligation once: its version in force on a day, or else its next one."""
    found: dict[str, Obligation] = {}
    for one in sorted(agreement.obligations, key=lambda one: one.effective_from):
        if one.effective_until is None or one.effective_until > day:
            found.setdefault(one.code, one)
    order = dict.fromkeys(one.code for one in agreement.obligations)
    return [found[code] for code in order if code in found]
