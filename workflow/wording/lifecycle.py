"""The words of a task's life: its refusals, and the names of what tables and pages show.

A name is the code's own word with spaces (``in_review`` is ``in review``), so that it is
translated alike as a code here and as a fact in a sentence (``{state:word}``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workflow.domain.lifecycle import TABLE, Guard, State, Target
from workflow.i18n import N_

if TYPE_CHECKING:
    from workflow.domain.lifecycle import Row

MESSAGES: Final = {
    "task.action_not_allowed": N_("A task that is {state:word} does not allow: {action:word}."),
    "task.actor_not_allowed": N_(
        "While a task is {state:word}, this is not for the {who:word} to do: {action:word}."
    ),
    "task.reason_missing": N_("A reason is needed: {action:word}."),
    "task.four_eyes": N_(
        "Another person has to do this: {action:word}. Nobody decides on what they handed in"
        " or asked for themselves."
    ),
    "task.not_asked": N_("Nobody has asked for this: {action:word}."),
    "task.not_proved": N_("Not everything is proved yet: {action:word}."),
    "task.person_must_confirm": N_("The checks cannot settle this task: a person has to confirm."),
    "task.not_automatic": N_("The obligation does not let its tasks be handed in by themselves."),
    "task.nothing_not_allowed": N_(
        "The obligation does not allow a declaration that there is nothing to report."
    ),
    "task.cause_not_back": N_(
        "The task was not cancelled for a cause that can come back: {action:word}."
    ),
    "task.correction_already_given": N_(
        "The task has had its correction term, until {until:instant}; there is only one."
    ),
    "task.correction_of_late_submission": N_(
        "A correction term needs a submission made in time; this one is of {submitted_at:instant}."
    ),
    "task.extension_without_due_day": N_(
        "The task has no due day that could be moved to {new_on:day}."
    ),
    "task.extension_not_later": N_(
        "An extension has to end after the present due day, {due_on:day}; {new_on:day} does not."
    ),
    "evidence.quota_unknown": N_(
        "No quota of {title} is recorded for the unit, and the requirement {requirement} needs it."
    ),
    "grant.unit_missing": N_("The role of {role:word} has to name a unit."),
    "act.not_allowed": N_("Your roles do not give you this here: {deed:word}."),
    "state.open": N_("open"),
    "state.submitted": N_("submitted"),
    "state.in_review": N_("in review"),
    "state.accepted": N_("accepted"),
    "state.returned": N_("returned"),
    "state.waived": N_("waived"),
    "state.suspended": N_("suspended"),
    "state.cancelled": N_("cancelled"),
    "action.add_evidence": N_("add evidence"),
    "action.remove_evidence": N_("remove evidence"),
    "action.submit": N_("submit"),
    "action.declare_nothing": N_("declare nothing"),
    "action.withdraw": N_("withdraw"),
    "action.accept": N_("accept"),
    "action.refer": N_("refer"),
    "action.return": N_("return"),
    "action.confirm": N_("confirm"),
    "action.waive": N_("waive"),
    "action.suspend": N_("suspend"),
    "action.extend": N_("extend"),
    "action.resume": N_("resume"),
    "action.cancel": N_("cancel"),
    "action.reinstate": N_("reinstate"),
    "action.reopen": N_("reopen"),
    "who.unit": N_("unit"),
    "who.superior": N_("superior"),
    "who.administrator": N_("administrator"),
    "who.reviewer": N_("reviewer"),
    "who.assigner": N_("assigner"),
    "who.checks": N_("checks"),
    "who.planner": N_("planner"),
    "who.meeting": N_("meeting"),
    "who.amendment": N_("amendment"),
    "who.agreement_end": N_("agreement end"),
    "who.succession": N_("succession"),
    "timeliness.upcoming": N_("upcoming"),
    "timeliness.no_due_day": N_("no due day"),
    "timeliness.in_time": N_("in time"),
    "timeliness.due_soon": N_("due soon"),
    "timeliness.reporting": N_("reporting"),
    "timeliness.within_correction": N_("within correction"),
    "timeliness.overdue": N_("overdue"),
    "timeliness.awaiting": N_("awaiting"),
    "timeliness.on_time": N_("on time"),
    "timeliness.late": N_("late"),
    "timeliness.set_aside": N_("set aside"),
    "box.done_on_time": N_("done on time"),
    "box.done_late": N_("done late"),
    "box.awaiting": N_("awaiting"),
    "box.not_done_in_time": N_("not done in time"),
    "box.not_done_overdue": N_("not done overdue"),
    "box.no_due_day": N_("no due day"),
    "box.suspended": N_("suspended"),
    "box.waived": N_("waived"),
    "box.cancelled": N_("cancelled"),
    "box.history": N_("history"),
    "share.assigned": N_("assigned"),
    "share.carried_over": N_("carried over"),
    "mark.reported_late": N_("reported late"),
    "mark.late_notice": N_("late notice"),
    "mark.extended": N_("extended"),
    "mark.on_behalf": N_("on behalf"),
    "outcome.passed": N_("passed"),
    "outcome.failed": N_("failed"),
    "outcome.undecided": N_("undecided"),
    "role.administrator": N_("administrator"),
    "role.reviewer": N_("reviewer"),
    "role.unit_officer": N_("unit officer"),
    "role.head_of_unit": N_("head of unit"),
    "role.leader": N_("leader"),
    "role.auditor": N_("auditor"),
    "deed.read": N_("read"),
    "deed.define": N_("define"),
    "deed.activate": N_("activate"),
    "deed.decide_succession": N_("decide succession"),
    "deed.record_event": N_("record event"),
    "deed.file_request": N_("file request"),
    "deed.contest": N_("contest"),
    "deed.raise_doubt": N_("raise doubt"),
    "deed.settle_doubt": N_("settle doubt"),
    "deed.ask_concession": N_("ask concession"),
    "deed.draft_report": N_("draft report"),
    "deed.approve_report": N_("approve report"),
    "deed.issue_report": N_("issue report"),
    "deed.instruct": N_("instruct"),
    "deed.read_journal": N_("read journal"),
    "deed.manage_people": N_("manage people"),
    "deed.run_jobs": N_("run jobs"),
}

#: What each guard asks for, as the documentation says it.
GUARDS: Final = {
    Guard.REASON_MISSING: "a reason is given",
    Guard.FOUR_EYES: "the person is another than who submitted it or asked for it",
    Guard.NOT_ASKED: "somebody asked for it",
    Guard.NOT_PROVED: "everything is proved",
    Guard.PERSON_MUST_CONFIRM: "no person has to confirm",
    Guard.NOT_AUTOMATIC: "the obligation lets it be handed in by itself",
    Guard.NOTHING_NOT_ALLOWED: "the obligation allows it",
    Guard.CAUSE_NOT_BACK: "a meeting, an amendment or the agreement's end cancelled it",
}

_HEAD: Final = """\
# The life of a task

