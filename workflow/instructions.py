"""Instructions (ý kiến chỉ đạo): given by a leader, found by units as tasks, taken back.

Knows who may ask something of whom and what an instruction does to the agreement. It needs
no second person, since the leader is the one who decides; that it was met is confirmed by
somebody else than who handed in. Refuses to plan: whoever calls does, in the same
transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from workflow import catalogue, journal
from workflow.access import day_of, scope_of, units_in_reach
from workflow.calendars import working_calendars
from workflow.catalogue import agreements_said
from workflow.domain.errors import Refusal
from workflow.domain.folding import tidied
from workflow.domain.instructing import (
    Instruction,
    Withdrawal,
    instructed,
    instruction_of,
    next_code,
    titled,
    withdrawn,
)
from workflow.domain.lifecycle import IN_HAND, Action, Actor, State, Who
from workflow.domain.roles import Deed
from workflow.intake.kept_form import keep_agreement
from workflow.moves import Move, asked, ensure_person, move, take_each, view_of
from workflow.store import instructions as stored
from workflow.store.agreements import agreement as agreement_table
from workflow.store.agreements import obligation
from workflow.store.past import AGREEMENT, keep_past
from workflow.store.units import unit, units_by_id
from workflow.versions import write_versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection

    from workflow.catalogue import Kept
    from workflow.domain.agreement import Agreement, Proof
    from workflow.domain.instructing import About
    from workflow.domain.roles import Grant
    from workflow.journal import Act

#: A text is a paragraph and a ground a line, as files have them.
LONGEST_TEXT = 5000
LONGEST_LINE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a leader asks: what, of whom (keys of units), until when.

    ``title`` is made of the text where it is empty. The rest as in ``Instruction``.
    """

    text: str
    units: frozenset[str]
    due_on: date
    title: str = ""
    proof: Proof | None = None
    ground: str = ""
    about: About | None = None


