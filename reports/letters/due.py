"""What each unit owes that a letter can press it for, and the values of such letters.

Knows which tasks are meant, within whose scope, and what of each is missing as proof.
Refuses to write anything down.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, false, or_, true

from reports import queries
from reports.letterhead import Letterhead
from reports.letterheads import letterhead_words
from reports.letters.letter import FORM, Lack, Letter, Owed, Under
from reports.listing import reason_said
from workflow import access
from workflow.domain import roles
from workflow.domain.agreement import Channel, requirements_of
from workflow.domain.collation import vi_sort_key
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import State
from workflow.domain.roles import Deed
from workflow.moves import look_at_each
from workflow.proving import held_by
from workflow.store import letters as stored
from workflow.store.occasions import events_named
from workflow.store.scopes import units_of_party
from workflow.store.units import unit, units_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from reports.quarterly import Reason
    from workflow.catalogue import Kept
    from workflow.proving import Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which units are pressed, and for what; each None or empty leaves it open.

    ``days`` is for how many days at least something is overdue. ``step`` is a step of the
    ladder that has fallen for it. ``units`` are keys of those who answer.
    """

    obligation: str | None = None
    party: str | None = None
    days: int = 1
    step: str | None = None
    units: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    """A unit with what it owes, as rows of ``store.letters.overdue_of``, the longest first."""

    id: int
    key: str
    name: str
    rows: Sequence[Row[Any]]
    today: date

    @property
    def days(self) -> int:
        """For how many days the oldest of it is overdue."""
        return int((self.today - self.rows[0].due_on).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What whoever draws letters up decides: the new day, who signs, who gets a copy."""

    answer_by: date
    lang: str = "vi"
    signer: str = ""
    copies: tuple[str, ...] = ()
    is_simulated: bool = False


#: The meeting or request that an occasion's key names.
_EVENT: Final = re.compile(r"(?:^|:)(?:meeting|request):(\d{1,15})", re.ASCII)
#: The shortest that something is overdue for which one is pressed in writing.
_LEAST: Final = 1


def drawers_reach(db: Connection, by: str, *, agreement: str, at: datetime) -> ColumnElement[bool]:
    """The condition on ``task`` rows for which somebody may press in writing.

    Whoever drafts reports there does: administrators and reviewers, each within their scope.
    Raises ``Refusal("access.denied")`` where there is nothing that they could press for.
    """
    if access.is_rule(by):
        return true()
    held = [
        grant
        for grant in roles.conferring(access.grants_of(db, by), Deed.DRAFT_REPORT)
        if grant.agreement in {None, agreement}
    ]
    if not held:
        raise Refusal("access.denied", by=by, deed=Deed.DRAFT_REPORT.value)
    return or_(false(), *(access.scope_of_grant(db, grant, at=at) for grant in held))


def written_steps(kept: Kept) -> list[str]:
    """The steps of the ladder that are taken in writing, in the order in which they fall."""
    found = {
        step.code: step.days
        for version in kept.versions
        for step in version.says.ladder
        if step.channel == Channel.LETTER
    }
    return sorted(found, key=lambda code: (found[code], code))


def debtors(db: Connection, kept: Kept, choice: Choice, *, by: str, at: datetime) -> list[Debtor]:
    """The units that owe something of the choice at an instant, by name.

    A fixed number of statements. Raises ``Refusal``: ``access.denied``,
    ``letter.party_unknown``, ``letter.days_wrong``.
    """
    if choice.days < _LEAST:
        raise Refusal("letter.days_wrong", least=_LEAST)
    today = kept.day_of(at)
    rows = stored.overdue_of(
        db,
        kept.id,
        on=today,
        within=drawers_reach(db, by, agreement=kept.says.code, at=at),
        judged_until=today - timedelta(days=choice.days - 1),
        obligation_code=choice.obligation,
        units=_units(kept, choice, on=today),
        step=choice.step,
    )
    owing = {
        unit_id: tuple(some) for unit_id, some in groupby(rows, key=attrgetter("answerable_id"))
    }
    units = units_by_id(db, owing)
    found = [
        Debtor(
            id=unit_id,
            key=units[unit_id].key,
            name=units[unit_id].name_on(today),
            rows=some,
            today=today,
        )
        for unit_id, some in owing.items()
    ]
    return sorted(found, key=lambda one: (vi_sort_key(one.name), one.key))


def _units(kept: Kept, choice: Choice, *, on: date) -> ColumnElement[bool] | None:
    meant: list[ColumnElement[bool]] = []
    if choice.party is not None:
        known = [party.code for party in kept.says.parties]
        if choice.party not in known:
            raise Refusal("letter.party_unknown", party=choice.party, known=known)
        meant.append(unit.c.id.in_(units_of_party(kept.says.parties, choice.party, on=on)))
    if choice.units:
        meant.append(unit.c.key.in_(sorted(choice.units)))
    return and_(*meant) if meant else None


def letters_of(
    db: Connection, kept: Kept, owing: Iterable[Debtor], wording: Wording, *, at: datetime
) -> dict[int, Letter]:
    """The letter to each of these units, by the number of its row; a fixed number of statements."""
    those = list(owing)
    ids = [row.id for one in those for row in one.rows]
    held = held_by(db, look_at_each(db, ids).values())
    returned = _returned(db, ids, at=at)
    events = _events(db, (row.occasion for one in those for row in one.rows))
    says = kept.says
    said = letterhead_words(db, kept.id) or Letterhead()
    if not said.body:
        said = replace(said, body=next((party.name for party in says.parties), says.title))
    return {
        one.id: Letter(
            form=FORM,
            agreement=Under(
                code=says.code, title=says.title, number=says.number, signed_on=says.signed_on
            ),
            zone=says.settings.zone,
            lang=wording.lang,
            as_of=at,
            is_simulated=wording.is_simulated,
            unit=one.key,
            unit_name=one.name,
            owed=tuple(
                _owed(
                    row,
                    held[row.id],
                    event=events.get(row.occasion),
                    returned=returned.get(row.id, ()),
                    today=one.today,
                )
                for row in one.rows
            ),
            answer_by=wording.answer_by,
            letterhead=said,
            copies=wording.copies,
            signer=wording.signer,
        )
        for one in those
    }


def _owed(
    row: Row[Any],
    held: Held,
    *,
    event: Row[Any] | None,
    returned: tuple[Reason, ...],
    today: date,
) -> Owed:
    says = held.taken.says
    clause = held.taken.agreement.clause_of(says.clause)
    return Owed(
        task=row.id,
        obligation=row.obligation,
        title=says.title,
        clause=says.clause if clause else "",
        clause_place=clause.place if clause else "",
        occasion=row.occasion,
        event="" if event is None else event.title,
        event_on=None if event is None else event.happens_on,
        due_on=row.due_on,
        days=(today - row.due_on).days,
        state=State(row.state),
        is_free=says.proof is None,
        lacks=_lacks(held),
        returned=returned if row.state == State.RETURNED else (),
    )


def _lacks(held: Held) -> tuple[Lack, ...]:
    known = {leaf.code: leaf for leaf in requirements_of(held.taken.says.proof)}
    try:
        missing = held.shortfalls()
    except Refusal:
        # How many copies are owed is not on record: then all of the proof is.
        return tuple(
            Lack(title=leaf.title, check=leaf.check, items=leaf.minimum, quantity=0)
            for leaf in known.values()
        )
    return tuple(
        Lack(
            title=known[one.requirement].title,
            check=known[one.requirement].check,
            items=one.items,
            quantity=one.quantity,
        )
        for one in missing
    )


def _returned(db: Connection, ids: Iterable[int], *, at: datetime) -> dict[int, tuple[Reason, ...]]:
    """Why each of these was given back the last time."""
    found: dict[int, tuple[int, tuple[Reason, ...]]] = {}
    for row in queries.returns_made(db, ids, as_of=at):
        if row.number >= found.get(row.task_id, (0, ()))[0]:
            found[row.task_id] = row.number, tuple(reason_said(one) for one in row.reasons or ())
    return {task_id: reasons for task_id, (_, reasons) in found.items()}


def _events(db: Connection, keys: Iterable[str]) -> Mapping[str, Row[Any]]:
    """The meeting or request that each of these occasions names."""
    named = {key: int(found[1]) for key in set(keys) if (found := _EVENT.search(key))}
    if not named:
        return {}
    events = events_named(db, named.values())
    return {key: events[event_id] for key, event_id in named.items() if event_id in events}
