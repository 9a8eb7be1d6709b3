"""Agreements: what was agreed, how each duty is owed, and their steps from draft to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Form
from fastapi.responses import Response

from web.duty_words import in_words
from web.spans import reporting_said
from web.typed import day_typed
from web.visit import Visit, reads, writes
from workflow import catalogue, definitions
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.foreseeing import in_force
from workflow.i18n import N_
from workflow.intake.agreement_file import write_agreement
from workflow.owing import bring_up_to_date
from workflow.sourcing import paragraph_named
from workflow.store import people
from workflow.store.agreements import agreement_by_code, agreements_listed
from workflow.store.selected import selected_by_kind
from workflow.store.sources import source_row

if TYPE_CHECKING:
    from workflow.owing import BroughtUp

router: Final = APIRouter(include_in_schema=False)


@router.get("/agreements")
@reads
def agreements_page(visit: Visit) -> Response:
    """The agreements that this person has to do with."""
    rows = [row for row in agreements_listed(visit.db) if is_readable(visit, row.code)]
    return visit.page(
        "admin/agreements.html.j2", rows=rows, may_define=visit.may_somewhere(Deed.DEFINE)
    )


@router.get("/agreements/{code}")
@reads
def agreement_page(visit: Visit, code: str) -> Response:
    """One agreement: parties, clauses and duties in words, state and next steps."""
    ensure_readable(visit, code)
    row = agreement_by_code(visit.db, code)
    kept = catalogue.kept(visit.db, code)
    duties = in_force(kept.says, max(visit.today, kept.says.starts_on))
    counts = selected_by_kind(visit.db, [one.bearer for one in duties], on=visit.today)
    place = Place(agreement=code)
    topics = {one.code: one.title for one in kept.says.topics}
    parties = {one.code: one.name for one in kept.says.parties}
    return visit.page(
        "admin/agreement.html.j2",
        row=row,
        kept=kept,
        says=kept.says,
        duties=[in_words(visit.say, one) for one in duties],
        units={
            one.code: sum(by_kind.values()) for one, by_kind in zip(duties, counts, strict=True)
        },
        reporting_year=reporting_said(visit, kept.says.settings.reporting),
        topics=topics,
        parties=parties,
        paragraphs=paragraphs_named(visit, kept),
        who=people.names_of(visit.db, filter(None, (row.imported_by, row.activated_by))),
        may_define=visit.may(Deed.DEFINE, place=place),
        may_activate=visit.may(Deed.ACTIVATE, place=place),
    )


@router.get("/agreements/{code}/file")
@reads
def agreement_file(visit: Visit, code: str) -> Response:
    """The agreement as a file that loads again."""
    ensure_readable(visit, code)
    text = write_agreement(catalogue.kept(visit.db, code).says)
    name = f"attachment; filename*=UTF-8''{quote(code)}.yaml"
    return Response(
        text, media_type="application/yaml; charset=utf-8", headers={"content-disposition": name}
    )


@router.post("/agreements/{code}/activate")
@writes
def activate(visit: Visit, code: str) -> Response:
    """Make a draft active, and create what it makes owed."""
    visit.ensure_may(Deed.ACTIVATE, place=Place(agreement=code))
    definitions.activate_agreement(visit.db, code, act=visit.act())
    done = bring_up_to_date(visit.db, code, act=visit.act())
    visit.tell(N_("The agreement is active."))
    tell_owed(visit, [done])
    return visit.go(f"/agreements/{quote(code)}")


@router.post("/agreements/{code}/end")
@writes
def end(
    visit: Visit,
    code: str,
    *,
    on: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """End an agreement on a day, with a reason that the journal keeps."""
    visit.ensure_may(Deed.DEFINE, place=Place(agreement=code))
    if not reason.strip():
        raise Refusal("reason.missing")
    day = day_typed(on, name=visit.say(N_("First day on which it is over")))
    act = visit.act(reason=reason.strip())
    cancelled = definitions.end_agreement(visit.db, code, on=day, act=act)
    visit.tell(
        N_("The agreement ends on {on:day}; tasks cancelled: {count:number}."),
        on=day,
        count=cancelled,
    )
    return visit.go(f"/agreements/{quote(code)}")


def paragraphs_named(visit: Visit, kept: catalogue.Kept) -> dict[str, int]:
    """By clause, the paragraph of the source document that its place names, where there is one."""
    if source_row(visit.db, kept.id) is None:
        return {}
    named = {one.code: paragraph_named(one.place) for one in kept.says.clauses}
    return {code: number for code, number in named.items() if number is not None}


def is_readable(visit: Visit, code: str) -> bool:
    """Whether some grant of this person reaches into the agreement."""
    return any(grant.agreement in {None, code} for grant in visit.grants)


def ensure_readable(visit: Visit, code: str) -> None:
    """Answer an agreement in which this person has no grant as one that there is not."""
    if not is_readable(visit, code):
        raise Refusal("agreement.unknown", code=code)


def tell_owed(visit: Visit, done: list[BroughtUp]) -> None:
    """Have said on the next page what planning did, agreement by agreement."""
    for one in done:
        counts = owed_counts(one)
        if counts:
            words = ", ".join(
                f"{visit.say.word(name)} {visit.say.number(n)}" for name, n in counts.items()
            )
            visit.tell(
                N_("{agreement} is planned until {until:day}: {done}."),
                agreement=one.agreement,
                until=one.until,
                done=words,
            )
        else:
            visit.tell(
                N_("{agreement} is planned until {until:day}: nothing had to be changed."),
                agreement=one.agreement,
                until=one.until,
            )


def owed_counts(one: BroughtUp) -> dict[str, int]:
    """What planning did, by what; what it did not do is left out."""
    planned = one.planned
    counts: dict[str, Any] = {
        "created": planned.created,
        "shifted": planned.shifted,
        "cancelled": planned.cancelled,
        "reinstated": planned.reinstated,
        "doubts": planned.doubts,
        "succeeded": len(one.settled.changes),
    }
    return {name: n for name, n in counts.items() if n}
