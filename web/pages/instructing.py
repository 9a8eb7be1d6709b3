"""The form of an instruction: what, by whom, until when, on which line, and what proves it.

Knows whom the form offers and that a due day on a day off is asked about once. Refuses to
decide who may instruct: the use case does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from web import cursors
from web.refusing import status_of
from web.spans import span_of
from web.telling import CHECKS, teller
from web.typed import day_typed
from workflow import catalogue
from workflow.directory import listed_units, meant
from workflow.domain.errors import Refusal
from workflow.domain.instructing import PAPERS, About, paper
from workflow.domain.roles import Deed
from workflow.i18n import N_
from workflow.instructions import (
    Wanted,
    may_instruct,
    units_behind,
    working_day_from,
)
from workflow.labels import sentence_for
from workflow.owing import instruct_units
from workflow.store.agreements import agreement as agreement_table
from workflow.store.agreements import obligation as obligation_table
from workflow.store.occasions import occasion as occasion_table
from workflow.store.tasks import task
from workflow.store.units import unit as unit_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from fastapi.responses import Response

    from web.visit import Visit
    from workflow.catalogue import Kept
    from workflow.directory import Listed
    from workflow.domain.agreement import Agreement

#: More units than these are typed by key or name instead of ticked.
LISTED: Final = 400
_FORBIDDEN: Final = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What stands in the form. ``asked_due`` is the day off about which it asked already.

    ``take`` is the answer: ``keep`` that day, or the ``next`` working one.
    """

    agreement: str
    obligation: str = ""
    occasion: str = ""
    unit: str = ""
    period: str = ""
    text: str = ""
    title: str = ""
    ground: str = ""
    due: str = ""
    asked_due: str = ""
    take: str = ""
    proof: str = ""
    chosen: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    named: str = ""

    @property
    def about(self) -> About | None:
        """The line that it is about; None where it is about the agreement as a whole."""
        line = About(
            obligation=self.obligation or None,
            occasion=self.occasion or None,
            unit=self.unit or None,
            period=self.period or None,
        )
        return None if line == About() else line


def choice_page(visit: Visit) -> Response:
    """Which agreement the instruction is given under; the form at once where there is one."""
    if not visit.may_somewhere(Deed.INSTRUCT):
        visit.ensure_may(Deed.INSTRUCT)
    query = select(agreement_table.c.code, agreement_table.c.title)
    rows = list(
        visit.db.execute(
            query.where(agreement_table.c.state == "active").order_by(agreement_table.c.title)
        )
    )
    open_to = [row for row in rows if _units_of(visit, catalogue.kept(visit.db, row.code))]
    if len(open_to) == 1:
        return form_page(visit, Asked(agreement=open_to[0].code), is_fresh=True)
    return visit.page("instructions/choose.html.j2", rows=open_to)


def form_page(
    visit: Visit,
    asked: Asked,
    *,
    is_fresh: bool = False,
    wrong: str = "",
    off: tuple[date, date] | None = None,
) -> Response:
    """The form with what stands in it.

    Fresh from the line of an obligation, the units that are overdue with it are ticked.
    ``off`` is a due day on a day off, with the working day after it. Raises ``Refusal``:
    ``agreement.unknown``, ``agreement.not_active``, ``access.denied``.
    """
    kept = catalogue.kept(visit.db, asked.agreement)
    units = _units_of(visit, kept)
    if not units:
        raise Refusal("access.denied", by=visit.by, deed=Deed.INSTRUCT.value)
    if kept.state != "active":
        raise Refusal("agreement.not_active", agreement=kept.says.code, state=kept.state)
    if is_fresh and asked.obligation and not asked.unit:
        behind = units_behind(
            visit.db,
            agreement_id=kept.id,
            code=asked.obligation,
            unit_ids=[one.id for one in units],
            on=visit.today,
        )
        asked = replace(asked, chosen=frozenset(one.key for one in units if one.id in behind))
    is_listed = len(units) <= LISTED
    if not is_listed and asked.chosen:
        asked = replace(asked, named="\n".join(sorted(asked.chosen)), chosen=frozenset())
    return visit.page(
        "instructions/new.html.j2",
        status=422 if wrong else 200,
        asked=asked,
        says=kept.says,
        groups=_by_kind(units) if is_listed else {},
        kinds=_counted(units),
        number_of_units=len(units),
        about=about_told(visit, asked.about, kept.says),
        papers=[(one, CHECKS[one]) for one in PAPERS],
        wrong=wrong,
        off=off,
        is_preset=is_fresh and bool(asked.chosen) and not asked.unit,
    )


