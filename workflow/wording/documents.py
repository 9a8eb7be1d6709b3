"""What is said about documents: letterheads, and Word templates that do not fit."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "letterhead.issuer_unknown": N_("There are no rules of form for {given}; known are {known}."),
    "letterhead.too_long": N_(
        "A line of a letterhead has at most {most:number} characters: {text}…"
    ),
    "letterhead.too_many": N_("At most {most:number} recipients fit."),
    "letterhead.unknown_word": N_("A letterhead has no {word}; it has {known}."),
    "template.missing": N_(
        "The Word template {name} is missing or was changed. Set it again, or go back to the"
        " built-in one."
    ),
    "template.not_word": N_("This is no Word document (.docx) that can be read: {detail}"),
    "template.place_missing": N_(
        "The template has no paragraph of its own with {field}; without it the report would lose"
        " its content."
    ),
    "template.too_large": N_("A template has at most {most:number} bytes."),
    "template.unknown_field": N_(
        "{place}: there is no field {field}. See the list of fields; the nearest is {nearest}."
    ),
    "template.wrong": N_("{place}: the template cannot be filled in: {detail}"),
}
