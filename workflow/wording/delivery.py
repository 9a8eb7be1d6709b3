"""What is said about numbering, signing, sending and withdrawing reports."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "receipt.name_wrong": N_("Say who received it, in 1 to {most:number} characters."),
    "receipt.unknown": N_("There is no such letter, or it went to somebody else."),
    "recipient.full": N_("An agreement has at most {most:number} recipients."),
    "recipient.known": N_("{recipient} is a recipient already."),
    "recipient.lang_wrong": N_("There are no letters in {given}, only in {known}."),
    "recipient.mail_wrong": N_("This is not a mail address: {mail}"),
    "recipient.name_wrong": N_("A recipient's name has 1 to {most:number} characters."),
    "recipient.none": N_("The reports of {agreement} go to nobody yet. Add recipients first."),
    "recipient.role_wrong": N_(
        "Reports can be sent to {known}; {given} does not read the reports of all."
    ),
    "recipient.unknown": N_("There is no recipient {recipient} here."),
    "report.comment_missing": N_("There is nothing in the comment on report {report}."),
    "report.comment_too_long": N_("The comment has {length:number} characters; {most:number} fit."),
    "report.day_wrong": N_(
        "A report is dated from {earliest:day}, when its figures were known, to {latest:day}, not"
        " {given:day}."
    ),
    "report.form_old": N_(
        "This draft was drawn up by an earlier release (form {form}), which knew no signer. Send"
        " it back, draw it up anew and approve it."
    ),
    "report.ground_too_long": N_("The reason has {length:number} characters; {most:number} fit."),
    "report_scan.unknown": N_("There is no such signed copy of report {report}."),
    "report.scan_broken": N_("The PDF cannot be opened, or has no page."),
    "report.scan_known": N_("This very file is the signed copy of report {report} already."),
    "report.scan_locked": N_("The PDF is behind a password. Attach one that everybody can open."),
    "report.scan_no_pdf": N_("The signed copy has to be a PDF; this file is {found}."),
    "report.series_first_wrong": N_("A series begins at 1 to {most:number}, not at {first}."),
    "report.series_full": N_("There are no more than {most:number} numbers in a register."),
    "report.signer_wrong": N_(
        "A signer has a name, and name and post have at most {most:number} characters."
    ),
    "report.term_clash": N_(
        "Two reports of this term would bear number {number}; the term cannot begin on that day."
    ),
    "report.term_far": N_("{starts_on:day} is more than a year ahead."),
    "report.term_known": N_("A term begins on {starts_on:day} already."),
    "report.withdrawn": N_("Report {number} was withdrawn."),
    "schedule.moment_wrong": N_("Reports leave at one of {known}, not at {given}."),
    "schedule.time_wrong": N_("A time of day is written 07:30, not {given}."),
    "schedule.weekday_wrong": N_("A weekday is 0 (Monday) to 6 (Sunday), not {given}."),
}
