"""Units written by hand, a few at a time: what an installation without a sheet begins with.

Read by the same rules as a sheet, so that nothing gets in that a sheet could not bring.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from fastapi.responses import Response

from web.pages.agreements import tell_owed
from web.visit import Visit, reads, writes
from web.writing import sheet
from web.writing.duty_fields import suggested_code
from web.writing.fields import Fields, Form, Said, fields_of, rows, with_row, without_row
from workflow import catalogue
from workflow.directory import listed_units
from workflow.domain.errors import InvalidFile, Problem
from workflow.domain.roles import Deed
from workflow.i18n import N_
from workflow.intake.unit_sheet import read_units
from workflow.owing import bring_each_up_to_date
from workflow.registry import load_units
from workflow.store.units import roster

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

router: Final = APIRouter(include_in_schema=False)
#: A form's columns under the names that a sheet gives them.
_COLUMNS: Final = ("key", "name", "kind", "tags", "parent", "opened", "code", "mail")
_FIRST: Final = 3
_EMPTY: Final[Fields] = {"name": [""]}


@router.get("/units/new")
@reads
def new_units(visit: Visit) -> Response:
    """A few empty rows."""
    visit.ensure_may(Deed.DEFINE)
    fields: Fields = {}
    for _ in range(_FIRST):
        fields = with_row(fields, "units", _EMPTY)
    return _page(visit, fields)


@router.post("/units/new")
@writes
def write_units(visit: Visit, *, sent: Form) -> Response:
    """One row more or less, or every unit that is written, with what it owes."""
    visit.ensure_may(Deed.DEFINE)
    fields = fields_of(sent)
    act, _, number = Said(fields).text("do").partition(" ")
    if act == "add":
        return _page(visit, with_row(fields, "units", _EMPTY))
    if act == "drop" and number.isdecimal():
        return _page(visit, without_row(fields, "units", int(number)))
    fields = _with_keys(visit, fields)
    numbers = [one for one in rows(fields, "units") if _row(fields, one)["name"]]
    if not numbers:
        return _page(visit, fields, wrongs={"": [Problem(code="editor.no_unit")]})
    known = roster(visit.db).units
    taken = {
        f"units.{one}.key": [Problem(code="editor.unit_taken", facts={"key": key})]
        for one in numbers
        if (key := _row(fields, one)["key"]) in known
    }
    if taken:
        return _page(visit, fields, wrongs=taken)
    try:
        read = read_units(_as_sheet(fields, numbers), known=known.values())
    except InvalidFile as refused:
        return _page(visit, fields, wrongs=_at_rows(refused.problems, numbers))
    outcome = load_units(visit.db, read.units, act=visit.act())
    visit.tell(N_("Units added: {count:number}."), count=len(outcome.added))
    codes = catalogue.codes_in_state(visit.db, "active")
    tell_owed(visit, bring_each_up_to_date(visit.db, codes, act=visit.act()))
    return visit.go("/units")


def _row(fields: Fields, number: int) -> dict[str, str]:
    said = Said(fields)
    return {name: said.text(f"units.{number}.{name}") for name in _COLUMNS}


def _with_keys(visit: Visit, fields: Fields) -> Fields:
    """The same with keys made of names where none were typed, and days as a sheet has them."""
    taken = {one.key for one in listed_units(visit.db, on=visit.today)}
    taken |= {_row(fields, number)["key"] for number in rows(fields, "units")}
    fields = dict(fields)
    for number in rows(fields, "units"):
        row = _row(fields, number)
        if row["name"] and not row["key"]:
            key = suggested_code(row["name"], taken=taken, otherwise="don-vi")
            fields[f"units.{number}.key"] = [key]
            taken.add(key)
    return fields


def _as_sheet(fields: Fields, numbers: Sequence[int]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, ["key", *_COLUMNS[1:]], lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(fields, number) for number in numbers)
    return stream.getvalue().encode()


def _at_rows(problems: Sequence[Problem], numbers: Sequence[int]) -> Mapping[str, list[Problem]]:
    """The problems of the sheet by the fields that they are about; its first line has the names."""
    wrongs: dict[str, list[Problem]] = {}
    for one in problems:
        place = (one.line or 0) - 2
        column = one.path if one.path in _COLUMNS else "name"
        name = f"units.{numbers[place]}.{column}" if 0 <= place < len(numbers) else ""
        wrongs.setdefault(name, []).append(one)
    return wrongs


def _page(
    visit: Visit, fields: Fields, *, wrongs: Mapping[str, list[Problem]] | None = None
) -> Response:
    units = listed_units(visit.db, on=visit.today)
    return visit.page(
        "editor/units.html.j2",
        status=422 if wrongs else 200,
        f=sheet.Filled(visit.lang, fields, wrongs or {}),
        choices=sheet.choices_of(visit, (), units),
    )
