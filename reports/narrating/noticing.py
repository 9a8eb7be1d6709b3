"""Reading what stands around a report's figures, as it was known at the report's instant.

Knows where instructions, meetings, submissions, coming due days and officers are kept.
Refuses to know words.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select, union_all

from reports.narrating.circumstances import Circumstances, Coming, Given, Held, Met
from workflow.domain.lifecycle import State
from workflow.domain.periods import Cumulative
from workflow.domain.timeliness import day_of, first_instant
from workflow.domain.triggers import Length
from workflow.store.occasions import event, occasion
from workflow.store.past import PERSON, event_then, said_then
from workflow.store.people import person, role_grant
from workflow.store.standing import standings
from workflow.store.tasks import task, task_change
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Connection

    from reports.cast import Cast
    from reports.figures import Table
    from workflow.catalogue import Kept
    from workflow.domain.periods import Period, ReportingYear

#: What still falls due: nobody has accepted it and nobody has set it aside.
_AHEAD: Final = (State.OPEN, State.RETURNED, State.SUBMITTED, State.IN_REVIEW)
#: Acts on a task by what a report calls them.
_ACTS: Final = {
    "submit": "received",
    "declare_nothing": "received",
    "accept": "confirmed",
    "confirm": "confirmed",
    "return": "returned",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Around which period one looks, within which year, and at which instants."""

    period: Period
    year: ReportingYear
    cut_off: datetime
    as_of: datetime


def next_period(year: ReportingYear, period: Period) -> Period:
    """The period in which what comes next falls due: of the months to date, what follows them."""
    if period.length is not Cumulative.MONTHS_TO_DATE:
        return year.following(period)
    length = Length.MONTH if period.number % 3 else Length.QUARTER
    return year.period_containing(period.until_on, length)


def circumstances_known(
    db: Connection,
    kept: Kept,
    cast: Cast,
    *,
    around: Around,
    now: Table,
    before: Table | None,
) -> Circumstances:
    """What is told of a period besides its figures; four statements.

    ``now`` and ``before`` are the tables of this period and of the one before it, by unit.
    """
    period, as_of = around.period, around.as_of
    following = next_period(around.year, period)
    known_on = day_of(as_of, kept.zone)
    meetings, requests = _events(db, kept.id, period, as_of=as_of)
    acts = _acts(db, kept, period, cut_off=around.cut_off, as_of=as_of)
    return Circumstances(
        instructions=tuple(
            Given(
                code=one.code,
                title=one.title,
                given_on=one.given_on,
                due_on=one.due_on,
                units=len(one.units),
            )
            for one in kept.says.instructions
            if period.from_on <= one.given_on < period.until_on
            and one.given_on <= known_on
            and (one.withdrawn is None or one.withdrawn.on > known_on)
        ),
        meetings=meetings,
        requests=requests,
        received=acts.get("received", 0),
        confirmed=acts.get("confirmed", 0),
        returned=acts.get("returned", 0),
        coming=_coming(db, kept, cast, following, as_of=as_of),
        unreachable=_unreachable(db, cast, now, as_of=as_of),
        met_before={} if before is None else _met(cast, before),
    )


def _events(
    db: Connection, agreement_id: int, period: Period, *, as_of: datetime
) -> tuple[tuple[Held, ...], int]:
    """The meetings that made something owed, by day, and the number of such requests."""
    causes = select(occasion.c.event_id).where(
        occasion.c.agreement_id == agreement_id,
        occasion.c.event_id.is_not(None),
        occasion.c.recorded_at <= as_of,
    )
    on = event_then("happens_on", as_of=as_of)
    query = (
        select(event.c.nature, event.c.title, on.label("on"))
        .where(
            event.c.id.in_(causes),
            on >= period.from_on,
            on < period.until_on,
            event_then("state", as_of=as_of) == "held",
            event.c.recorded_at <= as_of,
        )
        .order_by(on, event.c.title, event.c.id)
    )
    rows = db.execute(query).all()
    meetings = tuple(
        Held(title=row.title, happens_on=row.on) for row in rows if row.nature == "meeting"
    )
    return meetings, len(rows) - len(meetings)


