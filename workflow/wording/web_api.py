"""The words of tokens and of what the API refuses by itself."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "token.too_many": N_(
        "This token sends too many requests. It may go on in {seconds:number} seconds."
    ),
    "token.name_missing": N_("A token needs a name, so that you know it again."),
    "token.days_outside": N_("A token is made for 1 to {most:number} days."),
    "token.most_reached": N_(
        "You have {most:number} tokens in use. Revoke one that nobody needs any more."
    ),
    "token.not_found": N_("There is no such token of yours, or it was revoked already."),
    "token.missing": N_("Send a token as “Authorization: Bearer …”; your account page makes one."),
    "token.not_valid": N_("This token was revoked, has expired or never was one."),
    "token.narrow": N_("This token does not reach so far: it is for “{scope:word}”."),
    "request.key_reused": N_(
        "The Idempotency-Key {key} was given to another request within the last day."
    ),
    "request.bad_cursor": N_("The list cannot be continued here: take “next” as it was given."),
}
#: What a token may be good for, as the pages say it.
SCOPES: Final = (N_("read"), N_("write"), N_("calendar"))
