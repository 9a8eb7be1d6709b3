"""How an agreement's reports are numbered, whom they go to by mail, and when they leave.

Knows the forms; what people typed stands in them again where it was refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from reports.delivering import recipients
from reports.issuing import numbering
from reports.letterhead import Issuer, Letterhead
from reports.letterheads import letterhead_words
from web.typed import day_typed
from web.visit import Visit, reads, writes
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.i18n import N_
from workflow.labels import describe
from workflow.store.report_deliveries import recipients_of
from workflow.store.report_numbers import terms_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workflow.catalogue import Kept

router: Final = APIRouter(include_in_schema=False)
Line = Annotated[str, Form(max_length=400)]
#: The days of a week, Monday first.
WEEKDAYS: Final = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


@router.get("/agreements/{code}/delivery")
@reads
def delivery(visit: Visit, code: str) -> Response:
    """Show how reports are numbered and delivered."""
    return _page(visit, _kept(visit, code))


@router.post("/agreements/{code}/delivery/recipients")
@writes
def add(
    visit: Visit,
    code: str,
    *,
    role: Line = "",
    name: Line = "",
    mail: Line = "",
    lang: Line = "vi",
) -> Response:
    """Send reports to the holders of a role, or to the address of a body."""
    typed = {"role": role, "name": name, "mail": mail, "lang": lang}
    act = visit.act()

    def do() -> None:
        if role.strip():
            recipients.add_role(visit.db, agreement=code, role=role.strip(), act=act)
        else:
            recipients.add_body(visit.db, agreement=code, name=name, mail=mail, lang=lang, act=act)

    step = "role" if role.strip() else "body"
    return _done(visit, code, do, step=step, typed=typed, said=N_("The recipient is added."))


@router.post("/agreements/{code}/delivery/recipients/{number}/end")
@writes
def end(visit: Visit, code: str, number: int) -> Response:
    """Send no further report to a recipient."""
    recipients.end_recipient(visit.db, number, agreement=code, act=visit.act())
    visit.tell(N_("The recipient gets no further report."))
    return visit.go(_address(code))


@router.post("/agreements/{code}/delivery/schedule")
@writes
def schedule(
    visit: Visit, code: str, *, moment: Line = "issue", weekday: Line = "", time: Line = ""
) -> Response:
    """Set when reports leave."""

    def do() -> None:
        said = recipients.schedule_from(moment, weekday=weekday or None, time=time)
        recipients.change_schedule(visit.db, agreement=code, schedule=said, act=visit.act())

    typed = {"moment": moment, "weekday": weekday, "time": time}
    return _done(
        visit, code, do, step="schedule", typed=typed, said=N_("It is set when reports leave.")
    )


@router.post("/agreements/{code}/delivery/term")
@writes
def term(visit: Visit, code: str, *, starts_on: Line = "") -> Response:
    """Say when a term of the issuing body begins."""

    def do() -> None:
        on = day_typed(starts_on, name="starts_on")
        numbering.begin_term(visit.db, agreement=code, starts_on=on, act=visit.act())

    typed = {"starts_on": starts_on}
    return _done(visit, code, do, step="term", typed=typed, said=N_("The term is set."))


@router.post("/agreements/{code}/delivery/series")
@writes
def series(visit: Visit, code: str, *, first: Line = "") -> Response:
    """Say at which number the own series of today's register begins."""
    kept = _kept(visit, code)

    def do() -> None:
        said = first.strip()
        is_number = said.isascii() and said.isdecimal() and len(said) <= len(str(numbering.MOST))
        numbering.begin_series(
            visit.db,
            agreement=code,
            issuer=_issuer(visit, kept),
            on=kept.day_of(visit.at),
            first=int(said) if is_number else 0,
            act=visit.act(),
        )

    return _done(
        visit, code, do, step="series", typed={"first": first}, said=N_("The first number is set.")
    )


def _done(
    visit: Visit,
    code: str,
    do: Callable[[], None],
    *,
    step: str,
    typed: Mapping[str, str],
    said: str,
) -> Response:
    kept = _kept(visit, code)
    try:
        with visit.db.begin_nested():
            do()
    except Refusal as refusal:
        return _page(visit, kept, step=step, typed=typed, wrong=describe(refusal, visit.lang))
    visit.tell(said)
    return visit.go(_address(code))


def _kept(visit: Visit, code: str) -> Kept:
    visit.ensure_may(Deed.ISSUE_REPORT, place=Place(agreement=code))
    return catalogue.kept(visit.db, code)


def _issuer(visit: Visit, kept: Kept) -> Issuer:
    return (letterhead_words(visit.db, kept.id) or Letterhead()).issuer


def _address(code: str) -> str:
    return f"/agreements/{code}/delivery"


def _page(
    visit: Visit,
    kept: Kept,
    *,
    step: str = "",
    typed: Mapping[str, str] | None = None,
    wrong: str = "",
) -> Response:
    issuer = _issuer(visit, kept)
    terms = terms_of(visit.db, kept.id)
    return visit.page(
        "reports/numbering.html.j2",
        status=422 if wrong else 200,
        code=kept.says.code,
        title=kept.says.title,
        issuer=issuer,
        terms=terms,
        span=numbering.span_on(kept.day_of(visit.at), issuer=issuer, terms=tuple(terms)),
        schedule=recipients.schedule_of(visit.db, kept.id),
        recipients=recipients_of(visit.db, kept.id),
        reached=recipients.addressees(visit.db, kept),
        roles=recipients.ROLES,
        weekdays=WEEKDAYS,
        sends=visit.premises.settings.smtp_url is not None,
        step=step,
        typed=typed or {},
        wrong=wrong,
    )
