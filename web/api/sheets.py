"""Units and meetings for programs as offices keep them: in sheets, tried and then kept.

A file is sent as it is (.csv, .xlsx, for meetings .ics too), and with ``dry_run`` it is only
tried. A wrong one is refused whole with every problem at its row.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import asdict
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import BaseModel, Field

from web.api.calling import Call, writes
from web.api.definitions import Owed, owed_by, trial
from web.api.meetings import ensure_may_record
from web.api.shapes import Word, Words
from web.api.units import Unit
from web.typed import file_sent
from workflow import catalogue, meetings
from workflow.access import day_of
from workflow.directory import listed_units
from workflow.domain import roles
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.intake.event_file import read_events
from workflow.intake.sheet import MAX_BYTES
from workflow.intake.unit_sheet import read_units
from workflow.owing import bring_each_up_to_date
from workflow.registry import load_units
from workflow.store.units import roster

router: Final = APIRouter()
Sheet = Annotated[UploadFile | None, File(description="The sheet, at most 5 MB.")]
Trying = Annotated[bool, Form(description="Only try it: nothing of it is kept.")]


class UnitsLoaded(BaseModel):
    """What a sheet of units did, or would do: keys in their order."""

    is_kept: bool = Field(description="Not where it was only tried.")
    added: list[str]
    changed: list[str]
    unchanged: list[str]
    owed: list[Owed]


class NewUnit(BaseModel):
    """A unit as a row of a sheet says it."""

    key: Word = Field(min_length=1, description="Permanent: small letters, digits and hyphens.")
    name: Words = Field(min_length=1)
    kind: Word = ""
    tags: Words = Field(default="", description="With commas between them.")
    parent: Word = Field(default="", description="The key of the unit that it stands under.")
    opened: date | None = Field(default=None, description="Its first day; otherwise always.")
    code: Word = ""
    mail: Words = ""


class MeetingsLoaded(BaseModel):
    """What a file of meetings did, or would do."""

    is_kept: bool = Field(description="Not where it was only tried.")
    outcomes: dict[str, int] = Field(
        description="How many were “added”, “moved”, “held_again” or “unchanged”."
    )
    owed: list[Owed]


@router.post("/units", status_code=201, tags=["units"])
@writes
def add_unit(call: Call, said: NewUnit) -> Unit:
    """Add one unit by the rules of a sheet, with what it owes; a key that is there is refused."""
    call.ensure_may(Deed.DEFINE)
    known = roster(call.db).units
    if said.key in known:
        raise Refusal("editor.unit_taken", key=said.key)
    columns = {name: str(one or "") for name, one in said.model_dump().items()}
    read = read_units(_row(columns), known=known.values())
    load_units(call.db, read.units, act=call.act())
    _bring_up_to_date(call)
    (key,) = (one.key for one in read.units)
    named = listed_units(call.db, on=max(day_of(call.at), said.opened or date.min))
    return next(Unit.model_validate(one) for one in named if one.key == key)


@router.post("/units/import", tags=["definitions"])
@writes
def import_units(call: Call, *, file: Sheet = None, dry_run: Trying = False) -> UnitsLoaded:
    """Make each unit of a sheet what is said of it; units that it does not name stay."""
    call.ensure_may(Deed.DEFINE)
    _, content = _sent(file)
    sheet = read_units(content, known=roster(call.db).units.values())
    with trial(call, is_kept=not dry_run):
        done = load_units(call.db, sheet.units, act=call.act())
        owed = _bring_up_to_date(call) if done.added or done.changed else []
    loaded = {name: list(keys) for name, keys in asdict(done).items()}
    return UnitsLoaded(is_kept=not dry_run, owed=owed, **loaded)


@router.post("/meetings/import", tags=["meetings"])
@writes
def import_meetings(
    call: Call,
    *,
    file: Sheet = None,
    kind: Annotated[Word, Form(description="Where the file names none.")] = "",
    convener: Annotated[Word, Form(description="Where the file names none: a unit's key.")] = "",
    dry_run: Trying = False,
) -> MeetingsLoaded:
    """Record every meeting of a sheet or calendar, all or none, with what they make owed."""
    if not roles.conferring(call.grants, Deed.RECORD_EVENT):
        call.ensure_may(Deed.RECORD_EVENT)
    name, content = _sent(file)
    said = read_events(
        content,
        kind=kind or None,
        convener=convener or None,
        zone=call.premises.settings.timezone,
        file=name,
    )
    for one in sorted({one.kind for one in said}):
        ensure_may_record(call, one, Deed.RECORD_EVENT)
    with trial(call, is_kept=not dry_run):
        done = [(meetings.record_event(call.db, one, act=call.act()), one.kind) for one in said]
        kinds = {of for recorded, of in done if recorded.outcome != "unchanged"}
        codes = meetings.concerned(call.db, kinds) if kinds else []
        owed = [owed_by(one) for one in bring_each_up_to_date(call.db, codes, act=call.act())]
    outcomes = Counter(recorded.outcome for recorded, _ in done)
    return MeetingsLoaded(is_kept=not dry_run, outcomes=dict(outcomes), owed=owed)


def _sent(file: UploadFile | None) -> tuple[str, bytes]:
    sent = file_sent([] if file is None else [file], largest=MAX_BYTES)
    if sent is None:
        raise Refusal("upload.missing")
    return sent


def _row(columns: dict[str, str]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerow(columns)
    return stream.getvalue().encode()


def _bring_up_to_date(call: Call) -> list[Owed]:
    codes = catalogue.codes_in_state(call.db, "active")
    return [owed_by(one) for one in bring_each_up_to_date(call.db, codes, act=call.act())]
