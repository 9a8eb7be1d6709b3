"""Which entries of a weekly schedule are meetings that a duty waits for, and what each would do.

Compares them with the meetings on record. Proposes and remembers words; records no meeting:
a person chooses, and ``workflow.meetings`` writes. A meeting that a schedule leaves out is
told and never cancelled.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from workflow import journal
from workflow.domain.errors import Problem
from workflow.domain.event_words import (
    Likened,
    bare,
    likened,
    phrases_in,
    phrases_of,
    spelled_out,
)
from workflow.domain.schedule import Effect, Likeness, Proposal
from workflow.store import event_words
from workflow.store.events_listed import kinds_awaited

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection, Row

    from workflow.domain.schedule import ScheduleRow, WeeklySchedule
    from workflow.journal import Act

#: A meeting announced ahead may be moved by so many days and still be the same.
_REACH: Final = timedelta(days=31)
_RANK: Final = {Likeness.LIKELY: 2, Likeness.POSSIBLE: 1, Likeness.NONE: 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKind:
    """A kind of meeting that makes something owed.

    ``title`` is the first duty that it makes owed; ``phrases`` are those that a person chose,
    else those of the duties' titles; ``titles`` those of its latest meetings; ``convener`` the
    key of who convened the last of them.
    """

    kind: str
    title: str
    phrases: tuple[str, ...]
    titles: tuple[str, ...] = ()
    convener: str = ""


def kinds_known(db: Connection, *, only: Collection[str] | None = None) -> list[KnownKind]:
    """The kinds that active agreements wait for, by kind; ``only`` some of them."""
    duties: dict[str, list[str]] = defaultdict(list)
    for row in kinds_awaited(db):
        if only is None or row.kind in only:
            duties[row.kind].append(row.title)
    chosen = event_words.words_kept(db)
    latest: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in event_words.latest_meetings(db, duties):
        latest[row.kind].append(row)
    return [
        KnownKind(
            kind=kind,
            title=titles[0],
            phrases=phrases_in(chosen[kind]) if kind in chosen else _derived(titles),
            titles=tuple(dict.fromkeys(row.title for row in latest[kind] if row.title)),
            convener=latest[kind][0].convener if latest[kind] else "",
        )
        for kind, titles in sorted(duties.items())
    ]


def remember_words(db: Connection, kind: str, text: str, *, act: Act) -> bool:
    """Keep the phrases by which a kind is known from now on; say whether that is a change."""
    words = "; ".join(phrases_in(text))
    before = event_words.words_kept(db).get(kind)
    if words == before:
        return False
    event_words.keep_words(db, kind, words, by=act.by, at=act.at)
    journal.record(
        db,
        act=act,
        verb="event_words.changed",
        subject=("event_words", None),
        before=None if before is None else {"kind": kind, "words": before},
        after={"kind": kind, "words": words},
    )
    return True


def guessed(
    schedule: WeeklySchedule, kinds: Sequence[KnownKind], *, units: Mapping[str, str]
) -> list[Proposal]:
    """What each entry most likely is, by its words alone; ``units`` are names by key."""
    found: list[Proposal] = []
    named = [(spelled_out(name), key) for key, name in units.items()]
    for row in schedule.rows:
        best, kind = Likened(Likeness.NONE), None
        for one in kinds:
            like = likened(row.content, phrases=one.phrases, titles=one.titles)
            if _RANK[like.likeness] > _RANK[best.likeness]:
                best, kind = like, one
        found.append(
            Proposal(
                row=row,
                likeness=best.likeness,
                why=best.why,
                kind=kind.kind if kind else "",
                convener=(kind.convener or _named_in(row, named)) if kind else "",
                doubts=row.doubts,
            )
        )
    return found


def weighed(
    db: Connection, schedule: WeeklySchedule, said: Iterable[Proposal], *, today: date
) -> tuple[list[Proposal], list[Row[Any]]]:
    """What recording each would do, and the meetings of that week that the schedule leaves out.

    One statement. A meeting on record is the same as an entry of its kind and convener: on its
    day by title, else any left on that day; else by its whole title on another day of the
    week. Each is the same as one entry at most. One of that title ahead of today in another week
    may be it or the next of a series: that is a doubt, and a person decides.
    """
    proposals = list(said)
    days = [one.row.happens_on for one in proposals if one.row.happens_on]
    kinds = {one.kind for one in proposals if one.kind}
    if not days:
        return proposals, []
    from_on = min([*days, *([schedule.from_on] if schedule.from_on else [])])
    last_on = max(days)
    until_on = max(last_on + timedelta(days=1), schedule.until_on or last_on)
    rows = event_words.meetings_between(
        db, kinds, from_on=from_on - _REACH, until_on=until_on + _REACH
    )
    match = _Matching(rows, proposals, from_on=from_on, until_on=until_on, today=today)
    return match.proposals(), match.left_out()


class _Matching:
    """Pairs entries with meetings on record, the surest pairs first."""

    def __init__(
        self,
        rows: Sequence[Row[Any]],
        said: Sequence[Proposal],
        *,
        from_on: date,
        until_on: date,
        today: date,
    ) -> None:
        self._said = list(said)
        self._from_on, self._until_on, self._today = from_on, until_on, today
        self._rows = list(rows)
        self._pairs: dict[int, Row[Any]] = {}
        for is_same in (self._is_known, self._is_on_that_day, self._is_moved):
            self._pair(is_same)

    def proposals(self) -> list[Proposal]:
        """Each entry with what recording it would do."""
        taken = {
            (row.convener, row.happens_on, row.kind, row.number)
            for row in self._rows
            if row.state == "held"
        }
        return [self._proposed(at, one, taken) for at, one in enumerate(self._said)]

    def left_out(self) -> list[Row[Any]]:
        """The meetings of the week that take place and that no entry is."""
        seen = {row.id for row in self._pairs.values()}
        return [
            row
            for row in self._rows
            if row.id not in seen
            and row.state == "held"
            and self._from_on <= row.happens_on < self._until_on
        ]

    def _pair(self, is_same: Any) -> None:  # noqa: ANN401 - one of three methods of this class
        seen = {row.id for row in self._pairs.values()}
        for at, one in enumerate(self._said):
            if at in self._pairs or not (one.kind and one.convener and one.row.happens_on):
                continue
            alike = [
                row
                for row in self._rows
                if row.id not in seen
                and (row.kind, row.convener) == (one.kind, one.convener)
                and is_same(one.row, row)
            ]
            if alike:
                nearest = min(alike, key=lambda row: abs(row.happens_on - one.row.happens_on))
                self._pairs[at] = nearest
                seen.add(nearest.id)

    def _is_there(self, said: ScheduleRow, row: Row[Any]) -> bool:
        on: date = row.happens_on
        return on == said.happens_on

    def _is_known(self, said: ScheduleRow, row: Row[Any]) -> bool:
        return self._is_there(said, row) and bare(row.title) == bare(said.content)

    def _is_on_that_day(self, said: ScheduleRow, row: Row[Any]) -> bool:
        return self._is_there(said, row) and row.state == "held"

    def _is_moved(self, said: ScheduleRow, row: Row[Any]) -> bool:
        in_week = self._from_on <= row.happens_on < self._until_on
        return row.state == "held" and in_week and _is_called(row, said)

    def _proposed(self, at: int, one: Proposal, taken: set[tuple[str, date, str, str]]) -> Proposal:
        on = one.row.happens_on
        if not one.kind or not one.convener or on is None:
            return replace(one, effect=Effect.NOTHING)
        row = self._pairs.get(at)
        if row is not None:
            return self._beside(one, row)
        if one.row.is_off:
            doubt = Problem(code="schedule.nothing_to_cancel")
            return replace(one, effect=Effect.NOTHING, doubts=(*one.doubts, doubt))
        numbers = ["", one.row.hour, *(f"({count})" for count in range(2, len(taken) + 4))]
        number = next(
            number for number in numbers if (one.convener, on, one.kind, number) not in taken
        )
        taken.add((one.convener, on, one.kind, number))
        return replace(one, effect=Effect.ADDED, number=number, doubts=self._doubts(one))

    def _doubts(self, one: Proposal) -> tuple[Problem, ...]:
        seen = {row.id for row in self._pairs.values()}
        for row in self._rows:
            is_ahead = row.state == "held" and row.happens_on > self._today
            is_theirs = (row.kind, row.convener) == (one.kind, one.convener)
            if is_ahead and is_theirs and row.id not in seen and _is_called(row, one.row):
                facts = {"on": row.happens_on.isoformat()}
                return (*one.doubts, Problem(code="schedule.perhaps_moved", facts=facts))
        return one.doubts

    def _beside(self, one: Proposal, row: Row[Any]) -> Proposal:
        doubts = one.doubts
        is_there = row.happens_on == one.row.happens_on
        if one.row.is_off:
            effect = Effect.CANCELLED if row.state == "held" else Effect.KNOWN
        elif row.state == "cancelled":
            effect = Effect.HELD_AGAIN
        else:
            effect = Effect.KNOWN if is_there else Effect.MOVED
        if row.title and bare(row.title) != bare(one.row.content):
            doubts = (*doubts, Problem(code="schedule.other_title", facts={"title": row.title}))
        return replace(one, effect=effect, event=row.id, was_on=row.happens_on, doubts=doubts)


def _is_called(row: Row[Any], said: ScheduleRow) -> bool:
    return spelled_out(row.title) == spelled_out(said.content)


def _derived(titles: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrase for title in titles for phrase in phrases_of(title)))


def _named_in(row: ScheduleRow, named: Sequence[tuple[str, str]]) -> str:
    """The unit whose whole name stands in who chairs, prepares or meets; the longest such name."""
    text = f" {spelled_out(f'{row.chair} | {row.prepared_by} | {row.content}')} "
    found = [(len(name), key) for name, key in named if name and f" {name} " in text]
    return max(found)[1] if found else ""
