"""One task told whole, as data for programs and in words for people.

Knows which parts of a task are shown, in which order. Refuses to know how they came about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camket.showing import plain, print_table
from camket.speaking import language, speak
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Row

    from camket.opening import Desk
    from workflow.why import Why
    from workflow.worklist import Line, Shown


def line_data(line: Line) -> dict[str, Any]:
    """A task of a list, as data."""
    found: dict[str, Any] = plain(line)
    found["key"] = f"{line.obligation}/{line.occasion}/{line.unit}"
    return found


def row_data(row: Row[Any]) -> dict[str, Any]:
    """A stored row, as data."""
    found: dict[str, Any] = plain(row._asdict())
    return found


def shown_data(shown: Shown) -> dict[str, Any]:
    """One task whole, as data."""
    return {
        "task": line_data(shown.line),
        "allowed": sorted(action.value for action in shown.allowed),
        "shortfalls": plain(shown.shortfalls),
        "items": [
            {**row_data(item), "verdict": None if verdict is None else row_data(verdict)}
            for item, verdict in shown.items
        ],
        "submissions": [row_data(row) for row in shown.submissions],
        "changes": [row_data(row) for row in shown.changes],
        "concessions": [row_data(row) for row in shown.concessions],
        "doubts": [row_data(row) for row in shown.doubts],
    }


def print_shown(shown: Shown) -> None:
    """Print one task whole."""
    say = speak()
    line = shown.line
    marks = [say.word(mark) for mark in line.marks]
    _facts(
        (N_("Task"), f"{line.task_id} · {line.obligation}/{line.occasion}/{line.unit}"),
        (N_("Title"), line.title),
        (N_("Unit"), line.unit_name),
        (N_("Answerable"), line.answerable if line.answerable != line.unit else None),
        (N_("State"), f"{say.word(line.state)}, {say.word(line.timeliness)}"),
        (N_("Due"), line.due_on and say.day(line.due_on)),
        (N_("Original due day"), line.original_due_on and say.day(line.original_due_on)),
        (N_("Submitted"), line.submitted_at and say.instant(line.submitted_at)),
        (N_("Done"), line.done_on and say.day(line.done_on)),
        (N_("Progress"), line.progress and f"{line.progress.done}/{line.progress.needed}"),
        (N_("Marks"), ", ".join(marks)),
        (N_("Now possible"), ", ".join(say.word(one) for one in sorted(shown.allowed))),
    )
    if shown.items:
        click.echo()
        print_table(
            (N_("Item"), N_("Requirement"), N_("File"), N_("Added by"), N_("Verdict"), N_("Why")),
            [_item(item, verdict) for item, verdict in shown.items],
        )
    for row in shown.submissions:
        for reason in row.reasons or ():
            click.echo(f"  {said_reason(reason)}")
    for title, rows in ((N_("Requests"), shown.concessions), (N_("Doubts"), shown.doubts)):
        if rows:
            click.echo(f"{say(title)}: {len(rows)}")


def why_data(why: Why) -> dict[str, Any]:
    """The way from a task to its clause, as data."""
    event, follows = why.cause.event, why.cause.follows
    found: dict[str, Any] = {
        **plain({name: getattr(why, name) for name in _PLAIN_OF_WHY}),
        "cause": {
            **plain({name: getattr(why.cause, name) for name in _PLAIN_OF_CAUSE}),
            "event": None if event is None else row_data(event),
            "follows": follows,
        },
        "extensions": [row_data(row) for row in why.extensions],
        "is_as_reckoned": why.is_as_reckoned,
        "instruction": why.instruction
        and {
            "by": why.instruction.by,
            "given_on": why.instruction.given_on,
            "about_task": why.about_task,
        },
    }
    return found


_PLAIN_OF_WHY = (
    "task_id", "unit", "unit_name", "answerable", "agreement", "agreement_title", "number",
    "source", "obligation", "title", "version_from", "version_until", "superseded_at", "clause",
    "reckoned", "original_due_on", "due_on",
)  # fmt: skip
_PLAIN_OF_CAUSE = ("key", "source", "anchor_on", "from_on", "until_on", "recorded_at")


def print_why(why: Why) -> None:
    """Print the way from a task to its clause, step by step."""
    from workflow.labels import sentence_for

    say = speak()
    clause = why.clause
    event = why.cause.event
    given = why.instruction
    _facts(
        (N_("Task"), f"{why.task_id} · {why.obligation}/{why.cause.key}/{why.unit}"),
        (N_("Unit"), why.unit_name),
        (N_("Obligation"), f"{why.obligation}: {why.title}"),
        (N_("In force from"), say.day(why.version_from)),
        (N_("Owed because of"), f"{say.word(why.cause.source)} {why.cause.key}"),
        (N_("Event"), event and f"{event.kind}, {say.day(event.happens_on)} {event.title}".strip()),
        (N_("Follows task"), why.cause.follows),
        (N_("Clause"), clause and f"{clause.code}: {clause.text}"),
        (N_("Place in the source"), clause and clause.place),
        (N_("Given by"), given and f"{given.by}, {say.day(given.given_on)}"),
        (N_("Given on task"), why.about_task),
        (N_("Agreement"), f"{why.agreement}: {why.agreement_title} {why.number}".strip()),
        (N_("Source"), why.source),
        (N_("Original due day"), why.original_due_on and say.day(why.original_due_on)),
        (N_("Due"), why.due_on and say.day(why.due_on)),
    )
    for reason in why.reckoned.reasons:
        click.echo(f"  {sentence_for(reason.code, reason.facts, language())}")
    if not why.is_as_reckoned:
        click.echo(
            say(N_("Today's rule and calendar would give another day; this task keeps its."))
        )
    for row in why.extensions:
        text = N_("Extended until {until:day}, granted by {by}: {reason}")
        click.echo(say(text, until=row.until_on, by=row.decided_by, reason=row.reason))


def said_reason(reason: Mapping[str, Any]) -> str:
    """A stored reason of a verdict, a submission or a doubt, as a sentence."""
    from workflow.labels import sentence_for

    facts = {name: value for name, value in reason.items() if name != "code"}
    return sentence_for(str(reason["code"]), facts, language())


def say_states(desk: Desk, numbers: Sequence[int]) -> None:
    """Say in which state tasks are now."""
    from workflow.store.tasks import tasks_by_id

    with desk.reading() as db:
        states = {row.id: row.state for row in tasks_by_id(db, numbers)}
    for number in numbers:
        text = N_("Task {task} is now: {state:word}.")
        click.echo(speak()(text, task=number, state=states[number]))


def _item(item: Row[Any], verdict: Row[Any] | None) -> Sequence[object]:
    say = speak()
    reasons: Iterable[Mapping[str, Any]] = () if verdict is None else verdict.reasons or ()
    return (
        str(item.id),
        item.requirement,
        item.name,
        item.added_by,
        say.word(verdict.outcome) if verdict is not None else say(N_("being checked")),
        " ".join(said_reason(one) for one in reasons),
    )


def _facts(*lines: tuple[str, object]) -> None:
    say = speak()
    for heading, value in lines:
        if value not in {None, ""}:
            click.echo(f"{say(heading)}: {value}")
