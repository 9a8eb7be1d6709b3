"""What is said of evidence: why a check passed, failed or left it to a person."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "article.not_a_page": N_(
        "The article must be a saved web page (HTML), not {kind:word}; a person decides."
    ),
    "article.off_topic": N_(
        "The article mentions only {found} of the topics asked for: {topics}; at least "
        "{least:number} must be there."
    ),
    "article.publisher_other": N_("The page is of {publisher}, not of {expected}."),
    "article.publisher_unclear": N_(
        "The page does not say clearly who published it ({publisher}); expected: {expected}."
    ),
    "article.title_not_found": N_("The page shows no title."),
    "article.too_short": N_(
        "The text has {words:number} words; at least {least:number} are needed."
    ),
    "attachment.kind_not_accepted": N_(
        "A file of this kind ({kind:word}) is not accepted; accepted: {accepted}."
    ),
    "attachment.too_few_pages": N_(
        "The file has {pages:number} pages; at least {least:number} are needed."
    ),
    "attendance.absent": N_(
        "{organisation}: {present:number} present and {absent:number} marked absent; at least"
        " {minimum:number} must be present."
    ),
    "attendance.no_person_found": N_(
        "{organisation} is named, but no person of it is found in the list."
    ),
    "attendance.organisation_not_found": N_("{organisation} is not found in the list."),
    "attendance.too_few": N_(
        "{organisation}: {present:number} present; at least {minimum:number} are needed."
    ),
    "check.crashed": N_("The check could not finish ({error}); a person decides."),
    "check.entry_point_invalid": N_("The added check {entry} cannot be used: {error}."),
    "check.json_invalid": N_("{where} is not valid JSON: {error}."),
    "check.out_of_memory": N_("The file needs more memory than a check may use; a person decides."),
    "check.params_invalid": N_("The parameters of the check {check} are wrong: {detail}."),
    "check.timed_out": N_(
        "The check did not finish within {seconds:number} seconds; a person decides."
    ),
    "check.unavailable": N_("No process could be started for the check; a person decides."),
    "check.unknown": N_("There is no check {check}; known: {known}."),
    "date.after_event": N_("It is dated {on:day}, after the event of {event_on:day}."),
    "date.after_receipt": N_(
        "It is dated {on:day}, later than the day it was handed in, {received_on:day}."
    ),
    "date.not_found": N_("No date is found in it."),
    "date.outside_period": N_(
        "It is dated {on:day}, outside the period of this task ({period_from:day} up to, not "
        "including, {period_until:day})."
    ),
    "date.too_early": N_("It is dated {on:day}, too long before the event of {event_on:day}."),
    "facts.event_missing": N_("The task has no event day to compare with."),
    "facts.invalid": N_("The facts of the task are wrong: {detail}."),
    "facts.organisation_missing": N_("It is not known whose people must have been there."),
    "facts.period_missing": N_("The task has no period to compare with."),
    "facts.publications_missing": N_("It is not known which publication had to be bought."),
    "facts.quota_missing": N_("It is not known how many are owed ({title})."),
    "file.bomb": N_(
        "The file unpacks to far more than it should ({unpacked:number}) and was not opened."
    ),
    "file.broken": N_("The file is damaged and cannot be opened."),
    "file.cannot_be_read": N_("{file} cannot be read: {error}."),
    "file.changed": N_("The stored file is not the one that was handed in."),
    "file.empty": N_("The file handed in is empty."),
    "file.encrypted": N_("The file is locked with a password; hand in one that opens without."),
    "file.image_too_small": N_(
        "The image is too small to read ({width:number} × {height:number})."
    ),
    "file.kind_not_read": N_(
        "A file of this kind ({kind:word}) cannot be read here; a person decides."
    ),
    "file.mislabelled": N_("The name says .{name_says}, but the content is {content_is:word}."),
    "file.missing": N_("The stored file is not found."),
    "file.no_text": N_("The file holds no text (a scan); a person decides."),
    "file.required": N_("A file is needed."),
    "file.text_unclear": N_("The text of the file cannot be read reliably; a person decides."),
    "file.too_large": N_("The file has {size:number} bytes; at most {most:number} are accepted."),
    "file.xml_forbidden": N_("The XML declares a document type or entities, which is not allowed."),
    "file.xml_too_complex": N_("The XML is nested too deeply or too long."),
    "invoice.adjusts_another": N_(
        "The invoice adjusts another one ({related}); a person decides what is left."
    ),
    "invoice.below_quota": N_(
        "{title}: the invoice proves {copies:number} copies of the {quota:number} that are owed."
    ),
    "invoice.buyer_code_differs": N_(
        "The buyer's name fits {unit}, but its code {tax_code} does not."
    ),
    "invoice.buyer_missing": N_("The invoice names no buyer; it should be {unit}."),
    "invoice.buyer_other": N_("The buyer is {buyer} ({tax_code}), not {unit} or who pays for it."),
    "invoice.buyer_unclear": N_(
        "The buyer is {buyer} ({tax_code}); whether that is {unit}, a person decides."
    ),
    "invoice.day_missing": N_("The invoice bears no readable date."),
    "invoice.form_unknown": N_("The XML is not an e-invoice of a known form."),
    "invoice.measure_unclear": N_(
        "“{words}”: {quantity} {measure} may count copies or issues; a person decides."
    ),
    "invoice.no_seller_signature": N_("The file bears no signature of the seller."),
    "invoice.not_xml": N_("The invoice must be its XML file, not {kind:word}; a person decides."),
    "invoice.number_incomplete": N_(
        "Seller, series or number is missing (series {series}, number {number})."
    ),
    "invoice.period_other": N_(
        "The goods are for another period than {period_from:day} up to, not including, "
        "{period_until:day}."
    ),
    "invoice.period_partial": N_(
        "The goods cover only a part of the period {period_from:day} up to, not including, "
        "{period_until:day}."
    ),
    "invoice.period_unclear": N_("“{words}” does not say for which period; a person decides."),
    "invoice.promotion_left_out": N_("“{words}” is a promotion and is not counted."),
    "invoice.publication_not_found": N_("None of these is on the invoice: {titles}."),
    "invoice.quantity_missing": N_("“{words}” has no quantity that can be counted."),
    "invoice.quantity_short": N_("{title}: {copies:number} copies, {quota:number} are owed."),
    "invoice.replaces_another": N_("The invoice replaces another one: {related}."),
    "invoice.seller_is_buyer": N_("Seller and unit have the same tax code {tax_code}."),
    "invoice.seller_missing": N_("The invoice names no seller."),
    "invoice.seller_not_allowed": N_("{seller} ({tax_code}) is no seller of {title}."),
    "invoice.several": N_("The file holds {count:number} invoices; hand them in one by one."),
    "invoice.tax_code_odd": N_(
        "The tax code {tax_code} ({side:word}) does not have a valid check digit."
    ),
    "invoice.year_assumed": N_("“{words}” does not say the year; a person decides."),
    "invoice.zip_unclear": N_(
        "The archive holds {count:number} XML files; exactly one is expected."
    ),
    "letter.addressee_not_found": N_("The letter is not addressed to {addressees}."),
    "letter.addressee_only_mentioned": N_("{addressee} is mentioned, but not found as addressee."),
    "letter.event_day_not_found": N_(
        "The letter does not name the day of the event, {event_on:day}."
    ),
    "letter.issuer_not_found": N_("The letter does not show {unit} as its issuer."),
    "letter.lead_time_short": N_(
        "Dated {on:day}, the letter came {working_days:number} working days before "
        "{event_on:day}; {required:number} are required."
    ),
    "letter.number_blank": N_("The letter has no number yet: the place for it is empty."),
    "letter.number_not_found": N_("No number of the letter is found."),
    "minutes.not_a_record": N_("The text does not call itself minutes."),
    "minutes.publication_not_found": N_("None of these papers is named: {titles}."),
    "minutes.reading_denied": N_(
        "The minutes seem to say that the paper was not read (“{phrase}”)."
    ),
    "minutes.reading_not_found": N_("The minutes do not mention reading the paper."),
    "minutes.unit_not_found": N_("{unit} is not named in the minutes."),
    "quantity.below_quota": N_("{quantity:number} of the {owed:number} that are owed."),
    "quantity.cell_unclear": N_("“{cell}” in the column of counts is no number."),
    "quantity.column_not_found": N_("No column of counts is found in the table."),
    "quantity.figure_differs": N_("The figure typed is {figure}, but the table says {counted}."),
    "quantity.not_a_number": N_("The figure {figure} is no usable number: {value}."),
    "quantity.not_found": N_("No quantity is found."),
    "quantity.nothing_given": N_("Neither a table nor the figure {figure} was given."),
    "quantity.period_not_found": N_("The table does not say for which period it is."),
    "quantity.period_other": N_(
        "The table is for another period than {period_from:day} up to, not including, "
        "{period_until:day}."
    ),
    "quantity.short": N_("The quantity is {quantity:number}; {owed:number} are owed."),
    "quantity.total_differs": N_("The total says {stated}, but the rows add up to {added}."),
    "quantity.unit_not_found": N_("{unit} is not found in the table."),
    "statement.unit_not_found": N_("{unit} is not named in the declaration."),
    "text.no_phrase_found": N_("None of these phrases is found: {phrases}."),
    "text.phrases_missing": N_("These phrases are missing: {phrases}."),
}

#: Words that stand in the sentences: kinds of files, sides of an invoice, outcomes.
WORDS: Final = (
    N_("image"),
    N_("text"),
    N_("old office"),
    N_("other"),
    N_("seller"),
    N_("buyer"),
)
