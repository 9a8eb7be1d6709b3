"""The working calendar: days off and worked days, and which due days a change would move."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from web.pages.agreement_files import problems_of
from web.pages.agreements import owed_counts, tell_owed
from web.pages.unit_files import kept_or_sent, kept_text
from web.typed import Chosen, day_typed
from web.visit import Visit, reads, writes
from workflow import catalogue
from workflow.calendars import (
    SWAPPING,
    WEEKENDS,
    Source,
    import_overlay,
    listed_days,
    remove_overlay,
)
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.domain.working_days import EVERY_CALENDAR, DayChange
from workflow.i18n import N_
from workflow.intake.day_sheet import read_days
from workflow.owing import bring_each_up_to_date
from workflow.store.days import overlaid_days
from workflow.store.due_days import due_days_moved, last_change

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workflow.owing import BroughtUp

router: Final = APIRouter(include_in_schema=False)
_COUNTRY: Final = "VN"
_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2100
_LONGEST_NAME: Final = 200


@router.get("/calendar")
@reads
def calendar_page(visit: Visit, year: int = 0, name: str = SWAPPING) -> Response:
    """The days of a year that depart from the week."""
    return _page(visit, year=year, name=name)


@router.post("/calendar/days")
@writes
def change_day(
    visit: Visit,
    *,
    on: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "off",
    title: Annotated[str, Form()] = "",
    calendar: Annotated[str, Form()] = EVERY_CALENDAR,
    do: Annotated[str, Form()] = "check",
) -> Response:
    """Show what a changed day would move, or lay it over the calendar."""
    visit.ensure_may(Deed.DEFINE)
    typed = {"on": on, "kind": kind, "title": title, "calendar": calendar}
    try:
        change = DayChange(
            calendar=calendar,
            day_on=day_typed(on, name=visit.say("Day")),
            is_off=kind != "work",
            name=title.strip()[:_LONGEST_NAME],
        )
        return _tried(visit, [change], is_kept=do == "save", typed=typed)
    except Refusal as refusal:
        return _page(visit, refusal=refusal, typed=typed)


@router.post("/calendar/days/remove")
@writes
def remove_day(
    visit: Visit, *, on: Annotated[str, Form()] = "", calendar: Annotated[str, Form()] = ""
) -> Response:
    """Let a day be again what the country has."""
    visit.ensure_may(Deed.DEFINE)
    day = day_typed(on, name=visit.say("Day"))
    remove_overlay(visit.db, calendar=calendar, day_on=day, act=visit.act())
    visit.tell(N_("{day:day} is again as the country has it."), day=day)
    tell_owed(visit, _planned(visit))
    return visit.go(f"/calendar?year={day.year}")


@router.post("/calendar/import")
@writes
def import_days(
    visit: Visit,
    *,
    files: Chosen,
    kept: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
) -> Response:
    """Show what a sheet of days would move, or lay it over the calendars."""
    visit.ensure_may(Deed.DEFINE)
    try:
        name, content = kept_or_sent(kept, name, files)
        changes = read_days(content, calendars=WEEKENDS, file=name)
        file = {"name": name, "kept": kept_text(content)}
        return _tried(visit, changes, is_kept=bool(kept), file=file)
    except Refusal as refusal:
        return _page(visit, refusal=refusal)


def _tried(
    visit: Visit,
    changes: Sequence[DayChange],
    *,
    is_kept: bool,
    typed: dict[str, str] | None = None,
    file: dict[str, str] | None = None,
) -> Response:
    """Lay days over and plan anew; keep it, or take it back and show what it did."""
    trial = visit.db.begin_nested()
    try:
        if not is_kept:
            # What is to be planned in any case is not the doing of these days.
            _planned(visit)
        before = last_change(visit.db)
        outcome = import_overlay(visit.db, changes, act=visit.act())
        done = _planned(visit) if outcome.added or outcome.changed else []
        days = due_days_moved(visit.db, after=before)
        if is_kept:
            trial.commit()
            visit.tell(
                N_("Days added {added:number}, changed {changed:number}, unchanged {same:number}."),
                added=outcome.added,
                changed=outcome.changed,
                same=outcome.same,
            )
            tell_owed(visit, done)
            years = [one.day_on.year for one in changes]
            return visit.go(f"/calendar?year={min(years, default=visit.today.year)}")
    finally:
        if trial.is_active:
            trial.rollback()
    counts: Counter[str] = Counter()
    titles: dict[tuple[str, str], str] = {}
    for one in done:
        counts.update(owed_counts(one))
        for duty in catalogue.kept(visit.db, one.agreement).says.obligations:
            titles[one.agreement, duty.code] = duty.title
    moved = [(titles.get((row.agreement, row.obligation), row.obligation), row) for row in days]
    facts = {"changes": changes, "outcome": outcome, "owed": dict(counts), "moved": moved}
    years = [one.day_on.year for one in changes]
    return _page(visit, typed=typed, file=file, tried=facts, year=min(years, default=0))


def _planned(visit: Visit) -> list[BroughtUp]:
    codes = catalogue.codes_in_state(visit.db, "active")
    return bring_each_up_to_date(visit.db, codes, act=visit.act())


def _page(
    visit: Visit,
    *,
    year: int = 0,
    name: str = SWAPPING,
    refusal: Refusal | None = None,
    typed: dict[str, str] | None = None,
    file: dict[str, str] | None = None,
    tried: dict[str, Any] | None = None,
) -> Response:
    if not visit.may_somewhere(Deed.READ):
        visit.ensure_may(Deed.READ)
    year = year if _FIRST_YEAR <= year <= _LAST_YEAR else visit.today.year
    name = name if name in WEEKENDS else SWAPPING
    laid = {
        row.day_on: row.calendar
        for row in overlaid_days(visit.db)
        if row.calendar in {EVERY_CALENDAR, name}
    }
    return visit.page(
        "admin/calendar.html.j2",
        status=200 if refusal is None else 422,
        year=year,
        name=name,
        names=_calendar_words(visit.say),
        days=listed_days(visit.db, country=_COUNTRY, year=year, calendar=name),
        laid=laid,
        overlay=Source.OVERLAY,
        typed=typed or {"on": "", "kind": "off", "title": "", "calendar": EVERY_CALENDAR},
        file=file,
        tried=tried,
        may_define=visit.may(Deed.DEFINE),
        every=EVERY_CALENDAR,
        **problems_of(visit, refusal),
    )


def _calendar_words(say: Callable[[str], str]) -> dict[str, str]:
    words = {
        "office": N_("offices, Monday to Friday"),
        "six_day": N_("six days a week"),
        "every_day": N_("every day of the week"),
    }
    return {name: say(words.get(name, name)) for name in WEEKENDS}
