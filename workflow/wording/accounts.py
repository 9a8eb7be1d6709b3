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
    "grant.unknown": N_("The account “{key}” holds no grant {grant}."),
    "grant.party_unknown": N_("There is no party “{party}” there. There are: {known}."),
}
