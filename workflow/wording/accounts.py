"""The words of accounts and of what they may do."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "access.denied": N_("{by} may not do this here: {deed:word}."),
    "access.unknown": N_("There is no account “{by}”."),
    "access.disabled": N_("The account “{by}” is disabled."),
    "access.person_only": N_("Only a person decides this, not a rule of the system ({by})."),
    "account.unknown": N_("There is no account with the key “{key}”."),
    "account.exists": N_("The account “{key}” exists already."),
    "account.key_form": N_(
        "An account's key has up to 64 letters a–z, digits, dots, dashes or underscores: “{key}”."
    ),
    "account.name_missing": N_("The account “{key}” needs a name."),
    "account.password_short": N_("A password has {least:number} to {most:number} characters."),
    "account.last_administrator": N_(
        "This is the last administrator without limits; nobody could manage accounts any more."
    ),
    "account.mail_form": N_("This is no mail address: “{mail}”."),
    "handover.to_itself": N_("The account “{key}” cannot be handed over to itself."),
    "handover.to_disabled": N_(
        "The account “{key}” is disabled. Give it a new password first, or choose another."
    ),
    "handover.no_roles": N_("The account “{key}” holds no role that could pass on."),
    "factor.is_on": N_("Two-step sign-in is on already."),
    "factor.is_off": N_("Two-step sign-in is not on."),
    "factor.not_begun": N_("The set-up of the two-step sign-in was not begun, or is over."),
    "factor.wrong_code": N_(
        "This code is not right. Type the one that is shown now; see that the clock of the"
        " telephone is right."
    ),
    "factor.required": N_("This installation asks your account for two-step sign-in."),
    "reset.link_over": N_("This link was used, is older than an hour, or was replaced by another."),
    "reset.too_many": N_(
        "Too many letters were asked for from here. Please wait {minutes:number} minutes."
    ),
    "grant.unknown": N_("The account “{key}” holds no grant {grant}."),
    "grant.party_unknown": N_("There is no party “{party}” there. There are: {known}."),
}
