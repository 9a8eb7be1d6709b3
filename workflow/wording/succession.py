"""The words of units that merge, split, are renamed or dissolve."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "succession.recorded_otherwise": N_(
        "{ground} is already recorded for {on:day} and says something else there."
    ),
    "succession.says_nothing": N_("No unit is named that opens, goes on or ends."),
    "succession.named_twice": N_("{unit} is named twice."),
    "succession.not_there": N_("{unit} does not exist on {on:day}."),
    "succession.name_missing": N_("{unit} opens on the day, so its name is needed."),
    "succession.kind_missing": N_("{unit} opens on the day, so its kind is needed."),
    "succession.kind_fixed": N_("{unit} is of the kind {kind}, which a succession cannot change."),
    "succession.title_twice": N_("The copies of {title} are given twice."),
    "succession.quotas_unshared": N_(
        "{replaced} does not pass to {unit} alone: say how many copies of each title {unit} owes."
    ),
    "succession.dissolved_and_going_on": N_(
        "{unit} cannot be dissolved and go on or be replaced as well."
    ),
    "succession.does_not_end": N_("{unit} does not end here: nothing is decided about its tasks."),
    "succession.cancel_names_successor": N_("Tasks that are cancelled pass to nobody."),
    "succession.transfer_to_one": N_(
        "To transfer the tasks of {unit}, name one unit that takes them over, not {count}."
    ),
    "succession.split_to_several": N_(
        "To split the tasks of {unit}, name two or more units that take them over, not {count}."
    ),
    "succession.undecided": N_(
        "{unit} passes to several units ({successors}): decide which of them takes over its tasks."
    ),
    "succession.parent_undecided": N_(
        "{unit} stands below {parent}, which passes to several units: say where it stands now."
    ),
    "succession.code_taken": N_("The code {unit_code} belongs to {unit} on that day."),
}
