"""The words of what is done to tasks: evidence, submissions, reviews, concessions, doubts."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "task.unknown": N_("There is no task {task} within your reach."),
    "task.changed_meanwhile": N_(
        "The task is {state:word} since {at:instant} ({by}: {did:word}), which does not allow:"
        " {action:word}."
    ),
    "task.nothing_waits": N_("No submission of task {task} waits for a verdict."),
    "task.not_returned": N_(
        "Only a returned task can be given a correction term; task {task} is {state:word}."
    ),
    "evidence.requirement_unknown": N_(
        "The obligation has no requirement “{requirement}”. It has: {known}."
    ),
    "evidence.nothing_given": N_("An item of evidence is a file, or figures, or both."),
    "evidence.offered_already": N_(
        "This very file was added to the task already, as item {item} ({name})."
    ),
    "evidence.unknown": N_("There is no item of evidence {item}."),
    "evidence.removed_already": N_("Item {item} was removed already, by {by}."),
    "evidence.failed": N_("Item {item} ({name}) did not pass its check."),
    "evidence.undecided": N_("The check could not decide on item {item} ({name})."),
    "evidence.missing": N_(
        "Requirement {requirement} still lacks: {items:number} items, quantity {quantity:number}."
    ),
    "evidence.used_elsewhere": N_("The same proof serves task {task} already."),
    "evidence.partly_used": N_(
        "Of this proof only {quantity:number} were left; task {task} uses the rest."
    ),
    "evidence.offered_twice": N_("The task offers the same proof twice; it counts once."),
    "evidence.replaced": N_("The proof is void: it was replaced by {proof}."),
    "check.gave_up": N_("The file could not be checked after several attempts: {error}"),
    "submission.wrong_unit": N_(
        "{answerable} answers for the task, so nothing can be handed in on behalf of {unit}."
    ),
    "submission.says_nothing": N_("The unit says that nothing arose; a person has to confirm."),
    "submission.on_behalf": N_("Handed in on behalf of {unit}; another person has to confirm."),
    "submission.needs_person": N_("The obligation asks that a person confirm."),
    "review.said": N_("{by}: {text}"),
    "concession.asked_already": N_("{by} has asked for this already: {kind:word}."),
    "doubt.not_accepted": N_("Only an accepted task can be doubted; task {task} is {state:word}."),
    "doubt.reason_missing": N_("A doubt about task {task} needs a reason, and so does its end."),
    "doubt.raised_already": N_("The same doubt about task {task} is open already."),
    "doubt.unknown": N_("There is no doubt {doubt}."),
    "doubt.settled_already": N_("Doubt {doubt} was settled already, by {by}: {settlement:word}."),
    "doubt.said": N_("{by}: {text}"),
    "doubt.judged_worse": N_("A later check says: {outcome:word}."),
    "files.too_large": N_("The file is too large: at most {most:number} bytes."),
    "files.empty": N_("A file without content proves nothing."),
    "files.unreadable": N_("The file cannot be read: {detail}."),
    "files.unwritable": N_("Nothing can be written to {folder}: {detail}."),
    "files.no_space": N_("There is no space left in {folder}; nothing was kept."),
    "files.damaged": N_("The disk under {folder} gave back other bytes than were written."),
    "concession.extension": N_("extension"),
    "concession.waiver": N_("waiver"),
    "concession.suspension": N_("suspension"),
    "settlement.kept": N_("kept"),
    "settlement.reopened": N_("reopened"),
}