class Stage(StrEnum):
    """How an instruction stands as a whole, of what its reader may see."""

    RUNNING = "running"
    OVERDUE = "overdue"
    FULFILLED = "fulfilled"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An instruction with how many of its tasks are in which state.

    Tasks that the reader may not see are not counted. ``overdue`` are those that were not
    handed in and are past every term.
    """

    agreement: str
    agreement_title: str
    under: Agreement
    says: Instruction
    states: Mapping[State, int]
    overdue: int

    @property
    def tasks(self) -> int:
        """How many tasks there are, without the cancelled ones."""
        return sum(number for state, number in self.states.items() if state != State.CANCELLED)

    @property
    def done(self) -> int:
        """How many are accepted."""
        return self.states.get(State.ACCEPTED, 0)

    @property
    def stage(self) -> Stage:
        """How it stands as a whole."""
        if self.says.withdrawn is not None:
            return Stage.TAKEN_BACK
        if self.overdue:
            return Stage.OVERDUE
        settled = (State.ACCEPTED, State.WAIVED, State.CANCELLED)
        if all(state in settled for state in self.states):
            return Stage.FULFILLED
        return Stage.RUNNING


def instruct(db: Connection, said: Wanted, *, agreement: str, act: Act) -> Instruction:
    """Give an instruction under an agreement; what it makes owed is planned by whoever calls.

    Locks the agreement's row. Raises ``Refusal``: ``agreement.unknown``,
    ``agreement.not_active``, ``access.denied`` where some unit is not the person's to
    instruct, ``unit.unknown``, ``instruction.unit_closed``, ``instruction.text_missing``,
    ``instruction.text_too_long``, ``instruction.units_missing``,
    ``instruction.about_unknown``, and as ``domain.instructing.instructed`` does.
    """
    ensure_person(act)
    kept = _active(db, agreement)
    given_on = kept.day_of(act.at)
    one = _instruction(kept, said, given_on=given_on, act=act)
    after = instructed(kept.says, one)
    ensure_instructs(db, kept.says, said.units, act=act)
    _ensure_there(db, said.units, days=(given_on, said.due_on))
    if said.about is not None:
        _ensure_known(db, kept, said.about, act=act)
    _write(db, kept, after, act=act)
    facts = {"code": one.code, "due_on": one.due_on, "units": sorted(one.units)}
    _journal(db, kept, one.code, "instruction.given", act=act, after={**facts, "text": one.text})
    return one


def hold_tasks(db: Connection, agreement: str, code: str) -> None:
    """Hold an instruction's tasks as begun: a person gave them, so no rule takes them away.

    What the planner made of a selector it also takes away, when a unit is no member any
    more; a task given by name is decided by the succession that ends the unit instead.
    """
    kept = catalogue.kept(db, agreement)
    stored.touch_tasks(db, agreement_id=kept.id, code=code)


def withdraw_instruction(db: Connection, agreement: str, code: str, *, act: Act) -> int:
    """Take an instruction back, with a reason, and give how many tasks were cancelled.

    What is open, returned or suspended is cancelled; what was handed in keeps waiting for
    its verdict, and what is done stays done. Locks the agreement, then the tasks. Raises
    ``Refusal``: ``agreement.unknown``, ``agreement.not_active``, ``instruction.unknown``,
    ``access.denied``, ``instruction.reason_missing``, ``instruction.withdrawn_already``.
    """
    ensure_person(act)
    kept = _active(db, agreement)
    found = instruction_of(kept.says, code)
    ensure_instructs(db, kept.says, found.units, act=act)
    reason = tidied(act.reason or "")
    if not reason:
        raise Refusal("instruction.reason_missing", code=code)
    withdrawal = Withdrawal(by=act.by, on=kept.day_of(act.at), reason=reason)
    after = withdrawn(kept.says, code, withdrawal)
    cancelled = _cancel(db, kept, code, act=act)
    _write(db, kept, after, act=act)
    _journal(
        db, kept, code, "instruction.withdrawn", act=act, after={"code": code, "tasks": cancelled}
    )
    return cancelled


def ensure_instructs(db: Connection, says: Agreement, units: Iterable[str], *, act: Act) -> None:
    """Refuse who may not instruct every one of these units under an agreement.

    Raises ``Refusal``: ``unit.unknown``, ``access.denied``.
    """
    keys = sorted(set(units))
    known = set(db.scalars(select(unit.c.key).where(unit.c.key.in_(keys))))
    for key in keys:
        if key not in known:
            raise Refusal("unit.unknown", unit=key)
    reach = units_in_reach(db, act.by, Deed.INSTRUCT, says=says, at=act.at)
    within = set(db.scalars(select(unit.c.key).where(unit.c.key.in_(keys), reach)))
    if not within.issuperset(keys):
        raise Refusal("access.denied", by=act.by, deed=Deed.INSTRUCT.value)


def may_instruct(
    db: Connection, says: Agreement, *, by: str, at: datetime, grants: Iterable[Grant]
) -> frozenset[int]:
    """The numbers of the units whom a person may instruct under an agreement, closed ones too."""
    reach = units_in_reach(db, by, Deed.INSTRUCT, says=says, at=at, grants=grants)
    return frozenset(db.scalars(select(unit.c.id).where(reach)))


def working_day_from(db: Connection, says: Agreement, units: Iterable[str], day: date) -> date:
    """The day itself, or the first one after it on which all of these units work."""
    kinds = set(db.scalars(select(unit.c.kind).where(unit.c.key.in_(sorted(set(units))))))
    names = sorted({says.settings.calendar_of(kind) for kind in kinds})
    if not names:
        return day
    calendars = working_calendars(
        db, country=says.settings.country, years=range(day.year, day.year + 2), names=names
    ).values()
    found = day
    while not all(one.is_working(found) for one in calendars):
        found += timedelta(days=1)
    return found


def units_behind(
    db: Connection, *, agreement_id: int, code: str, unit_ids: Iterable[int], on: date
) -> frozenset[int]:
    """Of these units, those that are overdue with an obligation, by number."""
    found = stored.answerable_overdue(db, agreement_id=agreement_id, code=code, on=on)
    return found & frozenset(unit_ids)


def instructions_given(
    db: Connection,
    *,
    by: str,
    at: datetime,
    grants: Iterable[Grant] | None = None,
    agreement: str | None = None,
    code: str | None = None,
) -> list[Standing]:
    """The instructions of which a person may read some task, the latest first.

    Two statements beside those of the scope, whatever their number.
    """
    query = select(agreement_table.c.id).where(agreement_table.c.state != "draft")
    if agreement is not None:
        query = query.where(agreement_table.c.code == agreement)
    said = agreements_said(db, db.scalars(query))
    ones = {
        (id_, one.code): (says, one)
        for id_, says in said.items()
        for one in says.instructions
        if code in {None, one.code}
    }
    if not ones:
        return []
    within = scope_of(db, by, at=at, grants=grants)
    states: dict[tuple[int, str], dict[State, int]] = {}
    overdue: dict[tuple[int, str], int] = {}
    for row in stored.tasks_by_state(db, ones, within, on=day_of(at)):
        key = (row.agreement_id, row.code)
        states.setdefault(key, {})[State(row.state)] = row.tasks
        overdue[key] = overdue.get(key, 0) + int(row.overdue)
    found = [
        Standing(
            agreement=says.code,
            agreement_title=says.title,
            under=says,
            says=one,
            states=states[key],
            overdue=overdue[key],
        )
        for key, (says, one) in ones.items()
        if key in states
    ]
    return sorted(found, key=lambda one: (one.says.given_on, one.says.code), reverse=True)


def instruction_given(
    db: Connection,
    agreement: str,
    code: str,
    *,
    by: str,
    at: datetime,
    grants: Iterable[Grant] | None = None,
) -> Standing:
    """One instruction. Raises ``Refusal("instruction.unknown")``, also where it is not theirs."""
    found = instructions_given(db, by=by, at=at, grants=grants, agreement=agreement, code=code)
    if not found:
        raise Refusal("instruction.unknown", code=code)
    return found[0]


def _active(db: Connection, agreement: str) -> Kept:
    kept = catalogue.locked(db, agreement)
    if kept.state != "active":
        raise Refusal("agreement.not_active", agreement=agreement, state=kept.state)
    return kept


def _instruction(kept: Kept, said: Wanted, *, given_on: date, act: Act) -> Instruction:
    text, title, ground = tidied(said.text), tidied(said.title), tidied(said.ground)
    if not text:
        raise Refusal("instruction.text_missing")
    for length, most in (
        (len(text), LONGEST_TEXT),
        (len(title), LONGEST_LINE),
        (len(ground), LONGEST_LINE),
    ):
        if length > most:
            raise Refusal("instruction.text_too_long", most=most)
    if not said.units:
        raise Refusal("instruction.units_missing")
    return Instruction(
        code=next_code(kept.says, on=given_on),
        title=title or titled(text),
        text=text,
        by=act.by,
        given_on=given_on,
        due_on=said.due_on,
        units=said.units,
        proof=said.proof,
        ground=ground,
        about=said.about,
    )


def _ensure_there(db: Connection, keys: Iterable[str], *, days: tuple[date, ...]) -> None:
    """Refuse a unit that is not there on one of these days: it would owe nothing."""
    ids = db.scalars(select(unit.c.id).where(unit.c.key.in_(sorted(keys))))
    for one in units_by_id(db, ids).values():
        for day in days:
            if not one.life.covers(day):
                raise Refusal("instruction.unit_closed", unit=one.key, on=day.isoformat())


def _ensure_known(db: Connection, kept: Kept, about: About, *, act: Act) -> None:
    """Refuse a line that is not there, or lies outside of what the person may instruct."""
    codes = {version.says.code for version in kept.versions}
    codes |= {one.code for one in kept.says.instructions}
    if about.obligation is not None and about.obligation not in codes:
        raise Refusal("instruction.about_unknown", given=about.obligation)
    if about.unit is not None:
        ensure_instructs(db, kept.says, [about.unit], act=act)
    if about.occasion is not None and (
        about.obligation is None
        or not stored.has_occasion(
            db, agreement_id=kept.id, code=about.obligation, key=about.occasion
        )
    ):
        raise Refusal("instruction.about_unknown", given=about.occasion)


def _cancel(db: Connection, kept: Kept, code: str, *, act: Act) -> int:
    """Cancel what the units still have to do; the planner never brings it back."""
    states = [*(state.value for state in IN_HAND), State.SUSPENDED.value]
    ids = stored.tasks_in_states(db, agreement_id=kept.id, code=code, states=states)
    moves = []
    for taken in take_each(db, ids).values():
        # Its cause is gone, as when an amendment ends a duty.
        by = Actor(who=Who.AMENDMENT, user=act.by)
        if taken.state.value in states:
            state = asked(db, taken, Action.CANCEL, view=view_of(db, taken), by=by, act=act)
            moves.append(
                Move(taken=taken, action=Action.CANCEL, state=state, cancel_cause="person")
            )
    move(db, moves, act=act)
    return len(moves)


def _write(db: Connection, kept: Kept, after: Agreement, *, act: Act) -> None:
    keep_past(db, AGREEMENT, {kept.id: keep_agreement(kept.says)}, at=act.at)
    db.execute(
        update(agreement_table)
        .where(agreement_table.c.id == kept.id)
        .values(definition=keep_agreement(after))
    )
    write_versions(db, kept.id, after, act=act)


def _journal(
    db: Connection, kept: Kept, duty: str, verb: str, *, act: Act, after: dict[str, Any]
) -> None:
    query = select(obligation.c.id).where(
        obligation.c.agreement_id == kept.id, obligation.c.code == duty
    )
    journal.record(
        db,
        act=act,
        verb=verb,
        agreement=kept.id,
        subject=("obligation", db.execute(query).scalar_one()),
        after=after,
    )
