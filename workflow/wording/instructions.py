"""The words of instructions: why one was not given or not taken back, and how one stands."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "instruction.about_unknown": N_("There is no such line to instruct on: “{given}”."),
    "instruction.due_past": N_("The due day {due_on:day} has passed already; choose a later one."),
    "instruction.due_too_far": N_(
        "The due day {due_on:day} is too far ahead: at most {days:number} days from today."
    ),
    "instruction.full": N_(
        "The agreement {agreement} holds {most:number} instructions already, which is the most."
    ),
    "instruction.outside_agreement": N_(
        "An instruction is given and due while the agreement {agreement} runs, not before or after."
    ),
    "instruction.reason_missing": N_("Say why the instruction {code} is taken back."),
    "instruction.text_missing": N_("Say what is to be done."),
    "instruction.text_too_long": N_("The text is too long: at most {most:number} characters."),
    "instruction.unit_closed": N_(
        "The unit {unit} is not there on {on:day}, so that it cannot carry this out."
    ),
    "instruction.units_missing": N_("Choose at least one unit that is to do it."),
    "instruction.unknown": N_("There is no instruction {code} that you may read."),
    "instruction.withdrawn_already": N_("The instruction {code} was taken back on {on:day}."),
}
#: How an instruction stands as a whole.
STAGES: Final = {
    "running": N_("running"),
    "overdue": N_("overdue"),
    "fulfilled": N_("fulfilled"),
    "taken_back": N_("taken back"),
}
