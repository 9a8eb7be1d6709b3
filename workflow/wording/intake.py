"""What is said about agreement files, amendments, sheets and succession files."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "agreement.code_twice": N_("The code “{code}” stands twice."),
    "agreement.ends_before_start": N_("The agreement ends before it begins ({from:day})."),
    "agreement.tracked_outside": N_("{given:day} does not lie within the agreement."),
    "agreement.unknown_clause": N_("There is no clause “{given}”. Nearest: {known}."),
    "agreement.unknown_ladder": N_("There is no ladder “{given}”. Nearest: {known}."),
    "agreement.unknown_obligation": N_("There is no obligation “{given}”. Nearest: {known}."),
    "agreement.unknown_party": N_("There is no party “{given}”. Nearest: {known}."),
    "agreement.unknown_title": N_("There is no title “{given}”. Nearest: {known}."),
    "agreement.unknown_topic": N_("There is no topic “{given}”. Nearest: {known}."),
    "agreement.unknown_zone": N_("There is no time zone “{given}”."),
    "amendment.begins_earlier": N_("It cannot begin before the amendment ({from:day})."),
    "amendment.code_taken": N_("The code “{code}” is taken in the agreement."),
    "amendment.ended_before": N_("The obligation “{code}” ends before that day ({until:day})."),
    "amendment.later_version": N_(
        "A version of “{code}” begins on {from:day}; an amendment must begin later."
    ),
    "amendment.named_twice": N_("The obligation “{code}” is changed or ended twice."),
    "amendment.other_agreement": N_("The amendment is of “{given}”, not of “{code}”."),
    "amendment.outside_agreement": N_(
        "{given:day} does not lie after the agreement's first day and before its end."
    ),
    "amendment.unknown_obligation": N_("There is no obligation “{code}” in the agreement."),
    "day.incomplete": N_("A yearly day needs month and day, or lunar."),
    "day.no_such_lunar_day": N_("There is no lunar day {given}."),
    "day.no_such_solar_day": N_("There is no {given} in any year."),
    "day.solar_and_lunar": N_("Give either month and day, or lunar, not both."),
    "due.fixed_and_offset": N_("Give either fixed, or from and days, not both."),
    "form.anchor_not_allowed": N_(
        "Anchors (&name) and aliases (*name) are not allowed. Write the value out."
    ),
    "form.bad_code": N_(
        "“{given}” cannot be a code. Use unmarked letters, digits, “.”, “_” and “-”, without"
        " spaces."
    ),
    "form.bad_escape": N_(
        "After a backslash within \"…\" this character means nothing. Use '…' instead."
    ),
    "form.bad_value": N_("This value cannot be understood."),
    "form.bracket_open": N_("A bracket is not closed, or a comma is missing."),
    "form.colon_missing": N_("A key on this line has no colon after it."),
    "form.control_character": N_(
        "A character that cannot be shown ({character}) stands here. Delete it."
    ),
    "form.day_out_of_range": N_("The day {given} does not lie between {first} and {last}."),
    "form.day_written_otherwise": N_("Write the day “{given}” as {meant}."),
    "form.empty": N_("The file is empty."),
    "form.empty_text": N_("The text is empty."),
    "form.expected_day": N_("A day is expected, written as 2025-12-31."),
    "form.expected_list": N_("A list is expected."),
    "form.expected_mapping": N_("Keys with values are expected."),
    "form.expected_number": N_("A number is expected."),
    "form.expected_text": N_(
        "Text is expected, not {given}. Put numbers and days that are meant as text in quotation"
        " marks."
    ),
    "form.expected_truth": N_("true or false is expected."),
    "form.expected_whole_number": N_("A whole number is expected."),
    "form.indentation": N_(
        "This line does not stand under the one that it belongs to. Check the spaces before it and"
        " the quotation marks."
    ),
    "form.key_not_text": N_("A key must be a plain word."),
    "form.list_too_long": N_("The list has more than {limit:number} entries."),
    "form.list_too_short": N_("The list needs at least {limit} entries."),
    "form.missing_key": N_("“{key}” is missing."),
    "form.must_be_over": N_("{given} must be over {limit}."),
    "form.needs_quotes": N_(
        "A text cannot begin with this character. Put the text in quotation marks."
    ),
    "form.no_such_day": N_("There is no day {given} in the calendar."),
    "form.not_utf8": N_("The file is not UTF-8 text (byte {byte}). Save it again as UTF-8."),
    "form.quote_open": N_("A quotation mark is opened and never closed."),
    "form.repeated_key": N_(
        "The key “{key}” stands here a second time; the first is on line {first_line}."
    ),
    "form.several_documents": N_(
        "The file holds more than one document. Keep one, without a second line of three dashes."
    ),
    "form.stray_colon": N_(
        "A second “: ” on this line cannot be understood. Put the text in quotation marks."
    ),
    "form.syntax": N_("The file cannot be understood here: {detail}."),
    "form.tab": N_("Lines are indented with spaces, never with a tab."),
    "form.tag_not_allowed": N_("Tags such as !!str are not allowed. Use quotation marks for text."),
    "form.text_too_long": N_("The text is longer than {limit:number} characters."),
    "form.too_deep": N_("The file nests deeper than {limit} levels."),
    "form.too_large": N_(
        "The file is larger than {limit:number} bytes. Split it, or remove what does not belong"
        " there."
    ),
    "form.too_large_number": N_("{given} is more than {limit}."),
    "form.too_many_values": N_("The file holds more than {limit:number} values."),
    "form.too_small": N_("{given} is less than {limit}."),
    "form.truth_written_otherwise": N_("Write {meant} instead of “{given}”."),
    "form.unknown_key": N_("“{key}” is not known here. Known are: {keys}."),
    "form.unknown_key_near": N_("“{key}” is not known here. Did you mean “{nearest}”?"),
    "form.unknown_word": N_("“{given}” is not one of: {allowed}."),
    "form.unreadable": N_("The file cannot be read: {reason}."),
    "ladder.code_twice": N_("The step “{code}” stands twice."),
    "ladder.out_of_order": N_(
        "Steps follow one another by their days; {days} comes after {before}."
    ),
    "obligation.cannot_be_null": N_("“{key}” can be changed but not taken away."),
    "obligation.ends_before_start": N_("It ends before it begins ({from:day})."),
    "obligation.length_changes_within": N_(
        "The length of the periods changes within a period. The next day on which periods of both"
        " lengths begin is {boundary:day}."
    ),
    "obligation.nothing_to_submit": N_(
        "It would be handed in by itself once everything is proved, but no proof is asked for."
    ),
    "obligation.outside_agreement": N_("The days do not lie within the agreement."),
    "obligation.versions_out_of_order": N_(
        "A later version begins after the one before it ({from:day})."
    ),
    "obligation.versions_overlap": N_("The version before holds through {through:day}."),
    "obligation.waits_for_itself": N_(
        "These obligations wait for one another in a circle: {circle}."
    ),
    "proof.code_twice": N_(
        "The proof “{code}” is asked for twice. Give one of them a code of its own."
    ),
    "selector.means_nobody": N_(
        "This means no unit at all. Name kinds, tags, under, keys, or write everyone: true."
    ),
    "sheet.expected_yes_or_no": N_("“{given}” is neither yes nor no."),
    "sheet.formula_as_text": N_("A formula stands here as text. Enter its result."),
    "sheet.formula_without_value": N_(
        "The formula has no result yet. Open the file, reckon and save it again, or enter the"
        " result."
    ),
    "sheet.merged": N_(
        "Cells of several rows are merged here (from {cell}). Undo the merge and fill in each row."
    ),
    "sheet.needed": N_("This cell must not be empty."),
    "sheet.old_format": N_(
        "This is a workbook of an old kind, or one with a password. Save it as .xlsx without a"
        " password."
    ),
    "succession.reason_missing": N_("A cancellation says why: add a reason."),
    "trigger.day_outside": N_("{given} does not lie within the days of this version."),
    "trigger.not_one": N_("A trigger is exactly one of: {keys}."),
    "trigger.rule_gives_nothing": N_(
        "The rule {rule} gives no day within the days of this version."
    ),
    "units.budget_code_form": N_("“{given}” is no budget unit code: 7 letters or digits."),
    "units.circle": N_("These units stand above one another in a circle: {circle}."),
    "units.closes_before_opening": N_("The unit closes before it opens."),
    "units.code_is_number": N_(
        "The code is kept as the number {given}; leading zeros may be lost. Format the column as"
        " text."
    ),
    "units.code_shared": N_("The code {given} is also that of the unit “{key}” on the same days."),
    "units.first_row_later": N_(
        "The first row of a unit holds from its opening. Leave the day empty."
    ),
    "units.key_twice": N_(
        "The unit “{key}” stands twice (first in row {first_row}). A later row needs a day of its"
        " own in the column “from”."
    ),
    "units.mail_form": N_("“{given}” is no mail address."),
    "units.not_dated": N_(
        "This cannot change in the life of the unit “{key}”. Leave it empty, or make it equal on"
        " each row."
    ),
    "units.outside_life": N_(
        "The day does not lie between the opening and the closing of the unit."
    ),
    "units.parent_not_alive": N_(
        "The unit above, “{parent}”, does not exist on all of these days."
    ),
    "units.quota_missing": N_("There is no quota of “{title}” that this could belong to."),
    "units.tax_code_check": N_(
        "The check digit of the tax code {given} is wrong. Compare it with the certificate."
    ),
    "units.tax_code_form": N_("“{given}” is no tax code: 10 digits, or 10 and a dash and 3."),
    "units.unknown_unit": N_("There is no unit with the key “{given}”."),
}