def _acts(
    db: Connection, kept: Kept, period: Period, *, cut_off: datetime, as_of: datetime
) -> dict[str, int]:
    query = (
        select(task_change.c.act, func.count())
        .join(task, task.c.id == task_change.c.task_id)
        .where(
            task.c.agreement_id == kept.id,
            task_change.c.act.in_(sorted(_ACTS)),
            task_change.c.at >= first_instant(period.from_on, kept.zone),
            task_change.c.at < cut_off,
            task_change.c.at <= as_of,
        )
        .group_by(task_change.c.act)
    )
    found: defaultdict[str, int] = defaultdict(int)
    for act, number in db.execute(query):
        found[_ACTS[act]] += int(number)
    return found


def _coming(
    db: Connection, kept: Kept, cast: Cast, following: Period, *, as_of: datetime
) -> tuple[Coming, ...]:
    """What falls due in the period that follows, by obligation in the order of its first day."""
    asked = []
    for one in standings(kept.id, as_of=as_of):
        due_on, state = one.facts["due_on"], one.facts["state"]
        asked.append(
            select(task.c.obligation_id, task.c.unit_id, due_on.label("due_on"))
            .select_from(one.source)
            .where(
                one.within,
                one.facts["is_history"].is_(False),
                state.in_([str(each) for each in _AHEAD]),
                due_on >= following.from_on,
                due_on < following.until_on,
            )
        )
    held = union_all(*asked).subquery("held")
    counted = select(held.c.obligation_id, held.c.due_on, held.c.unit_id, func.count().label("n"))
    days: defaultdict[int, set[date]] = defaultdict(set)
    units: defaultdict[int, set[int]] = defaultdict(set)
    tasks: defaultdict[int, int] = defaultdict(int)
    for row in db.execute(counted.group_by(held.c.obligation_id, held.c.due_on, held.c.unit_id)):
        days[row.obligation_id].add(row.due_on)
        units[row.obligation_id].add(row.unit_id)
        tasks[row.obligation_id] += int(row.n)
    found = (
        Coming(
            code=cast.duties[key].code,
            title=cast.duties[key].title,
            tasks=tasks[key],
            units=len(units[key]),
            days=tuple(sorted(days[key])),
        )
        for key in days
    )
    return tuple(sorted(found, key=lambda one: (one.days[0], one.code)))


def _unreachable(db: Connection, cast: Cast, now: Table, *, as_of: datetime) -> tuple[str, ...]:
    """The units of a table whom no account stood for at the instant."""
    before = said_then(db, PERSON, as_of=as_of)
    barred = [id_ for id_, said in before.items() if _instant(said["disabled_at"]) <= as_of]
    query = (
        select(unit.c.key)
        .join(role_grant, role_grant.c.unit_id == unit.c.id)
        .join(person, person.c.id == role_grant.c.person_id)
        .where(
            role_grant.c.role.in_(("unit_officer", "head_of_unit")),
            role_grant.c.granted_at <= as_of,
            or_(role_grant.c.revoked_at.is_(None), role_grant.c.revoked_at > as_of),
            or_(person.c.disabled_at.is_(None), person.c.disabled_at > as_of),
            # Who has been let in again since was not by then.
            person.c.id.not_in(barred),
        )
    )
    reached = set(db.scalars(query))
    owing = (cast.unit_keys[key] for key, line in now.by_unit.items() if line.is_met is not None)
    return tuple(cast.in_order(key for key in owing if key not in reached))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _met(cast: Cast, before: Table) -> Mapping[str, Met]:
    """How many units had done all that they owed: of each obligation, and of all together."""
    by_duty: defaultdict[str, list[bool]] = defaultdict(list)
    for (obligation_id, _), line in before.pairs.items():
        if line.is_met is not None:
            by_duty[cast.duties[obligation_id].code].append(line.is_met)
    by_duty[""] = [line.is_met for line in before.by_unit.values() if line.is_met is not None]
    return {code: Met(met=sum(each), owing=len(each)) for code, each in sorted(by_duty.items())}
