"""A draft written in the browser: its heading, its parties, its clauses, topics and titles.

The first agreement of an installation begins here. One in force keeps what was agreed: of it
only the places of its clauses are changed, and everything else is an amendment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from web.pages.agreements import ensure_readable
from web.visit import Visit, reads, writes
from web.writing import sheet
from web.writing.agreement_fields import (
    GROUPS,
    said_heading,
    said_rows,
    shown_heading,
    shown_rows,
)
from web.writing.duty_fields import suggested_code
from web.writing.fields import Fields, Form, Said, fields_of, rows, with_row, without_row
from web.writing.selector_fields import found_units
from workflow import catalogue, definitions, sourcing
from workflow.directory import listed_units
from workflow.domain.errors import InvalidFile, Problem, Refusal
from workflow.domain.roles import Deed, Place
from workflow.evidence.registry import params_problems
from workflow.i18n import N_
from workflow.intake.draft import read_draft
from workflow.intake.kept_form import keep_agreement
from workflow.intake.places import node_path
from workflow.store.agreements import agreement_titles
from workflow.store.selected import selected_by_kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.catalogue import Kept
    from workflow.domain.agreement import Agreement

router: Final = APIRouter(include_in_schema=False)
#: Words of addresses that no agreement may be called by.
_RESERVED: Final = frozenset({"import", "new"})
Wrongs = dict[str, list[Problem]]


@router.get("/agreements/new")
@reads
def new_agreement(visit: Visit) -> Response:
    """An empty heading: what is agreed, between whom, for how long."""
    _ensure_may_define(visit)
    year = visit.today.year
    fields: Fields = {
        "from": [f"{year + 1}-01-01"],
        "through": [f"{year + 1}-12-31"],
        **shown_heading({}),
        "parties.0.code": [""],
        "parties.1.code": [""],
    }
    return _heading_page(visit, fields, kept=None)


@router.post("/agreements/new")
@writes
def begin_agreement(visit: Visit, *, sent: Form) -> Response:
    """Keep a draft that holds nothing but its heading and its parties."""
    _ensure_may_define(visit)
    fields = fields_of(sent)
    do = Said(fields).text("do")
    if do != "save":
        return _heading_page(visit, _rows_pressed(fields, "parties", do), kept=None)
    taken = {row.code for row in agreement_titles(visit.db)} | _RESERVED
    fields = _with_codes(fields, taken=taken)
    fields, wrongs = _units_found(visit, fields)
    said = Said(fields)
    data = {**said_heading(said, {}), "parties": said_rows(said, "parties")}
    draft = _read(said, data, wrongs)
    if draft is not None and draft.code in taken:
        wrongs["code"] = [Problem(code="editor.agreement_taken", facts={"code": draft.code})]
    if draft is None or wrongs:
        return _heading_page(visit, fields, kept=None, wrongs=wrongs)
    visit.ensure_may(Deed.DEFINE, place=Place(agreement=draft.code))
    definitions.import_agreement(visit.db, draft, act=visit.act())
    visit.tell(
        N_("The draft {code} is begun. Next: its clauses, then its obligations."), code=draft.code
    )
    return visit.go(f"/agreements/{quote(draft.code)}")


@router.get("/agreements/{code}/heading")
@reads
def heading(visit: Visit, code: str) -> Response:
    """The heading of a draft."""
    kept = _draft(visit, catalogue.kept(visit.db, _definable(visit, code)))
    return _heading_page(visit, shown_heading(keep_agreement(kept.says)), kept=kept)


@router.post("/agreements/{code}/heading")
@writes
def change_heading(visit: Visit, code: str, *, sent: Form) -> Response:
    """Save the heading of a draft."""
    kept = _draft(visit, catalogue.locked(visit.db, _definable(visit, code)))
    fields = {**fields_of(sent), "code": [code]}
    said, wrongs = Said(fields), Wrongs()
    draft = _read(said, said_heading(said, keep_agreement(kept.says)), wrongs)
    if draft is None:
        return _heading_page(visit, fields, kept=kept, wrongs=wrongs)
    definitions.import_agreement(visit.db, draft, act=visit.act())
    visit.tell(N_("The draft is saved."))
    return visit.go(f"/agreements/{quote(code)}")


@router.get("/agreements/{code}/parts/{group}")
@reads
def part(visit: Visit, code: str, group: str) -> Response:
    """One list of an agreement; whoever writes its draft gets it as a form."""
    ensure_readable(visit, code)
    kept = catalogue.kept(visit.db, code)
    return _part_page(visit, kept, _known(group), shown_rows(group, keep_agreement(kept.says)))


@router.post("/agreements/{code}/parts/{group}")
@writes
def change_part(visit: Visit, code: str, group: str, *, sent: Form) -> Response:
    """Show the list as a button asks, or save it; of one in force only places of clauses."""
    kept = catalogue.locked(visit.db, _definable(visit, code))
    fields = fields_of(sent)
    do = Said(fields).text("do")
    if do != "save":
        return _part_page(visit, kept, _known(group), _rows_pressed(fields, group, do))
    if kept.state != "draft":
        return _save_places(visit, kept, _known(group), fields)
    fields = _with_codes(fields, taken=frozenset())
    fields, wrongs = _units_found(visit, fields)
    said = Said(fields)
    data = {**keep_agreement(kept.says), _known(group): said_rows(said, group)}
    draft = _read(said, data, wrongs)
    if draft is None or wrongs:
        return _part_page(visit, kept, group, fields, wrongs=wrongs)
    definitions.import_agreement(visit.db, draft, act=visit.act())
    visit.tell(N_("The draft is saved."))
    return visit.go(f"/agreements/{quote(code)}")


def _save_places(visit: Visit, kept: Kept, group: str, fields: Fields) -> Response:
    if group != "clauses":
        raise Refusal("agreement.not_draft", agreement=kept.says.code, state=kept.state)
    said = Said(fields)
    places = {
        one.code: said.text(f"clauses.{number}.place")
        for number, one in enumerate(kept.says.clauses)
        if f"clauses.{number}.place" in fields
    }
    changed = sourcing.place_clauses(visit.db, kept.says.code, places=places, act=visit.act())
    visit.tell(N_("Places of clauses changed: {count:number}."), count=len(changed))
    return visit.go(f"/agreements/{quote(kept.says.code)}")


def _known(group: str) -> str:
    if group not in GROUPS:
        raise Refusal("page.unknown")
    return group


def _definable(visit: Visit, code: str) -> str:
    ensure_readable(visit, code)
    visit.ensure_may(Deed.DEFINE, place=Place(agreement=code))
    return code


def _draft(_visit: Visit, kept: Kept) -> Kept:
    if kept.state != "draft":
        raise Refusal("agreement.not_draft", agreement=kept.says.code, state=kept.state)
    return kept


def _ensure_may_define(visit: Visit) -> None:
    if not visit.may_somewhere(Deed.DEFINE):
        visit.ensure_may(Deed.DEFINE)


def _rows_pressed(fields: Fields, group: str, do: str) -> Fields:
    """What a button does to a list: a row more, a row less, a passage taken as a place."""
    act, _, number = do.partition(" ")
    if act == "add":
        return with_row(fields, group, {"code": [""]})
    if act == "drop" and number.isdecimal():
        return without_row(fields, group, int(number))
    if act == "passage" and number.isdecimal():
        place = sheet.passage(fields)
        return {**fields, f"clauses.{number}.place": [place]} if place else fields
    return fields


def _with_codes(fields: Fields, *, taken: frozenset[str] | set[str]) -> Fields:
    """The same with codes made of names where none were typed."""
    fields = dict(fields)
    title = Said(fields).text("title")
    if title and not Said(fields).text("code"):
        fields["code"] = [suggested_code(title, taken=taken, otherwise="chuong-trinh")]
    for group in GROUPS:
        numbers = rows(fields, group)
        used = {Said(fields).text(f"{group}.{number}.code") for number in numbers}
        for number in numbers:
            prefix = f"{group}.{number}"
            names = (Said(fields).text(f"{prefix}.{name}") for name in ("name", "title", "text"))
            name = next(filter(None, names), "")
            if name and not Said(fields).text(f"{prefix}.code"):
                code = suggested_code(name, taken=used, otherwise="muc")
                fields[f"{prefix}.code"] = [code]
                used.add(code)
    return fields


def _units_found(visit: Visit, fields: Fields) -> tuple[Fields, Wrongs]:
    prefixes = [f"parties.{number}.members" for number in rows(fields, "parties")]
    found, problems = found_units(fields, listed_units(visit.db, on=visit.today), prefixes=prefixes)
    wrongs: Wrongs = {}
    for one in problems:
        wrongs.setdefault(one.path, []).append(one)
    return found, wrongs


def _read(said: Said, data: Mapping[str, Any], wrongs: Wrongs) -> Agreement | None:
    """The draft that is written; what is wrong is added at its fields."""
    try:
        return read_draft(data, check_params=params_problems)
    except InvalidFile as refused:
        for one in refused.problems:
            wrongs.setdefault(said.field_at(node_path(one.path)) or "", []).append(one)
    return None


def _heading_page(
    visit: Visit, fields: Fields, *, kept: Kept | None, wrongs: Wrongs | None = None
) -> Response:
    units = listed_units(visit.db, on=visit.today)
    return visit.page(
        "editor/heading.html.j2",
        status=422 if wrongs else 200,
        kept=kept,
        f=sheet.Filled(visit.lang, fields, wrongs or {}),
        w=sheet.constants(),
        choices=sheet.choices_of(visit, kept.says.obligations if kept else (), units),
    )


def _part_page(
    visit: Visit, kept: Kept, group: str, fields: Fields, *, wrongs: Wrongs | None = None
) -> Response:
    says = kept.says
    units = listed_units(visit.db, on=visit.today)
    may_define = visit.may(Deed.DEFINE, place=Place(agreement=says.code))
    counts = selected_by_kind(visit.db, [one.members for one in says.parties], on=visit.today)
    last = {one.code: one for one in says.obligations}.values()
    topics = [one.topic for one in last]
    return visit.page(
        "editor/part.html.j2",
        status=422 if wrongs else 200,
        kept=kept,
        says=says,
        group=group,
        f=sheet.Filled(visit.lang, fields, wrongs or {}),
        w=sheet.constants(),
        choices=sheet.choices_of(visit, says.obligations, units),
        source=sourcing.source_of(visit.db, kept.id) if group == "clauses" else None,
        is_written=may_define and kept.state == "draft",
        may_place=may_define and group == "clauses" and kept.state != "draft",
        units={
            one.code: sum(found.values()) for one, found in zip(says.parties, counts, strict=True)
        },
        duties={code: topics.count(code) for code in topics},
    )
