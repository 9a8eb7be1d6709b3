"""What is said about reports: refusals on their way, and what verification finds."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "report.as_of_before_cut_off": N_(
        "The figures of {period} are cut off at {cut_off:instant}; what is known at"
        " {as_of:instant} is not enough for them."
    ),
    "report.as_of_in_future": N_("It is {at:instant}: nothing is known yet as of {as_of:instant}."),
    "report.before_cut_off": N_(
        "The report on {period} can be drafted after its cut-off, {cut_off:instant}; it is"
        " {at:instant}."
    ),
    "report.changed_meanwhile": N_(
        "Report {report} has changed since it was read. Read it again before approving it."
    ),
    "report.compared_by_its_own": N_(
        "An edition is compared by its own cut-off and tree of units; leave them out, or leave out"
        " which edition it is compared with."
    ),
    "report.content_altered": N_(
        "The content of the report was changed: its hash should be {expected} and is {found}."
    ),
    "report.content_not_canonical": N_("The content is not written as reports are written."),
    "report.content_unreadable": N_("The content can no longer be read."),
    "report.cut_off_outside": N_(
        "The cut-off {cut_off:instant} lies before {period} has begun; there is nothing to report."
    ),
    "report.drafted_already": N_(
        "Report {report} on {period} of {agreement} is drafted already. Refresh that one."
    ),
    "report.file_altered": N_(
        "The file {file} was changed: its hash should be {expected} and is {found}."
    ),
    "report.file_missing": N_("The file {file} is missing or cannot be read."),
    "report.file_not_content": N_("The file {file} is not the content in the register."),
    "report.format_unknown": N_("There is no format {format}. Reports are given as {offered}."),
    "report.ground_missing": N_("A reason is needed for this step of report {report}."),
    "report.issued_already": N_(
        "Report {report} on {period} of {agreement} was issued. An addendum corrects it."
    ),
    "report.journal_differs": N_("The journal says something else: {field}."),
    "report.not_approved": N_("Report {report} is not approved; it is {state:word}."),
    "report.not_as_approved": N_(
        "What was issued is not what was approved: the hash should be {expected} and is {found}."
    ),
    "report.not_draft": N_("Report {report} is no draft any more; it is {state:word}."),
    "report.not_in_journal": N_(
        "The journal should hold one entry of the issue and holds {entries:number}."
    ),
    "report.not_issued": N_("Report {report} was not issued; it is {state:word}."),
    "report.nothing_issued": N_(
        "No report on {period} of {agreement} was issued, so there is none to correct."
    ),
    "report.number_taken": N_("Another report of {agreement} bears the number {number}."),
    "report.number_wrong": N_("A number has 1 to {most} characters: {number}"),
    "report.paragraph_too_long": N_(
        "The paragraph has {length:number} characters; {most:number} fit."
    ),
    "report.period_outside": N_(
        "{period} lies outside the agreement {agreement}, which runs from {starts_on:day} until"
        " before {ends_on:day}."
    ),
    "report.register_differs": N_(
        "Register and content differ in {field}: {found} and {expected}."
    ),
    "report.second_person": N_(
        "Report {report} was drafted or refreshed by {by}: another person has to approve it."
    ),
    "report.tree_unknown": N_("Units are grouped by one of these trees: {known}; not {given}."),
    "report.unknown": N_("There is no report {report}."),
    "report.unwritable": N_("The folder {folder} cannot be written: {detail}."),
    "report.draft": N_("draft"),
    "report.approved": N_("approved"),
    "report.issued": N_("issued"),
}
