"""Reading who subscribes to what: quotas, proofs and the post office's counts at an instant.

Knows which duties are about copies of a title, and that a period is told by the issues that
appear in it, whenever they were ordered. Everything is read as it was known at the instant of
the report. Refuses to judge a proof: checks and people have.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Integer, literal_column, or_, select, union_all

from reports.cast import Cast
from reports.contents import subscriptions as value
from reports.contents.offered import counted, offers_read
from workflow.domain.agreement import Fixed, Quota, requirements_of
from workflow.domain.merging import copies_owed
from workflow.domain.periods import reporting_year
from workflow.domain.tally import Box
from workflow.domain.timeliness import first_instant
from workflow.domain.units import FOREVER
from workflow.store.occasions import figure, occasion
from workflow.store.past import day_then
from workflow.store.standing import standings
from workflow.store.successions import takeover_days
from workflow.store.tallies import PLACES, Window, place_in
from workflow.store.tasks import task, task_change
from workflow.store.units import every_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime, timedelta

    from sqlalchemy import Connection, Row

    from reports.contents.offered import Offer
    from workflow.catalogue import Kept
    from workflow.domain.agreement import Obligation, Requirement, Title
    from workflow.domain.periods import Period, ReportingYear

#: What the post office's count of a title is recorded under, for a period and a unit.
COUNT_OF: Final = "dat-mua-{title}"
_DONE: Final = frozenset({Box.DONE_ON_TIME, Box.DONE_LATE})
_OUTSIDE: Final = frozenset({Box.CANCELLED, Box.HISTORY})


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What is asked for: a period, its year, how long after it the cut-off is, and as of when."""

    period: Period
    year: ReportingYear
    lag: timedelta
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """Issues of a period as they were ordered by a cut-off; ``before`` bounds the due days."""

    period: Period
    cut_off: datetime
    before: date | None = None


def subscriptions(
    db: Connection, kept: Kept, cast: Cast, *, when: When
) -> tuple[value.TitleOrders, ...]:
    """Each title in the period, and the orders for the next one that were due in it.

    A fixed number of statements. Empty where no duty is about copies of a title.
    """
    duties = {
        id_: titles
        for id_, duty in cast.duties.items()
        if (titles := frozenset(_leaves(duty, kept.says.titles)))
    }
    if not duties:
        return ()
    reading = _Reading(db, kept, cast, when, duties)
    found = []
    for is_ahead in (False, True):
        for title in kept.says.titles:
            told = reading.told(title, is_ahead=is_ahead)
            if told is not None:
                found.append(told)
    return tuple(found)


def subscriptions_at(
    db: Connection, kept: Kept, *, period: Period, at: datetime
) -> tuple[value.TitleOrders, ...]:
    """Each title in a period as it stands at an instant; periods beside it as far after them."""
    year = reporting_year(kept.says.settings.reporting)
    lag = at - first_instant(period.until_on, kept.zone)
    cast = Cast(db, kept, on=period.last_on, as_of=at, known=every_unit(db))
    when = When(period=period, year=year, lag=lag, as_of=at)
    return subscriptions(db, kept, cast, when=when)


