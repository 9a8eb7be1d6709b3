"""Units loaded from a sheet, and succeeded by others as a decision says.

Both are tried first: what would change is shown, every problem is told with its row, and
nothing is half-loaded. What was tried comes back with the second form and is read anew.
"""

from __future__ import annotations

import base64
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import Response

from web.pages.agreement_files import problems_of, text_of, told
from web.pages.agreements import tell_owed
from web.typed import Chosen, file_sent
from web.visit import Visit, reads, writes
from workflow import catalogue
from workflow.directory import listed_units
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.i18n import N_
from workflow.intake.sheet import MAX_BYTES
from workflow.intake.succession_file import read_succession
from workflow.intake.unit_sheet import read_units
from workflow.owing import bring_each_up_to_date, horizon_of
from workflow.planning import plan_tasks
from workflow.registry import Loaded, compare_units, load_units
from workflow.store.agreements import agreement_titles
from workflow.store.successions import succession_like
from workflow.store.units import roster
from workflow.succession import preview_succession, record_succession

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workflow.domain.succession import Succession
    from workflow.domain.units import Unit
    from workflow.intake.unit_sheet import UnitSheet
    from workflow.journal import Act
    from workflow.succession import Settled

router: Final = APIRouter(include_in_schema=False)
#: So many units and tasks are named one by one; the rest is counted.
_SHOWN: Final = 200


@router.get("/units/import")
@reads
def import_page(visit: Visit) -> Response:
    """The form for a sheet of units."""
    visit.ensure_may(Deed.DEFINE)
    return _import_page(visit)


@router.post("/units/import")
@writes
def import_units(
    visit: Visit,
    *,
    files: Chosen,
    kept: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
) -> Response:
    """Say what a sheet would change; load what was tried before."""
    visit.ensure_may(Deed.DEFINE)
    try:
        name, content = kept_or_sent(kept, name, files)
        sheet = read_units(content, known=roster(visit.db).units.values())
    except Refusal as refusal:
        return _import_page(visit, refusal=refusal, name=name)
    if not kept:
        outcome = compare_units(visit.db, sheet.units)
        return _import_page(visit, sheet=sheet, outcome=outcome, name=name, content=content)
    outcome = load_units(visit.db, sheet.units, act=visit.act())
    visit.tell(
        N_("Units added {added:number}, changed {changed:number}, unchanged {unchanged:number}."),
        added=len(outcome.added),
        changed=len(outcome.changed),
        unchanged=len(outcome.unchanged),
    )
    if outcome.added or outcome.changed:
        codes = catalogue.codes_in_state(visit.db, "active")
        tell_owed(visit, bring_each_up_to_date(visit.db, codes, act=visit.act()))
    return visit.go("/units")


@router.get("/units/succession/import")
@reads
def succession_page(visit: Visit) -> Response:
    """The form for a succession."""
    visit.ensure_may(Deed.DECIDE_SUCCESSION)
    return _succession_page(visit, "")


@router.post("/units/succession/import")
@writes
def succeed(
    visit: Visit,
    *,
    text: Annotated[str, Form()] = "",
    do: Annotated[str, Form()] = "check",
    files: Chosen,
) -> Response:
    """Say what a succession would change, or record it with all its consequences."""
    visit.ensure_may(Deed.DECIDE_SUCCESSION)
    try:
        text = text_of(text, files)
        says = _succession(visit, text)
        if do != "save":
            return _succession_page(visit, text, says=says, facts=_foreseen(visit, says))
        with visit.db.begin_nested():
            record_succession(visit.db, says, act=visit.act())
            codes = catalogue.codes_in_state(visit.db, "active")
            done = bring_each_up_to_date(visit.db, codes, act=visit.act())
    except Refusal as refusal:
        return _succession_page(visit, text, refusal=refusal)
    visit.tell(N_("The succession of {on:day} is recorded."), on=says.happens_on)
    tell_owed(visit, done)
    return visit.go("/units")


def kept_or_sent(kept: str, name: str, files: list[UploadFile]) -> tuple[str, bytes]:
    """The file that was tried before, or else the one that is sent. Raises ``Refusal``."""
    if kept:
        try:
            return name[:80], base64.b64decode(kept, validate=True)
        except ValueError:
            raise Refusal("upload.missing") from None
    sent = file_sent(files, largest=MAX_BYTES)
    if sent is None:
        raise Refusal("upload.missing")
    return sent


def kept_text(content: bytes) -> str:
    """A file as a hidden field brings it back."""
    return base64.b64encode(content).decode()


def _import_page(
    visit: Visit,
    *,
    refusal: Refusal | None = None,
    sheet: UnitSheet | None = None,
    outcome: Loaded | None = None,
    name: str = "",
    content: bytes = b"",
) -> Response:
    said: dict[str, Unit] = {} if sheet is None else {one.key: one for one in sheet.units}
    return visit.page(
        "admin/unit_import.html.j2",
        status=200 if refusal is None else 422,
        name=name,
        outcome=outcome,
        kept=kept_text(content),
        names={key: one.names[-1].value for key, one in said.items()},
        shown=_SHOWN,
        warnings=[] if sheet is None else told(visit, sheet.warnings),
        **problems_of(visit, refusal),
    )


def _succession(visit: Visit, text: str) -> Succession:
    """Read a succession. One that was recorded before is not judged by what it left."""
    says = read_succession(text)
    if succession_like(visit.db, says) is None:
        says = read_succession(text, roster=roster(visit.db))
    return says


def _foreseen(visit: Visit, says: Succession) -> dict[str, Any]:
    """What recording would do to units and tasks, found by doing it and taking it back."""

    def plan(db: Connection, code: str, act: Act) -> object:
        until = horizon_of(catalogue.kept(db, code), at=act.at)
        return plan_tasks(db, agreement=code, until=until, act=act)

    seen = preview_succession(visit.db, says, plan=plan, act=visit.act())
    recorded = seen.recorded
    return {
        "is_new": recorded.is_new,
        "ended": recorded.ended,
        "opened": recorded.opened,
        "changed": recorded.changed,
        "fates": [_fates(code, one) for code, one in seen.settled.items()],
        "changes": [one for settled in seen.settled.values() for one in settled.changes][:_SHOWN],
        "change_count": sum(len(one.changes) for one in seen.settled.values()),
    }


def _fates(code: str, settled: Settled) -> dict[str, Any]:
    fates = Counter(change.fate for change in settled.changes)
    return {"code": code, "fates": sorted(fates.items()), "answered": settled.answered}


def _succession_page(
    visit: Visit,
    text: str,
    *,
    refusal: Refusal | None = None,
    says: Succession | None = None,
    facts: dict[str, Any] | None = None,
) -> Response:
    names: dict[str, str] = {}
    if says is not None:
        names = {one.key: one.name for one in listed_units(visit.db, on=visit.today)}
        names |= {one.key: one.name for one in says.successors if one.name}
    return visit.page(
        "admin/succession.html.j2",
        status=200 if refusal is None else 422,
        text=text,
        says=says,
        facts=facts,
        names=names,
        titles={row.code: row.title for row in agreement_titles(visit.db)} if says else {},
        **problems_of(visit, refusal),
    )
