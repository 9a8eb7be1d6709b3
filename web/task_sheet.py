"""The page of one task: what it asks for, how it stands, and what its reader may do to it.

Knows how stored facts become what the page shows, and which forms it offers. A form is
offered only where the table of states and the reader's grants allow it; what is sent all
the same is refused by the use case.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from reports.letters.drawing import letters_readable
from web.refusing import status_of
from web.telling import CHECKS, spoken_of, teller
from workflow.access import scope_of
from workflow.concessions import Kind
from workflow.domain import roles
from workflow.domain.agreement import AllOf, Fixed, Requirement
from workflow.domain.errors import Refusal
from workflow.domain.instructing import on_task
from workflow.domain.lifecycle import IN_HAND, Action, State, Who
from workflow.domain.roles import Deed
from workflow.sourcing import paragraph_named
from workflow.store.journal import journal_entry
from workflow.store.letters import of_task
from workflow.store.sources import has_source
from workflow.store.tasks import task
from workflow.store.units import units_by_id
from workflow.why import Why, explain
from workflow.worklist import show_task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from fastapi.responses import Response
    from sqlalchemy import Row

    from web.visit import Visit
    from workflow.domain.agreement import AnyOf
    from workflow.domain.evidence import Shortfall
    from workflow.proving import Held
    from workflow.worklist import Shown

#: Reasons and grounds are sentences, not annexes.
LONGEST: Final = 4000
#: So many letters stand on the page of a task, the latest ones.
_LETTERS: Final = 10
_OWN_SENTENCE: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One requirement: what is asked, what was offered for it, and what it still lacks.

    ``title`` is the agreement's own words or, marked, the name of the kind of check;
    ``figure`` names the number that may be typed instead of, or beside, a file.
    """

    code: str
    title: str
    is_marked: bool
    asked: int
    quantity: int | None
    figure: str | None
    lacks: Shortfall | None
    items: tuple[tuple[Row[Any], Row[Any] | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Several parts of a proof, of which all or any one is needed."""

    is_any: bool
    parts: tuple[Need | Choice, ...]


def ensure_readable(visit: Visit, task_id: int) -> None:
    """Refuse what lies outside a person's scope as what does not exist.

    Raises ``Refusal("task.unknown")``.
    """
    found = select(task.c.id).where(
        task.c.id == task_id, scope_of(visit.db, visit.by, at=visit.at, grants=visit.grants)
    )
    if visit.db.scalar(found) is None:
        raise Refusal("task.unknown", task=task_id)


def _paragraph(visit: Visit, why: Why) -> int | None:
    """The paragraph of the source document that the clause names, where there is one."""
    number = paragraph_named(why.clause.place) if why.clause else None
    return number if number and has_source(visit.db, why.agreement) else None


def tidied(text: str) -> str:
    """What somebody typed, without what no database keeps and without empty ends."""
    return text.replace("\x00", "").strip()


def task_page(
    visit: Visit,
    task_id: int,
    *,
    wrong: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page; ``wrong`` says by form what was refused, ``typed`` what stood in it."""
    shown = show_task(visit.db, task_id, by=visit.by, at=visit.at, grants=visit.grants)
    why = explain(
        visit.db,
        task_id,
        by=visit.by,
        at=visit.at,
        grants=visit.grants,
        named=shown.line,
        taken=shown.held.taken,
    )
    asked_by = [] if why.instruction is None else [why.instruction.by]
    tell = teller(visit, [*_people(shown), *asked_by], [shown.line.occasion])
    return visit.page(
        "unit/task.html.j2",
        status=status,
        shown=shown,
        line=shown.line,
        why=why,
        paragraph=_paragraph(visit, why),
        instructions=on_task(
            shown.held.taken.agreement.instructions,
            obligation=shown.line.obligation,
            occasion=shown.line.occasion,
            unit=shown.line.unit,
        ),
        proof=_proof(shown),
        loose=_loose(shown),
        can=frozenset(_offers(visit, shown)),
        checking=any(item.outcome is None for item, _ in shown.items),
        answerable=_answerable(visit, shown),
        reasons_given=_reasons_given(visit, task_id),
        letters=letters_readable(
            visit.db,
            of_task(task_id),
            by=visit.by,
            at=visit.at,
            grants=visit.grants,
            at_most=_LETTERS,
        ),
        tell=tell,
        wrong=dict(wrong or {}),
        typed=dict(typed or {}),
        longest=LONGEST,
    )


def attempted(
    visit: Visit,
    task_id: int,
    form: str,
    act: Callable[[], object],
    *,
    typed: Mapping[str, str] | None = None,
) -> Response | None:
    """Do what a form of the page asks for; where it is refused, the page with the sentence.

    What is refused because of who asks, or because it is not there, is raised. Nothing
    of a refused act is kept.
    """
    ensure_readable(visit, task_id)
    try:
        with visit.db.begin_nested():
            act()
    except Refusal as refusal:
        if status_of(refusal.code) in _OWN_SENTENCE:
            raise
        visit.refused = refusal
        named = [str(refusal.facts["by"])] if refusal.facts.get("by") else []
        tell = teller(visit, named)
        sentence = {form: tell.refusal(refusal)}
        return task_page(visit, task_id, wrong=sentence, typed=typed, status=422)
    return None


def acted(
    visit: Visit,
    task_id: int,
    form: str,
    act: Callable[[], object],
    *,
    said: str,
    reason: str = "",
    until: str = "",
    then: str = "",
) -> Response:
    """Do what a form asks for, say so, and go back to the task or to where ``then`` leads.

    Where it is refused, the page comes back with the sentence and what was typed.
    """
    typed = {f"reason:{form}": reason, f"until:{form}": until}
    refused = attempted(visit, task_id, form, act, typed=typed)
    if refused is not None:
        return refused
    visit.tell(said)
    return visit.go(then or f"/tasks/{task_id}")


def _answerable(visit: Visit, shown: Shown) -> str:
    """The name of the unit that answers by now, where a succession made it another."""
    if shown.line.answerable == shown.line.unit:
        return ""
    unit_id = shown.held.taken.row.answerable_id
    return units_by_id(visit.db, [unit_id])[unit_id].name_on(visit.today)


def _people(shown: Shown) -> Iterator[str | None]:
    """Everyone of whom the page speaks."""
    for item, verdict in shown.items:
        yield item.added_by
        yield from spoken_of(() if verdict is None else verdict.reasons or ())
    for row in shown.submissions:
        yield from (row.submitted_by, row.settled_by, *spoken_of(row.reasons or ()))
    for row in shown.concessions:
        yield from (row.asked_by, row.decided_by)
    for row in shown.doubts:
        yield from (row.raised_by, row.settled_by, *spoken_of([row.reason]))
    yield from (row.by for row in shown.changes)


def _offers(visit: Visit, shown: Shown) -> Iterator[str]:
    """The names of the forms that the page shows."""
    yield from (action.value for action in shown.allowed)
    row, place = shown.held.taken.row, shown.place
    held = roles.capacities(visit.grants, place)
    if Action.SUBMIT in shown.allowed and Who.UNIT not in held:
        yield "on_behalf"
    if shown.line.state is State.IN_REVIEW and Who.REVIEWER in held:
        yield "reviewer"
    is_returned = shown.line.state is State.RETURNED and row.submitted_at is not None
    if is_returned and row.correction_on is None and Who.REVIEWER in held:
        yield "correction"
    if held & {Who.ADMINISTRATOR, Who.REVIEWER, Who.ASSIGNER}:
        yield "decide"
    if Who.REVIEWER in held and row.correction_on is None:
        yield "reopen_with_correction"
    if visit.may(Deed.INSTRUCT, place=place):
        yield Deed.INSTRUCT.value
    yield from _askable(visit, shown)
    for deed in (Deed.SETTLE_DOUBT, Deed.RAISE_DOUBT, Deed.CONTEST):
        if shown.line.state is State.ACCEPTED and visit.may(deed, place=place):
            yield deed.value


def _askable(visit: Visit, shown: Shown) -> Iterator[str]:
    """What may be asked for: not what is asked for already, and no day where there is none."""
    if shown.line.state not in IN_HAND or not visit.may(Deed.ASK_CONCESSION, place=shown.place):
        return
    asked = {row.kind for row in shown.concessions if row.decided_at is None}
    for kind in Kind:
        if kind.value not in asked and (kind is not Kind.EXTENSION or shown.line.due_on):
            yield f"ask_{kind.value}"


def _proof(shown: Shown) -> Need | Choice | None:
    proof = shown.held.taken.says.proof
    return None if proof is None else _part(proof, shown)


def _part(proof: Requirement | AllOf | AnyOf, shown: Shown) -> Need | Choice:
    if isinstance(proof, Requirement):
        return _need(proof, shown)
    return Choice(
        is_any=not isinstance(proof, AllOf),
        parts=tuple(_part(one, shown) for one in proof.parts),
    )


def _need(asked: Requirement, shown: Shown) -> Need:
    return Need(
        code=asked.code,
        title=asked.title or CHECKS.get(asked.check, asked.check),
        is_marked=not asked.title,
        asked=asked.minimum,
        quantity=_quantity(asked, shown.held),
        figure=figure_of(asked),
        lacks=next((one for one in shown.shortfalls if one.requirement == asked.code), None),
        items=tuple(pair for pair in shown.items if pair[0].requirement == asked.code),
    )


def figure_of(asked: Requirement) -> str | None:
    """The name of the number that a requirement lets people type, if any."""
    return str(asked.params.get("figure", "copies")) if asked.check == "quantity" else None


def _quantity(asked: Requirement, held: Held) -> int | None:
    if asked.quantity is None:
        return None
    if isinstance(asked.quantity, Fixed):
        return asked.quantity.amount
    return held.quotas.get(asked.quantity.title)


def _loose(shown: Shown) -> Sequence[tuple[Row[Any], Row[Any] | None]]:
    """The items of no requirement that the duty still has: attached freely, or of an older form."""
    from workflow.domain.agreement import requirements_of

    known = {leaf.code for leaf in requirements_of(shown.held.taken.says.proof)}
    return [pair for pair in shown.items if pair[0].requirement not in known]


def _reasons_given(visit: Visit, task_id: int) -> dict[tuple[datetime, str], str]:
    """The reason that each act on the task was given, by instant and person."""
    rows = visit.db.execute(
        select(journal_entry.c.at, journal_entry.c.by, journal_entry.c.body).where(
            journal_entry.c.subject == "task", journal_entry.c.subject_id == task_id
        )
    )
    given = ((row.at, row.by, json.loads(row.body).get("reason")) for row in rows)
    return {(at, by): reason for at, by, reason in given if reason}
