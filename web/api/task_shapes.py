"""One task as the API shows it: its line, the task whole, and why it is owed."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from web.api.shapes import (
    Clause,
    Progress,
    Reason,
    Shape,
    Shortfall,
    reason_told,
    reasons_told,
)
from workflow.domain.lifecycle import Action, State
from workflow.domain.timeliness import Timeliness

if TYPE_CHECKING:
    from sqlalchemy import Row

    from workflow.why import Why
    from workflow.worklist import Line, Shown


class Task(Shape):
    """A task as lists show it."""

    task_id: int
    key: str = Field(description="obligation/occasion/unit; permanent within the agreement.")
    agreement: str
    obligation: str
    title: str
    occasion: str
    unit: str = Field(description="The key of the unit that owed it first.")
    unit_name: str = Field(description="Its name on the day that the task belongs to.")
    answerable: str = Field(description="Who answers for it now: the unit, or its successor.")
    state: State
    timeliness: Timeliness
    due_on: date | None
    original_due_on: date | None
    submitted_at: datetime | None
    done_on: date | None
    progress: Progress | None
    marks: list[str]


class Verdict(Shape):
    """What a check said of an item."""

    check: str
    version: str
    outcome: str = Field(description="“passed”, “failed” or “undecided”.")
    reasons: list[Reason]
    read: dict[str, Any] = Field(description="What the check read out of the file.")
    decided_at: datetime


class Item(Shape):
    """A piece of evidence: a file, figures, or both."""

    id: int
    requirement: str
    name: str
    sha256: str | None
    figures: dict[str, Any]
    added_by: str
    added_at: datetime
    is_on_behalf: bool
    verdict: Verdict | None = Field(description="Null while it is being checked.")


class Submission(Shape):
    """A declaration that a task is complete, and what became of it."""

    number: int
    submitted_at: datetime
    submitted_by: str
    on_behalf_of: str | None
    ground: str | None
    is_automatic: bool
    says_nothing: bool
    counted_at: datetime
    review_due_on: date | None
    settled_at: datetime | None
    settled_by: str | None
    outcome: str | None
    reasons: list[Reason]


class Change(Shape):
    """A dated change of a task."""

    at: datetime
    act: str
    by: str
    state_from: State
    state: State
    due_on: date | None


class Concession(Shape):
    """More time, a waiver or a rest that was asked for, and the decision."""

    id: int
    kind: str
    asked_by: str
    asked_at: datetime
    reason: str
    until_on: date | None
    is_late: bool
    decided_by: str | None
    decided_at: datetime | None
    decision: str | None
    answer: str | None


class Doubt(Shape):
    """A doubt about what was accepted."""

    id: int
    item_id: int | None
    kind: str
    reason: Reason
    raised_by: str
    raised_at: datetime
    settled_by: str | None
    settled_at: datetime | None
    settlement: str | None


class TaskWhole(Shape):
    """One task with its evidence, verdicts and everything that was done about it."""

    task: Task
    allowed: list[Action] = Field(description="What this person could do to it now.")
    shortfalls: list[Shortfall]
    items: list[Item]
    submissions: list[Submission]
    changes: list[Change]
    concessions: list[Concession]
    doubts: list[Doubt]


class Happened(Shape):
    """The meeting or request behind a task."""

    id: int
    kind: str
    happens_on: date
    title: str
    state: str


class Cause(Shape):
    """What made a task owed."""

    key: str
    source: str = Field(description="“schedule”, “event”, “acceptance” or “evaluation”.")
    anchor_on: date
    from_on: date
    until_on: date
    recorded_at: datetime
    event: Happened | None
    follows: int | None = Field(description="The task whose fulfilment it follows.")


class Reckoned(Shape):
    """The days that today's rule and calendar give, with the reason of each roll."""

    opens_on: date
    original_due_on: date
    due_on: date
    report_by_on: date | None
    belongs_on: date
    late_notice_on: date | None
    reasons: list[Reason]


class Ground(Shape):
    """Why a unit has to do this: from the task back to the clause and its source."""

    task_id: int
    unit: str
    unit_name: str
    answerable: str
    agreement: str
    agreement_title: str
    number: str
    source: str
    obligation: str
    title: str
    version_from: date
    version_until: date | None
    superseded_at: datetime | None
    clause: Clause | None
    cause: Cause
    reckoned: Reckoned
    original_due_on: date | None
    due_on: date | None
    is_as_reckoned: bool
    extensions: list[Concession]


def task_told(line: Line) -> Task:
    """A task of a list."""
    said = {name: getattr(line, name) for name in Task.model_fields if name != "key"}
    return Task.model_validate(
        {**said, "key": f"{line.obligation}/{line.occasion}/{line.unit}"}, from_attributes=True
    )


def whole_told(shown: Shown, lang: str) -> TaskWhole:
    """One task whole, with its reasons in words."""
    return TaskWhole(
        task=task_told(shown.line),
        allowed=sorted(shown.allowed),
        shortfalls=[Shortfall.model_validate(one) for one in shown.shortfalls],
        items=[_item(item, verdict, lang) for item, verdict in shown.items],
        submissions=[
            Submission.model_validate({**row._asdict(), "reasons": reasons_told(row.reasons, lang)})
            for row in shown.submissions
        ],
        changes=[Change.model_validate(row) for row in shown.changes],
        concessions=[Concession.model_validate(row) for row in shown.concessions],
        doubts=[
            Doubt.model_validate({**row._asdict(), "reason": reason_told(row.reason, lang)})
            for row in shown.doubts
        ],
    )


def why_told(why: Why, lang: str) -> Ground:
    """The way from a task to its clause, with its reasons in words."""
    days = {name: getattr(why.reckoned, name) for name in Reckoned.model_fields}
    rolled = [reason_told({"code": one.code, **one.facts}, lang) for one in why.reckoned.reasons]
    said = {name: getattr(why, name) for name in Ground.model_fields if name != "reckoned"}
    reckoned = Reckoned.model_validate({**days, "reasons": rolled})
    return Ground.model_validate({**said, "reckoned": reckoned}, from_attributes=True)


def _item(item: Row[Any], verdict: Row[Any] | None, lang: str) -> Item:
    said = None
    if verdict is not None:
        reasons = reasons_told(verdict.reasons, lang)
        said = Verdict.model_validate({**verdict._asdict(), "reasons": reasons})
    return Item.model_validate({**item._asdict(), "verdict": said})
