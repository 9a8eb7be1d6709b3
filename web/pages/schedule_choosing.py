"""The entries of a weekly schedule, from which a person chooses the meetings to record.

Shows what each entry is taken for, why, and what recording it would do. Only what is ticked is
recorded, all or none; what the schedule leaves out is told and stays as it is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from web.pages.agreements import owed_counts
from web.pages.meetings import follow_up, may_record
from web.pages.unit_files import kept_text
from workflow import labels, meetings, schedules
from workflow.directory import listed_units, meant
from workflow.domain.errors import Refusal
from workflow.domain.event_words import phrases_in
from workflow.domain.roles import Deed
from workflow.domain.schedule import Effect, Likeness, Proposal
from workflow.i18n import N_
from workflow.intake.weekly_schedule import read_schedule
from workflow.owing import bring_each_up_to_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fastapi.responses import Response
    from sqlalchemy import Row

    from web.visit import Visit
    from workflow.directory import Listed
    from workflow.meetings import Recorded
    from workflow.schedules import KnownKind

#: What of the words shown is written by the code.
WORDS: Final = (
    N_("likely"), N_("possible"), N_("known"), N_("nothing"), N_("morning"), N_("afternoon"),
    N_("evening"),
)  # fmt: skip
_CHANGES: Final = frozenset({Effect.ADDED, Effect.MOVED, Effect.CANCELLED, Effect.HELD_AGAIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What came back with the form: ``do`` is empty for a file that was just sent.

    ``said`` holds kind and convener as typed, by the entry's index; ``words`` the phrases of
    each kind as one text.
    """

    do: str
    chosen: frozenset[int]
    said: Mapping[int, tuple[str, str]]
    words: Mapping[str, str]


@dataclass(slots=True)
class _Sheet:
    """What the page shows of a schedule."""

    kinds: list[KnownKind]
    proposals: list[Proposal]
    left_out: list[Row[Any]]
    units: list[Listed]
    wrong: dict[int, str]


def schedule_answer(visit: Visit, content: bytes, *, name: str, typed: Typed) -> Response:
    """Show the entries with what they are taken for, or record those that are ticked.

    Raises ``InvalidFile`` where the file cannot be read.
    """
    schedule = read_schedule(content, near=visit.today, file=name)
    kinds = _kinds(visit, typed.words)
    units = [one for one in listed_units(visit.db, on=visit.today) if not one.is_closed]
    said = schedules.guessed(schedule, kinds, units={one.key: one.name for one in units})
    wrong: dict[int, str] = {}
    chosen = typed.chosen
    if typed.do in {"check", "record"}:
        said = [
            _as_typed(visit, one, said=typed.said, kinds=kinds, units=units, wrong=wrong)
            for one in said
        ]
    proposals, left_out = schedules.weighed(visit.db, schedule, said, today=visit.today)
    if typed.do not in {"check", "record"}:
        chosen = frozenset(one.row.index for one in proposals if _is_plain(one))
    wrong = {index: text for index, text in wrong.items() if index in chosen}
    ticked = [one for one in proposals if one.row.index in chosen]
    for one in ticked:
        refusal = _refusal_of(one)
        if refusal is not None and typed.do == "record":
            wrong.setdefault(one.row.index, labels.describe(refusal, visit.lang))
    sheet = _Sheet(kinds, proposals, left_out, units, wrong)
    trial = visit.db.begin_nested()
    try:
        done = _recorded(visit, ticked, wrong)
        if typed.do == "record" and ticked and not wrong:
            _remember(visit, kinds, typed.words)
            trial.commit()
            return _after(visit, done, left_out)
        owed = _owed(visit, done)
    finally:
        if trial.is_active:
            trial.rollback()
    return visit.page(
        "admin/schedule.html.j2",
        status=422 if typed.do == "record" else 200,
        name=name,
        kept=kept_text(content),
        schedule=schedule,
        last_on=schedule.until_on and schedule.until_on - timedelta(days=1),
        alike=[one for one in proposals if _is_shown_first(one, chosen)],
        others=[one for one in proposals if not _is_shown_first(one, chosen)],
        chosen=chosen,
        typed=typed.said if typed.do in {"check", "record"} else {},
        doubts={one.row.index: _told(visit, one) for one in proposals},
        is_nothing_ticked=typed.do == "record" and not ticked,
        owed=owed,
        names={one.key: one.name for one in units},
        sheet=sheet,
    )


