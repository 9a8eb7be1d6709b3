"""What has been agreed, read back as values: agreements with their live versions.

Knows how stored definitions become the domain's values again. Refuses to
decide anything: use cases do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Text, cast, select

from workflow.intake.kept_form import kept_agreement, kept_obligation
from workflow.store import agreements
from workflow.store.agreements import agreement, obligation, obligation_version

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

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
    return _kept(db, agreements.agreement_by_code(db, code))


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
    return Kept(
        id=row.id,
        state=row.state,
        says=_agreement_of(_text(row.definition)),
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
    rows = db.execute(
        select(agreement.c.id, cast(agreement.c.definition, Text).label("text")).where(
            agreement.c.id.in_(sorted(set(ids)))
        )
    )
    return {row.id: _agreement_of(row.text) for row in rows}


def obligations_said(
    db: Connection, versions: Iterable[int] | Select[tuple[int]]
) -> dict[int, Obligation]:
    """What these versions say, whatever has become of them; parsed once for each text.

    ``versions`` are numbers, or a query that gives them.
    """
    meant = versions if isinstance(versions, Select) else sorted(set(versions))
    rows = db.execute(
        select(
            obligation_version.c.id, cast(obligation_version.c.definition, Text).label("text")
        ).where(obligation_version.c.id.in_(meant))
    )
    return {row.id: _obligation_of(row.text) for row in rows}


def _text(definition: dict[str, Any]) -> str:
    """One text for one definition, under which it is parsed once."""
    return json.dumps(definition, ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=64)
def _agreement_of(text: str) -> Agreement:
    return kept_agreement(json.loads(text))


@lru_cache(maxsize=4096)
def _obligation_of(text: str) -> Obligation:
    return kept_obligation(json.loads(text))