def answered(visit: Visit, asked: Asked) -> Response:
    """Give the instruction, or show the form again with what it still needs."""
    kept = catalogue.kept(visit.db, asked.agreement)
    try:
        said = _wanted(visit, kept, asked)
        offered = working_day_from(visit.db, kept.says, said.units, said.due_on)
        if offered != said.due_on and said.due_on >= visit.today:
            if asked.asked_due != said.due_on.isoformat() or asked.take not in {"keep", "next"}:
                return form_page(visit, asked, off=(said.due_on, offered))
            said = said if asked.take == "keep" else replace(said, due_on=offered)
        with visit.db.begin_nested():
            given, _ = instruct_units(visit.db, said, agreement=asked.agreement, act=visit.act())
    except Refusal as refusal:
        if status_of(refusal.code) == _FORBIDDEN or refusal.code.startswith("agreement."):
            raise
        return form_page(visit, asked, wrong=teller(visit).refusal(refusal))
    visit.tell(
        N_("{code} is given: {count:number} units find it among their tasks."),
        code=given.code,
        count=len(given.units),
    )
    return visit.go(f"/instructions/{asked.agreement}/{given.code}")


def about_told(visit: Visit, about: About | None, says: Agreement) -> Mapping[str, str]:
    """The line on which an instruction is given, with names in place of keys.

    ``duty``, ``unit``, ``occasion``, ``period``, each only where it narrows the line, and
    ``address``, where the line is found.
    """
    if about is None:
        return {}
    found = dict.fromkeys(("duty", "unit", "occasion", "period"), "")
    if about.obligation is not None:
        titles = {one.code: one.title for one in says.every_duty}
        found["duty"] = titles.get(about.obligation, about.obligation)
    if about.unit is not None:
        found["unit"] = _name(visit, about.unit)
    if about.occasion is not None:
        found["occasion"] = teller(visit, occasions=[about.occasion]).occasion(about.occasion)
    span = span_of(about.period or "", reporting=says.settings.reporting)
    if span is not None:
        found["period"] = sentence_for(*span.label, visit.lang)
    number = _task(visit, about, says) if about.is_task else None
    found["address"] = (
        f"/tasks/{number}" if number else _board(about, says, period=about.period or "")
    )
    return found


def _board(about: About, says: Agreement, *, period: str) -> str:
    narrowed = {
        "agreement": says.code,
        "period": period,
        "obligation": about.obligation or "",
        "unit": about.unit or "",
    }
    return cursors.address("/board/tasks", narrowed)


def _task(visit: Visit, about: About, says: Agreement) -> int | None:
    query = (
        select(task.c.id)
        .join(occasion_table, occasion_table.c.id == task.c.occasion_id)
        .join(obligation_table, obligation_table.c.id == occasion_table.c.obligation_id)
        .join(agreement_table, agreement_table.c.id == obligation_table.c.agreement_id)
        .join(unit_table, unit_table.c.id == task.c.unit_id)
        .where(
            agreement_table.c.code == says.code,
            obligation_table.c.code == about.obligation,
            occasion_table.c.key == about.occasion,
            unit_table.c.key == about.unit,
        )
    )
    return visit.db.scalar(query)


def _name(visit: Visit, key: str) -> str:
    every = {one.key: one.name for one in listed_units(visit.db, on=visit.today)}
    return every.get(key, key)


def _units_of(visit: Visit, kept: Kept) -> list[Listed]:
    """The living units whom this person may instruct, by name."""
    if not visit.may_somewhere(Deed.INSTRUCT):
        return []
    reach = may_instruct(visit.db, kept.says, by=visit.by, at=visit.at, grants=visit.grants)
    every = listed_units(visit.db, on=visit.today)
    return [one for one in every if one.id in reach and not one.is_closed]


def _by_kind(units: Sequence[Listed]) -> dict[str, list[Listed]]:
    groups: dict[str, list[Listed]] = {}
    for one in units:
        groups.setdefault(one.kind, []).append(one)
    return groups


def _counted(units: Iterable[Listed]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in units:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    return counts


def _wanted(visit: Visit, kept: Kept, asked: Asked) -> Wanted:
    """What is asked, read from the form. Raises ``Refusal``."""
    units = set(asked.chosen)
    if asked.kinds or asked.named.strip():
        mine = _units_of(visit, kept)
        units |= {one.key for one in mine if one.kind in asked.kinds}
        lines = [line for line in asked.named.replace(",", "\n").splitlines() if line.strip()]
        units |= {meant(mine, line).key for line in lines}
    if asked.proof and asked.proof not in PAPERS:
        raise Refusal("request.unreadable", names="proof")
    given: dict[str, Any] = {"proof": paper(asked.proof)} if asked.proof else {}
    if not asked.text.strip():
        raise Refusal("instruction.text_missing")
    return Wanted(
        text=asked.text.replace("\x00", ""),
        title=asked.title.replace("\x00", ""),
        ground=asked.ground.replace("\x00", ""),
        units=frozenset(units),
        due_on=day_typed(asked.due, name=visit.say(N_("Due day"))),
        about=asked.about,
        **given,
    )