def _kinds(visit: Visit, words: Mapping[str, str]) -> list[KnownKind]:
    """The kinds that this person may record, known by the words that were typed just now."""
    kinds = [
        one
        for one in schedules.kinds_known(visit.db)
        if may_record(visit, one.kind, Deed.RECORD_EVENT)
    ]
    return [
        replace(one, phrases=phrases_in(words[one.kind])) if one.kind in words else one
        for one in kinds
    ]


def _as_typed(
    visit: Visit,
    one: Proposal,
    *,
    said: Mapping[int, tuple[str, str]],
    kinds: Sequence[KnownKind],
    units: Sequence[Listed],
    wrong: dict[int, str],
) -> Proposal:
    """An entry as the person says it is; the last convener of its kind stands in for none."""
    kind, by = said.get(one.row.index, ("", ""))
    known = next((each for each in kinds if each.kind == kind), None)
    if known is None:
        return replace(one, kind="", convener="")
    convener = known.convener
    if by.strip():
        try:
            convener = meant(units, by).key
        except Refusal as refusal:
            wrong[one.row.index] = labels.describe(refusal, visit.lang)
            convener = ""
    return replace(one, kind=kind, convener=convener)


def _refusal_of(one: Proposal) -> Refusal | None:
    """Why an entry that is ticked cannot be recorded, if it cannot."""
    if one.row.happens_on is None:
        return Refusal("schedule.no_day")
    if not one.kind:
        return Refusal("schedule.kind_missing")
    return None if one.convener else Refusal("schedule.convener_missing")


def _is_plain(one: Proposal) -> bool:
    """Whether an entry is ticked from the beginning: sure, new to us, and without a doubt."""
    return one.likeness is Likeness.LIKELY and one.effect in _CHANGES and not one.doubts


def _is_shown_first(one: Proposal, chosen: Iterable[int]) -> bool:
    return one.likeness is not Likeness.NONE or bool(one.kind) or one.row.index in chosen


def _recorded(
    visit: Visit, ticked: Sequence[Proposal], wrong: dict[int, str]
) -> list[tuple[Recorded, str]]:
    """Record each; what is refused is said at its entry."""
    done: list[tuple[Recorded, str]] = []
    for one in ticked:
        try:
            done.append((meetings.record_proposal(visit.db, one, act=visit.act()), one.kind))
        except Refusal as refusal:
            wrong[one.row.index] = labels.describe(refusal, visit.lang)
    return done


def _owed(visit: Visit, done: Sequence[tuple[Recorded, str]]) -> dict[str, int]:
    """What the tasks would become; whoever asks takes it back."""
    kinds = {kind for recorded, kind in done if recorded.outcome != "unchanged"}
    codes = meetings.concerned(visit.db, kinds) if kinds else []
    owed: Counter[str] = Counter()
    for one in bring_each_up_to_date(visit.db, codes, act=visit.act()):
        owed.update(owed_counts(one))
    return dict(owed)


def _remember(visit: Visit, kinds: Sequence[KnownKind], words: Mapping[str, str]) -> None:
    """Keep the words that a person changed; those that titles give need no keeping."""
    before = {one.kind: one.phrases for one in schedules.kinds_known(visit.db)}
    for one in kinds:
        if one.kind in words and before[one.kind] != one.phrases:
            schedules.remember_words(visit.db, one.kind, words[one.kind], act=visit.act())


def _after(
    visit: Visit, done: list[tuple[Recorded, str]], left_out: Sequence[Row[Any]]
) -> Response:
    follow_up(visit, done)
    if left_out:
        visit.tell(
            N_(
                "Meetings of that week that the file leaves out: {count:number}. They stay as they"
                " are."
            ),
            count=len(left_out),
        )
    return visit.go("/meetings")


def _told(visit: Visit, one: Proposal) -> list[str]:
    return [labels.sentence_for(doubt.code, doubt.facts, visit.lang) for doubt in one.doubts]
