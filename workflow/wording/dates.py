"""The words of periods, working days, lunar days, recurrence rules and the reasons of a roll."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "period.month": N_("Month {number}/{year}"),
    "period.quarter": N_("Quarter {roman}/{year}"),
    "period.first_half": N_("First half of {year}"),
    "period.second_half": N_("Second half of {year}"),
    "period.year": N_("Year {year}"),
    "period.months_to_date": N_("First {number} months of {year}"),
    "period.programme": N_("Whole programme, {years}"),
    "period.whole_programme": N_("Whole programme"),
    "period.bad_key": N_(
        "{key} names no period. Periods are written 2024-03, 2024-Q1, 2024-H1, 2024-9M, 2024 or"
        " programme."
    ),
    "period.out_of_range": N_("A period of the year {year} cannot be reckoned."),
    "reporting_year.unknown": N_(
        "There is no reporting year {name}. It is calendar, nd09 or custom:DAY:SHIFT, such as"
        " custom:20:-1 (months begin on the 20th of the month before; the day is 1 to 28, the"
        " shift -11 to 11 months). Where only the last day of the months differs, write"
        " cut_off_days instead."
    ),
    "reporting_year.said_twice": N_(
        "The reporting year is said twice: keep either reporting or cut_off_days."
    ),
    "settings.days_of_months": N_(
        "{given} days are given. Write one day that ends every reporting month, or twelve, from"
        " January to December."
    ),
    "calendar.day_twice": N_("The calendar {calendar} has {day_on:day} both off and worked."),
    "calendar.never_works": N_("The calendar {calendar} has no working day in a week."),
    "calendar.day_not_laid": N_(
        "No change of {day_on:day} has been entered for the calendar {calendar}."
    ),
    "calendar.out_of_range": N_("There is no working day left beyond {day_on:day}."),
    "deadline.out_of_range": N_(
        "The due day reckoned from {anchor_on:day} lies outside the calendar."
    ),
    "days.bad_date": N_("“{given}” is not a day. Write 2026-01-02 or 02/01/2026."),
    "days.bad_kind": N_("“{given}” is not a kind of day. Write off or work."),
    "days.name_too_long": N_("The name is longer than {limit} letters."),
    "days.twice": N_("{day_on:day} stands twice for the calendar {calendar}."),
    "sheet.too_large": N_("The sheet is larger than {limit:number} bytes."),
    "sheet.too_long": N_("The sheet has more than {limit:number} rows."),
    "sheet.column_missing": N_("There is no row of headings that names this column."),
    "sheet.column_twice": N_("This column stands twice among the headings."),
    "sheet.not_utf8": N_("The text is not in UTF-8. Save the sheet as “CSV UTF-8” or as .xlsx."),
    "sheet.unreadable": N_("The sheet is damaged and cannot be read."),
    "roll.monday": N_("{from_on:day} is a Monday, a day off: moved to {to_on:day}."),
    "roll.tuesday": N_("{from_on:day} is a Tuesday, a day off: moved to {to_on:day}."),
    "roll.wednesday": N_("{from_on:day} is a Wednesday, a day off: moved to {to_on:day}."),
    "roll.thursday": N_("{from_on:day} is a Thursday, a day off: moved to {to_on:day}."),
    "roll.friday": N_("{from_on:day} is a Friday, a day off: moved to {to_on:day}."),
    "roll.saturday": N_("{from_on:day} is a Saturday: moved to {to_on:day}."),
    "roll.sunday": N_("{from_on:day} is a Sunday: moved to {to_on:day}."),
    "roll.day_off": N_("{from_on:day} is a day off: moved to {to_on:day}."),
    "roll.named_day_off": N_("{from_on:day} is a day off, {name}: moved to {to_on:day}."),
    "roll.kept_in_month": N_(
        "The next working day, {skipped_on:day}, lies in another month: {to_on:day} instead."
    ),
    "lunar.day_unknown": N_("The lunar calendar kept here does not reach to {day_on:day}."),
    "lunar.year_unknown": N_(
        "The lunar calendar kept here has the years {first_year} to {last_year}, not {year}."
    ),
    "lunar.no_such_month": N_("A lunar year has no month {month} (asked of the year {year})."),
    "lunar.no_such_leap_month": N_("The lunar year {year} has no leap month {month}."),
    "lunar.no_such_day": N_(
        "Month {month} of the lunar year {year} has {length} days, so there is no day {day}."
    ),
    "recurrence.unknown_part": N_(
        "The rule “{rule}” is not understood at “{part}”. A rule looks like"
        " FREQ=MONTHLY;BYMONTHDAY=25."
    ),
    "recurrence.part_twice": N_("The rule “{rule}” says {part} twice."),
    "recurrence.frequency": N_(
        "The rule “{rule}” needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY, not “{frequency}”."
    ),
    "recurrence.count_and_until": N_("The rule “{rule}” may have COUNT or UNTIL, not both."),
    "recurrence.bad_value": N_(
        "The rule “{rule}” has a value that {part} does not take: “{value}”."
    ),
    "recurrence.part_not_allowed": N_(
        "The rule “{rule}” cannot have {part} together with FREQ={frequency}."
    ),
    "recurrence.position_of_nothing": N_(
        "The rule “{rule}” chooses by BYSETPOS among days that nothing gives: add BYDAY or"
        " another part that gives several days."
    ),
    "recurrence.never": N_("The rule “{rule}” gives no day within forty years of its start."),
    "recurrence.no_such_day": N_("No year has a day {day} in month {month}."),
}
