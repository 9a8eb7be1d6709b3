"""What is said where agreements are written in the browser."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "agreement.nothing_owed": N_(
        "The draft holds no obligation yet. Add at least one, then have it activated."
    ),
    "editor.agreement_taken": N_("There is an agreement “{code}” already, or the word is kept."),
    "editor.changed_meanwhile": N_(
        "Somebody changed this obligation while you wrote. Look at it in another window; saving"
        " again puts yours in its place."
    ),
    "editor.code_fixed": N_("The code “{code}” is permanent. End the obligation and add another."),
    "editor.code_taken": N_("Another obligation bears the code “{code}”."),
    "editor.is_followed": N_(
        "“{by}” begins once it is fulfilled. Change or take out that obligation first."
    ),
    "editor.no_unit": N_("Write at least one unit with its name."),
    "editor.nothing_changed": N_("Nothing differs from what is in force."),
    "editor.only_as_text": N_("The form cannot show all of it, so it is written as YAML."),
    "editor.one_version": N_("Only one version is written here; the others stay as they are."),
    "editor.unit_taken": N_("There is a unit with the key {key} already."),
    "obligation.unknown": N_("There is no obligation {code} in this agreement."),
    "page.unknown": N_("There is no such page."),
    "source.kind_not_read": N_(
        "{file} is neither text nor Word (.docx), PDF or a web page; its words cannot be read."
    ),
    "source.no_text": N_(
        "{file} holds no text; a scan has to be typed or read by a program first."
    ),
    "source.none_chosen": N_("Choose a document first."),
    "source.not_found": N_("There is no source document, or its file is gone."),
    "source.place_too_long": N_(
        "The place of the clause “{clause}” is longer than {limit:number} characters."
    ),
    "source.too_hard": N_(
        "The document takes too long to read. Save it as plain text and add that."
    ),
}
