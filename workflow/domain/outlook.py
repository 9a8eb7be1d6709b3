"""What an agreement would create in a span of days, before anything is saved.

The same functions as planning's, over the same values. Refuses to foresee what
depends on deeds and figures: follow-ons and evaluations are named, not dated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.domain.planning import foreseen, of_event, owes, terms
from workflow.domain.triggers import After, Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from workflow.domain.agreement import Agreement, Obligation
    from workflow.domain.planning import Occasion, Terms
    from workflow.domain.units import Roster
    from workflow.domain.working_days import RollReason, WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedEvent:
    """A meeting or request that is already known, under the key that its tasks will bear."""

    key: str
    kind: str
    happens_on: date
    addressed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenTask:
    """One task that would be created. ``unit`` is None where the units are not known."""

    obligation: str
    occasion: str
    unit: str | None
    calendar: str
    opens_on: date
    due_on: date
    report_by_on: date | None
    is_history: bool
    reasons: tuple[RollReason, ...]

    @property
    def key(self) -> str:
        """Its identity: obligation, occasion and unit."""
        return "/".join(filter(None, (self.obligation, self.occasion, self.unit)))


def outlook(
    agreement: Agreement,
    *,
    calendars: Mapping[str, WorkingCalendar],
    from_on: date,
    until_on: date,
    roster: Roster | None = None,
    events: Iterable[AnnouncedEvent] = (),
) -> Iterator[ForeseenTask]:
    """The tasks of occasions anchored in ``[from_on, until_on)``, by obligation, day and unit.

    ``calendars`` holds every one of ``agreement.settings.calendar_names``. Without
    a roster there is one line for each working calendar, with no unit.
    """
    announced = list(events)
    for obligation in agreement.obligations:
        for occasion in _occasions(agreement, obligation, announced, until_on):
            if from_on <= occasion.anchor_on < until_on:
                yield from _tasks(agreement, obligation, occasion, calendars, roster)


def undated(agreement: Agreement) -> tuple[str, ...]:
    """The codes of obligations that only deeds make owed, so that no day can be foreseen."""
    codes = [each.code for each in agreement.obligations if isinstance(each.trigger, After)]
    return tuple(dict.fromkeys(codes))


def _occasions(
    agreement: Agreement,
    obligation: Obligation,
    events: Iterable[AnnouncedEvent],
    until_on: date,
) -> Iterator[Occasion]:
    trigger = obligation.trigger
    if not isinstance(trigger, Event):
        yield from foreseen(obligation, agreement, last_until=agreement.ends_on, until=until_on)
        return
    for event in sorted(events, key=lambda one: (one.happens_on, one.key)):
        until = obligation.effective_until or agreement.ends_on
        is_in_force = obligation.effective_from <= event.happens_on < until
        if event.kind == trigger.kind and is_in_force and event.happens_on < agreement.ends_on:
            yield of_event(
                event.key,
                event.happens_on,
                judged_on=event.happens_on,
                caused_on=None,
                only_unit=event.addressed,
            )


def _tasks(
    agreement: Agreement,
    obligation: Obligation,
    occasion: Occasion,
    calendars: Mapping[str, WorkingCalendar],
    roster: Roster | None,
) -> Iterator[ForeseenTask]:
    settings = agreement.settings
    by_calendar = {
        name: terms(
            obligation,
            occasion,
            calendar=calendars[name],
            tracked_from=agreement.tracked_from,
            correction_days=settings.correction_days,
        )
        for name in settings.calendar_names
    }
    if roster is None:
        for name, days in by_calendar.items():
            yield _task(obligation, occasion, None, name, days)
        return
    for key in sorted(roster.units):
        name = settings.calendar_of(roster.units[key].kind)
        days = by_calendar[name]
        only = occasion.only_unit
        if only is not None and roster.heir(only, days.later_on) != key:
            continue
        if owes(roster, obligation, key, days):
            yield _task(obligation, occasion, key, name, days)


def _task(
    obligation: Obligation, occasion: Occasion, unit: str | None, calendar: str, days: Terms
) -> ForeseenTask:
    return ForeseenTask(
        obligation=obligation.code,
        occasion=occasion.key,
        unit=unit,
        calendar=calendar,
        opens_on=days.opens_on,
        due_on=days.due_on,
        report_by_on=days.report_by_on,
        is_history=days.is_history,
        reasons=days.reasons,
    )
