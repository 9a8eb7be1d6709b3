"""What is agreed and which units there are, changed by programs: each file tried, then kept.

A file is sent as text, and with ``dry_run`` it is only tried. A wrong one is refused whole
with every problem at its line.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from web.api.calling import Call, reads, writes
from web.api.decisions import Reasoned
from web.api.reading import agreement_read
from web.api.shapes import TEXT, Word
from workflow import catalogue, definitions
from workflow.domain import roles
from workflow.domain.amendment import amended
from workflow.domain.roles import Deed, Place
from workflow.evidence.registry import params_problems
from workflow.intake.agreement_file import read_agreement, write_agreement
from workflow.intake.amendment_file import read_amendment
from workflow.intake.succession_file import read_succession
from workflow.owing import bring_each_up_to_date, bring_up_to_date, horizon_of
from workflow.planning.running import Planned, plan_tasks
from workflow.store.successions import succession_like
from workflow.store.units import roster
from workflow.succession import preview_succession, record_succession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from workflow.domain.succession import Succession
    from workflow.journal import Act
    from workflow.owing import BroughtUp
    from workflow.succession.foreseeing import Preview
    from workflow.succession.settling import Settled

router: Final = APIRouter(tags=["definitions"])
_LARGEST: Final = 1_000_000


class Sent(BaseModel):
    """A file as text."""

    text: str = Field(max_length=_LARGEST, pattern=TEXT, description="YAML, as docs say.")
    dry_run: bool = Field(default=False, description="Only try it: nothing of it is kept.")


class Ending(Reasoned):
    """From when an agreement is over, and why."""

    on: date = Field(description="The first day on which it is over.")


class Owed(BaseModel):
    """What changes of what is owed, in one agreement."""

    agreement: str
    created: int
    shifted: int
    cancelled: int
    fates: dict[str, int] = Field(description="What becomes of the tasks of units that ended.")


class Loaded(BaseModel):
    """What a file did, or would do."""

    agreement: str
    is_kept: bool = Field(description="Not where it was only tried.")
    owed: list[Owed]


class Succeeded(BaseModel):
    """What a succession did to units and tasks, or would do."""

    happens_on: date
    is_kept: bool
    is_new: bool = Field(description="Recording the same again changes nothing.")
    ended: list[str]
    opened: list[str]
    changed: list[str]
    owed: list[Owed]


class Ended(BaseModel):
    """An agreement that ends."""

    agreement: str
    on: date
    cancelled: int = Field(description="How many tasks, not yet due then, were cancelled.")


@router.post("/agreements", status_code=201)
@writes
def load(call: Call, said: Sent) -> Loaded:
    """Load an agreement as a draft; another person activates it."""
    if not roles.conferring(call.grants, Deed.DEFINE):
        call.ensure_may(Deed.DEFINE)
    found = read_agreement(said.text, check_params=params_problems)
    call.ensure_may(Deed.DEFINE, place=Place(agreement=found.code))
    with trial(call, is_kept=not said.dry_run):
        definitions.import_agreement(call.db, found, act=call.act())
    return Loaded(agreement=found.code, is_kept=not said.dry_run, owed=[])


@router.get(
    "/agreements/{code}/file",
    response_class=Response,
    responses={200: {"description": "The agreement's file.", "content": {"application/yaml": {}}}},
)
@reads
def file(call: Call, code: Word) -> Response:
    """An agreement as the file that would load it."""
    text = write_agreement(agreement_read(call, code).says)
    return Response(text, media_type="application/yaml")


@router.post("/agreements/{code}/activate")
@writes
def activate(call: Call, code: Word) -> Loaded:
    """Make a draft active, and create what it makes owed; not for whoever loaded it."""
    agreement_read(call, code)
    call.ensure_may(Deed.ACTIVATE, place=Place(agreement=code))
    definitions.activate_agreement(call.db, code, act=call.act())
    done = bring_up_to_date(call.db, code, act=call.act())
    return Loaded(agreement=code, is_kept=True, owed=[owed_by(done)])


@router.post("/agreements/{code}/amendments")
@writes
def amend(call: Call, code: Word, said: Sent) -> Loaded:
    """Amend an active agreement from a day on, and plan what it makes owed from then."""
    agreement_read(call, code)
    call.ensure_may(Deed.DEFINE, place=Place(agreement=code))
    before = catalogue.locked(call.db, code).says
    amendment = read_amendment(said.text, agreement=before, check_params=params_problems)
    with trial(call, is_kept=not said.dry_run):
        after = amended(before, amendment)
        definitions.amend_agreement(call.db, after, ground=amendment.ground, act=call.act())
        done = bring_up_to_date(call.db, code, act=call.act())
    return Loaded(agreement=code, is_kept=not said.dry_run, owed=[owed_by(done)])


@router.post("/agreements/{code}/end")
@writes
def end(call: Call, code: Word, said: Ending) -> Ended:
    """End an agreement on a day: what is not yet due then is cancelled."""
    agreement_read(call, code)
    call.ensure_may(Deed.DEFINE, place=Place(agreement=code))
    act = call.act(reason=said.reason)
    cancelled = definitions.end_agreement(call.db, code, on=said.on, act=act)
    return Ended(agreement=code, on=said.on, cancelled=cancelled)


@router.post("/units/successions")
@writes
def succeed(call: Call, said: Sent) -> Succeeded:
    """Merge, split, rename or dissolve units, with all that follows for their tasks."""
    call.ensure_may(Deed.DECIDE_SUCCESSION)
    says = _succession(call, said.text)
    if said.dry_run:
        # A day yet to come is looked at as if it had come.
        seen = preview_succession(call.db, says, plan=_plan, act=call.act())
        recorded, owed = seen.recorded, _foreseen(seen)
    else:
        recorded = record_succession(call.db, says, act=call.act())
        codes = catalogue.codes_in_state(call.db, "active")
        owed = [owed_by(one) for one in bring_each_up_to_date(call.db, codes, act=call.act())]
    return Succeeded(
        happens_on=says.happens_on,
        is_kept=not said.dry_run,
        is_new=recorded.is_new,
        ended=list(recorded.ended),
        opened=list(recorded.opened),
        changed=list(recorded.changed),
        owed=owed,
    )


@contextmanager
def trial(call: Call, *, is_kept: bool) -> Iterator[None]:
    """What is done within is taken back unless it is kept."""
    savepoint = call.db.begin_nested()
    try:
        yield
    except BaseException:
        savepoint.rollback()
        raise
    if is_kept:
        savepoint.commit()
    else:
        savepoint.rollback()


def _succession(call: Call, text: str) -> Succession:
    """Read a succession. One that was recorded before is not judged by what it left."""
    says = read_succession(text)
    if succession_like(call.db, says) is None:
        says = read_succession(text, roster=roster(call.db))
    return says


def _plan(db: Connection, code: str, act: Act) -> Planned:
    until = horizon_of(catalogue.kept(db, code), at=act.at)
    return plan_tasks(db, agreement=code, until=until, act=act)


def owed_by(done: BroughtUp) -> Owed:
    """What bringing an agreement up to date changed."""
    return _counted(done.agreement, done.planned, done.settled)


def _foreseen(seen: Preview) -> list[Owed]:
    return [
        _counted(code, planned, seen.settled[code])
        for code, planned in seen.planned.items()
        if isinstance(planned, Planned)
    ]


def _counted(agreement: str, planned: Planned, settled: Settled) -> Owed:
    return Owed(
        agreement=agreement,
        created=planned.created,
        shifted=planned.shifted,
        cancelled=planned.cancelled,
        fates=Counter(change.fate for change in settled.changes),
    )
