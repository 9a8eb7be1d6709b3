"""The words of signing in and of what the pages refuse by themselves."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "signin.too_many": N_(
        "Too many attempts from here have failed. Please wait {minutes:number} minutes."
    ),
    "signin.begin_anew": N_("Please sign in anew: the time for the code is over."),
    "session.unknown": N_("There is no such session of yours, or it has ended already."),
    "access.signed_out": N_("Please sign in first."),
    "form.stale": N_(
        "This form is too old, or was not made for you. Open the page anew and send it again."
    ),
    "request.unreadable": N_("Some of what was sent cannot be read: {names}."),
    "request.failed": N_(
        "Nothing was changed. If it happens again, tell your administrator this: {number}."
    ),
}
