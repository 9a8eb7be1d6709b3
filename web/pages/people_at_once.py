"""Accounts for many units at once, and the slips of paper with their first passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from web.pages.people import AT_ONCE, named
from web.visit import Visit, reads, writes
from workflow import accounts, catalogue
from workflow.directory import listed_units
from workflow.domain.roles import Deed, Role
from workflow.i18n import N_
from workflow.passwords import DRAWN
from workflow.store import staff
from workflow.store.agreements import agreement_titles
from workflow.store.units import roster

if TYPE_CHECKING:
    from workflow.directory import Listed

router: Final = APIRouter(include_in_schema=False)


@router.get("/people/-/bulk")
@reads
def bulk_page(visit: Visit, kind: str = "", agreement: str = "") -> Response:
    """Which units have no officer yet, by kind and agreement."""
    visit.ensure_may(Deed.MANAGE_PEOPLE)
    units = listed_units(visit.db, on=visit.today)
    lacking = _lacking(visit, units, kind, agreement)
    return visit.page(
        "admin/people_bulk.html.j2",
        lacking=lacking,
        at_once=AT_ONCE,
        kinds=sorted({one.kind for one in units if not one.is_closed}),
        agreements=agreement_titles(visit.db),
        kind=kind,
        agreement=agreement,
    )


@router.post("/people/-/bulk")
@writes
def make_officers(
    visit: Visit, kind: Annotated[str, Form()] = "", agreement: Annotated[str, Form()] = ""
) -> Response:
    """Make an account for each of them, and show the first passwords once."""
    visit.ensure_may(Deed.MANAGE_PEOPLE)
    units = listed_units(visit.db, on=visit.today)
    chosen = _lacking(visit, units, kind, agreement)[:AT_ONCE]
    named = {one.key: visit.say(N_("Officer of {unit}"), unit=one.name) for one in chosen}
    made = accounts.add_unit_officers(
        visit.db, named, act=visit.act(), lang=visit.premises.settings.lang
    )
    names = {one.key: one.name for one in chosen}
    return visit.page(
        "admin/slips.html.j2",
        made=[(one.key, one.name, names[one.unit], one.password) for one in made],
        back="/people/-/bulk",
    )


@router.post("/people/-/slips")
@writes
def renew_slips(
    visit: Visit, q: Annotated[str, Form()] = "", role: Annotated[str, Form()] = ""
) -> Response:
    """Give new first passwords to those listed who never signed in, and show them once."""
    visit.ensure_may(Deed.MANAGE_PEOPLE)
    rows = [
        row
        for row in staff.accounts_page(
            visit.db,
            after="",
            at_most=AT_ONCE,
            among=named(visit, q),
            role=role if role in set(Role) else None,
            only_new=True,
        )
        # Without a password, nobody was meant to sign in.
        if row.password_hash is not None
    ]
    held = staff.grants_of_each(visit.db, [row.id for row in rows])
    units = {one.key: one.name for one in listed_units(visit.db, on=visit.today)}
    made = [
        (
            row.key,
            row.name,
            next((units.get(one.unit, one.unit) for one in held.get(row.id, []) if one.unit), ""),
            accounts.reset_password(visit.db, row.key, act=visit.act(), hasher=DRAWN),
        )
        for row in rows
    ]
    return visit.page("admin/slips.html.j2", made=made, back="/people?show=new")


def _lacking(visit: Visit, units: list[Listed], kind: str, agreement: str) -> list[Listed]:
    """The units that live today, are of the kind, owe under the agreement and have nobody."""
    provided = staff.units_with_officer(visit.db)
    found = [
        one
        for one in units
        if not one.is_closed and one.key not in provided and kind in {"", one.kind}
    ]
    if not agreement:
        return found
    bearers = {version.says.bearer for version in catalogue.kept(visit.db, agreement).versions}
    known = roster(visit.db)
    return [
        one
        for one in found
        if any(known.is_member(bearer, one.key, visit.today) for bearer in bearers)
    ]
