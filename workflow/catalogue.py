"""What has been agreed, read back as values: agreements with their live versions.

Knows how stored definitions become the domain's values again. Refuses to
decide anything: use cases do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Text, cast, select, true

from workflow.intake.kept_form import kept_agreement, kept_obligation
from workflow.store import agreements
from workflow.store.agreements import agreement, obligation, obligation_version
from workflow.store.past import AGREEMENT, VERSION, said_then
from workflow.store.read_once import note_read, read_once
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from workflow.domain.agreement import Agreement, Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A stored version of an obligation: its keys and what it says."""

    id: int
    obligation_id: int
    says: Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An agreement as it is kept: its row's facts, what it says, and its live versions.

    ``last_until`` is the first day on which nothing is owed any more: its end,
    or the day on which it was ended.
    """

    id: int
    state: str
    says: Agreement
    versions: tuple[Version, ...]
    ended_on: date | None
    planned_until: date | None

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its days lie."""
        return ZoneInfo(self.says.settings.zone)

    @property
    def last_until(self) -> date:
        """The first day on which nothing is owed any more."""
        return min(self.says.ends_on, self.ended_on or self.says.ends_on)

    def day_of(self, instant: datetime) -> date:
        """The day of an instant in the agreement's zone."""
        return instant.astimezone(self.zone).date()

    def version_on(self, code: str, day: date) -> Version | None:
        """The version of an obligation that is in force on a day."""
        for version in self.versions:
            says = version.says
            if (
                says.code == code
                and says.effective_from <= day
                and (says.effective_until is None or day < says.effective_until)
            ):
                return version
        return None


def kept(db: Connection, code: str) -> Kept:
    """The agreement of a code. Raises ``Refusal("agreement.unknown")``."""

    def read(_: list[str]) -> dict[str, Kept]:
        return {code: _kept(db, agreements.agreement_by_code(db, code))}

    return read_once(db, "kept", [code], read)[code]


def kept_then(db: Connection, now: Kept, *, as_of: datetime) -> Kept:
    """An agreement as it was kept at an instant: its text, its versions and whether it was over.

    Four statements. How far it was planned is told as it is now.
    """
    row = db.execute(select(agreement).where(agreement.c.id == now.id)).one()
    rows = agreements.versions_at(db, now.id, as_of=as_of)
    # A version may have been given its last day since, in its place.
    otherwise = said_then(db, VERSION, as_of=as_of, ids=[one.id for one in rows])
    versions = tuple(
        replace(_version(one), says=_obligation_of(_text(otherwise[one.id])))
        if one.id in otherwise
        else _version(one)
        for one in rows
    )
    definition = said_then(db, AGREEMENT, as_of=as_of, ids=[now.id]).get(now.id, row.definition)
    has_ended = row.ended_at is not None and row.ended_at <= as_of
    is_active = row.activated_at is not None and row.activated_at <= as_of
    return Kept(
        id=row.id,
        state="ended" if has_ended else "active" if is_active else "draft",
        says=_agreement_of(_text(definition)),
        versions=versions,
        ended_on=row.ended_on if has_ended else None,
        planned_until=row.planned_until,
    )


def locked(db: Connection, code: str) -> Kept:
    """The same with its row locked, which comes before any change of what is owed."""
    return _kept(db, agreements.locked_agreement(db, code))


def codes_in_state(db: Connection, state: str) -> list[str]:
    """The codes of all agreements in a state, in the order in which they are locked."""
    query = select(agreement.c.code).where(agreement.c.state == state).order_by(agreement.c.code)
    return list(db.execute(query).scalars())


def version_by_id(db: Connection, version_id: int) -> Version:
    """A version whatever has become of it: touched tasks keep the one they began with."""
    row = db.execute(
        select(obligation_version, obligation.c.code.label("code"))
        .join(obligation)
        .where(obligation_version.c.id == version_id)
    ).one()
    return _version(row)


def _kept(db: Connection, row: Row[Any]) -> Kept:
    versions = tuple(_version(version) for version in agreements.live_versions(db, row.id))
    says = _agreement_of(_text(row.definition))
    note_read(db, "agreement", {row.id: says})
    note_read(db, "version", {version.id: version.says for version in versions})
    return Kept(
        id=row.id,
        state=row.state,
        says=says,
        versions=versions,
        ended_on=row.ended_on,
        planned_until=row.planned_until,
    )


def _version(row: Row[Any]) -> Version:
    return Version(
        id=row.id,
        obligation_id=row.obligation_id,
        says=_obligation_of(_text(row.definition)),
    )


def agreements_said(db: Connection, ids: Iterable[int]) -> dict[int, Agreement]:
    """What these agreements say, by id; a text that was read before is not parsed again."""
    return read_once(db, "agreement", ids, lambda some: _said(db, agreement.c.id.in_(some)))


def agreements_coded(db: Connection, code: str | None) -> dict[int, Agreement]:
    """The same of the agreement of a code, or of all that there are: one statement."""
    meant = true() if code is None else agreement.c.code == code
    found = read_once(db, "agreements", [code or ""], lambda _: {code or "": _said(db, meant)})
    note_read(db, "agreement", found[code or ""])
    return found[code or ""]


def said_beside(query: Select[Any]) -> Select[Any]:
    """A query of tasks with the texts of their agreements and versions, for ``note_said``.

    It joins ``agreement`` already. For few tasks only: each row bears both texts.
    """
    duty = select(cast(obligation_version.c.definition, Text)).where(
        obligation_version.c.id == task.c.version_id
    )
    return query.add_columns(
        cast(agreement.c.definition, Text).label("agreement_text"),
        duty.scalar_subquery().label("duty_text"),
    )


def note_said(db: Connection, rows: Iterable[Row[Any]]) -> None:
    """Note for the rest of a transaction that reads what the tasks' agreements and duties say."""
    for row in rows:
        note_read(db, "agreement", {row.agreement_id: _agreement_of(row.agreement_text)})
        note_read(db, "version", {row.version_id: _obligation_of(row.duty_text)})


def _said(db: Connection, meant: ColumnElement[bool]) -> dict[int, Agreement]:
    text = cast(agreement.c.definition, Text).label("text")
    rows = db.execute(select(agreement.c.id, text).where(meant).order_by(agreement.c.id))
    return {row.id: _agreement_of(row.text) for row in rows}


def obligations_said(
    db: Connection, versions: Iterable[int] | Select[tuple[int]]
) -> dict[int, Obligation]:
    """What these versions say, whatever has become of them; parsed once for each text.

    ``versions`` are numbers, or a query that gives them.
    """
    if isinstance(versions, Select):
        return _duties_said(db, versions)
    return read_once(db, "version", versions, partial(_duties_said, db))


def _duties_said(
    db: Connection, versions: Sequence[int] | Select[tuple[int]]
) -> dict[int, Obligation]:
    text = cast(obligation_version.c.definition, Text).label("text")
    query = select(obligation_version.c.id, text).where(obligation_version.c.id.in_(versions))
    return {row.id: _obligation_of(row.text) for row in db.execute(query)}


def _text(definition: dict[str, Any]) -> str:
    """One text for one definition, under which it is parsed once."""
    return json.dumps(definition, ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=64)
def _agreement_of(text: str) -> Agreement:
    return kept_agreement(json.loads(text))


@lru_cache(maxsize=4096)
def _obligation_of(text: str) -> Obligation:
    return kept_obligation(json.loads(text))
