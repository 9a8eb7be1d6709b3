"""Meetings of a whole plan of work, from a sheet or a calendar file, tried before they count."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from web.pages.agreement_files import problems_of
from web.pages.agreements import owed_counts
from web.pages.meetings import ensure_may_record, follow_up, kinds_told
from web.pages.schedule_choosing import Typed, schedule_answer
from web.pages.unit_files import kept_or_sent, kept_text
from web.typed import Chosen, Numbers, Texts, unit_typed
from web.visit import Visit, reads, writes
from workflow import meetings
from workflow.directory import listed_units
from workflow.domain.announced import Happening
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.intake.event_file import read_events
from workflow.intake.weekly_schedule import is_schedule
from workflow.owing import bring_each_up_to_date

if TYPE_CHECKING:
    from workflow.domain.announced import Happening
    from workflow.meetings import Recorded

router: Final = APIRouter(include_in_schema=False)


@router.get("/meetings/import")
@reads
def import_page(visit: Visit) -> Response:
    """The form for a file of meetings."""
    return _page(visit)


@router.post("/meetings/import")
@writes
def import_meetings(
    visit: Visit,
    *,
    files: Chosen,
    kept: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "",
    convener: Annotated[str, Form()] = "",
    do: Annotated[str, Form()] = "",
    at: Numbers,
    chosen: Numbers,
    kinds: Texts,
    conveners: Texts,
    known: Texts,
    words: Texts,
) -> Response:
    """Say what a file would record; record what was tried before, all or none.

    Of a weekly schedule, only the entries that a person ticked: ``at`` counts them, ``kinds``
    and ``conveners`` say what each is; ``words`` are the phrases of the kinds ``known``.
    """
    _ensure_may_import(visit)
    facts: dict[str, Any] = {"name": name, "kind": kind, "convener": convener}
    try:
        name, content = kept_or_sent(kept, name, files)
        facts["name"] = name
        if is_schedule(content):
            typed = Typed(
                do=do,
                chosen=frozenset(chosen),
                said={row: (kind, by) for row, kind, by in zip(at, kinds, conveners, strict=False)},
                words=dict(zip(known, words, strict=False)),
            )
            return schedule_answer(visit, content, name=name, typed=typed)
        said = read_events(
            content,
            kind=kind or None,
            convener=unit_typed(visit, convener).key if convener.strip() else None,
            zone=visit.premises.settings.timezone,
            file=name,
        )
        ensure_may_record(visit, {one.kind for one in said}, Deed.RECORD_EVENT)
        trial = visit.db.begin_nested()
        try:
            done = _recorded(visit, said)
            if kept:
                trial.commit()
                follow_up(visit, done)
                return visit.go("/meetings")
            facts |= _foreseen(visit, said, done)
        finally:
            if trial.is_active:
                trial.rollback()
    except Refusal as refusal:
        if refusal.code == "access.denied":
            raise
        return _page(visit, refusal=refusal, **facts)
    return _page(visit, kept=kept_text(content), **facts)


def _recorded(visit: Visit, said: tuple[Happening, ...]) -> list[tuple[Recorded, str]]:
    return [
        (
            meetings.record_event(visit.db, one, act=visit.act()),
            one.kind,
        )
        for one in said
    ]


def _foreseen(
    visit: Visit, said: tuple[Happening, ...], done: list[tuple[Recorded, str]]
) -> dict[str, Any]:
    """What recording would do, found by doing it; whoever asks takes it back."""
    kinds = {kind for recorded, kind in done if recorded.outcome != "unchanged"}
    codes = meetings.concerned(visit.db, kinds) if kinds else []
    owed: Counter[str] = Counter()
    for one in bring_each_up_to_date(visit.db, codes, act=visit.act()):
        owed.update(owed_counts(one))
    names = {one.key: one.name for one in listed_units(visit.db, on=visit.today)}
    return {
        "lines": [
            (one, names.get(one.convener, one.convener), recorded.outcome)
            for one, (recorded, _) in zip(said, done, strict=True)
        ],
        "owed": dict(owed),
    }


def _ensure_may_import(visit: Visit) -> None:
    if not visit.may_somewhere(Deed.RECORD_EVENT):
        visit.ensure_may(Deed.RECORD_EVENT)


def _page(visit: Visit, *, refusal: Refusal | None = None, **facts: Any) -> Response:
    _ensure_may_import(visit)
    empty = {"name": "", "kind": "", "convener": "", "kept": "", "lines": [], "owed": {}}
    return visit.page(
        "admin/meeting_import.html.j2",
        status=200 if refusal is None else 422,
        kinds=kinds_told(visit),
        **{**empty, **facts},
        **problems_of(visit, refusal),
    )
