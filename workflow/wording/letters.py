"""What is said about letters that press units, records of units, and packs of evidence."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "letter.day_passed": N_(
        "{answer_by:day} is no day to ask for: it has to lie after the day of the letter."
    ),
    "letter.day_wrong": N_(
        "The day of the letter has to lie between {first:day}, when it was drawn up, and"
        " {last:day}."
    ),
    "letter.days_wrong": N_("A letter presses for what is overdue for at least {least} day."),
    "letter.file_lost": N_(
        "The file {name} is missing or is no longer what was made. Ask who keeps the data folder."
    ),
    "letter.no_day": N_("“{given}” is no day."),
    "letter.nobody_owes": N_("Nobody owes anything of this choice under {agreement}."),
    "letter.number_given": N_("Another letter of {year} bears number {number} already."),
    "letter.number_missing": N_("Enter the number that the office's register gave to the letter."),
    "letter.numbered_already": N_(
        "This letter bears number {number} already; what was numbered stays as it is."
    ),
    "letter.party_unknown": N_("There is no party “{party}” in this agreement. There are {known}."),
    "letter.too_long": N_("“{text}…” is too long: at most {most:number} letters fit."),
    "letter.too_many_at_once": N_(
        "{count:number} units owe something of this choice; at most {most:number} letters are"
        " drawn up at once here. Narrow the choice, or use the command line."
    ),
    "letter.too_many_copies": N_("At most {most:number} others can get a copy."),
    "letter.unknown": N_("There is no such letter, or it is not for you to read."),
    "pack.evidence_changed": N_(
        "Task {task}: the file {file} had been changed before it was packed."
    ),
    "pack.evidence_differs": N_(
        "The manifest does not name the evidence that the report names: {count:number} items"
        " differ."
    ),
    "pack.evidence_elsewhere": N_(
        "Task {task}: the manifest gives a file for {file} that is not the one handed in."
    ),
    "pack.evidence_missing": N_("Task {task}: the file {file} was missing when it was packed."),
    "pack.file_altered": N_(
        "The file {file} was changed: its hash should be {expected} and is {found}."
    ),
    "pack.file_missing": N_("The file {file} is missing in the pack."),
    "pack.file_twice": N_("The file {file} stands in the pack more than once."),
    "pack.file_unlisted": N_("The file {file} is in the pack and not in its manifest."),
    "pack.no_report": N_("The frozen report is not in the pack, so nothing can be held to it."),
    "pack.not_a_pack": N_("This file is no pack of evidence: {detail}"),
    "pack.report_differs": N_(
        "The report in the pack is not the one that it names: its hash should be {expected} and"
        " is {found}."
    ),
    "pack.report_file_lacking": N_(
        "The report's file {file} was missing or had been changed when it was packed."
    ),
    "record.not_begun": N_("The period {period} has not begun yet."),
    "record.one_of": N_("Name either a unit or an obligation, not both."),
    "record.unknown": N_("There is no record of {about}, or it is not for you to read."),
}