This page is written from the table in `workflow/domain/lifecycle.py`, and a test holds it
equal to it. What the table does not say is refused, naming the state and the action.

Stored is what someone did; what time did (overdue, due soon) is derived and is not here.
The checks submit by themselves only where the obligation says so. A superior or an
administrator who submits does so on behalf of the unit: such a submission, a declaration
that there is nothing to report, and any task of an obligation without requirements always
wait for a person to confirm.

| From | Action | To | Who | If |
|---|---|---|---|---|
"""

_TARGETS: Final = {Target.SAME: "the same", Target.BEFORE: "the state before"}


def table_page() -> str:
    """``docs/lifecycle.md``: the table of a task's life in English, as Markdown.

    After a change of the table write it anew::

        python -c 'from workflow.wording.lifecycle import *; print(table_page(), end="")'
    """
    last = "\nNothing leads out of: " + ", ".join(_ends()) + ".\n"
    return _HEAD + "".join(_line(row) for row in TABLE) + last


def _line(row: Row) -> str:
    after = row.after if isinstance(row.after, State) else _TARGETS[row.after]
    cells = (
        ", ".join(row.before),
        row.action,
        after,
        ", ".join(row.who),
        "; ".join(GUARDS[guard] for guard in row.guards),
    )
    return "| " + " | ".join(cell.replace("_", " ") for cell in cells) + " |\n"


def _ends() -> list[str]:
    left = {state for row in TABLE for state in row.before}
    return [state for state in State if state not in left]
