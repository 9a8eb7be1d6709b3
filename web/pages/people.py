"""Accounts: who there is, what each may do, and letting somebody in, out or in again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from fastapi.responses import Response

from web.typed import unit_typed
from web.visit import Visit, reads, writes
from workflow import accounts, labels, second_factor
from workflow.access import grant_from
from workflow.catalogue import agreements_said
from workflow.directory import listed_units
from workflow.domain.errors import Refusal
from workflow.domain.folding import fold
from workflow.domain.roles import Deed, Grant, Role
from workflow.i18n import LANGUAGES, N_
from workflow.store import people, staff
from workflow.store.agreements import agreement_ids
from workflow.store.unit_names import units_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Row

router: Final = APIRouter(include_in_schema=False)
_PAGE: Final = 100
#: So many accounts are made by one press of the button, in about two seconds.
AT_ONCE: Final = 300
#: More units than these are typed by key instead of chosen from a list.
_LISTED: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A grant that somebody holds: its number and its words."""

    id: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scopes:
    """What the scopes of grants are called."""

    agreements: Mapping[str, str]
    parties: Mapping[str, str]
    units: Mapping[str, str]

    def words(self, visit: Visit, grant: Grant) -> str:
        """A grant as people say it: the role, and where."""
        where = (
            grant.unit and self.units.get(grant.unit, grant.unit),
            grant.party and self.parties.get(grant.party, grant.party),
            grant.agreement and self.agreements.get(grant.agreement, grant.agreement),
        )
        return " – ".join([visit.say.word(grant.role), *(one for one in where if one)])


@router.get("/people")
@reads
def people_page(
    visit: Visit, q: str = "", role: str = "", show: str = "", after: str = ""
) -> Response:
    """The accounts, a page of them."""
    visit.ensure_may(Deed.MANAGE_PEOPLE)
    wanted = role if role in set(Role) else None
    rows = staff.accounts_page(
        visit.db,
        after=after,
        at_most=_PAGE + 1,
        among=named(visit, q),
        role=wanted,
        only_new=show == "new",
    )
    shown = rows[:_PAGE]
    ids = [row.id for row in shown]
    held = staff.grants_of_each(visit.db, ids)
    scopes = _scopes(visit, [one for rows in held.values() for one in rows])
    more = None
    if len(rows) > _PAGE:
        more = "/people?" + urlencode({"q": q, "role": role, "show": show, "after": shown[-1].key})
    return visit.page(
        "admin/people.html.j2",
        rows=shown,
        held={key: _held(visit, some, scopes) for key, some in held.items()},
        last=staff.last_sign_ins(visit.db, ids),
        roles=list(Role),
        q=q,
        role=role,
        show=show,
        more=more,
        at_once=AT_ONCE,
    )


def named(visit: Visit, q: str) -> list[int] | None:
    """The accounts whose key or name contains what was typed; None where nothing was."""
    parts = fold(q).split()
    if not parts:
        return None
    return [
        row.id
        for row in staff.accounts_named(visit.db)
        if all(part in fold(f"{row.key} {row.name}") for part in parts)
    ]


@router.get("/people/-/new")
@reads
def new_person(visit: Visit) -> Response:
    """The form for an account."""
    visit.ensure_may(Deed.MANAGE_PEOPLE)
    return _new_form(visit, {"lang": visit.premises.settings.lang}, "")


@router.post("/people/-/new")
@writes
def add_person(
    visit: Visit,
    *,
    key: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    mail: Annotated[str, Form()] = "",
    lang: Annotated[str, Form()] = "vi",
    role: Annotated[str, Form()] = "",
    agreement: Annotated[str, Form()] = "",
    party: Annotated[str, Form()] = "",
    unit: Annotated[str, Form()] = "",
) -> Response:
    """Make an account, and show its first password once."""
    visit.ensure_may(Deed.MANAGE_PEOPLE)
    key = key.strip().lower()
    try:
        with visit.db.begin_nested():
            grants = [_grant(visit, role, agreement, party, unit)] if role else []
            accounts.add_user(
                visit.db,
                key,
                name=name,
                mail=mail.strip() or None,
                lang=lang if lang in LANGUAGES else "vi",
                grants=grants,
                act=visit.act(),
            )
    except Refusal as refusal:
        typed = {"key": key, "name": name, "mail": mail, "lang": lang, "role": role}
        typed |= {"agreement": agreement, "party": party, "unit": unit}
        return _new_form(visit, typed, labels.describe(refusal, visit.lang))
    password = accounts.reset_password(visit.db, key, act=visit.act())
    return slips(visit, [(key, name.strip(), "", password)], back=f"/people/{key}")


@router.get("/people/{key}")
@reads
def person_page(visit: Visit, key: str) -> Response:
    """One account: what it may do, and what can be done about it."""
    visit.ensure_may(Deed.MANAGE_PEOPLE)
    return person_view(visit, key)


