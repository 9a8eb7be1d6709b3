"""Units: the list and the tree, and one unit with its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import func, select

from reports.letters.drawing import letters_readable
from web.pages.agreements import is_readable
from web.visit import Visit, reads
from workflow.access import scope_of
from workflow.catalogue import agreements_said
from workflow.directory import Listed, in_tree, matching, units_seen
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.foreseeing import in_force
from workflow.intake.unit_sheet_writing import write_units
from workflow.store.agreements import agreements_listed
from workflow.store.letters import letter
from workflow.store.selected import selecting
from workflow.store.tasks import task
from workflow.store.unit_names import successions_of
from workflow.store.units import roster, units_by_id

if TYPE_CHECKING:
    from workflow.domain.agreement import Agreement, Obligation

router: Final = APIRouter(include_in_schema=False)
_PAGE: Final = 200
#: So many letters stand on the page of a unit, the latest ones.
_LETTERS: Final = 20


@router.get("/units")
@reads
def units_page(
    visit: Visit,
    *,
    q: str = "",
    kind: str = "",
    view: str = "",
    closed: str = "",
    start: int = 0,
) -> Response:
    """The units by name, or each below its parent."""
    ensure_may_read(visit)
    units = _readable(visit)
    kinds = sorted({one.kind for one in units})
    if not closed:
        units = [one for one in units if not one.is_closed]
    if kind:
        units = [one for one in units if one.kind == kind]
    if q.strip():
        units = matching(units, q)
    lines = in_tree(units) if view == "tree" else [(0, one) for one in units]
    start = max(0, start)
    more = None
    if len(lines) > start + _PAGE:
        asked = {"q": q, "kind": kind, "view": view, "closed": closed, "start": start + _PAGE}
        more = "/units?" + urlencode(asked)
    return visit.page(
        "admin/units.html.j2",
        lines=lines[start : start + _PAGE],
        count=len(lines),
        names={one.key: one.name for one in units},
        kinds=kinds,
        q=q,
        kind=kind,
        view=view,
        closed=closed,
        more=more,
        may_download=visit.may(Deed.READ),
        may_define=visit.may(Deed.DEFINE),
        may_decide=visit.may(Deed.DECIDE_SUCCESSION),
    )


@router.get("/units/file")
@reads
def units_file(visit: Visit) -> Response:
    """Every unit with its history, as a sheet that loads again."""
    visit.ensure_may(Deed.READ)
    text = write_units(one for _, one in sorted(roster(visit.db).units.items()))
    return Response(
        text.encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="units.csv"'},
    )


@router.get("/units/{key}")
@reads
def unit_page(visit: Visit, key: str) -> Response:
    """One unit: what it was called when, what it owes, and whom it replaced."""
    ensure_may_read(visit)
    listed = {one.id: one for one in _readable(visit)}
    found = next((one for one in listed.values() if one.key == key), None)
    if found is None:
        raise Refusal("unit.unknown", unit=key)
    open_tasks = select(func.count()).where(
        scope_of(visit.db, visit.by, at=visit.at),
        task.c.answerable_id == found.id,
        task.c.state.in_(["open", "returned"]),
        task.c.opens_on <= visit.today,
        task.c.is_history.is_(False),
    )
    return visit.page(
        "admin/unit.html.j2",
        one=found,
        says=units_by_id(visit.db, [found.id])[found.id],
        names={one.key: one.name for one in listed.values()},
        by_id=listed,
        successions=successions_of(visit.db, found.id),
        open_tasks=visit.db.scalar(open_tasks) or 0,
        owes=_owes(visit, found),
        letters=letters_readable(
            visit.db,
            letter.c.unit_id == found.id,
            by=visit.by,
            at=visit.at,
            grants=visit.grants,
            at_most=_LETTERS,
        ),
        may_define=visit.may(Deed.DEFINE),
    )


def ensure_may_read(visit: Visit) -> None:
    """Refuse whoever may read nothing anywhere."""
    if not visit.may_somewhere(Deed.READ):
        visit.ensure_may(Deed.READ)


def _readable(visit: Visit) -> list[Listed]:
    """The units that this person may look up."""
    return units_seen(visit.db, visit.grants, on=visit.today)


def _owes(visit: Visit, found: Listed) -> list[tuple[Agreement, list[Obligation]]]:
    """The duties of active agreements that the unit bears today."""
    ids = [
        row.id
        for row in agreements_listed(visit.db)
        if row.state == "active" and is_readable(visit, row.code)
    ]
    said = [
        (says, duty)
        for says in agreements_said(visit.db, ids).values()
        for duty in in_force(says, visit.today)
    ]
    bearers = [duty.bearer for _, duty in said]
    borne = selecting(visit.db, bearers, found.id, on=visit.today)
    owed: dict[str, tuple[Agreement, list[Obligation]]] = {}
    for place in sorted(borne):
        says, duty = said[place]
        if duty.effective_from <= visit.today:
            owed.setdefault(says.code, (says, []))[1].append(duty)
    return list(owed.values())
