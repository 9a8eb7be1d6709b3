"""How the pages of letters are shown, also once more where a form was refused.

Knows who is offered which form and what a choice means. Refuses to draw anything up.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import Response

from reports.letters.drawing import letter_listed, letter_read, letters_readable, may_number
from reports.letters.due import Choice, debtors, written_steps
from web.pages.report_files import DOCUMENT_POLICY
from web.telling import teller
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, conferring
from workflow.store.agreements import agreement as agreement_table
from workflow.store.agreements import agreement_titles, obligations_named
from workflow.store.letters import letter, letter_files
from workflow.store.people import names_of
from workflow.store.units import units_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from web.visit import Visit
    from workflow.catalogue import Kept

#: More are drawn up on the command line: each letter is set while a browser waits.
MOST_AT_ONCE: Final = 60
#: So many days are given where nobody says otherwise.
_USUAL_DAYS: Final = 7
_SATURDAY: Final = 5


def choose_page(
    visit: Visit,
    agreement: str,
    asked: Mapping[str, str],
    *,
    chosen: set[str] | None,
    typed: Mapping[str, str] | None = None,
    wrong: str = "",
) -> Response:
    """Show who owes something of a choice, and the form of the letters to them."""
    offered = drawable(visit)
    if not offered:
        raise Refusal("access.denied", by=visit.by, deed=Deed.DRAFT_REPORT.value)
    code = agreement or offered[0].code
    kept = catalogue.kept(visit.db, code)
    owing = debtors(visit.db, kept, choice_of(asked, set()), by=visit.by, at=visit.at)
    return visit.page(
        "letters/new.html.j2",
        status=422 if wrong else 200,
        drawable=offered,
        code=code,
        says=kept.says,
        owing=owing,
        chosen={one.key for one in owing[:MOST_AT_ONCE]} if chosen is None else chosen,
        duties=obligations_named(visit.db, agreement_table.c.code == code),
        steps=written_steps(kept),
        asked=asked,
        typed={
            "answer_by": usual_day(kept, visit).isoformat(),
            "signer": "",
            "copies": "",
            "lang": visit.lang,
            **(typed or {}),
        },
        least=kept.day_of(visit.at) + timedelta(days=1),
        most=MOST_AT_ONCE,
        wrong=wrong,
    )


def letter_page_of(
    visit: Visit,
    letter_id: int,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: str = "",
) -> Response:
    """Show one letter, and the form of its number for who may enter it."""
    row = letter_listed(visit.db, letter_id, by=visit.by, at=visit.at, grants=visit.grants)
    value = letter_read(visit.db, letter_id)
    return visit.page(
        "letters/one.html.j2",
        status=422 if wrong else 200,
        row=row,
        value=value,
        files=letter_files(visit.db, [letter_id]).get(letter_id, {}),
        names=names_of(visit.db, {row.drawn_by, row.numbered_by} - {None}),
        may_number=row.number is None and may_number(visit.db, row, by=visit.by, at=visit.at),
        typed={
            "number": "",
            "issued_on": visit.today.isoformat(),
            "signer": value.signer,
            **(typed or {}),
        },
        tell=teller(visit, occasions=[owed.occasion for owed in value.owed]),
        wrong=wrong,
    )


def letters_of_run(visit: Visit, run_id: int) -> list[Row[Any]]:
    """The letters of a run that somebody may read, the latest first."""
    rows = letters_readable(
        visit.db,
        letter.c.run_id == run_id,
        by=visit.by,
        at=visit.at,
        grants=visit.grants,
        at_most=10_000,
    )
    if not rows:
        raise Refusal("letter.unknown", letter=run_id)
    return rows


def as_document(content: bytes) -> Response:
    """Give a whole document on a page of its own: it runs nothing and fetches nothing."""
    return Response(
        content,
        media_type="text/html; charset=utf-8",
        headers={"content-security-policy": DOCUMENT_POLICY},
    )


def drawable(visit: Visit) -> list[Row[Any]]:
    """The agreements in force under which somebody may press."""
    held = conferring(visit.grants, Deed.DRAFT_REPORT)
    return [
        row
        for row in agreement_titles(visit.db)
        if row.state == "active" and any(one.agreement in {None, row.code} for one in held)
    ]


def unit_names(visit: Visit, rows: list[Row[Any]]) -> dict[int, str]:
    """What the units of letters are called today, by the numbers of their rows."""
    units = units_by_id(visit.db, {row.unit_id for row in rows})
    return {unit_id: said.name_on(visit.today) for unit_id, said in units.items()}


def asked_of(obligation: str, party: str, days: int, step: str) -> dict[str, str]:
    """A choice as it stands in an address or a form."""
    return {"obligation": obligation, "party": party, "days": str(days), "step": step}


def choice_of(asked: Mapping[str, str], units: set[str]) -> Choice:
    """What a choice means, for these units or for all."""
    return Choice(
        obligation=asked["obligation"] or None,
        party=asked["party"] or None,
        days=int(asked["days"]),
        step=asked["step"] or None,
        units=frozenset(units),
    )


def usual_day(kept: Kept, visit: Visit) -> date:
    """The day that is asked for where nobody says otherwise; no Saturday or Sunday."""
    day = kept.day_of(visit.at) + timedelta(days=_USUAL_DAYS)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day


def day_typed(text: str) -> date:
    """A day that was typed. Raises ``Refusal("letter.no_day")``."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as wrong:
        raise Refusal("letter.no_day", given=text[:40]) from wrong
