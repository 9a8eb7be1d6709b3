"""The words of reading a weekly schedule and choosing meetings from it."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "tables.no_office_file": N_(
        "This is no Excel or Word file. Save the schedule as .xlsx or .docx and send it again."
    ),
    "schedule.no_table": N_(
        "No table of a weekly schedule is found: a row of headings names at least the content and"
        " the day or the hour."
    ),
    "schedule.empty": N_("The table of the schedule has no entries."),
    "schedule.too_long": N_(
        "The schedule has more than {limit:number} entries: send one week at a time."
    ),
    "schedule.year_guessed": N_("The year is not written; {year} is assumed."),
    "schedule.day_unknown": N_("Which day “{given}” is cannot be told."),
    "schedule.day_outside_week": N_("{on:day} does not lie in the week that the heading names."),
    "schedule.weekday_differs": N_(
        "“{given}”: {on:day} is another day of the week. The date counts; compare it."
    ),
    "schedule.nothing_to_cancel": N_("It is called off, and no such meeting is on record."),
    "schedule.other_title": N_("On record it is called “{title}”."),
    "schedule.perhaps_moved": N_(
        "One of the same title is on record for {on:day}. If this is that meeting, move it on its"
        " own page instead."
    ),
    "schedule.no_day": N_("The day of this entry cannot be told: record the meeting by hand."),
    "schedule.kind_missing": N_("Choose the kind of meeting for this entry."),
    "schedule.convener_missing": N_("Name the unit that convenes this meeting."),
    "schedule.rows_wrong": N_(
        "“{given}” is no choice of entries: give their numbers apart by commas, or “likely”."
    ),
}