def person_view(
    visit: Visit, key: str, *, wrong: str = "", typed: Mapping[str, str] | None = None
) -> Response:
    """The page of an account; ``wrong`` says why what was ``typed`` was not taken."""
    found = people.person_by_key(visit.db, key)
    if found is None:
        raise Refusal("account.unknown", key=key)
    return visit.page(
        "admin/person.html.j2",
        status=422 if wrong else 200,
        one=found,
        held=held_by(visit, found.id),
        last=staff.last_sign_ins(visit.db, [found.id]).get(found.id),
        factor=second_factor.standing(visit.db, key),
        wrong=wrong,
        typed=typed or {"name": found.name, "mail": found.mail or "", "lang": found.lang},
        **_choices(visit),
    )


def held_by(visit: Visit, person_id: int) -> list[Held]:
    """The roles that an account holds, in words."""
    held = people.grants_held(visit.db, person_id)
    return _held(visit, held, _scopes(visit, held))


@router.post("/people/{key}/grants")
@writes
def give_role(
    visit: Visit,
    *,
    key: str,
    role: Annotated[str, Form()] = "",
    agreement: Annotated[str, Form()] = "",
    party: Annotated[str, Form()] = "",
    unit: Annotated[str, Form()] = "",
) -> Response:
    """Give an account a role within a scope."""
    visit.ensure_may(Deed.MANAGE_PEOPLE)
    given = _grant(visit, role, agreement, party, unit)
    accounts.grant_role(visit.db, key, given, act=visit.act())
    visit.tell(N_("The role is given."))
    return visit.go(f"/people/{key}")


@router.post("/people/{key}/grants/{number}/revoke")
@writes
def take_role(visit: Visit, key: str, number: int) -> Response:
    """Take a role away."""
    accounts.revoke_role(visit.db, key, number, act=visit.act())
    visit.tell(N_("The role is taken away."))
    return visit.go(f"/people/{key}")


@router.post("/people/{key}/disable")
@writes
def disable_person(visit: Visit, key: str) -> Response:
    """Let an account do nothing more."""
    accounts.disable_user(visit.db, key, act=visit.act())
    visit.tell(N_("The account “{key}” is disabled; what it did stays on record."), key=key)
    return visit.go(f"/people/{key}")


@router.post("/people/{key}/reset")
@writes
def reset_person(visit: Visit, key: str) -> Response:
    """Give an account a new password, shown once on a page to print."""
    password = accounts.reset_password(visit.db, key, act=visit.act())
    found = people.person_by_key(visit.db, key)
    name = found.name if found else key
    return slips(visit, [(key, name, "", password)], back=f"/people/{key}")


def slips(visit: Visit, made: list[tuple[str, str, str, str]], *, back: str) -> Response:
    """A page to print: account, name, unit and first password of each."""
    return visit.page("admin/slips.html.j2", made=made, back=back)


def _new_form(visit: Visit, typed: dict[str, str], wrong: str) -> Response:
    status = 422 if wrong else 200
    return visit.page(
        "admin/person_new.html.j2", status=status, typed=typed, wrong=wrong, **_choices(visit)
    )


def _grant(visit: Visit, role: str, agreement: str, party: str, unit: str) -> Grant:
    """A grant as it was chosen. Raises ``Refusal``."""
    if role not in set(Role):
        raise Refusal("request.unreadable", names="role")
    key = unit_typed(visit, unit).key if unit.strip() else None
    return Grant(role=Role(role), agreement=agreement or None, party=party or None, unit=key)


def _choices(visit: Visit) -> dict[str, Any]:
    """What a role and its scope are chosen from."""
    said = agreements_said(visit.db, agreement_ids(visit.db)).values()
    units = [one for one in listed_units(visit.db, on=visit.today) if not one.is_closed]
    return {
        "roles": list(Role),
        "agreements": sorted((one.code, one.title) for one in said),
        "parties": sorted({(party.code, party.name) for one in said for party in one.parties}),
        "units": units if len(units) <= _LISTED else [],
    }


def _scopes(visit: Visit, held: Iterable[Row[Any]]) -> Scopes:
    rows = list(held)
    keys = {row.unit for row in rows if row.unit}
    said = list(agreements_said(visit.db, agreement_ids(visit.db)).values())
    named = units_named(visit.db, on=visit.today, among=keys) if keys else []
    return Scopes(
        agreements={one.code: one.title for one in said},
        parties={party.code: party.name for one in said for party in one.parties},
        units={row.key: row.name or row.key for row in named},
    )


def _held(visit: Visit, rows: Iterable[Row[Any]], scopes: Scopes) -> list[Held]:
    return [Held(id=row.id, words=scopes.words(visit, grant_from(row))) for row in rows]
