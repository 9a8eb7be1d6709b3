"""A part of a report to argue with: one unit's record, or one obligation across its units.

Knows what stands in a record, and that it counts by the report's own rules at the report's
own instants, so that records add up to it. Refuses to know the words and pages made of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - read at run time, by pydantic
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter
from sqlalchemy import and_, not_, select

from reports import quarterly as value
from reports.cast import Cast
from reports.figures import (
    Line,
    tables,
)
from reports.letterhead import Letterhead
from reports.letterheads import letterhead_words
from reports.lines import duty_lines, unit_lines
from reports.listing import doubts_listed, tasks_listed
from reports.packs.verdicts import (
    VerdictLine,
    verdicts_given,
)
from reports.windows import lag_of, period_of, window_of
from workflow import access, catalogue
from workflow.domain.errors import Refusal
from workflow.domain.periods import reporting_year
from workflow.domain.timeliness import first_instant
from workflow.journal import canonical
from workflow.store.agreements import obligation
from workflow.store.reports import report as report_table
from workflow.store.reports import reports_listed
from workflow.store.tallies import tallied
from workflow.store.tasks import task
from workflow.store.units import unit

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

    from workflow.catalogue import Kept
    from workflow.domain.periods import Period

FORM: Final = 1


class About(StrEnum):
    """What a record is about."""

    UNIT = "unit"
    OBLIGATION = "obligation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which part of a report is asked for."""

    about: About
    key: str
    agreement: str
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The issued report whose instants a record takes."""

    number: str
    edition: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A whole record; ``before`` is the same of the period before.

    ``report`` is None where none on the period is issued. ``is_partial``: the reader may not
    see all tasks that it is about, so its figures are only theirs.
    """

    form: int
    about: About
    key: str
    name: str
    agreement: value.Ground
    period: value.Period
    zone: str
    cut_off: datetime
    as_of: datetime
    previous_cut_off: datetime
    is_simulated: bool
    is_partial: bool
    report: Beside | None
    total: Line
    before: Line
    duties: tuple[value.Duty, ...]
    units: tuple[value.UnitLine, ...]
    tasks: tuple[value.TaskLine, ...]
    doubts: tuple[value.Doubt, ...]
    verdicts: tuple[VerdictLine, ...]
    letterhead: Letterhead


def written(record: Record) -> str:
    """The one text of a record: canonical JSON, each line with both of its rates."""
    return canonical(value.plain(record))


def sha256(text: str) -> str:
    """The hash by which a written record is known."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> Record:
    """A record from its text; ``written(read(text)) == text``. Raises ``ValueError``."""
    return _reader().validate_json(text)


@cache
def _reader() -> TypeAdapter[Record]:
    return TypeAdapter(Record)


def record_of(db: Connection, part: Part, *, by: str, at: datetime, is_simulated: bool) -> Record:
    """A record as its reader may see it, at the instants of the issued report or else now.

    A fixed number of statements. Raises ``Refusal``: ``agreement.unknown``,
    ``period.bad_key``, ``report.period_outside``, ``record.not_begun``,
    ``record.unknown``, also where nothing of it is for this person to read.
    """
    now = catalogue.kept(db, part.agreement)
    period = period_of(now, part.period)
    if at <= first_instant(period.from_on, now.zone):
        raise Refusal("record.not_begun", period=part.period)
    meant, name_id = _meant(db, now, part)
    known = reports_listed(db, within=report_table.c.agreement_id == now.id)
    issued = [row for row in known if row.state == "issued"]
    own = [row for row in issued if row.period == part.period]
    as_of = own[-1].as_of if own else at
    kept = catalogue.kept_then(db, now, as_of=as_of)
    lag = lag_of(kept, ((row.period, row.cut_off) for row in issued), period=part.period)
    window = window_of(kept, period, at=as_of, lag=lag)
    previous = window_of(
        kept, reporting_year(kept.says.settings.reporting).previous(period), at=as_of, lag=lag
    )
    reach = access.scope_of(db, by, at=at)
    within = and_(meant, reach)
    cast = Cast(db, kept, on=period.last_on, as_of=as_of)
    counted = tallied(db, kept.id, windows=[window, previous], as_of=as_of, within=within)
    table, before = tables(counted, windows=2)
    tasks = tasks_listed(db, kept, cast, window=window, as_of=as_of, within=within)
    if not tasks and not _reaches_any(db, kept, within):
        raise Refusal("record.unknown", about=part.key)
    ids = {one.id for one in tasks}
    says = kept.says
    return Record(
        form=FORM,
        about=part.about,
        key=part.key,
        name=cast.name(part.key) if part.about is About.UNIT else cast.duties[name_id].title,
        agreement=value.Ground(
            code=says.code,
            title=says.title,
            number=says.number,
            signed_on=says.signed_on,
            starts_on=says.starts_on,
            ends_on=says.ends_on,
            parties=tuple(party.name for party in says.parties),
            illustrative=says.illustrative,
        ),
        period=_said(period),
        zone=says.settings.zone,
        cut_off=window.cut_off,
        as_of=as_of,
        previous_cut_off=window.previous_cut_off,
        is_simulated=is_simulated,
        is_partial=_reaches_any(db, kept, and_(meant, not_(reach))),
        report=_beside(own),
        total=table.total,
        before=before.total,
        duties=tuple(duty_lines(table.pairs, cast=cast, says=says)),
        units=unit_lines(table.by_unit, cast=cast),
        tasks=tasks,
        doubts=tuple(
            one
            for one in doubts_listed(db, kept, cast, before=period.until_on, as_of=as_of)
            if one.task in ids
        ),
        verdicts=verdicts_given(db, ids, as_of=as_of),
        letterhead=letterhead_words(db, kept.id, as_of=as_of)
        or Letterhead(body=next((party.name for party in says.parties), says.title)),
    )


def _meant(db: Connection, kept: Kept, part: Part) -> tuple[ColumnElement[bool], int]:
    """The condition on the tasks that are meant, and the number of the unit or obligation."""
    if part.about is About.UNIT:
        found = db.scalar(select(unit.c.id).where(unit.c.key == part.key))
        column = task.c.unit_id
    else:
        named = and_(obligation.c.agreement_id == kept.id, obligation.c.code == part.key)
        found = db.scalar(select(obligation.c.id).where(named))
        column = task.c.obligation_id
    if found is None:
        raise Refusal("record.unknown", about=part.key)
    return column == found, found


def _reaches_any(db: Connection, kept: Kept, within: ColumnElement[bool]) -> bool:
    some = select(task.c.id).where(task.c.agreement_id == kept.id, within).limit(1)
    return db.scalar(some) is not None


def _beside(own: list[Row[tuple[object, ...]]]) -> Beside | None:
    if not own:
        return None
    last = own[-1]
    return Beside(number=last.number, edition=last.edition, sha256=last.sha256)


def _said(period: Period) -> value.Period:
    label, facts = period.label
    return value.Period(
        key=period.key,
        label=label,
        facts=facts,
        from_on=period.from_on,
        until_on=period.until_on,
    )