class _Reading:
    def __init__(
        self,
        db: Connection,
        kept: Kept,
        cast: Cast,
        when: When,
        duties: Mapping[int, frozenset[str]],
    ) -> None:
        self._db = db
        self._kept = kept
        self._cast = cast
        self._as_of = when.as_of
        self._spans = _spans(when, kept)
        rows = self._tasks(duties)
        ids = {row.id for row in rows}
        self._offers = offers_read(db, ids, as_of=when.as_of)
        self._merged: dict[int, list[int]] = {}
        self._taken_over: dict[int, list[date]] = {}
        # Where no unit ever ended, nothing was taken over and nothing merged.
        if any(one.life.until_on != FOREVER for one in cast.units.values()):
            self._merged = self._merged_into(ids)
            takers = {row.unit_id for row in rows}
            self._taken_over = takeover_days(db, takers, as_of=when.as_of)
        self._counts = self._counted()
        self._units: defaultdict[tuple[int, str], dict[str, value.Subscriber]] = defaultdict(dict)
        self._stand(rows, duties)

    def told(self, title: Title, *, is_ahead: bool) -> value.TitleOrders | None:
        """A title in the period or in the next; None where nobody owes any."""
        first = 3 if is_ahead else 0
        units = self._units.get((first, title.code))
        if not units:
            return None
        this, previous, same = self._spans[first : first + 3]
        counts = self._counts.get((this.period.key, title.code))
        besides = self._besides(counts, units)
        in_order = [units[key] for key in self._cast.in_order(units)]
        return value.TitleOrders(
            title=title.code,
            name=title.name,
            period=this.period.key,
            from_on=this.period.from_on,
            until_on=this.period.until_on,
            is_ahead=is_ahead,
            figures=value.summed(in_order),
            previous=self._then(previous, first + 1, title),
            same_last_year=self._then(same, first + 2, title),
            units=tuple(in_order),
            besides=besides,
            counted_on=None if counts is None else self._kept.day_of(counts.recorded_at),
            copies_counted=None if counts is None else sum(counts.by_unit.values()),
        )

    def _then(self, span: _Span, place: int, title: Title) -> value.Then:
        units = self._units.get((place, title.code))
        figures = value.summed(units.values()) if units else None
        return value.Then(period=span.period.key, figures=figures)

    def _besides(
        self, counts: _Counts | None, units: Mapping[str, value.Subscriber]
    ) -> tuple[value.Besides, ...]:
        if counts is None:
            return ()
        keys = {self._cast.unit_keys[id_]: copies for id_, copies in counts.by_unit.items()}
        return tuple(
            value.Besides(unit=key, name=self._cast.name(key), counted=keys[key])
            for key in self._cast.in_order(key for key in keys if key not in units)
            if keys[key]
        )

    # --- tasks -----------------------------------------------------------------

    def _tasks(self, duties: Iterable[int]) -> Sequence[Row[Any]]:
        """The tasks about copies of every span, by one statement; ``span`` is its number."""
        asked = []
        for place, span in enumerate(self._spans):
            window = Window(
                from_on=span.period.from_on,
                until_on=span.period.until_on,
                previous_cut_off=span.cut_off,
                cut_off=span.cut_off,
                zone=self._kept.zone,
            )
            for standing in standings(self._kept.id, as_of=self._as_of):
                belongs_on = standing.facts["belongs_on"]
                query = (
                    select(
                        literal_column(str(place), Integer).label("span"),
                        task.c.id,
                        task.c.obligation_id,
                        standing.facts["version_id"].label("version_id"),
                        task.c.unit_id,
                        place_in(standing, window).label("place"),
                        belongs_on.label("belongs_on"),
                        occasion.c.key.label("occasion"),
                        day_then("anchor_on", as_of=self._as_of).label("anchor_on"),
                    )
                    .select_from(
                        standing.source.join(occasion, occasion.c.id == task.c.occasion_id)
                    )
                    .where(
                        standing.within,
                        task.c.obligation_id.in_(sorted(duties)),
                        day_then("from_on", as_of=self._as_of) < span.period.until_on,
                        day_then("until_on", as_of=self._as_of) > span.period.from_on,
                    )
                )
                if span.before is not None:
                    query = query.where(
                        belongs_on < span.before,
                        day_then("from_on", as_of=self._as_of) >= span.period.from_on,
                    )
                asked.append(query)
        rows = self._db.execute(union_all(*asked)).all()
        return sorted(rows, key=lambda row: (row.span, row.anchor_on, row.occasion, row.id))

    def _merged_into(self, ids: Iterable[int]) -> dict[int, list[int]]:
        """The units of the tasks that had been merged into these by the instant."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        root = {id_: id_ for id_ in ids}
        while root:
            was_merged = (
                select(task_change.c.id)
                .where(
                    task_change.c.task_id == task.c.id,
                    task_change.c.state == "cancelled",
                    task_change.c.at <= self._as_of,
                )
                .exists()
            )
            query = select(task.c.id, task.c.unit_id, task.c.merged_into_id).where(
                task.c.merged_into_id.in_(sorted(root)), was_merged
            )
            below = {}
            for row in self._db.execute(query.order_by(task.c.id)):
                below[row.id] = root[row.merged_into_id]
                found[root[row.merged_into_id]].append(row.unit_id)
            root = below
        return found

    # --- counts ------------------------------------------------------------------

    def _counted(self) -> dict[tuple[str, str], _Counts]:
        """What the post office counted, by period and title, as it was known at the instant."""
        titles = {COUNT_OF.format(title=one.code): one.code for one in self._kept.says.titles}
        query = select(figure).where(
            figure.c.key.in_(sorted(titles)),
            figure.c.period.in_(sorted({self._spans[0].period.key, self._spans[3].period.key})),
            figure.c.unit_id.is_not(None),
            figure.c.recorded_at <= self._as_of,
            or_(figure.c.superseded_at.is_(None), figure.c.superseded_at > self._as_of),
        )
        found: dict[tuple[str, str], _Counts] = {}
        for row in self._db.execute(query):
            counts = found.setdefault(
                (row.period, titles[row.key]), _Counts(recorded_at=row.recorded_at, by_unit={})
            )
            counts.by_unit[row.unit_id] = int(row.value)
            counts.recorded_at = max(counts.recorded_at, row.recorded_at)
        return found

    # --- how each unit stands ----------------------------------------------------

    def _stand(self, rows: Iterable[Row[Any]], duties: Mapping[int, frozenset[str]]) -> None:
        orders: defaultdict[tuple[int, str, int], list[value.Subscriber]] = defaultdict(list)
        for row in rows:
            if PLACES[row.place].box not in _OUTSIDE:
                for title in duties[row.obligation_id]:
                    orders[row.span, title, row.unit_id].append(self._order(row, title))
        for (span, title, unit_id), some in orders.items():
            self._units[span, title][self._cast.unit_keys[unit_id]] = value.worst(some)

    def _order(self, row: Row[Any], title: str) -> value.Subscriber:
        key = self._cast.unit_keys[row.unit_id]
        box = PLACES[row.place].box
        leaves = _leaves(self._cast.duty(row), self._kept.says.titles).get(title, ())
        owed = self._owed(row, title, leaves)
        proofs = counted(
            self._offers.get(row.id, ()),
            cut_off=self._spans[row.span].cut_off,
            is_accepted=box in _DONE,
        )
        # Of ways to prove the same, the one that proves most counts.
        proved = max((_copies(proofs, leaf, title) for leaf in leaves), default=0)
        if box in _DONE:
            # Who confirmed it confirmed what was owed, whatever could be read.
            proved = max(proved, owed or 0)
        counts = self._counts.get((self._spans[row.span].period.key, title))
        return value.Subscriber(
            unit=key,
            name=self._cast.name(key),
            order=value.standing(box, owed=owed, proved=proved),
            owed=owed,
            proved=proved,
            counted=None if counts is None else counts.by_unit.get(row.unit_id),
            occasion=row.occasion,
            task=row.id,
        )

    def _owed(self, row: Row[Any], title: str, leaves: Iterable[Requirement]) -> int | None:
        for leaf in leaves:
            if isinstance(leaf.quantity, Fixed):
                return leaf.quantity.amount
        units = self._cast.units
        return copies_owed(
            title,
            own=units[row.unit_id],
            merged=[units[id_] for id_ in self._merged.get(row.id, ())],
            on=row.anchor_on,
            due_on=row.belongs_on,
            took_over_on=self._taken_over.get(row.unit_id, ()),
        )


@dataclass(slots=True, kw_only=True)
class _Counts:
    """A table of the post office: when it was last told, and its copies by unit."""

    recorded_at: datetime
    by_unit: dict[int, int]


def _spans(when: When, kept: Kept) -> list[_Span]:
    """The period and the two beside it, then the next one with those beside that."""
    year, period = when.year, when.period

    def late(one: Period) -> _Span:
        return _Span(period=one, cut_off=first_instant(one.until_on, kept.zone) + when.lag)

    def early(one: Period) -> _Span:
        cut_off = first_instant(one.from_on, kept.zone) + when.lag
        return _Span(period=one, cut_off=cut_off, before=one.from_on)

    ahead = year.following(period)
    return [
        *(late(one) for one in (period, year.previous(period), year.same_last_year(period))),
        *(early(one) for one in (ahead, year.previous(ahead), year.same_last_year(ahead))),
    ]


def _leaves(duty: Obligation, titles: Iterable[Title]) -> dict[str, list[Requirement]]:
    """What of a duty's proof is about copies, by title."""
    every = [title.code for title in titles]
    found: defaultdict[str, list[Requirement]] = defaultdict(list)
    for leaf in requirements_of(duty.proof):
        for code in _titles_of(leaf, every):
            found[code].append(leaf)
    return dict(found)


def _titles_of(leaf: Requirement, every: Sequence[str]) -> Sequence[str]:
    """The titles whose copies a requirement asks for."""
    if isinstance(leaf.quantity, Quota):
        return [leaf.quantity.title]
    params: Mapping[str, Any] = leaf.params
    if leaf.check == "invoice":
        return [code for code in every if code in (params.get("titles") or every)]
    if leaf.check == "quantity":
        return [code for code in every if code == params.get("title")]
    return []


def _copies(proofs: Iterable[Offer], leaf: Requirement, title: str) -> int:
    """How many copies of a title the proofs of a requirement add up to."""
    return sum(_copies_of(one, title) for one in proofs if one.requirement == leaf.code)


def _copies_of(offer: Offer, title: str) -> int:
    titles = offer.read.get("titles")
    if isinstance(titles, dict) and len(titles) > 1:
        return min(int(titles.get(title, 0)), offer.quantity)
    return offer.quantity
